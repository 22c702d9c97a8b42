// SPDX-License-Identifier: Apache-2.0
// errors_test.cc: each wrong call of a row function has its code and a line that names the argument and the
// value, and writes nothing.
#include "rheobase/rheobase.hpp"
#include "tests/rows/number16.h"
#include "tests/rows/rows.h"

namespace rheo::test {
namespace {

using Parts = std::vector<std::string>;

class RowErrors : public testing::Test {
 protected:
  void expect(rheo_status status, const Parts& parts) {
    EXPECT_EQ(rheo_rows_run(function, &call), status) << rheo_last_error();
    expect_message(parts);
    for (const float v : y) EXPECT_EQ(v, kCanary<float>);
  }
  void make_backward() {
    call.role = RHEO_BACKWARD;
    call.x = nullptr, call.result = x.data(), call.grad = other.data();
  }

  std::vector<float> x = std::vector<float>(64, 0.25F), other = x, y = std::vector<float>(64, kCanary<float>);
  Strides shape = {4, 6}, strides = {6, 1};
  const rheo_row_function* function = row_function("softmax");
  rheo_rows_call call = rows_call(shape, x.data(), y.data());
};

TEST_F(RowErrors, CallOfTheFixtureIsRight) {
  EXPECT_EQ(rheo_rows_run(function, &call), RHEO_OK) << rheo_last_error();
  make_backward();
  EXPECT_EQ(rheo_rows_run(function, &call), RHEO_OK) << rheo_last_error();
}

TEST_F(RowErrors, NullHandlesAndResultsAreRefused) {
  const rheo_row_function* found = nullptr;
  const char* text = nullptr;
  const char* const* list = nullptr;
  size_t count = 0;
  const auto expect_null = [](rheo_status status, const char* argument) {
    EXPECT_EQ(status, RHEO_ERROR_NULL);
    expect_message({argument, "null"});
  };
  expect_null(rheo_rows_run(nullptr, &call), "function");
  expect_null(rheo_rows_run(function, nullptr), "call");
  expect_null(rheo_rows_find(nullptr, &found), "name");
  expect_null(rheo_rows_find("x", nullptr), "function");
  expect_null(rheo_rows_describe(nullptr, &text), "function");
  expect_null(rheo_rows_describe(function, nullptr), "json");
  expect_null(rheo_rows_names(nullptr, &count), "names");
  expect_null(rheo_rows_names(&list, nullptr), "count");
}

TEST_F(RowErrors, AnUnknownNameSuggestsTheNearest) {
  const rheo_row_function* found = nullptr;
  EXPECT_EQ(rheo_rows_find("sotfmax", &found), RHEO_ERROR_NAME);
  expect_message({"no row function named 'sotfmax'", "did you mean 'softmax'?"});
  EXPECT_EQ(rheo_rows_find("qqqqqqqqqqqq", &found), RHEO_ERROR_NAME);
  EXPECT_EQ(found, nullptr);
  for (const char* loose : {"LogSoftmax", "log-softmax", "LOG_SOFTMAX"})
    EXPECT_EQ(row_function(loose), row_function("log_softmax"));
}

TEST_F(RowErrors, VersionsAndReservedFieldsAreChecked) {
  call.struct_size -= 8;
  expect(RHEO_ERROR_UNSUPPORTED, {"struct_size"});
  call.struct_size += 8, call.flags = 2;
  expect(RHEO_ERROR_UNSUPPORTED, {"flags is 2"});
  call.flags = 0, call.unused = 3;
  expect(RHEO_ERROR_UNSUPPORTED, {"unused is 3"});
  call.unused = 0, call.format = 5;
  expect(RHEO_ERROR_FORMAT, {"format is 5", "RHEO_FLOAT16"});
  call.format = RHEO_FLOAT32, call.role = RHEO_DERIVATIVE;
  expect(RHEO_ERROR_ROLE, {"role is 2"});
  call.role = RHEO_VALUE, call.threads = -1;
  expect(RHEO_ERROR_THREADS, {"threads is -1"});
}

TEST_F(RowErrors, AnAxisOutsideTheRankIsRefused) {
  for (const std::int32_t axis : {2, -3, 64, -100}) {
    call.axis = axis;
    expect(RHEO_ERROR_SHAPE, {"axis is " + std::to_string(axis), "-2 to 1", "rank 2"});
  }
  call.rank = 0, call.axis = 1;
  expect(RHEO_ERROR_SHAPE, {"axis is 1", "-1 to 0"});
}

TEST_F(RowErrors, ShapesAndStridesAreChecked) {
  call.rank = 65;
  expect(RHEO_ERROR_SHAPE, {"rank is 65"});
  call.rank = 2, call.shape = nullptr;
  expect(RHEO_ERROR_NULL, {"shape is null"});
  shape = {4, -6}, call.shape = shape.data();
  expect(RHEO_ERROR_SHAPE, {"shape[1] is -6"});
  shape = {std::int64_t{1} << 40, std::int64_t{1} << 40};
  expect(RHEO_ERROR_SHAPE, {"too many elements"});
  shape = {4, 6}, strides = {std::int64_t{1} << 62, 1}, call.x_strides = strides.data();
  expect(RHEO_ERROR_SHAPE, {"strides", "address space"});
}

TEST_F(RowErrors, AScaleThatIsNotPositiveAndFiniteIsRefused) {
  for (const double scale : {std::nan(""), HUGE_VAL, -1.0, 1e300, 1e-300}) {
    call.scale = scale;
    expect(RHEO_ERROR_PARAMETER, {"scale is "});
  }
}

TEST_F(RowErrors, MissingAndSuperfluousOperandsAreRefused) {
  call.x = nullptr;
  expect(RHEO_ERROR_NULL, {"x is null"});
  call.x = x.data(), call.grad = other.data();
  expect(RHEO_ERROR_ROLE, {"grad is given"});
  call.grad = nullptr, call.result = other.data();
  expect(RHEO_ERROR_ROLE, {"result is given"});
  make_backward();
  call.x = x.data();
  expect(RHEO_ERROR_ROLE, {"result and x are given"});
  call.x = nullptr, call.mask = x.data();
  expect(RHEO_ERROR_ROLE, {"mask is given with result"});
  call.mask = nullptr, call.grad = nullptr;
  expect(RHEO_ERROR_NULL, {"grad is null"});
  call.grad = other.data(), call.result = nullptr;
  expect(RHEO_ERROR_NULL, {"x and result are null"});
  call.result = x.data(), call.y = nullptr;
  EXPECT_EQ(rheo_rows_run(function, &call), RHEO_ERROR_NULL);
  expect_message({"y is null"});
  rheo_executor executor{nullptr, nullptr};
  call.y = y.data(), call.executor = &executor;
  expect(RHEO_ERROR_NULL, {"executor->run is null"});
}

TEST_F(RowErrors, OverlapIsRefused) {
  call.x = y.data() + 1;
  expect(RHEO_ERROR_OVERLAP, {"y overlaps x"});
  call.x = x.data(), call.mask = y.data() + 3;
  expect(RHEO_ERROR_OVERLAP, {"y overlaps mask"});
  call.mask = y.data(), strides = {0, 1}, call.mask_strides = strides.data();
  expect(RHEO_ERROR_OVERLAP, {"y overlaps mask"});
  call.mask = nullptr, call.y_strides = strides.data();
  expect(RHEO_ERROR_OVERLAP, {"y overlaps itself"});
  call.y_strides = nullptr;
  make_backward();
  call.grad = y.data() + 2;
  expect(RHEO_ERROR_OVERLAP, {"y overlaps grad"});
  call.grad = other.data(), call.result = y.data() + 2;
  expect(RHEO_ERROR_OVERLAP, {"y overlaps result"});
  call.result = nullptr, call.x = x.data(), call.grad = y.data();
  expect(RHEO_ERROR_OVERLAP, {"y is grad"});
}

TEST(RowDescriptions, SayWhatTheFilesDeclare) {
  const std::vector<std::string> names = listed(rheo_rows_names);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  for (const std::string& name : names) {
    const char* json = nullptr;
    ASSERT_EQ(rheo_rows_describe(row_function(name), &json), RHEO_OK);
    const auto info = nlohmann::json::parse(json);
    EXPECT_EQ(info["name"], name);
    EXPECT_EQ(info["kind"], "rows");
    for (const auto& alias : info["aliases"])
      EXPECT_EQ(row_function(alias.get<std::string>()), row_function(name));
    for (const auto& torch : info["torch"]) {
      EXPECT_FALSE(torch["inplace"].get<bool>()) << name;
      EXPECT_TRUE(torch["fixed"].empty() && torch["choice"].is_null()) << name;
    }
    for (const char* format : {"float32", "float64"}) EXPECT_EQ(info["bounds"][format]["value"], 2) << name;
  }
}

TEST(RowHpp, DoesWhatTheCAbiDoes) {
  const std::vector<float> x = sample_row<float>(60, 2), mask = sample_row<float>(60, 1);
  std::vector<float> y(60), dx(60);
  const rheobase::row_function softmax("softmax");
  softmax(x, 20, y);
  EXPECT_TRUE(same_bits(y, values_of("softmax", x, 20)));
  softmax.backward(mask, y, 20, dx);
  EXPECT_TRUE(same_bits(dx, gradients_of("softmax", y, mask, 20)));
  softmax.with_scale(0.5).with_threads(1).masked(x, mask, 20, y);
  EXPECT_TRUE(same_bits(y, values_of("softmax", x, 20, 0.5, mask)));
  const auto check16 = [&](auto number) {
    using N = decltype(number);
    constexpr rheo_format kFormat = rheobase::detail::format_of<N>;
    using T = Number16<kFormat>;
    const auto x16 = sample_row<T>(60, 2), mask16 = sample_row<T>(60, 1);
    const auto seen = [](const std::vector<T>& v) {
      std::vector<N> all;
      for (const T n : v) all.push_back({n.raw});
      return all;
    };
    const auto expect = [&](const std::vector<N>& found, const std::vector<T>& expected) {
      for (std::size_t i = 0; i < 60; ++i) EXPECT_EQ(found[i].bits, expected[i].raw) << i;
    };
    std::vector<N> y16(60), dx16(60);
    softmax.with_scale(0.5).masked(seen(x16), seen(mask16), 20, y16);
    expect(y16, values_of("softmax", x16, 20, 0.5, mask16));
    softmax(seen(x16), 20, y16);
    const auto values = values_of("softmax", x16, 20);
    expect(y16, values);
    softmax.backward(seen(mask16), y16, 20, dx16);
    expect(dx16, gradients_of("softmax", values, mask16, 20));
  };
  check16(rheobase::bfloat16()), check16(rheobase::float16());
  EXPECT_EQ(softmax.describe().find("{\"name\": \"softmax\""), 0U);
  EXPECT_EQ(rheobase::row_names(), listed(rheo_rows_names));
  EXPECT_THROW(softmax(x, 7, y), rheobase::error);
  EXPECT_THROW(softmax(x, 0, y), rheobase::error);
  EXPECT_THROW(softmax(x, 20, dx = std::vector<float>(3)), rheobase::error);
  EXPECT_THROW((void)softmax.with_scale(-1), rheobase::error);
  EXPECT_THROW((void)softmax.with_threads(-1), rheobase::error);
  EXPECT_THROW(rheobase::row_function("softmacks"), rheobase::error);
}

}  // namespace
}  // namespace rheo::test
