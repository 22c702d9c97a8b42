// SPDX-License-Identifier: Apache-2.0
// errors_test.cc: each wrong call of exact sums has its code and its line, and changes nothing.
#include "tests/sums/call.h"

namespace rheo::test {
namespace {

class SumsErrors : public testing::Test {
 protected:
  void expect(rheo_status status, const std::vector<std::string>& parts) {
    EXPECT_EQ(rheo_sums_add(&call.c), status) << rheo_last_error();
    expect_message(parts);
    EXPECT_EQ(call.workspace, before);
  }
  static void expect_message(const std::vector<std::string>& parts) {
    const std::string message = rheo_last_error();
    EXPECT_EQ(message.find_first_of("\n\r"), std::string::npos) << message;
    for (const std::string& part : parts) EXPECT_NE(message.find(part), std::string::npos) << message;
  }
  // An activation that has a parameter, and the parameter.
  static std::pair<const rheo_activation*, std::string> with_parameter() {
    for (const std::string& name : names()) {
      const nlohmann::json parameters = describe(find(name))["parameters"];
      if (!parameters.empty()) return {find(name), parameters[0]["name"]};
    }
    ADD_FAILURE() << "no activation has a parameter";
    return {};
  }

  SumsCall<float> call{RHEO_SUMS_TERMS, normal<float>(64)};
  const Words before = call.workspace;
};

TEST_F(SumsErrors, CallOfTheFixtureIsRight) {
  call.add();
  EXPECT_NE(call.workspace, before);
}

TEST_F(SumsErrors, NullsAreRefused) {
  call.c.x = nullptr;
  expect(RHEO_ERROR_NULL, {"x is null"});
  call.c.x = call.x.data(), call.c.shape = nullptr;
  expect(RHEO_ERROR_NULL, {"shape is null"});
  call.c.shape = &call.extent, call.c.workspace = nullptr;
  expect(RHEO_ERROR_NULL, {"workspace is null"});
  const rheo_executor executor{nullptr, nullptr};
  call.c.workspace = call.workspace.data(), call.c.executor = &executor;
  expect(RHEO_ERROR_NULL, {"executor->run is null"});
  EXPECT_EQ(rheo_sums_add(nullptr), RHEO_ERROR_NULL);
  std::size_t words = 0;
  EXPECT_EQ(rheo_sums_size(nullptr, &words, nullptr), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_sums_size(&call.c.form, nullptr, nullptr), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_sums_clear(&call.c.form, nullptr, 13), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_sums_merge(&call.c.form, call.workspace.data(), nullptr, call.c.words), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_sums_finish(&call.c.form, call.workspace.data(), call.c.words, RHEO_FLOAT32, nullptr),
            RHEO_ERROR_NULL);
}

TEST_F(SumsErrors, WorkspacesOfAnotherSizeAreRefused) {
  call.c.words -= 1;
  expect(RHEO_ERROR_WORKSPACE,
         {"words is " + std::to_string(call.c.words), std::to_string(call.c.words + 1)});
  float result = 0;
  EXPECT_EQ(rheo_sums_finish(&call.c.form, call.workspace.data(), 5, RHEO_FLOAT32, &result),
            RHEO_ERROR_WORKSPACE);
  EXPECT_EQ(rheo_sums_clear(&call.c.form, call.workspace.data(), 1000), RHEO_ERROR_WORKSPACE);
  EXPECT_EQ(call.workspace, before);
}

TEST_F(SumsErrors, WorkspacesAtOddAddressesAreRefused) {
  call.c.workspace = reinterpret_cast<std::int64_t*>(reinterpret_cast<char*>(call.workspace.data()) + 4);
  expect(RHEO_ERROR_WORKSPACE, {"workspace", "8"});
}

TEST_F(SumsErrors, AxesOutOfRangeAreRefused) {
  for (const std::int32_t axis : {-2, 1, INT32_MAX, INT32_MIN}) {
    call.c.axis = axis;
    expect(RHEO_ERROR_SHAPE, {"axis is " + std::to_string(axis), "-1 to 0", "rank is 1"});
  }
}

TEST_F(SumsErrors, ChannelsThatAreNotTheAxisExtentAreRefused) {
  call.c.axis = 0;
  expect(RHEO_ERROR_SHAPE, {"channels is 1", "64", "axis 0"});
  call.c.axis = -1, call.c.form.channels = 64;
  expect(RHEO_ERROR_SHAPE, {"channels is 64", "expected 1"});
  for (const std::int64_t channels : {std::int64_t{0}, std::int64_t{-3}, INT64_MAX}) {
    call.c.form.channels = channels;
    expect(RHEO_ERROR_SHAPE, {"channels is " + std::to_string(channels)});
  }
}

TEST_F(SumsErrors, UnknownKindsAndFormatsAreRefused) {
  call.c.form.kind = 7;
  expect(RHEO_ERROR_ROLE, {"kind is 7", "RHEO_SUMS_TERMS"});
  call.c.form.kind = RHEO_SUMS_TERMS, call.c.form.format = 9;
  expect(RHEO_ERROR_FORMAT, {"format is 9"});
  float result = 3;
  call.c.form.format = RHEO_FLOAT32;
  EXPECT_EQ(rheo_sums_finish(&call.c.form, call.workspace.data(), call.c.words, 9, &result),
            RHEO_ERROR_FORMAT);
  EXPECT_EQ(result, 3);
}

TEST_F(SumsErrors, ShapesAndStridesAreChecked) {
  call.extent = -1;
  expect(RHEO_ERROR_SHAPE, {"shape[0] is -1"});
  call.extent = 64, call.c.rank = 65;
  expect(RHEO_ERROR_SHAPE, {"rank is 65"});
  const std::int64_t far = INT64_MAX;
  call.c.rank = 1, call.c.x_strides = &far;
  expect(RHEO_ERROR_SHAPE, {"strides"});
}

TEST_F(SumsErrors, DescriptorsOfOtherSizesAndBadThreadsAreRefused) {
  call.c.struct_size = 8;
  expect(RHEO_ERROR_UNSUPPORTED, {"struct_size is 8"});
  call.c.struct_size = sizeof call.c, call.c.threads = -1;
  expect(RHEO_ERROR_THREADS, {"threads is -1"});
}

TEST_F(SumsErrors, WhatNeedsAnActivationIsRefusedWithoutOne) {
  const rheo_parameter parameter{"alpha", 1};
  call.c.grad = call.x.data();
  expect(RHEO_ERROR_ROLE, {"grad", "activation"});
  call.c.grad = nullptr, call.c.with_respect_to = "alpha";
  expect(RHEO_ERROR_ROLE, {"with_respect_to", "activation"});
  call.c.with_respect_to = nullptr, call.c.parameters = &parameter, call.c.parameter_count = 1;
  expect(RHEO_ERROR_ROLE, {"parameters", "activation"});
}

TEST_F(SumsErrors, ParametersOfActivationsAreChecked) {
  const auto [activation, name] = with_parameter();
  call.c.activation = activation;
  expect(RHEO_ERROR_NULL, {"with_respect_to is null"});
  call.c.with_respect_to = "no such parameter";
  expect(RHEO_ERROR_NAME, {"no such parameter"});
  call.c.with_respect_to = name.c_str();
  const rheo_parameter bad{name.c_str(), NAN};
  call.c.parameters = &bad, call.c.parameter_count = 1;
  expect(RHEO_ERROR_PARAMETER, {name, "nan"});
  call.c.parameters = nullptr;
  expect(RHEO_ERROR_NULL, {"parameters is null"});
}

TEST_F(SumsErrors, StatisticsOfActivationsAreRefused) {
  SumsCall<float> statistics(RHEO_SUMS_STATISTICS, call.x);
  statistics.c.activation = with_parameter().first;
  EXPECT_EQ(rheo_sums_add(&statistics.c), RHEO_ERROR_ROLE);
  expect_message({"activation", "RHEO_SUMS_STATISTICS"});
  rheo_statistics result{};
  EXPECT_EQ(rheo_sums_statistics(&call.c.form, call.c.workspace, call.c.words, &result), RHEO_ERROR_ROLE);
  expect_message({"RHEO_SUMS_TERMS"});
}

TEST_F(SumsErrors, WorkspacesThatOverlapAreRefused) {
  call.c.x = call.workspace.data();
  call.extent = 4;
  expect(RHEO_ERROR_OVERLAP, {"workspace overlaps x"});
  EXPECT_EQ(rheo_sums_merge(&call.c.form, call.workspace.data(), call.workspace.data(), call.c.words),
            RHEO_ERROR_OVERLAP);
  expect_message({"into overlaps from"});
}

}  // namespace
}  // namespace rheo::test
