// SPDX-License-Identifier: Apache-2.0
// pair64-inl.h: the quick number of float64 kernels, a pair of float64 of about 60 bits. Re-included per
// target.
//
// A number is high + low, as in Dekker (1971, doi:10.1007/BF01397083), but without an exponent of its own and
// without normalisation: low stays a few ulp of high at most. It knows what it cannot do. Where a sum cancels
// too many of the bits that its terms have, or an exponential overflows, low becomes NaN, and so does
// whatever is made of it; the kernel sees that at the end and evaluates the input on Wide numbers
// (src/block/float64-inl.h).
//
// What a number is made of (whether low is 0, its sign where that is certain, how many bits it has) are plain
// members: everything is inlined, so the compiler knows them, and they cost nothing.
#if defined(RHEO_MATH_PAIR64_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_PAIR64_INL_H_
#undef RHEO_MATH_PAIR64_INL_H_
#else
#define RHEO_MATH_PAIR64_INL_H_
#endif

#include <bit>
#include <cstdint>
#include <limits>

#include "src/math/group-inl.h"
#include "src/math/wide-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// Numbers below may be what is left of an underflow, and lack their low parts: an exponential that was held
// at 2^-981 leads there, too, also after products with the largest x and parameters of float64-inl.h.
inline constexpr double kSmallestQuick = 0x1p-900;

// Bits of x, of parameters and of their products.
inline constexpr int kExactBits = 100;
// What a sum has to keep: a result of 54 bits is within half an ulp before it is rounded.
inline constexpr int kKeptBits = 54;

// kFine asks for the digits that derivatives need, whose sums cancel more often than those of values.
template <class V_, bool kFine_>
struct Pair64 {
  using V = V_;
  using Mask = typename V::Condition;
  static constexpr bool kIsLane = true;
  static constexpr bool kFine = kFine_;

  // What a comparison found; doubt is NaN where a pair gave up, or where the two are so close together that
  // one may have underflowed.
  struct Condition {
    Mask mask;
    V doubt;
    bool certain;

    HWY_INLINE Condition(const Mask& m) : mask(m), doubt(0.0), certain(true) {}
    HWY_INLINE Condition(const Mask& m, const V& d) : mask(m), doubt(d), certain(false) {}
    HWY_INLINE Condition(const Condition& other)
        : mask(other.mask), doubt(other.doubt), certain(other.certain) {}
  };

  V high, low;
  bool single = true;     // low is 0
  bool rounded = true;    // high is the whole number, rounded once, also where it overflows or underflows
  bool known = false;     // the constant `value`
  int sign = 0;           // 1: never negative, -1: never positive, 0: not known
  int bits = kExactBits;  // relative error is about 2^-bits
  double value = 0;

  // Written down, as in wide-inl.h.
  HWY_INLINE Pair64(const Pair64& other)
      : high(other.high),
        low(other.low),
        single(other.single),
        rounded(other.rounded),
        known(other.known),
        sign(other.sign),
        bits(other.bits),
        value(other.value) {}
  HWY_INLINE Pair64& operator=(const Pair64& other) {
    high = other.high, low = other.low, single = other.single, rounded = other.rounded;
    known = other.known, sign = other.sign, bits = other.bits, value = other.value;
    return *this;
  }
  HWY_INLINE Pair64() : Pair64(0.0) {}
  HWY_INLINE Pair64(const V& v) : high(v), low(0.0) {}
  HWY_INLINE Pair64(const V& h, const V& l, int its_sign, int its_bits)
      : high(h), low(l), single(false), rounded(false), sign(its_sign), bits(its_bits) {}
  // of_singles: the sum or product of two.
  HWY_INLINE Pair64(const Pair<V>& p, int its_sign, int its_bits, bool of_singles = false)
      : Pair64(p.high, p.low, its_sign, its_bits) {
    rounded = of_singles;
  }
  HWY_INLINE Pair64(double c) : high(c), low(0.0), known(true), sign(c < 0 ? -1 : 1), value(c) {}
  HWY_INLINE Pair64(Constant c) : high(c.high), low(c.low), single(false), rounded(false), sign(1) {}

  HWY_INLINE Mask negative() const { return high < V(0.0); }
  // With one rounding; a zero keeps its sign.
  HWY_INLINE V round() const { return rounded ? high : with_sign_of(high + low, high); }
  HWY_INLINE bool is(double c) const { return known && !(value < c) && !(value > c); }
  HWY_INLINE bool is_power_of_two() const {
    return is(2) || is(0.5) || is(4) || is(-1) || is(-2) || is(-0.5);
  }

