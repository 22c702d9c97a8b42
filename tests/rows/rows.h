// SPDX-License-Identifier: Apache-2.0
// rows.h: row functions as their tests use them, and their exact results in long double.
//
// The exact results' own error is below 2^-61 of them: distances are exact pairs, expl and logl are within an
// ulp of 2^-63, sums are of positive numbers. So it is a hundredth of a float64's ulp at most, which bounds
// allow.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "rheobase/rheobase.h"
#include "tests/capi/layout.h"

namespace rheo::test {

inline constexpr const char* kRowFunctions[] = {"softmax", "log_softmax", "softmin"};

inline const rheo_row_function* row_function(const std::string& name) {
  const rheo_row_function* function = nullptr;
  EXPECT_EQ(rheo_rows_find(name.c_str(), &function), RHEO_OK) << rheo_last_error();
  return function;
}

// A contiguous call of rows x length with axis 1; null operands are left out.
template <class T>
rheo_rows_call rows_call(const Strides& shape, const T* x, T* y) {
  rheo_rows_call call{};
  call.struct_size = sizeof call;
  call.role = RHEO_VALUE;
  call.format = format_of<T>();
  call.rank = static_cast<std::int32_t>(shape.size());
  call.axis = -1;
  call.shape = shape.data();
  call.x = x;
  call.y = y;
  return call;
}

// Values of rows that lie one after the other.
template <class T>
std::vector<T> values_of(const std::string& name, const std::vector<T>& x, std::size_t length,
                         double scale = 1, const std::vector<T>& mask = {}) {
  std::vector<T> y(x.size(), kCanary<T>);
  const Strides shape = {static_cast<std::int64_t>(x.size() / length), static_cast<std::int64_t>(length)};
  rheo_rows_call call = rows_call(shape, x.data(), y.data());
  call.scale = scale;
  call.mask = mask.empty() ? nullptr : mask.data();
  EXPECT_EQ(rheo_rows_run(row_function(name), &call), RHEO_OK) << rheo_last_error();
  return y;
}

template <class T>
std::vector<T> gradients_of(const std::string& name, const std::vector<T>& result, const std::vector<T>& grad,
                            std::size_t length, double scale = 1) {
  std::vector<T> dx(result.size(), kCanary<T>);
  const Strides shape = {static_cast<std::int64_t>(result.size() / length),
                         static_cast<std::int64_t>(length)};
  rheo_rows_call call = rows_call<T>(shape, nullptr, dx.data());
  call.role = RHEO_BACKWARD;
  call.result = result.data(), call.grad = grad.data();
  call.scale = scale;
  EXPECT_EQ(rheo_rows_run(row_function(name), &call), RHEO_OK) << rheo_last_error();
  return dx;
}

// exp(a - b), a finite b.
inline long double exp_difference(long double a, long double b) {
  if (std::isinf(a)) return 0;
  const long double difference = a - b, part = difference - a;
  const long double lost = (a - (difference - part)) - (b + part);  // what rounding took (Knuth)
  return std::exp(difference) * (1 + lost);
}

// The exact values of one row of numbers, which are already scaled and masked.
inline std::vector<long double> exact_row(const std::string& name, const std::vector<double>& given) {
  const double sign = name == "softmin" ? -1 : 1;
  std::vector<double> z;
  for (const double v : given) z.push_back(sign * v);
  const auto top = std::max_element(z.begin(), z.end());
  long double others = 0;  // in units of the largest
  for (auto v = z.begin(); v != z.end(); ++v)
    if (v != top) others += exp_difference(*v, *top);
  std::vector<long double> y;
  for (const double v : z) {
    if (name == "log_softmax") {
      y.push_back((static_cast<long double>(v) - *top) - std::log1p(others));
    } else {
      y.push_back(exp_difference(v, *top) / (1 + others));
    }
  }
  return y;
}

// In ulp of the exact result; below the normal numbers an ulp is the smallest number.
template <class T>
double ulps_off(T y, long double exact) {
  using Limits = std::numeric_limits<T>;
  if (std::isinf(exact)) return std::isinf(y) && (y < 0) == (exact < 0) ? 0 : HUGE_VAL;
  int exponent = 0;
  std::frexp(exact, &exponent);
  const int unit = std::max(exponent, Limits::min_exponent) - Limits::digits;
  return static_cast<double>(std::fabs(std::ldexp(static_cast<long double>(y) - exact, -unit)));
}

// Rows of many kinds, in turns: spreads from 0.1 to 10,000, offsets, ties, near ties, all negative, peaks.
template <class T>
std::vector<T> sample_row(std::size_t length, unsigned kind) {
  std::mt19937_64 random(kind * 1000003U + length);
  std::normal_distribution<double> normal;
  const double spreads[] = {0.1, 1, 3, 10, 30, 100, 1e4}, offsets[] = {0, -20, 5, -1e5, 3e6, 39.5};
  const double spread = spreads[kind % 7], offset = offsets[kind / 7 % 6];
  const double largest = std::numeric_limits<T>::max();  // which float16 would exceed
  std::vector<T> x;
  for (std::size_t i = 0; i < length; ++i)
    x.push_back(static_cast<T>(std::clamp(offset + spread * normal(random), -largest, largest)));
  if (kind % 4 == 1) x[length / 2] = x[length / 3];
  if (kind % 4 == 2) x[length / 2] = std::nextafter(*std::max_element(x.begin(), x.end()), T(-HUGE_VAL));
  if (kind % 5 == 3)
    x[length / 2] =
        static_cast<T>(std::min<double>(*std::max_element(x.begin(), x.end()) + kind % 29, largest));
  return x;
}

inline constexpr unsigned kKinds = 42;

}  // namespace rheo::test
