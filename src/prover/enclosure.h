// SPDX-License-Identifier: Apache-2.0
// enclosure.h: the number of the exhaustive proof's first pass: float64 midpoints with radii, several lanes
// at once.
//
// An enclosure is [mid - rad, mid + rad]. Every operation adds its own rounding error to the radius, so that
// the formula's result comes with a proven margin; where the margin leaves a question open, balls decide
// (exhaustive.cc). The elementary functions are the C library's, vectorised (libmvec, at most 4 ulp) where it
// has them; kFunctionError allows 16 ulp, and tests/prover/enclosure_test.cc holds them against balls.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "src/math/constant.h"

namespace rheo::oracle {

inline constexpr int kEnclosureLanes = 8;
using Doubles = double __attribute__((vector_size(8 * kEnclosureLanes)));
using Choice = std::int64_t __attribute__((vector_size(8 * kEnclosureLanes)));

#if defined(__AVX512F__) && defined(RHEOBASE_LIBMVEC)
#define RHEO_VECTOR_FUNCTION(name)             \
  extern "C" Doubles _ZGVeN8v_##name(Doubles); \
  inline Doubles libm_##name(Doubles x) { return _ZGVeN8v_##name(x); }
#elif defined(__AVX2__) && defined(RHEOBASE_LIBMVEC)
using HalfDoubles = double __attribute__((vector_size(4 * kEnclosureLanes)));
#define RHEO_VECTOR_FUNCTION(name)                                               \
  extern "C" HalfDoubles _ZGVdN4v_##name(HalfDoubles);                           \
  inline Doubles libm_##name(Doubles x) {                                        \
    const auto low = _ZGVdN4v_##name(HalfDoubles{x[0], x[1], x[2], x[3]});       \
    const auto high = _ZGVdN4v_##name(HalfDoubles{x[4], x[5], x[6], x[7]});      \
    return {low[0], low[1], low[2], low[3], high[0], high[1], high[2], high[3]}; \
  }
#else
#define RHEO_VECTOR_FUNCTION(name)                                    \
  inline Doubles libm_##name(Doubles x) {                             \
    for (int i = 0; i < kEnclosureLanes; ++i) x[i] = std::name(x[i]); \
    return x;                                                         \
  }
#endif
RHEO_VECTOR_FUNCTION(exp)
RHEO_VECTOR_FUNCTION(expm1)
RHEO_VECTOR_FUNCTION(log1p)
RHEO_VECTOR_FUNCTION(tanh)
RHEO_VECTOR_FUNCTION(erfc)
#undef RHEO_VECTOR_FUNCTION

// The next eight of an array.
inline Doubles widened(const float* from) {
  using Floats = float __attribute__((vector_size(4 * kEnclosureLanes)));
  Floats v;
  std::memcpy(&v, from, sizeof v);
  return __builtin_convertvector(v, Doubles);
}

// The coefficients of x - tanh(x), k-th of x^(2 k + 3): 2 (2 / pi)^(2 n) (1 + 3^(-2 n) + 5^(-2 n) + ...) with
// n = k + 2, from the poles of tanh (DLMF 4.36.3).
struct TanhShrinkSeries {
  static constexpr int kTerms = 16;
  double c[kTerms] = {1.0 / 3, 2.0 / 15, 17.0 / 315, 62.0 / 2835, 1382.0 / 155925};
  constexpr TanhShrinkSeries() {
    for (int k = 5; k < kTerms; ++k) {
      double sum = 0;
      for (int odd = 41; odd > 0; odd -= 2) {
        double power = 1;
        for (int i = 0; i < k + 2; ++i) power *= 0.405284734569351085775517852838910556 / (odd * odd);
        sum += power;
      }
      c[k] = 2 * sum;
    }
  }
};
inline constexpr TanhShrinkSeries kTanhShrinkSeries{};

// A comparison: its answer for the midpoints, and where the radii leave it open.
struct Comparison {
  Choice yes, open;
};

class Enclosure {
 public:
  Doubles mid, rad;