  friend HWY_ATTR HWY_INLINE Pair64 operator-(const Pair64& a) {
    if (a.known) return -a.value;
    Pair64 result = a;
    result.high = -a.high, result.sign = -a.sign;
    if (!a.single) result.low = -a.low;
    return result;
  }
  friend HWY_ATTR HWY_INLINE Pair64 operator+(const Pair64& a, const Pair64& b) {
    if (a.known && b.known) return a.value + b.value;
    if (a.is(0)) return b;
    if (b.is(0)) return a;
    Pair<V> s = two_sum(a.high, b.high);
    if (!a.single) s.low = s.low + a.low;
    if (!b.single) s.low = s.low + b.low;
    const int bits = HWY_MIN(a.bits, b.bits);
    const bool of_singles = a.single && b.single;
    if (a.sign * b.sign > 0) return {s, a.sign, bits, of_singles};
    if (of_singles) return {s, 0, bits, true};  // exact
    // Of what is nearly exact not all at once: more sums may follow.
    const int lost = bits > kKeptBits + 20 ? 12 : HWY_MAX(1, bits - kKeptBits);
    return {s.high, guarded(a.high, s, lost), 0, bits - lost};
  }
  friend HWY_ATTR HWY_INLINE Pair64 operator-(const Pair64& a, const Pair64& b) { return a + -b; }
  friend HWY_ATTR HWY_INLINE Pair64 operator*(const Pair64& a, const Pair64& b) {
    if (a.known && b.known) return a.value * b.value;
    if (a.is(1)) return b;
    if (b.is(1)) return a;
    if (a.is(0) || b.is(0)) return 0.0;
    if (a.is_power_of_two()) return scaled(b, a);
    if (b.is_power_of_two()) return scaled(a, b);
    Pair<V> p = two_product(a.high, b.high);
    if (!a.single) p.low = fused(a.low, b.high, p.low);
    if (!b.single) p.low = fused(a.high, b.low, p.low);
    return {p, a.sign * b.sign, HWY_MIN(a.bits, b.bits), a.single && b.single};
  }
  friend HWY_ATTR HWY_INLINE Pair64 operator/(const Pair64& a, const Pair64& b) {
    if (b.is(1)) return a;
    if (b.is_power_of_two()) return scaled(a, 1 / b.value);
    return divided(a, b, V(1.0) / b.high);
  }
  // a / b from 1 / b to a few ulp: the remainder puts right what the first product misses.
  friend HWY_ATTR HWY_INLINE Pair64 divided(const Pair64& a, const Pair64& b, const V& reciprocal) {
    const V q = a.is(1) ? reciprocal : a.high * reciprocal;
    V rest = fused_from(q, b.high, a.high);
    if (!a.single) rest = rest + a.low;
    if (!b.single) rest = fused_from(q, b.low, rest);
    return {q, rest * reciprocal, a.sign * b.sign, HWY_MIN(a.bits, b.bits)};
  }

  friend HWY_ATTR HWY_INLINE Condition operator>(const Pair64& a, const Pair64& b) {
    if (a.single && b.single) return a.high > b.high;
    // The difference of the high parts is exact where it is small.
    const V high = a.high - b.high, low = b.low - a.low;
    return {high > low, doubt(high, low)};
  }
  friend HWY_ATTR HWY_INLINE Condition operator>=(const Pair64& a, const Pair64& b) {
    if (a.single && b.single) return a.high >= b.high;
    const V high = a.high - b.high, low = b.low - a.low;
    return {high >= low, doubt(high, low)};
  }
  friend HWY_ATTR HWY_INLINE Condition operator<(const Pair64& a, const Pair64& b) { return b > a; }
  friend HWY_ATTR HWY_INLINE Condition operator<=(const Pair64& a, const Pair64& b) { return b >= a; }
  friend HWY_ATTR HWY_INLINE Pair64 select(const Condition& c, const Pair64& yes, const Pair64& no) {
    Pair64 result(choose(c.mask, yes.high, no.high));
    result.single = c.certain && yes.single && no.single;
    result.rounded = c.certain && yes.rounded && no.rounded;
    if (!yes.single || !no.single) result.low = choose(c.mask, yes.low, no.low);
    if (!c.certain) result.low = result.low + c.doubt;
    result.sign = yes.sign == no.sign ? yes.sign : 0;
    result.bits = HWY_MIN(yes.bits, no.bits);
    return result;
  }
  friend HWY_ATTR HWY_INLINE Pair64 abs(const Pair64& a) {
    if (a.sign != 0) return a.sign > 0 ? a : -a;
    Pair64 result = a;
    result.high = magnitude(a.high), result.sign = 1;
    if (!a.single) result.low = flipped(a.low, a.high);
    return result;
  }
  friend HWY_ATTR HWY_INLINE Pair64 copy_sign(const Pair64& a, const Pair64& b) {
    Pair64 result = abs(a);
    result.high = flipped(result.high, b.high);
    if (!result.single) result.low = flipped(result.low, b.high);
    result.known = false, result.sign = b.sign;
    return result;
  }

 private:
  static HWY_INLINE Pair64 scaled(const Pair64& a, const Pair64& power_of_two) {
    Pair64 result = a;
    result.high = a.high * power_of_two.high, result.sign = a.sign * power_of_two.sign;
    result.rounded = a.single;  // two of them may underflow twice
    if (!a.single) result.low = a.low * power_of_two.high;
    return result;
  }
  static HWY_INLINE V doubt(const V& high, const V& low) {
    return choose(V(kSmallestQuick) > magnitude(high), V(std::numeric_limits<double>::quiet_NaN()),
                  low - low);
  }
  // s.low, or NaN where the sum s of a and another number lost more than `lost` leading bits of a.
  static HWY_INLINE V guarded(const V& a, const Pair<V>& s, int lost) {
    const auto part = std::bit_cast<double>(static_cast<std::uint64_t>(1023 - lost) << 52);  // 2^-lost
    const auto cancelled = magnitude(a * V(part)) > magnitude(s.high);
    return choose(cancelled, V(std::numeric_limits<double>::quiet_NaN()), s.low);
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
