// SPDX-License-Identifier: Apache-2.0
// enclosing.h: random enclosures, and whether one of them holds an exact result.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <utility>

#include "src/prover/ball.h"
#include "src/prover/enclosure.h"

namespace rheo::oracle {

inline constexpr slong kTestBits = 200;    // of the balls: far more than any margin that is tested
inline constexpr slong kExactBits = 2200;  // enough for a sum of any two float64

// One lane of an enclosure.
struct Interval {
  double mid, rad;

  // A NaN is one of infinity times 0: not known either.
  bool known() const { return rad < std::numeric_limits<double>::infinity(); }

  // mid + share rad, exactly.
  Ball at(double share) const {
    precision = kExactBits;
    const Ball x = Ball(mid) + Ball(share) * Ball(rad);
    precision = kTestBits;
    return x;
  }
};

inline Enclosure in_all_lanes(Interval i) { return {Doubles{} + i.mid, Doubles{} + i.rad}; }

// For certain, but for what is smaller than any question that the proof asks (scan.cc allows 1e-60).
inline bool holds(Interval i, const Ball& exact, double allowance = 1e-290) {
  if (!i.known()) return true;
  if (!std::isfinite(i.mid) || i.rad < 0) return false;
  const slong before = std::exchange(precision, kExactBits);
  const Ball slack = Ball(i.rad) + Ball(allowance);
  const Ball difference = exact - Ball(i.mid);
  precision = before;
  return arb_le(difference.get(), slack.get()) != 0 && arb_ge(difference.get(), (-slack).get()) != 0;
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}

  double between(double low, double high) {
    return low + (high - low) * (static_cast<double>(bits_() >> 11) * 0x1p-53);
  }
  bool one_in(unsigned n) { return bits_() % n == 0; }
  // Of either sign, its exponent from a range.
  double of_magnitude(int low, int high) {
    const double size = std::exp2(between(low, high));
    return one_in(2) ? size : -size;
  }
  // As formulas meet them: of all magnitudes of float32 and their squares, or where functions bend.
  double argument() {
    constexpr double kReach[] = {1, 30, 700};
    const auto kind = bits_() % 5;
    return kind == 0 ? of_magnitude(-300, 250) : kind == 1 ? of_magnitude(-30, 12) : reach(kReach[kind - 2]);
  }
  // None, of the size of rounding errors, or of a box's.
  double radius(double mid) {
    if (one_in(5)) return 0;
    return std::fabs(mid) * of_magnitude(-60, 0) * (one_in(2) ? 1 : 0x1p-20) + (one_in(8) ? 1e-12 : 0);
  }
  Interval interval() {
    const double mid = argument();
    return {mid, std::fabs(radius(mid))};
  }

 private:
  double reach(double r) { return between(-r, r); }

  std::mt19937_64 bits_;
};

}  // namespace rheo::oracle
