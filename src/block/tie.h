// SPDX-License-Identifier: Apache-2.0
// tie.h: how a result rounds to 16 bits where float64 gives the middle between two of their numbers.
#pragma once

#include <cmath>

#include "src/math/format16.h"

namespace rheo {

inline constexpr double kTieTiny = 0x1p-40, kTieLarge = 128;
inline constexpr double kTieAlike = 0x1p-20;
inline constexpr int kTieResolved = -30;        // the exponent of an x whose square counts in float64
inline constexpr double kTieTailResolved = 16;  // an x whose exponential counts in float64

// A number that rounds as f(x), or g f'(x), does, of which y is float64's result; evaluate(x) gives float64's
// for another x. `value`: of f(x).
template <class Evaluate>
RHEO_EVERYWHERE double beside_tie(const Evaluate& evaluate, double x, double y, bool value, Format16 format) {
  const double below = std::nextafter(y, -HUGE_VAL), above = std::nextafter(y, HUGE_VAL);
  if (narrowed(below, format) == narrowed(above, format)) return y;
  if (std::fabs(x) < kTieTiny && x != 0) {
    // f(x) = x / 2 + c x^2, or g f'(x): an x of the same digits, but larger, tells the side, if all scales
    // with it.
    const int shift = kTieResolved - std::ilogb(x);
    const double found = std::ldexp(evaluate(std::ldexp(x, shift)), value ? -shift : 0);
    return std::fabs(found - y) < std::fabs(y) * kTieAlike ? found : y;
  }
  if (std::fabs(x) <= kTieLarge || !value) return y;
  // f(x) = x + c + a tail: for a smaller x the tail can be seen.
  const double smaller = std::copysign(kTieTailResolved, x);
  const double tail = (evaluate(smaller) - smaller) - (y - x);
  if (tail == 0 || !(std::fabs(tail) < kTieAlike)) return y;
  return tail > 0 ? above : below;
}

}  // namespace rheo