  Enclosure() = default;
  Enclosure(Doubles m, Doubles r) : mid(m), rad(r) {}
  Enclosure(double value) : mid(all(value)), rad(all(0)) {}
  Enclosure(Constant c) : mid(all(c.high)), rad(all(std::fabs(c.low) * 1.001)) {}

  friend Enclosure operator-(Enclosure a) { return {-a.mid, a.rad}; }
  friend Enclosure operator+(Enclosure a, Enclosure b) { return rounded(a.mid + b.mid, a.rad + b.rad); }
  friend Enclosure operator-(Enclosure a, Enclosure b) { return rounded(a.mid - b.mid, a.rad + b.rad); }
  friend Enclosure operator*(Enclosure a, Enclosure b) {
    const Doubles r = abs(a.mid) * b.rad + a.rad * (abs(b.mid) + b.rad);
    return rounded(a.mid * b.mid, a.is_zero() | b.is_zero() ? r : r + kUnderflow);
  }
  friend Enclosure operator/(Enclosure a, Enclosure b) {
    const Doubles q = a.mid / b.mid, least = abs(b.mid) - b.rad;
    const Doubles r = (a.rad + abs(q) * b.rad) / least;
    return rounded(q, least > 0 ? (a.is_zero() ? r : r + kUnderflow) : all(kOpen));
  }

  friend Comparison operator>(Enclosure a, Enclosure b) {
    const Doubles difference = a.mid - b.mid, radii = a.rad + b.rad;
    // A NaN, as of infinity times 0, tells nothing.
    const Choice numbers = (a.mid == a.mid) & (b.mid == b.mid) & (radii == radii);
    const Choice apart = (radii == 0) | (abs(difference) > radii);
    return {difference > 0, ~(numbers & apart)};
  }
  friend Comparison operator<(Enclosure a, Enclosure b) { return b > a; }
  friend Comparison operator>=(Enclosure a, Enclosure b) {
    const Comparison less = b > a;
    return {~less.yes, less.open};
  }
  friend Comparison operator<=(Enclosure a, Enclosure b) { return b >= a; }
  friend Enclosure select(Comparison c, Enclosure yes, Enclosure no) {
    return {c.yes ? yes.mid : no.mid, c.open ? all(kOpen) : c.yes ? yes.rad : no.rad};
  }

