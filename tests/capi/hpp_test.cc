// SPDX-License-Identifier: Apache-2.0
// hpp_test.cc: rheobase.hpp, compiled with all warnings as errors.
#include "rheobase/rheobase.hpp"

#include <gtest/gtest.h>

#include <array>
#include <type_traits>

#include "tests/core/sample.h"

namespace {

using rheo::test::sample;
using rheobase::activation;

// The results of the C ABI.
template <class T>
std::vector<T> results(const activation& a, rheo_role role, const std::vector<T>& x,
                       const std::vector<T>& grad) {
  std::vector<T> y(x.size());
  const auto extent = static_cast<std::int64_t>(x.size());
  rheo_call call{};
  call.struct_size = sizeof call;
  call.role = static_cast<std::uint32_t>(role);
  call.format = sizeof(T) == 4 ? RHEO_FLOAT32 : RHEO_FLOAT64;
  call.rank = 1, call.shape = &extent;
  call.x = x.data(), call.grad = role == RHEO_BACKWARD ? grad.data() : nullptr, call.y = y.data();
  EXPECT_EQ(rheo_run(a.handle(), &call), RHEO_OK) << rheo_last_error();
  return y;
}

template <class T>
void expect_same(const std::vector<T>& a, const std::vector<T>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) ASSERT_TRUE(rheo::test::same(a[i], b[i])) << i;
}

template <class T>
void expect_c_results(const std::string& name) {
  const activation f(name);
  const std::vector<T> x = sample<T>(500), grad = sample<T>(500, 2);
  std::vector<T> y(x.size());
  f(x, y);
  expect_same(y, results(f, RHEO_VALUE, x, grad));
  f.derivative(x, y);
  expect_same(y, results(f, RHEO_DERIVATIVE, x, grad));
  f.backward(grad, x, y);
  expect_same(y, results(f, RHEO_BACKWARD, x, grad));
}

TEST(Hpp, EveryActivationGivesTheResultsOfTheCAbi) {
  for (const std::string& name : rheobase::names()) {
    expect_c_results<float>(name);
    expect_c_results<double>(name);
  }
}

