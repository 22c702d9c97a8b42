// SPDX-License-Identifier: Apache-2.0
// pair32-inl.h: a number as the unevaluated sum of two float32, for formulas that are plain arithmetic
// (arithmetic.h). Re-included per instruction set.
//
// A formula's first operation leaves its exact result in the pair, and later ones lose about 2^-46, so that
// the one rounding at the end is all that counts. Sums and products without error: Knuth, The Art of Computer
// Programming 2, 4.2.2, theorem B; Dekker, 1971, https://doi.org/10.1007/BF01397083.
//
// What is known while compiling (that a low part is zero, that a number is a constant) stands in plain
// members: everything is inlined, so the compiler sees their values and drops the operations that they make
// needless.
#if defined(RHEO_MATH_PAIR32_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_PAIR32_INL_H_
#undef RHEO_MATH_PAIR32_INL_H_
#else
#define RHEO_MATH_PAIR32_INL_H_
#endif

#include "src/math/group-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// G is a Group of vectors.
template <class G>
struct Pair32 {
  using Condition = typename G::Condition;
  static constexpr bool kIsLane = true;

  G high, low;
  bool single = true;   // low is 0
  bool rounded = true;  // high is the whole number, correctly rounded
  bool known = false;   // the constant `value`
  double value = 0;

  HWY_INLINE Pair32() : high(0.0F), low(0.0F) {}
  // Written down, as those of Group are.
  HWY_INLINE Pair32(const Pair32& a)
      : high(a.high), low(a.low), single(a.single), rounded(a.rounded), known(a.known), value(a.value) {}
  HWY_INLINE Pair32& operator=(const Pair32& a) {
    high = a.high, low = a.low;
    single = a.single, rounded = a.rounded, known = a.known, value = a.value;
    return *this;
  }
  HWY_INLINE Pair32(const G& v) : high(v), low(0.0F) {}
  constexpr HWY_INLINE Pair32(const G& h, const G& l, bool is_rounded)
      : high(h), low(l), single(false), rounded(is_rounded) {}
  HWY_INLINE Pair32(double c) : known(true), value(c) {
    const auto h = static_cast<float>(c);
    const double rest = c - static_cast<double>(h);
    high = G(h);
    single = !(rest < 0 || rest > 0);  // of an infinity it is NaN
    low = G(single ? 0.0F : static_cast<float>(rest));
  }
  HWY_INLINE Pair32(Constant c) : Pair32(c.high) {}

  // The number with one rounding.
  HWY_INLINE G round() const {
    if (rounded) return high;
    const G sum = high + low;
    // What underflows to 0 keeps its sign.
    const auto sign = hn::Set(typename G::D(), -0.0F);
    return G::of([&](int i) RHEO_PART { return hn::Or(sum[i], hn::And(high[i], sign)); });
  }

  friend HWY_ATTR HWY_INLINE Pair32 operator-(Pair32 a) {
    if (a.known) return -a.value;
    Pair32 result = a;
    result.high = -a.high, result.low = -a.low;
    return result;
  }
  friend HWY_ATTR HWY_INLINE Pair32 operator+(Pair32 a, Pair32 b) {
    if (a.known && b.known) return a.value + b.value;
    if (a.is(0)) return b;
    if (b.is(0)) return a;
    const G sum = a.high + b.high;
    const G part = sum - a.high;
    const G rest = (a.high - (sum - part)) + (b.high - part);
    if (a.single && b.single) return {sum, rest, true};
    // Normalised, so that a sum that cancelled keeps the digits of what is left.
    const G tail = rest + (a.single ? b.low : b.single ? a.low : a.low + b.low);
    const G high = sum + tail;
    return {high, tail - (high - sum), false};
  }
  friend HWY_ATTR HWY_INLINE Pair32 operator-(Pair32 a, Pair32 b) { return a + -b; }
  friend HWY_ATTR HWY_INLINE Pair32 operator*(Pair32 a, Pair32 b) {
    if (a.known && b.known) return a.value * b.value;
    if (a.is(1)) return b;
    if (b.is(1)) return a;
    if (a.is(0) || b.is(0)) return 0.0;
    const G product = a.high * b.high;
    G rest = fused_less(a.high, b.high, product);
    if (!a.single) rest = fused(a.low, b.high, rest);
    if (!b.single) rest = fused(a.high, b.low, rest);
    return {product, rest, a.single && b.single};
  }
  friend HWY_ATTR HWY_INLINE Pair32 operator/(Pair32 a, Pair32 b) {
    return a * Pair32(1 / b.value);
  }  // b is a constant

  // The difference of the high parts is exact where it is small.
  friend HWY_ATTR HWY_INLINE Condition operator>(Pair32 a, Pair32 b) {
    if (a.single && b.single) return a.high > b.high;
    return a.high - b.high > b.low - a.low;
  }
  friend HWY_ATTR HWY_INLINE Condition operator<(Pair32 a, Pair32 b) { return b > a; }
  friend HWY_ATTR HWY_INLINE Condition operator>=(Pair32 a, Pair32 b) {
    if (a.single && b.single) return a.high >= b.high;
    return a.high - b.high >= b.low - a.low;
  }
  friend HWY_ATTR HWY_INLINE Condition operator<=(Pair32 a, Pair32 b) { return b >= a; }
  friend HWY_ATTR HWY_INLINE Pair32 select(const Condition& c, Pair32 yes, Pair32 no) {
    Pair32 result;
    result.high = choose(c, yes.high, no.high);
    result.single = yes.single && no.single, result.rounded = yes.rounded && no.rounded;
    if (!result.single) result.low = choose(c, yes.low, no.low);
    return result;
  }
  friend HWY_ATTR HWY_INLINE Pair32 abs(Pair32 a) { return select(a < 0.0, -a, a); }

  HWY_INLINE bool is(double c) const { return known && !(value < c) && !(value > c); }
};

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
