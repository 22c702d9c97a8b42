// SPDX-License-Identifier: Apache-2.0
// errors_test.cc: each wrong call has its code and a line that names the argument and the value, and writes
// nothing.
#include <cstdint>
#include <memory>
#include <thread>

#include "tests/capi/library.h"

namespace rheo::test {
namespace {

using Parts = std::vector<std::string>;

class Errors : public testing::Test {
 protected:
  void expect(rheo_status status, const Parts& parts) {
    EXPECT_EQ(rheo_run(activation, &call.c), status) << rheo_last_error();
    expect_message(parts);
    EXPECT_TRUE(call.untouched());
  }

  const rheo_activation* activation = find(names().front());
  Call<float> call{RHEO_VALUE, 8};
};

TEST_F(Errors, CallOfTheFixtureIsRight) {
  EXPECT_EQ(rheo_run(activation, &call.c), RHEO_OK);
  EXPECT_FALSE(call.untouched());
}

TEST_F(Errors, NullHandlesAndResultsAreRefused) {
  const rheo_activation* found = nullptr;
  const char* text = nullptr;
  const char* const* list = nullptr;
  size_t count = 0;
  const auto expect_null = [](rheo_status status, const char* argument) {
    EXPECT_EQ(status, RHEO_ERROR_NULL);
    expect_message({argument, "null"});
  };
  expect_null(rheo_run(nullptr, &call.c), "activation");
  expect_null(rheo_run(activation, nullptr), "call");
  expect_null(rheo_find(nullptr, &found), "name");
  expect_null(rheo_find("x", nullptr), "activation");
  expect_null(rheo_describe(nullptr, &text), "activation");
  expect_null(rheo_describe(activation, nullptr), "json");
  expect_null(rheo_names(nullptr, &count), "names");
  expect_null(rheo_names(&list, nullptr), "count");
  expect_null(rheo_target(nullptr), "target");
  expect_null(rheo_targets(nullptr, &count), "targets");
  expect_null(rheo_targets(&list, nullptr), "count");
  EXPECT_TRUE(call.untouched());
}

TEST_F(Errors, NullXIsRefused) {
  call.c.x = nullptr;
  expect(RHEO_ERROR_NULL, {"x is null"});
}

TEST_F(Errors, NullYIsRefused) {
  call.c.y = nullptr;
  expect(RHEO_ERROR_NULL, {"y is null"});
}

TEST_F(Errors, NullGradIsRefusedForBackward) {
  call.c.role = RHEO_BACKWARD;
  expect(RHEO_ERROR_NULL, {"grad is null"});
}

TEST_F(Errors, NullShapeIsRefusedUnlessTheRankIsZero) {
  call.c.shape = nullptr;
  expect(RHEO_ERROR_NULL, {"shape is null"});
  call.c.rank = 0;
  EXPECT_EQ(rheo_run(activation, &call.c), RHEO_OK) << rheo_last_error();
}

TEST_F(Errors, NullParametersAreRefusedUnlessTheirCountIsZero) {
  call.c.parameter_count = 1;
  expect(RHEO_ERROR_NULL, {"parameters is null"});
  const rheo_parameter nameless = {nullptr, 1};
  call.c.parameters = &nameless;
  expect(RHEO_ERROR_NULL, {"parameter", "null"});
}

TEST_F(Errors, NullRunOfAnExecutorIsRefusedForSmallAndLargeCalls) {
  const rheo_executor executor = {nullptr, nullptr};
  call.c.executor = &executor;
  expect(RHEO_ERROR_NULL, {"executor->run is null"});
  Call<float> large(RHEO_VALUE, 100000);
  large.c.executor = &executor;
  EXPECT_EQ(rheo_run(activation, &large.c), RHEO_ERROR_NULL);
  expect_message({"executor->run is null"});
  EXPECT_TRUE(large.untouched());
}

TEST_F(Errors, GradIsRefusedWhereItWouldBeIgnored) {
  for (const rheo_role role : {RHEO_VALUE, RHEO_DERIVATIVE}) {
    call.c.role = role;
    call.c.grad = call.grad.data();
    expect(RHEO_ERROR_ROLE, {"grad", "RHEO_BACKWARD"});
  }
}

TEST_F(Errors, UnknownFormatIsRefused) {
  for (const std::uint32_t format : {0u, 5u, 4294967295u}) {
    call.c.format = format;
    expect(RHEO_ERROR_FORMAT, {"format", std::to_string(format)});
  }
}

TEST_F(Errors, UnknownRoleIsRefused) {
  for (const std::uint32_t role : {0u, 6u, 4294967295u}) {
    call.c.role = role;
    expect(RHEO_ERROR_ROLE, {"role", std::to_string(role)});
  }
}

TEST_F(Errors, DescriptorsOfOtherSizesAreRefused) {
  for (const std::uint32_t size :
       {0u, 4u, unsigned(sizeof(rheo_call)) - 1, unsigned(sizeof(rheo_call)) + 8}) {
    call.c.struct_size = size;
    expect(RHEO_ERROR_UNSUPPORTED, {"struct_size", std::to_string(size)});
  }
}

// Only struct_size may be looked at in a descriptor that is shorter than the library's.
TEST_F(Errors, AShortDescriptorIsNotReadBeyondItsEnd) {
  const auto size = std::make_unique<std::uint32_t>(4u);  // an address sanitizer sees what is read behind it
  EXPECT_EQ(rheo_run(activation, reinterpret_cast<const rheo_call*>(size.get())), RHEO_ERROR_UNSUPPORTED);
}

TEST_F(Errors, FieldsThatMustBeZeroAreChecked) {
  call.c.flags = 1;
  expect(RHEO_ERROR_UNSUPPORTED, {"flags", "1"});
}

TEST_F(Errors, ThreadsOutsideZeroTo1024AreRefused) {
  for (const std::int32_t threads : {-1, 1025, INT32_MIN, INT32_MAX}) {
    call.c.threads = threads;
    expect(RHEO_ERROR_THREADS, {"threads", std::to_string(threads)});
  }
}

TEST_F(Errors, RankOutsideZeroTo64IsRefused) {
  for (const std::int32_t rank : {-1, 65, INT32_MIN, INT32_MAX}) {
    call.c.rank = rank;
    expect(RHEO_ERROR_SHAPE, {"rank", std::to_string(rank)});
  }
}

TEST_F(Errors, NegativeExtentIsRefused) {
  for (const std::int64_t extent : {std::int64_t{-1}, std::int64_t{INT64_MIN}}) {
    const std::int64_t shape[] = {2, extent};
    call.c.rank = 2, call.c.shape = shape;
    expect(RHEO_ERROR_SHAPE, {"shape[1]", std::to_string(extent)});
  }
}

TEST_F(Errors, NegativeExtentIsRefusedBesideAnExtentOfZero) {
  const std::int64_t shape[] = {0, -5};
  call.c.rank = 2, call.c.shape = shape;
  expect(RHEO_ERROR_SHAPE, {"shape[1]", "-5"});
}

TEST_F(Errors, ShapeWhoseSizeOverflowsIsRefused) {
  std::vector<std::int64_t> twos(64, 2);
  const std::int64_t squares[] = {std::int64_t{1} << 32, std::int64_t{1} << 32};
  const std::int64_t large[] = {INT64_MAX, 1};
  call.c.rank = 64, call.c.shape = twos.data();
  expect(RHEO_ERROR_SHAPE, {"shape"});
  call.c.rank = 2;
  for (const std::int64_t* shape : {squares, large}) {
    call.c.shape = shape;
    expect(RHEO_ERROR_SHAPE, {"shape"});
  }
}

TEST_F(Errors, StridesThatReachBeyondTheAddressSpaceAreRefused) {
  static const std::int64_t shape[] = {4, 2}, plain[] = {2, 1};
  call.c.rank = 2, call.c.shape = shape;
  for (const std::int64_t huge :
       {std::int64_t{INT64_MAX}, std::int64_t{INT64_MIN}, std::int64_t{1} << 61, -(std::int64_t{1} << 61)}) {
    for (const int at : {0, 1}) {
      std::int64_t strides[] = {2, 1};
      strides[at] = huge;
      SCOPED_TRACE("stride " + std::to_string(huge));
      call.c.x_strides = strides, call.c.y_strides = plain;
      expect(RHEO_ERROR_SHAPE, {"strides"});
      call.c.x_strides = plain, call.c.y_strides = strides;
      expect(RHEO_ERROR_SHAPE, {"strides"});
      // In place, where x and y are the same memory whatever the strides are.
      call.c.x_strides = call.c.y_strides = strides, call.c.x = call.y.data();
      expect(RHEO_ERROR_SHAPE, {"strides"});
      call.c.x = call.x.data();
    }
  }
}

TEST_F(Errors, LastErrorIsEmptyAfterSuccess) {
  call.c.flags = 1;
  EXPECT_EQ(rheo_run(activation, &call.c), RHEO_ERROR_UNSUPPORTED);
  EXPECT_STRNE(rheo_last_error(), "");
  EXPECT_STRNE(rheo_last_error(), "");  // asking does not clear it
  call.c.flags = 0;
  EXPECT_EQ(rheo_run(activation, &call.c), RHEO_OK);
  EXPECT_STREQ(rheo_last_error(), "");
}

TEST_F(Errors, LastErrorBelongsToItsThread) {
  call.c.flags = 7;
  EXPECT_EQ(rheo_run(activation, &call.c), RHEO_ERROR_UNSUPPORTED);
  std::thread([] {
    EXPECT_STREQ(rheo_last_error(), "");
    EXPECT_EQ(rheo_find(nullptr, nullptr), RHEO_ERROR_NULL);
  }).join();
  expect_message({"flags is 7"});
}

TEST_F(Errors, UnknownNameIsAnErrorThatSuggestsTheNearest) {
  for (const std::string& name : names()) {
    const rheo_activation* found = nullptr;
    const std::string longer = name + 'q';
    EXPECT_EQ(rheo_find(longer.c_str(), &found), RHEO_ERROR_NAME);
    expect_message({longer, "did you mean"});
    EXPECT_EQ(found, nullptr);
  }
  const rheo_activation* found = nullptr;
  EXPECT_EQ(rheo_find("nothing like it at all", &found), RHEO_ERROR_NAME);
  EXPECT_EQ(std::string(rheo_last_error()).find("did you mean"), std::string::npos);
  EXPECT_EQ(rheo_find("", &found), RHEO_ERROR_NAME);
}

TEST_F(Errors, MessageIsOneLineWhateverTheNameHolds) {
  const rheo_activation* found = nullptr;
  EXPECT_EQ(rheo_find("two\nlines\r\x1b[31m", &found), RHEO_ERROR_NAME);
  expect_message({"two"});
  const rheo_parameter odd = {"two\nlines", 1};
  call.c.parameters = &odd, call.c.parameter_count = 1;
  expect(RHEO_ERROR_NAME, {"two"});
}

}  // namespace
}  // namespace rheo::test