TEST(Hpp, NamesAreSorted) {
  const std::vector<std::string> names = rheobase::names();
  EXPECT_FALSE(names.empty());
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

TEST(Hpp, TakesArraysSpansAndParts) {
  const activation f("elu");
  const std::array<double, 3> x = {-1, 0, 2};
  std::array<double, 3> y{};
  f(x, y);
  EXPECT_EQ(y[2], 2);
  double plain[2] = {};
  f(std::span(x).first(2), plain);
  EXPECT_EQ(plain[0], y[0]);
}

TEST(Hpp, TakesNothing) {
  const activation f("elu");
  std::vector<float> none;
  f(none, none);
  f.backward(none, none, none);
}

TEST(Hpp, WorksInPlace) {
  const activation f("tanh");
  const std::vector<float> x = sample<float>(300), grad = sample<float>(300, 2);
  std::vector<float> y = x;
  f(y, y);
  expect_same(y, results(f, RHEO_VALUE, x, grad));
  y = grad;
  f.backward(y, x, y);
  expect_same(y, results(f, RHEO_BACKWARD, x, grad));
}

TEST(Hpp, WithReturnsACopyAndLeavesTheOriginal) {
  const activation f("elu");
  const activation half = f.with("alpha", 0.5);
  const std::vector<double> x = {-1e300};
  std::vector<double> y(1);
  half(x, y);
  EXPECT_EQ(y[0], -0.5);
  f(x, y);
  EXPECT_EQ(y[0], -1);
}

TEST(Hpp, WithThreadsChangesNoBit) {
  const activation f = activation("elu").with("alpha", 0.5);
  const std::vector<float> x = sample<float>(70000);
  std::vector<float> y(x.size()), other(x.size());
  f.with_threads(1)(x, y);
  f.with_threads(3)(x, other);
  expect_same(other, y);
}

TEST(Hpp, WithThreadsRefusesNonsense) {
  for (const int count : {-1, 1025}) {
    try {
      (void)activation("elu").with_threads(count);
      FAIL() << count;
    } catch (const rheobase::error& e) {
      EXPECT_EQ(e.status(), RHEO_ERROR_THREADS);
      EXPECT_NE(std::string(e.what()).find(std::to_string(count)), std::string::npos) << e.what();
    }
  }
}

TEST(Hpp, WithReplacesAParameterThatIsSetAlready) {
  const std::vector<double> x = {-1e300};
  std::vector<double> y(1);
  activation("elu").with("alpha", 0.5).with("alpha", 3)(x, y);
  EXPECT_EQ(y[0], -3);
}

TEST(Hpp, WithAddsToTheParametersThatAreSetAlready) {
  const activation f = activation("softplus").with("beta", 4).with("threshold", 2).with("beta", 2);
  const std::vector<double> x = {0, 1, 1.0001};
  std::vector<double> y(3), expected(3);
  f(x, y);
  activation("softplus").with("beta", 2)(x, expected);
  EXPECT_EQ(y[0], expected[0]);
  EXPECT_EQ(y[1], expected[1]);
  EXPECT_EQ(y[2], 1.0001);
}

TEST(Hpp, CopiesOutliveTheirOriginals) {
  std::vector<double> y(1);
  std::vector<activation> copies;
  {
    const activation f = activation("elu").with("alpha", 0.25);
    copies.push_back(f);
    activation moved = f.with("alpha", 8);
    copies.push_back(std::move(moved));
  }
  copies[0](std::vector<double>{-1e9}, y);
  EXPECT_EQ(y[0], -0.25);
  copies[1](std::vector<double>{-1e9}, y);
  EXPECT_EQ(y[0], -8);
}

// Expects body to throw an error of that status whose message has all parts.
template <class Body>
void expect_error(rheo_status status, std::initializer_list<const char*> parts, Body&& body) {
  try {
    body();
    FAIL() << "nothing was thrown";
  } catch (const rheobase::error& e) {
    EXPECT_EQ(e.status(), status) << e.what();
    for (const char* part : parts) EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
  }
}

TEST(HppErrors, AreRuntimeErrors) { EXPECT_TRUE((std::is_base_of_v<std::runtime_error, rheobase::error>)); }

TEST(HppErrors, UnknownNameIsThrownWithTheNearest) {
  expect_error(RHEO_ERROR_NAME, {"'sigmoidd'", "'sigmoid'"}, [] { activation("sigmoidd"); });
  expect_error(RHEO_ERROR_NAME, {"0 character"}, [] { activation(std::string_view("elu\0x", 5)); });
}

TEST(HppErrors, UnknownParameterIsThrownByWith) {
  expect_error(RHEO_ERROR_NAME, {"'alfa'", "alpha"}, [] { (void)activation("elu").with("alfa", 1); });
}

TEST(HppErrors, ValueThatTheMathematicsForbidsIsThrownByWith) {
  expect_error(RHEO_ERROR_PARAMETER, {"alpha", "nan"},
               [] { (void)activation("elu").with("alpha", std::nan("")); });
  expect_error(RHEO_ERROR_PARAMETER, {"beta", "-1"}, [] { (void)activation("softplus").with("beta", -1); });
}

TEST(HppErrors, ValueThatAFloatCannotHoldIsThrownByTheCall) {
  const activation f = activation("elu").with("alpha", 1e300);
  std::vector<double> wide(4);
  f(wide, wide);
  std::vector<float> y(4, 7);
  expect_error(RHEO_ERROR_PARAMETER, {"alpha", "1e+300"}, [&] { f(std::vector<float>(4), y); });
  EXPECT_EQ(y, std::vector<float>(4, 7));
}

TEST(HppErrors, SizesThatDifferAreThrownBeforeAnythingIsWritten) {
  const activation f("elu");
  const std::vector<float> three(3, 1), four(4, 1);
  std::vector<float> y(4, 7);
  expect_error(RHEO_ERROR_SHAPE, {"y has 4", "3"}, [&] { f(three, y); });
  expect_error(RHEO_ERROR_SHAPE, {"y has 4", "3"}, [&] { f.derivative(three, y); });
  expect_error(RHEO_ERROR_SHAPE, {"dx has 4", "3"}, [&] { f.backward(three, three, y); });
  expect_error(RHEO_ERROR_SHAPE, {"grad has 3", "4"}, [&] { f.backward(three, four, y); });
  EXPECT_EQ(y, std::vector<float>(4, 7));
}

TEST(HppErrors, OverlapIsThrownBeforeAnythingIsWritten) {
  const activation f("elu");
  std::vector<float> memory(10, -1);
  const std::span<float> all(memory);
  expect_error(RHEO_ERROR_OVERLAP, {"x"}, [&] { f(all.first(9), all.last(9)); });
  EXPECT_EQ(memory, std::vector<float>(10, -1));
}

TEST(Hpp, DescribesAnActivationAsJson) {
  for (const std::string& name : rheobase::names())
    EXPECT_NE(activation(name).describe().find("\"" + name + "\""), std::string::npos);
}

}  // namespace