  // Below -kTail an exponential is between 0 and twice a number that is far below any float32.
  friend Enclosure exp(Enclosure a) {
    const Choice tail = a.in_left_tail();
    const Doubles e = libm_exp(clamped(a.mid));
    const Doubles r = e * (1.02 * a.rad + kFunctionError);
    const Choice open = (a.rad > 0.01) | (a.mid > kTail);
    return {e, tail ? e : open ? all(kOpen) : r};
  }
  friend Enclosure expm1(Enclosure a) {
    const Choice tail = a.mid + a.rad < -60;
    const Doubles e = libm_expm1(clamped(a.mid));
    const Doubles r = 1.02 * (abs(e) + 1) * a.rad + abs(e) * kFunctionError;
    const Choice open = (a.rad > 0.01) | (a.mid > kTail);
    return {e, tail ? all(kFunctionError) : open ? all(kOpen) : r};
  }
  friend Enclosure log1p(Enclosure a) {
    const Doubles l = libm_log1p(a.mid), least = 1 + a.mid - a.rad;
    const Doubles r = 1.02 * a.rad / least + abs(l) * kFunctionError;
    return {l, least > 0.01 ? r : all(kOpen)};
  }
  // |tanh'| <= 1, and beyond 30 it is 1 to more digits than float64 has.
  friend Enclosure tanh(Enclosure a) {
    const Choice flat = abs(a.mid) - a.rad > 30;
    const Doubles t = libm_tanh(a.mid);
    return {t, flat ? all(kFunctionError) : a.rad + abs(t) * kFunctionError};
  }
  // x - tanh(x) = x^3 / 3 - 2 x^5 / 15 + ... (DLMF 4.33.3): 16 terms are cut off below 2^-60 at |x| < 0.3.
  friend Enclosure x_minus_tanh(Enclosure a) {
    const Doubles z = a.mid * a.mid;
    Doubles sum = all(0);
    for (int k = TanhShrinkSeries::kTerms; k-- > 0;) sum = kTanhShrinkSeries.c[k] - z * sum;
    const Enclosure difference = a - tanh(a);
    const Doubles near = a.mid * z * sum;
    const Choice small = abs(a.mid) < 0.3;
    const Doubles near_rad = 1.1 * z * a.rad + abs(near) * (2 * kFunctionError);
    const Choice open = small & (a.rad > abs(a.mid) * 0.01);
    return {small ? near : difference.mid, open ? all(kOpen) : small ? near_rad : difference.rad};
  }
  friend Enclosure sigmoid(Enclosure a) {
    const Doubles e = libm_exp(-abs(clamped(a.mid)));
    const Doubles s = (a.mid < 0 ? e : all(1)) / (1 + e);
    const Choice left = a.in_left_tail(), right = a.mid - a.rad > kTail;
    const Doubles r = s * (1.02 * a.rad + 2 * kFunctionError);
    return {s, left ? s : right ? all(kFunctionError) : a.rad > 0.01 ? all(kOpen) : r};
  }
  friend Enclosure softplus(Enclosure a) {
    const Doubles e = libm_exp(-abs(clamped(a.mid)));
    const Doubles s = (a.mid > 0 ? a.mid : all(0)) + libm_log1p(e);
    const Choice left = a.in_left_tail();
    const Doubles slope = a.mid < 0 ? 1.02 * e : all(1);
    const Choice open = (a.mid < 0) & (a.rad > 0.01);
    return {s, left ? s : open ? all(kOpen) : slope * a.rad + s * (2 * kFunctionError)};
  }
  // |erfc'| <= 2.02 (max(x, 0) + 1) erfc(x), from erfc's lower bound (DLMF 7.8.2).
  friend Enclosure erfc(Enclosure a) {
    constexpr double kFar = 25;
    const Doubles c = libm_erfc(a.mid > kFar ? all(kFar) : a.mid);
    const Doubles slope = 2.1 * c * (1 + (a.mid > 0 ? a.mid : all(0)));
    const Choice right = a.mid - a.rad > kFar, left = a.mid + a.rad < -8;
    const Choice open = (a.rad * (1 + abs(a.mid)) > 0.005) | (a.mid > kFar);
    const Doubles r = slope * a.rad + c * (2 * kFunctionError);
    return {c, right ? c : left ? all(kFunctionError) : open ? all(kOpen) : r};
  }
  friend Enclosure exp_minus_square(Enclosure a) { return exp(-(a * a)); }

  // Of any real number: |libm's result / exact result - 1|.
  static constexpr double kFunctionError = 0x1p-48;
  static constexpr double kTail = 600;
  static constexpr double kOpen = std::numeric_limits<double>::infinity();

 private:
  // More than the roundings of a result and its radius among subnormals.
  static constexpr double kUnderflow = 0x1p-1070;

  // Where midpoints are clamped. To its right end an exponential grows less than twice.
  Choice in_left_tail() const { return (mid < -kTail) & (mid + rad < -kTail + 0.5); }
  Choice is_zero() const { return (mid == 0) & (rad == 0); }
  static Doubles all(double v) { return Doubles{v, v, v, v, v, v, v, v}; }  // of -0 too
  static Doubles abs(Doubles v) { return v < 0 ? -v : v; }
  static Doubles clamped(Doubles v) {
    const Doubles low = v < -kTail ? all(-kTail) : v;
    return low > kTail ? all(kTail) : low;
  }
  // One rounding, and some more for those of the radius itself.
  static Enclosure rounded(Doubles mid, Doubles rad) {
    return {mid, rad * (1 + 0x1p-40) + abs(mid) * 0x1p-52};
  }
};

}  // namespace rheo::oracle
