// SPDX-License-Identifier: Apache-2.0
// sample.h: points to test on, the same in every run, and comparison of bits.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

namespace rheo::test {

template <class T>
using Bits = std::conditional_t<sizeof(T) == 2, std::uint16_t,
                                std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>;

template <class T>
Bits<T> bits(T x) {
  return std::bit_cast<Bits<T>>(x);
}

// The same number with the same sign of zero; NaN is a class.
template <class T>
bool same(T a, T b) {
  return std::isnan(a) ? std::isnan(b) : bits(a) == bits(b);
}

// Decimal for people, hexadecimal to reproduce.
template <class T>
std::string text(T x) {
  char buffer[80];
  std::snprintf(buffer, sizeof buffer, "%.9g (%a)", static_cast<double>(x), static_cast<double>(x));
  return buffer;
}

template <class T>
T next_above(T x) {
  return std::nextafter(x, std::numeric_limits<T>::infinity());
}

template <class T>
T next_below(T x) {
  return std::nextafter(x, -std::numeric_limits<T>::infinity());
}

// Ends of the format, and places where formulas like to switch, with their neighbours and both signs.
template <class T>
std::vector<T> landmarks() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> points = {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN(), Limits::max(),
                           -Limits::max()};
  for (const T x : {T(0),          Limits::denorm_min(),
                    Limits::min(), T(1e-30),
                    T(0.5),        T(1),
                    T(1.5),        T(2),
                    T(3),          T(6),
                    T(9),          T(20),
                    T(69),         T(86),
                    T(88),         T(104),
                    T(700),        T(745),
                    T(1e5),        T(1e30)}) {
    for (const T y : {x, next_above(x), next_below(x)}) points.push_back(y), points.push_back(-y);
  }
  return points;
}

// Landmarks, then in turn: any bit pattern (all exponents, infinities and NaNs too), and a point of [-32,
// 32].
template <class T>
std::vector<T> sample(std::size_t count, std::uint64_t seed = 1) {
  std::vector<T> points = landmarks<T>();
  std::mt19937_64 random(seed);
  while (points.size() < count) {
    points.push_back(std::bit_cast<T>(static_cast<Bits<T>>(random())));
    points.push_back(static_cast<T>(static_cast<double>(random() >> 11) * 0x1p-53 * 64 - 32));
  }
  points.resize(std::max(count, landmarks<T>().size()));
  return points;
}

template <class T>
std::vector<T> finite(std::vector<T> points) {
  std::erase_if(points, [](T x) { return !std::isfinite(x); });
  return points;
}

// Finite, in order, each once.
template <class T>
std::vector<T> sorted(std::vector<T> points) {
  points = finite(std::move(points));
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  return points;
}

}  // namespace rheo::test
