// SPDX-License-Identifier: Apache-2.0
// table.h: the form of the tables that tools/forge makes of formulas (docs/forge.md).
//
// A function is folded onto z by its symmetry; z is cut into intervals, numbered by the nearest integer to
// z (a z + b) + offset. With the numbers of z's interval (a row for each kind of number, an entry for each
// interval),
//
//   u = z - center,    y = slope (z - root) + (value + u (p1 + u (p2 + ...)))
//
// where `value` is the function's at `center`, chosen so that it is a float32 but for a hundredth of an ulp;
// the slope is 0 but near a zero of the function, where it keeps the relative error small. Unfolding y gives
// f(x). A function whose zero at 0 is of a higher order than a line's has a table of y / z^2.
#pragma once

#include <cstdint>
#include <limits>

#include "src/core/info.h"

namespace rheo {

// How f(x) follows from y(z).
enum class Fold {
  kPlain,      // z = x,      f = y
  kOdd,        // z = |x|,    f = y with the sign of x
  kEven,       // z = |x|,    f = y
  kReflected,  // z = |x|,    f(-z) = y, f(z) = total - y
  kRectified,  // z = |x|,    f = y + max(x, 0), the slope's term added to the maximum first
  kLowered,    // z = |x|,    f = y + min(x, 0), likewise
  kOneSided    // z = min(x, 0), f(z) = y, and a line for x > 0
};

enum class Slope {
  kNone,    // no row of slopes
  kOrigin,  // the root is 0
  kRoot
};

// Which x the table covers. Others are evaluated by its tails, or by the formula where it has none.
enum class Range {
  kAll,
  kFrom,    // x >= low, which is below 0: on the other side f is constant, and z is held at its last value
  kBetween  // |x - middle| <= half; the middle is 0 where the fold takes |x|
};

// The other side of kOneSided.
enum class Line {
  kNone,
  kIdentity,  // f(x) = x
  kSlope,     // f(x) = c x
  kFlat       // f(x) = c
};

// What the code of a kernel depends on.
struct Plan {
  Fold fold;
  Slope slope;
  Range range;
  Line line;
  int entries;  // 16 or 32
  int degree;
  bool quadratic;        // a is not 0
  bool held;             // z is held at `end`, beyond which f is constant in float32
  bool mirrored;         // x stands for -x
  bool signed_zero;      // f(x) has the sign of x
  bool squared = false;  // the table is of y / z^2
};

// In a squared table nearer inputs than this are left to the formula, but for 0: parts of the product with
// z^2 would underflow.
inline constexpr float kNearestSquared = 0x1p-36F;

// And what it computes with.
struct Numbers {
  float a, b, offset, root;
  float end;                // of z
  float low, middle, half;  // of x
  float total;              // f(x) + f(-x), for kReflected
  float line[2];            // c of kOneSided's other side, high and low part
};

// f beyond one end of a table, where it nears a line as an exponential falls:
//     f(x) = line[0] + line[1] x + e (r(u) + e s(u)),  e = exp(q(u)),  u = scale x + shift,
// in float64, with polynomials q, r and s. In u, x is held at the far one of low and high, from where on
// nothing is left of the exponential beside the line.
struct Tail {
  double low = 0, high = 0, scale = 0, shift = 0;
  double line[2] = {};
  List<double, 4> q;
  List<double, 18> r;
  List<double, 4> s;
};

// Where f is its line to float32: left of one x and right of another, as the identity or a constant.
struct Lines {
  struct Side {
    float from = std::numeric_limits<float>::quiet_NaN();  // nowhere
    float constant = 0;
    std::uint32_t kept = 0;  // of the bits of x: all for the identity, else none
  };
  Side left, right;
};

// Those of a table's tails. Other lines than these two are left to the tails, and so is 0, of which a
// gradient may bring back what is left of f.
template <class Table>
constexpr Lines lines_of() {
  Lines lines;
  if constexpr (requires { Table::tails; } && Table::plan.fold != Fold::kEven) {
    for (const Tail& t : Table::tails) {
      const auto constant = static_cast<float>(t.line[0]);
      const bool identity = t.line[0] == 0 && t.line[1] == 1;
      const bool flat = constant != 0 && constant == t.line[0] && t.line[1] == 0;
      if (!identity && !flat) continue;
      const bool on_left = t.low < Table::numbers.middle;
      // Rounding may bring the end nearer by an ulp.
      const double end = on_left ? t.low * (1 + 0x1p-22) : t.high * (1 + 0x1p-22);
      (on_left ? lines.left : lines.right) = {static_cast<float>(end), constant, identity ? ~0u : 0u};
    }
  }
  return lines;
}

// The tables of one file of activations, each of which names its activation, role and parameters.
template <class... T>
struct Tables {};

}  // namespace rheo
