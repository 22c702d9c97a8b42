// SPDX-License-Identifier: Apache-2.0
// hpp_test.cc: the C++ header gives what the C ABI gives, and throws what it refuses.
#include <gtest/gtest.h>

#include "rheobase/rheobase.hpp"

namespace rheobase {
namespace {

template <class T>
std::vector<T> values() {
  std::vector<T> x;
  for (int i = -50; i < 50; ++i) x.push_back(static_cast<T>(i) / T(16));
  return x;
}

TEST(RandomHpp, DrawsTheSameNumbersForTheSameSeedAndOffset) {
  for (const std::string& name : random_names()) {
    const random_activation f(name);
    const std::vector<double> x = values<double>();
    std::vector<double> y(x.size()), again(x.size()), other(x.size());
    f.training(5, 6)(x, y), f.training(5, 6)(x, again), f.training(5, 7)(x, other);
    EXPECT_EQ(y, again) << name;
    EXPECT_NE(y, other) << name;
  }
}

TEST(RandomHpp, BackwardIsTheGradientTimesTheDerivative) {
  for (const std::string& name : random_names()) {
    const random_activation f = random_activation(name).training(1, 2);
    const std::vector<float> x = values<float>(), grad(x.size(), 2);
    std::vector<float> slope(x.size()), dx(x.size());
    f.derivative(x, slope), f.backward(grad, x, dx);
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(dx[i], 2 * slope[i]) << name;
  }
}

TEST(RandomHpp, APartWithItsFirstIndexIsThatOfTheWhole) {
  const random_activation f = random_activation("noisy_relu").training(3).with_threads(1);
  const std::vector<float> x = values<float>();
  std::vector<float> whole(x.size()), part(10);
  f(x, whole), f.from(37)(std::span(x).subspan(37, 10), part);
  EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + 37));
}

TEST(RandomHpp, TakesSixteenBits) {
  const random_activation f("rrelu");
  const std::vector<bfloat16> x = {{0x3F80}, {0xBF80}};  // 1, -1
  std::vector<bfloat16> y(2);
  f.with("lower", 0.5).with("upper", 0.5).training(1)(x, y);
  EXPECT_EQ(y[0].bits, 0x3F80);
  EXPECT_EQ(y[1].bits, 0xBF00);
  std::vector<float16> half = {{0xBC00}};
  f.with("upper", 0.25).with("lower", 0.25)(half, half);
  EXPECT_EQ(half[0].bits, 0xB400);
}

template <class Body>
void expect_throw(rheo_status status, const std::string& message, Body&& body) {
  try {
    body();
    ADD_FAILURE() << "nothing was thrown: " << message;
  } catch (const error& e) {
    EXPECT_EQ(e.status(), status);
    EXPECT_EQ(e.what(), message);
  }
}

TEST(RandomHpp, ThrowsWhatTheLibraryRefuses) {
  std::vector<float> x(3), y(4);
  expect_throw(RHEO_ERROR_NAME, "no function of random numbers named 'x'", [] { random_activation f("x"); });
  const random_activation f("alpha_dropout");
  expect_throw(RHEO_ERROR_NAME, "alpha_dropout has no parameter 'q'; it has p",
               [&] { (void)f.with("q", 1); });
  expect_throw(RHEO_ERROR_SHAPE, "y has 4 elements; expected 3, as x has", [&] { f(x, y); });
  expect_throw(RHEO_ERROR_PARAMETER, "alpha_dropout: p is 2; expected p at least 0 and below 1",
               [&] { f.with("p", 2)(x, x); });
  expect_throw(RHEO_ERROR_THREADS, "threads is 2000; expected 0 to 1024",
               [&] { (void)f.with_threads(2000); });
}

}  // namespace
}  // namespace rheobase
