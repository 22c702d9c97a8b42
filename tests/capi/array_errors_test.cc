// SPDX-License-Identifier: Apache-2.0
// array_errors_test.cc: parameters that are arrays: what is refused, with which words, and nothing is
// written.
#include "tests/capi/layout.h"
#include "tests/capi/settings.h"

namespace rheo::test {
namespace {

// As a call with that number does, wherever the value stands among others that are allowed.
template <class T>
void expect_refused_as_numbers_are(const rheo_activation* a, const Settings& settings, std::size_t p) {
  const rheo_format format = sizeof(T) == 8 ? RHEO_FLOAT64 : RHEO_FLOAT32;
  using Limits = std::numeric_limits<T>;
  for (const T value : {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity(), T(0), T(-1),
                        Limits::max(), Limits::denorm_min()}) {
    std::vector<rheo_parameter> list = settings.list(0);
    std::vector<T> values(500, static_cast<T>(list[p].value));
    values[301] = value;
    list[p].value = static_cast<double>(value);
    const rheo_status alone = rheo_check_parameters(a, format, list.data(), list.size());
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(p));
    Call<T> call(RHEO_VALUE, 500);
    call.c.parameters = list.data(), call.c.parameter_count = list.size();
    const rheo_parameter_array array = {settings.names[p].c_str(), values.data(), nullptr};
    EXPECT_EQ(rheo_run_arrays(a, &call.c, &array, 1), alone) << settings.names[p] << " " << value;
    EXPECT_TRUE(alone == RHEO_OK || call.untouched());
  }
}

TEST(Arrays, ValuesAreRefusedAsNumbersAre) {
  for_settings([](const rheo_activation* a, const Settings& settings) {
    for (std::size_t p = 0; p < settings.names.size(); ++p) {
      expect_refused_as_numbers_are<float>(a, settings, p);
      expect_refused_as_numbers_are<double>(a, settings, p);
    }
  });
}

class ArrayErrors : public testing::Test {
 protected:
  ArrayErrors() {
    for (const std::string& name : names()) {
      if (!settings.names.empty()) break;
      activation = find(name), settings = settings_of(activation);
    }
    values.assign(200, static_cast<float>(settings.sets[1][0]));
    array = {settings.names[0].c_str(), values.data(), nullptr};
    for (std::size_t p = 1; p < settings.names.size(); ++p) others.push_back(settings.list(1)[p]);
    call.c.parameters = others.data(), call.c.parameter_count = others.size();
  }
  void expect(rheo_status status, const std::vector<std::string>& parts) {
    EXPECT_EQ(rheo_run_arrays(activation, &call.c, &array, 1), status) << rheo_last_error();
    expect_message(parts);
    EXPECT_TRUE(call.untouched());
  }

  const rheo_activation* activation = nullptr;
  Settings settings;
  std::vector<float> values;
  std::vector<rheo_parameter> others;
  rheo_parameter_array array{};
  Call<float> call{RHEO_VALUE, 200};
};

TEST_F(ArrayErrors, CallOfTheFixtureIsRight) {
  EXPECT_EQ(rheo_run_arrays(activation, &call.c, &array, 1), RHEO_OK) << rheo_last_error();
  EXPECT_FALSE(call.untouched());
}

TEST_F(ArrayErrors, NullIsRefused) {
  EXPECT_EQ(rheo_run_arrays(activation, &call.c, nullptr, 1), RHEO_ERROR_NULL);
  expect_message({"arrays is null"});
  EXPECT_EQ(rheo_run_arrays(nullptr, &call.c, &array, 1), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_run_arrays(activation, nullptr, &array, 1), RHEO_ERROR_NULL);
  array.values = nullptr;
  expect(RHEO_ERROR_NULL, {array.name, "values is null"});
  array.name = nullptr;
  expect(RHEO_ERROR_NULL, {"name is null"});
}

TEST_F(ArrayErrors, AValueThatIsNotAllowedIsNamedWithItsPlace) {
  values[137] = std::nanf("");
  expect(RHEO_ERROR_PARAMETER, {array.name, "nan", "at [137]"});
  const std::int64_t shape[] = {4, 50}, strides[] = {0, 1};
  call.c.rank = 2, call.c.shape = shape;
  expect(RHEO_ERROR_PARAMETER, {array.name, "nan", "at [2, 37]"});
  values[7] = std::nanf("");
  array.strides = strides;
  expect(RHEO_ERROR_PARAMETER, {array.name, "nan", "at [0, 7]"});
}

TEST_F(ArrayErrors, NamesAreKnownAndGivenOnce) {
  const rheo_parameter twice[] = {{array.name, 1.0}};
  call.c.parameters = twice, call.c.parameter_count = 1;
  expect(RHEO_ERROR_PARAMETER, {array.name, "twice"});
  call.c.parameters = others.data(), call.c.parameter_count = others.size();
  const rheo_parameter_array both[] = {array, array};
  EXPECT_EQ(rheo_run_arrays(activation, &call.c, both, 2), RHEO_ERROR_PARAMETER);
  expect_message({array.name, "twice"});
  array.name = "nonsense";
  expect(RHEO_ERROR_NAME, {"nonsense", settings.names[0]});
}

TEST_F(ArrayErrors, OutputMustNotOverlapAnArray) {
  std::vector<float> memory(400, values[0]);
  array.values = memory.data();
  call.c.y = memory.data() + 1;
  EXPECT_EQ(rheo_run_arrays(activation, &call.c, &array, 1), RHEO_ERROR_OVERLAP);
  expect_message({"y overlaps", array.name});
  call.c.format = RHEO_BFLOAT16, call.c.y = memory.data();  // numbers of another size
  EXPECT_EQ(rheo_run_arrays(activation, &call.c, &array, 1), RHEO_ERROR_OVERLAP);
  expect_message({"y overlaps", array.name});
  for (const float value : memory) EXPECT_EQ(value, values[0]);
}

TEST_F(ArrayErrors, StridesMustStayInTheAddressSpace) {
  const std::int64_t stride = std::int64_t{1} << 61;
  array.strides = &stride;
  expect(RHEO_ERROR_SHAPE, {"strides"});
}

}  // namespace
}  // namespace rheo::test
