// SPDX-License-Identifier: Apache-2.0
// parameter_role_test.cc: RHEO_PARAMETER, the derivative with respect to a named parameter, and
// rheo_check_parameters.
#include "rheobase/rheobase.hpp"
#include "tests/capi/library.h"

namespace rheo::test {
namespace {

// Runs body(activation, its name, a parameter's name) for all parameters of all activations.
template <class Body>
void for_each_parameter(Body&& body) {
  int parameters = 0;
  for (const std::string& name : names()) {
    const nlohmann::json info = describe(find(name));
    for (const nlohmann::json& p : info["parameters"]) {
      const std::string parameter = p["name"];
      SCOPED_TRACE(name + ", " + parameter);
      body(find(name), name, parameter);
      ++parameters;
    }
  }
  EXPECT_GT(parameters, 0);
}

template <class T>
std::vector<T> results(const rheo_activation* a, const std::string& parameter, const std::vector<T>& x,
                       const std::vector<T>* grad) {
  Call<T> call(RHEO_PARAMETER, x);
  call.c.with_respect_to = parameter.c_str();
  call.c.grad = grad != nullptr ? grad->data() : nullptr;
  EXPECT_EQ(rheo_run(a, &call.c), RHEO_OK) << rheo_last_error();
  return call.y;
}

template <class T>
void expect_strided_is_plain(const rheo_activation* a, const std::string& parameter) {
  const std::vector<T> x = sample<T>(600), grad = sample<T>(600, 2);
  const std::vector<T> plain = results(a, parameter, x, &grad);
  const auto n = static_cast<std::int64_t>(x.size());
  std::vector<T> spread(2 * x.size()), y(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) spread[2 * i] = x[x.size() - 1 - i];  // walked backwards
  Call<T> call(RHEO_PARAMETER, x);
  const std::int64_t stride = -2;
  call.c.with_respect_to = parameter.c_str();
  call.c.x = spread.data() + 2 * (n - 1), call.c.x_strides = &stride;
  call.c.grad = grad.data();
  EXPECT_EQ(rheo_run(a, &call.c), RHEO_OK) << rheo_last_error();
  EXPECT_TRUE(same_bits(call.y, plain));
}

TEST(ParameterRole, GivesTheSameBitsForAnyLayout) {
  for_each_parameter([](auto* a, const auto&, const auto& parameter) {
    expect_strided_is_plain<float>(a, parameter);
    expect_strided_is_plain<double>(a, parameter);
  });
}

TEST(ParameterRole, WorksInPlaceOfXAndOfGrad) {
  for_each_parameter([](auto* a, const auto&, const auto& parameter) {
    const std::vector<float> x = sample<float>(600), grad = sample<float>(600, 2);
    const std::vector<float> plain = results(a, parameter, x, &grad);
    for (const bool over_grad : {false, true}) {
      Call<float> call(RHEO_PARAMETER, x);
      call.grad = grad;
      call.c.with_respect_to = parameter.c_str();
      call.c.grad = call.grad.data();
      std::vector<float>& memory = over_grad ? call.grad : call.x;
      call.c.y = memory.data();
      EXPECT_EQ(rheo_run(a, &call.c), RHEO_OK) << rheo_last_error();
      EXPECT_TRUE(same_bits(memory, plain));
    }
  });
}

TEST(ParameterRole, IsThatOfTheHeader) {
  for_each_parameter([](auto* a, const auto& name, const auto& parameter) {
    const rheobase::activation f(name);
    const std::vector<double> x = sample<double>(300), grad = sample<double>(300, 2);
    std::vector<double> y(x.size());
    f.parameter(parameter, x, y);
    EXPECT_TRUE(same_bits(y, results<double>(a, parameter, x, nullptr)));
    f.parameter(parameter, grad, x, y);
    EXPECT_TRUE(same_bits(y, results(a, parameter, x, &grad)));
  });
}

TEST(ParameterRole, NeedsTheNameOfAParameter) {
  for_each_parameter([](auto* a, const auto&, const auto& parameter) {
    Call<float> call(RHEO_PARAMETER, 8);
    EXPECT_NE(rheo_run(a, &call.c), RHEO_OK);
    EXPECT_NE(std::string(rheo_last_error()).find("with_respect_to"), std::string::npos) << rheo_last_error();
    call.c.with_respect_to = "temperature";
    EXPECT_EQ(rheo_run(a, &call.c), RHEO_ERROR_NAME);
    const std::string message = rheo_last_error();
    EXPECT_NE(message.find("'temperature'"), std::string::npos) << message;
    EXPECT_NE(message.find(parameter), std::string::npos) << message;
    EXPECT_TRUE(call.untouched());
  });
}

TEST(ParameterRole, IsRefusedForOtherRoles) {
  for_each_parameter([](auto* a, const auto&, const auto& parameter) {
    Call<float> call(RHEO_VALUE, 8);
    call.c.with_respect_to = parameter.c_str();
    EXPECT_NE(rheo_run(a, &call.c), RHEO_OK);
    EXPECT_NE(std::string(rheo_last_error()).find("with_respect_to"), std::string::npos) << rheo_last_error();
    EXPECT_TRUE(call.untouched());
  });
}

TEST(ParameterRole, OfAnActivationWithoutParametersIsRefused) {
  for (const std::string& name : names()) {
    if (!describe(find(name))["parameters"].empty()) continue;
    Call<double> call(RHEO_PARAMETER, 8);
    call.c.with_respect_to = "alpha";
    EXPECT_EQ(rheo_run(find(name), &call.c), RHEO_ERROR_NAME) << name;
    EXPECT_TRUE(call.untouched());
  }
}

TEST(CheckParameters, AgreesWithACall) {
  for_each_parameter([](auto* a, const auto&, const auto& parameter) {
    for (const double value : {-1e39, -1.0, -0.0, 0.0, 1e-60, 0.25, 1.5, 3e38, 1e300, std::nan("")}) {
      const rheo_parameter given{parameter.c_str(), value};
      const auto compare = [&](auto zero) {
        Call<decltype(zero)> call(RHEO_VALUE, 4);
        call.c.parameters = &given, call.c.parameter_count = 1;
        const rheo_status expected = rheo_run(a, &call.c);
        const std::string message = rheo_last_error();
        EXPECT_EQ(rheo_check_parameters(a, call.c.format, &given, 1), expected) << value;
        EXPECT_EQ(rheo_last_error(), message);
      };
      compare(0.0F), compare(0.0);
    }
  });
}

TEST(CheckParameters, RefusesWhatACallRefuses) {
  const rheo_activation* a = find(names().front());
  const rheo_parameter unknown{"temperature", 1};
  EXPECT_EQ(rheo_check_parameters(a, RHEO_FLOAT32, &unknown, 1), RHEO_ERROR_NAME);
  EXPECT_EQ(rheo_check_parameters(a, RHEO_FLOAT32, nullptr, 1), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_check_parameters(a, RHEO_FLOAT32, nullptr, 0), RHEO_OK);
  EXPECT_EQ(rheo_check_parameters(nullptr, RHEO_FLOAT32, nullptr, 0), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_check_parameters(a, 17, nullptr, 0), RHEO_ERROR_FORMAT);
}

}  // namespace
}  // namespace rheo::test
