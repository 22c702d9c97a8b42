// SPDX-License-Identifier: Apache-2.0
// tie.h: how a result rounds to 16 bits where float64 gives the middle between two of their numbers.
#pragma once

#include <cmath>
#include <initializer_list>

#include "src/math/format16.h"

namespace rheo {

// What a result is of.
enum class TieOf {
  kValue,    // f(x)
  kProduct,  // g f(x)
  kSlope     // f'(x) or g f'(x), or by a parameter
};

// For CUDA's threads too. `Evaluate` is float64's evaluate(x, g).
template <class Evaluate>
class Ties {
 public:
  RHEO_EVERYWHERE Ties(const Evaluate& evaluate, TieOf of, Format16 format)
      : evaluate_(evaluate), of_(of), format_(format) {}

  // A number that rounds as the exact result for x and g does, of which y is float64's.
  RHEO_EVERYWHERE double beside(double x, double g, double y) const {
    if (!beside_tie(y, format_)) return y;
    if (std::fabs(x) < kTiny && x != 0) return beside_small(x, g, y);
    if (of_ == TieOf::kProduct) return moved(y, product_tail(x) * g);
    if (std::fabs(x) <= kLarge || of_ != TieOf::kValue) return y;
    // f(x) = x + c + a tail: for a smaller x the tail can be seen.
    const double smaller = std::copysign(kTailResolved, x);
    const double tail = (evaluate_(smaller, g) - smaller) - (y - x);
    return std::fabs(tail) < kAlike ? moved(y, tail) : y;
  }

 private:
  static constexpr double kTiny = 0x1p-40, kLarge = 128;
  static constexpr double kAlike = 0x1p-20;
  static constexpr int kResolved = -30;        // the exponent of an x whose square counts in float64
  static constexpr double kTailResolved = 16;  // an x whose exponential counts in float64

  // The next number in the direction of a tail.
  RHEO_EVERYWHERE static double moved(double y, double tail) {
    return tail > 0 ? std::nextafter(y, HUGE_VAL) : tail < 0 ? std::nextafter(y, -HUGE_VAL) : y;
  }
  // f(x) = x / 2 + c x^2, or g f'(x): an x of the same digits, but larger, tells the side, if all scales with
  // it.
  RHEO_EVERYWHERE double beside_small(double x, double g, double y) const {
    const int shift = kResolved - std::ilogb(x);
    const double found = std::ldexp(evaluate_(std::ldexp(x, shift), g), of_ == TieOf::kSlope ? 0 : -shift);
    return std::fabs(found - y) < std::fabs(y) * kAlike ? found : y;
  }
  // Of a product with f(x) = x + c + a tail, ties are as many as products of 16-bit numbers that are one. The
  // largest x that shows the tail tells its sign; 0 where there is none.
  RHEO_EVERYWHERE double product_tail(double x) const {
    constexpr double kTailOfProduct = 0x1p-16;  // of x sigmoid(x) at 16
    for (const double size : {16.0, 8.0, 5.0}) {
      if (std::fabs(x) <= size) continue;
      const double smaller = std::copysign(size, x);
      const double tail = (evaluate_(smaller, 1) - smaller) - (evaluate_(x, 1) - x);
      if (std::fabs(tail) < kTailOfProduct && tail != 0) return tail;
    }
    return 0;
  }

  const Evaluate& evaluate_;
  TieOf of_;
  Format16 format_;
};

}  // namespace rheo
