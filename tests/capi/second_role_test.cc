// SPDX-License-Identifier: Apache-2.0
// second_role_test.cc: RHEO_SECOND, the second derivative, through the C ABI and rheobase.hpp. Its values are
// compared with balls in tests/second.
#include <cmath>
#include <limits>

#include "rheobase/rheobase.hpp"
#include "tests/capi/library.h"

namespace rheo::test {
namespace {

template <class T>
std::vector<T> results(const rheo_activation* a, const std::vector<T>& x, const std::vector<T>* grad) {
  Call<T> call(RHEO_SECOND, x);
  call.c.grad = grad != nullptr ? grad->data() : nullptr;
  EXPECT_EQ(rheo_run(a, &call.c), RHEO_OK) << rheo_last_error();
  return call.y;
}

template <class Body>
void for_each_format(Body&& body) {
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    body(name, 0.0F), body(name, 0.0);
  }
}

// A slope's own slope, by differences of derivatives in float64.
TEST(SecondRole, IsTheSlopeOfTheDerivative) {
  for (const std::string& name : names()) {
    const std::vector<double> centre = {-2.3, -0.7, -0.1, 0.2, 0.9, 2.2};
    const double step = 1e-5;
    std::vector<double> left = centre, right = centre;
    for (double& x : left) x -= step;
    for (double& x : right) x += step;
    const auto low = plain_results(find(name), RHEO_DERIVATIVE, left, left);
    const auto high = plain_results(find(name), RHEO_DERIVATIVE, right, right);
    const auto found = results<double>(find(name), centre, nullptr);
    for (std::size_t i = 0; i < centre.size(); ++i)
      EXPECT_NEAR(found[i], (high[i] - low[i]) / (2 * step), 1e-8) << name << " at " << centre[i];
  }
}

TEST(SecondRole, TakesAGradientOfOneForNone) {
  for_each_format([](const std::string& name, auto zero) {
    using T = decltype(zero);
    const std::vector<T> x = sample<T>(700), ones(x.size(), T(1));
    EXPECT_TRUE(same_bits(results<T>(find(name), x, nullptr), results<T>(find(name), x, &ones)));
  });
}

TEST(SecondRole, GivesTheSameBitsForAnyLayout) {
  for_each_format([](const std::string& name, auto zero) {
    using T = decltype(zero);
    const std::vector<T> x = sample<T>(600), grad = sample<T>(600, 2);
    const std::vector<T> plain = results(find(name), x, &grad);
    std::vector<T> spread(2 * x.size());
    for (std::size_t i = 0; i < x.size(); ++i) spread[2 * i] = x[x.size() - 1 - i];  // walked backwards
    Call<T> call(RHEO_SECOND, x);
    const std::int64_t stride = -2;
    call.c.x = spread.data() + 2 * (x.size() - 1), call.c.x_strides = &stride;
    call.c.grad = grad.data();
    EXPECT_EQ(rheo_run(find(name), &call.c), RHEO_OK) << rheo_last_error();
    EXPECT_TRUE(same_bits(call.y, plain));
  });
}

TEST(SecondRole, WorksInPlaceAndOnSeveralThreads) {
  for_each_format([](const std::string& name, auto zero) {
    using T = decltype(zero);
    const std::vector<T> part = sample<T>(700), part_grad = sample<T>(700, 2);
    std::vector<T> x, grad;
    while (x.size() < 70000) {  // enough for threads
      x.insert(x.end(), part.begin(), part.end());
      grad.insert(grad.end(), part_grad.begin(), part_grad.end());
    }
    Call<T> call(RHEO_SECOND, x);
    call.c.grad = grad.data(), call.c.threads = 2, call.c.y = call.x.data();
    EXPECT_EQ(rheo_run(find(name), &call.c), RHEO_OK) << rheo_last_error();
    EXPECT_TRUE(same_bits(call.x, results(find(name), x, &grad)));
  });
}

TEST(SecondRole, UsesGivenParameters) {
  for (const std::string& name : names()) {
    const nlohmann::json info = describe(find(name));
    if (info["activation"] != name || info["parameters"].empty()) continue;
    const std::string parameter = info["parameters"][0]["name"];
    const rheobase::activation f = rheobase::activation(name).with(parameter, 0.5);
    const std::vector<double> x = {-1.5, -0.25, 0.75};
    std::vector<double> found(3), low(3), high(3);
    f.second(x, found);
    const double step = 1e-5;
    f.derivative(std::vector<double>{x[0] - step, x[1] - step, x[2] - step}, low);
    f.derivative(std::vector<double>{x[0] + step, x[1] + step, x[2] + step}, high);
    for (std::size_t i = 0; i < x.size(); ++i)
      EXPECT_NEAR(found[i], (high[i] - low[i]) / (2 * step), 1e-8) << name << " at " << x[i];
  }
}

template <class T>
void expect_hpp_is_c(const std::string& name) {
  const rheobase::activation f(name);
  const std::vector<T> x = sample<T>(300), grad = sample<T>(300, 2);
  std::vector<T> y(x.size());
  f.second(x, y);
  EXPECT_TRUE(same_bits(y, results<T>(find(name), x, nullptr)));
  f.second(grad, x, y);
  EXPECT_TRUE(same_bits(y, results(find(name), x, &grad)));
}

TEST(SecondRole, OfRheobaseHppIsThatOfTheCAbi) {
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    expect_hpp_is_c<float>(name), expect_hpp_is_c<double>(name);
  }
  const rheobase::activation f(names().front());
  const std::vector<double> x(3);
  std::vector<double> y(2);
  EXPECT_THROW(f.second(x, y), rheobase::error);
  EXPECT_THROW(f.second(y, x, y), rheobase::error);
  const std::vector<rheobase::bfloat16> brief(5);
  const std::vector<rheobase::float16> half(5);
  std::vector<rheobase::bfloat16> brief_y(5);
  std::vector<rheobase::float16> half_y(5);
  EXPECT_NO_THROW(f.second(brief, brief_y));
  EXPECT_NO_THROW(f.second(half, half, half_y));
}

TEST(SecondRole, RefusesAParameterToDifferentiateBy) {
  Call<double> call(RHEO_SECOND, 8);
  call.c.with_respect_to = "alpha";
  EXPECT_EQ(rheo_run(find(names().front()), &call.c), RHEO_ERROR_ROLE);
  expect_message({"with_respect_to"});
  EXPECT_TRUE(call.untouched());
}

}  // namespace
}  // namespace rheo::test
