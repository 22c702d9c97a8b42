// SPDX-License-Identifier: Apache-2.0
// pair64-functions-inl.h: the elementary functions of Pair64. Re-included per instruction set.
//
// Each sums its series in plain float64 as far as the terms are small enough for that, and the leading terms
// as pairs.
#if defined(RHEO_MATH_PAIR64_FUNCTIONS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_PAIR64_FUNCTIONS_INL_H_
#undef RHEO_MATH_PAIR64_FUNCTIONS_INL_H_
#else
#define RHEO_MATH_PAIR64_FUNCTIONS_INL_H_
#endif

#include <cstddef>
#include <limits>
#include <utility>

#include "src/math/erfc_coefficients.h"
#include "src/math/exp2_coefficients.h"
#include "src/math/log1p-inl.h"
#include "src/math/pair64-inl.h"
#include "src/math/sigmoid-inl.h"
#include "src/math/softplus-inl.h"
#include "src/math/tanh-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// ln 2 = head + rest, where products of head and integers of 15 bits are exact.
inline constexpr double kLn2Head = 0x1.62e42fefap-1;
inline constexpr double kLn2Rest = (kLn2.high - kLn2Head) + kLn2.low;

// exp(x) is at least exp(-kPairExponentLimit) = 2^-981, which the kernels take for too small; above
// exp(kPairExponentLimit) it is no number.
inline constexpr double kPairExponentLimit = 680;

// The entries of a table of kExp2Parts numbers that belong to the low bits of an index.
template <class D, class VU>
HWY_INLINE hn::Vec<D> entry_of(D d, const double* table, VU index) {
  const hn::RebindToUnsigned<D> du;
  const hn::RebindToSigned<D> di;
  static_assert(kExp2Parts == 16);
  if constexpr (hn::MaxLanes(D()) == 8 && HWY_TARGET <= HWY_AVX3) {
    // A permutation looks at as many low bits as it needs, Highway's assertions at all.
    const auto place = HWY_IS_DEBUG_BUILD ? hn::And(index, hn::Set(du, kExp2Parts - 1)) : index;
    return hn::TwoTablesLookupLanes(d, hn::Load(d, table), hn::Load(d, table + 8),
                                    hn::IndicesFromVec(d, place));
  } else {
    return hn::GatherIndex(d, table, hn::BitCast(di, hn::And(index, hn::Set(du, kExp2Parts - 1))));
  }
}

// x = n ln(2) / 16 + r, |r| <= ln(2) / 32.
template <class V>
struct PairReduction {
  V scale;    // 2^(n / 16) as in the table
  V missing;  // what the table's entry lacks, as a part of it
  V head;     // x less the leading part of n ln(2) / 16, exactly
  V tail;     // the other part of n ln(2) / 16
  V low;      // x.low
};

template <class V, bool kFine>
HWY_INLINE PairReduction<V> reduce_pair(const Pair64<V, kFine>& x) {
  using D = typename V::D;
  V v = x.high, low = x.low;
  if (x.sign <= 0) v = larger(v, V(-kPairExponentLimit));
  if (x.sign >= 0) {
    low = choose(v > V(kPairExponentLimit), V(std::numeric_limits<double>::quiet_NaN()), low);
    v = smaller(v, V(kPairExponentLimit));
  }
  const V magic(kMagic), shifted = fused(v, V(16 * kLog2E.high), magic), n = shifted - magic;
  const auto bits = [&](int i) RHEO_PART { return hn::BitCast(hn::RebindToUnsigned<D>(), shifted[i]); };
  alignas(64) static constexpr auto kPower = copied(kExp2Power);
  alignas(64) static constexpr auto kRest = copied(kExp2Rest);
  const V scale = V::of([&](int i) RHEO_PART {
    const D d;
    const hn::RebindToUnsigned<D> du;
    const auto exponent = hn::ShiftLeft<48>(hn::AndNot(hn::Set(du, kExp2Parts - 1), bits(i)));
    return hn::BitCast(d, hn::Add(hn::BitCast(du, entry_of(d, kPower.c, bits(i))), exponent));
  });
  const V missing = V::of([&](int i) RHEO_PART { return entry_of(D(), kRest.c, bits(i)); });
  return {scale, missing, fused(n, V(-kLn2Head / 16), v), n * V(kLn2Rest / 16), low};
}

// (exp(r) - 1 - r) / r^2: kTerms of Taylor's series; with 6 it lacks 2^-59 of exp(r), with 7 2^-68.
template <int kTerms, class V>
HWY_INLINE V exp_series(const V& r, const V& square) {
  static_assert(kTerms == 6 || kTerms == 7);
  static constexpr auto kList = copied(kPlainExp.c);
  const auto two = [&](int k) RHEO_PART { return fused(V(kList.c[k + 1]), r, V(kList.c[k])); };
  const V last = kTerms == 6 ? two(4) : fused(V(kList.c[6]), square, two(4));
  return fused(fused(last, square, two(2)), square, two(0));
}

// exp(x) = scale (1 + high + rest), |high| < 0.022, to 2^-64.
template <class V>
struct Exponential {
  V scale, high, rest;
};

template <class V, bool kFine>
HWY_INLINE Exponential<V> exponential(const Pair64<V, kFine>& x) {
  const PairReduction<V> w = reduce_pair(x);
  const V r = w.head - w.tail;
  V r_low = (w.head - r) - w.tail;
  if (x.sign >= 0 || !x.single) r_low = r_low + w.low;
  const V square = r * r;
  const Pair<V> q = fast_two_sum(r, square * exp_series<7>(r, square));
  const V missing = w.missing + r_low;
  return {w.scale, q.high, fused(missing, q.high, missing) + q.low};
}

// What tests/math/pair64_test.cc found, rounded down.
inline constexpr int kExpBits = 57, kFineExpBits = 62, kExpm1Bits = 58, kLog1pBits = 56, kSoftplusBits = 57,
                     kErfcBits = 54, kFineErfcBits = 58;

// exp(x) to 2^-62.
template <class V, bool kFine>
HWY_INLINE Pair64<V, kFine> fine_exp(const Pair64<V, kFine>& x) {
  const Exponential<V> e = exponential(x);
  const Pair<V> p = two_product(e.scale, e.high), s = fast_two_sum(e.scale, p.high);
  return {s.high, s.low + fused(e.scale, e.rest, p.low), 1, HWY_MIN(kFineExpBits, x.bits)};
}

// An error in the argument of an exponential counts as often as the argument is large; those of formulas are
// exact or small.
template <class V, bool kFine>
HWY_INLINE Pair64<V, kFine> exp(const Pair64<V, kFine>& x) {
  if constexpr (kFine) return fine_exp(x);
  // r and exp(r) - 1 are rounded: each at most 2^-59.5, as r is below 2^-5.5.
  const PairReduction<V> w = reduce_pair(x);
  V r = w.head - w.tail;
  if (x.sign >= 0 || !x.single) r = r + w.low;
  const V square = r * r, q = fused(square, exp_series<6>(r, square), r);
  const V high = fused(w.scale, q, w.scale);
  const V low = fused(w.scale, w.missing, fused(w.scale, q, w.scale - high));
  return {high, low, 1, HWY_MIN(kExpBits, x.bits)};
}

template <class V, bool kFine>
HWY_INLINE Pair64<V, kFine> expm1(const Pair64<V, kFine>& x) {
  const Exponential<V> e = exponential(x);
  const Pair<V> p = two_product(e.scale, e.high);
  const Pair<V> whole = x.sign < 0 ? fast_two_sum(V(-1.0), e.scale) : two_sum(e.scale, V(-1.0));
  const Pair<V> s = fast_two_sum(whole.high, p.high);  // whole is 0 or larger than p
  const V low = (whole.low + s.low) + fused(e.scale, e.rest, p.low);
  return {s.high, low, x.sign, HWY_MIN(kExpm1Bits, x.bits)};
}

// 1 + e or 2 + e, which is larger than |e|.
template <class N, class V = typename N::V>
HWY_INLINE N one_or_two_plus(double c, const N& e) {
  const Pair<V> s = fast_two_sum(V(c), e.high);
  return {s.high, s.low + e.low, 1, e.bits};
}

template <class V, bool kFine>
HWY_INLINE Pair64<V, kFine> sigmoid(const Pair64<V, kFine>& x) {
  using N = Pair64<V, kFine>;
  const N e = exp(-abs(x)), sum = one_or_two_plus(1, e);
  return divided(select(x.negative(), e, N(1.0)), sum, V(1.0) / sum.high);
}

// Both tails, 1 / (1 + exp(-x)) and 1 / (1 + exp(x)), from one exponential.
template <class V, bool kFine, class N = Pair64<V, kFine>>
HWY_INLINE void both_sigmoids(const Pair64<V, kFine>& x, Pair64<V, kFine>& left, Pair64<V, kFine>& right) {
  const N e = exp(-abs(x)), sum = one_or_two_plus(1, e);
  const V reciprocal = V(1.0) / sum.high;
  const N large = divided(N(1.0), sum, reciprocal), small = divided(e, sum, reciprocal);
  left = select(x.negative(), small, large);
  right = select(x.negative(), large, small);
}

// tanh(x) = -m / (2 + m) with m = exp(-2 |x|) - 1.
template <class V, bool kFine>
HWY_INLINE Pair64<V, kFine> tanh(const Pair64<V, kFine>& x) {
  using N = Pair64<V, kFine>;
  const N m = expm1(N(-2.0) * abs(x));
  return copy_sign(-m / one_or_two_plus(2, m), x);
}

// c[0] + c[1] x + ... by Horner's rule for even and odd powers, which halves the chain.
template <class V, std::size_t N>
HWY_INLINE V two_chains(const V& x, const V& square, const double (&c)[N], std::size_t from = 0) {
  V here(c[N - 1]), other(c[N - 2]);
  std::size_t k = N - 2;  // of other
  for (; k >= from + 2; k -= 2)
    here = fused(here, square, V(c[k - 1])), other = fused(other, square, V(c[k - 2]));
  const V sum = fused(here, x, other);
  return k == from ? sum : fused(sum, x, V(c[from]));
}

// log(1 + x) = k ln(2) + log(1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), through atanh as in log1p-inl.h.
template <class V, bool kFine>
HWY_INLINE Pair64<V, kFine> log1p(const Pair64<V, kFine>& x) {
  using N = Pair64<V, kFine>;
  const N w = N(1.0) + x;
  V k;
  const V m = V::of([&](int i) RHEO_PART { return split_exponent(w.high[i], k[i]); });
  const V scale = V::of([&](int i) RHEO_PART { return power_of_two(hn::Neg(k[i])); });
  // Near 1, x itself is better than what is left of 1 + x.
  const auto near = equal(k, V(0.0));
  const N f(choose(near, x.high, m - V(1.0)), choose(near, x.low, w.low * scale), 0, kExactBits);
  const N s = f / one_or_two_plus(2, f);
  const V z = s.high * s.high, twice = s.high + s.high;
  static constexpr auto kTerms = copied(kPlainAtanh.c);
  const V series = z * two_chains(z, z * z, kTerms.c);
  const Pair<V> head = fast_two_sum(k * V(kLn2Head), twice);
  const V low = fused(k, V(kLn2Rest), head.low + (s.low + s.low));
  return {fast_two_sum(head.high, fused(twice, series, low)), x.sign, HWY_MIN(kLog1pBits, x.bits)};
}

// max(x, 0) + log1p(e) with e = exp(-|x|), which is at most 1: so s = e / (2 + e) is at most 1/3, and atanh's
// series in s^2 needs no reduction, only more terms; the sixteen leave out less than 2^-58.
inline constexpr Constant kThird = ratio(1, 3);
inline constexpr auto kSoftplusAtanh = odd_reciprocals(std::make_integer_sequence<int, 16>());

template <class V, bool kFine>
HWY_INLINE Pair64<V, kFine> softplus(const Pair64<V, kFine>& x) {
  using N = Pair64<V, kFine>;
  const auto negative = x.negative();
  const N e = fine_exp(-abs(x)), s = e / one_or_two_plus(2, e);
  const V z = s.high * s.high, twice = s.high + s.high;
  const Pair<V> head = two_sum(zero_where(negative, x.high), twice);
  const V twice_low = s.low + s.low;
  // The leading term as a pair; what z lacks of s^2, times the slope of the series; what s.high lacks of s.
  // (Without them, and with a coarser exponential, values step down here and there as x grows.)
  static constexpr auto kTerms = copied(kSoftplusAtanh.c);
  const Pair<V> p = fast_two_sum(V(kThird.high), z * two_chains(z, z * z, kTerms.c, 1));
  const V series = z * p.high;
  const V missing = fused(twice, s.low, fused_less(s.high, s.high, z));
  const V rest = fused(z, p.low + V(kThird.low), fused_less(z, p.high, series));
  V low = head.low + twice_low;
  if (!x.single) low = low + zero_where(negative, x.low);
  low = fused(twice, fused(missing, fused(z, V(0.2), p.high), rest), fused(twice_low, series, low));
  return {fast_two_sum(head.high, fused(twice, series, low)), 1, HWY_MIN(kSoftplusBits, x.bits)};
}

// All but the first term of the series is summed in plain float64.
template <class V, bool kFine>
HWY_INLINE Pair64<V, kFine> x_minus_tanh(const Pair64<V, kFine>& x) {
  using N = Pair64<V, kFine>;
  const N z = x * x;
  static constexpr auto kTerms = copied(kTanhSeries);
  V rest(kTerms.c[11].high);
  for (int k = 11; k-- > 1;) rest = fused_from(z.high, rest, V(kTerms.c[k].high));
  Pair<V> sum = fast_two_sum(V(kTerms.c[0].high), -(z.high * rest));
  sum.low = sum.low + V(kTerms.c[0].low);
  const N near = x * z * N(sum, 1, kExpm1Bits), t = tanh(x);
  Pair<V> difference = two_sum(x.high, -t.high);
  difference.low = difference.low - t.low;
  if (!x.single) difference.low = difference.low + x.low;
  return select(z.high < V(0.0625), near, N(difference, x.sign, kKeptBits));
}

template <class V, bool kFine>
HWY_INLINE Pair64<V, kFine> exp_minus_square(const Pair64<V, kFine>& x) {
  const auto z = abs(x);
  return exp(-(z * z));
}

// P(t) of erfc-inl.h: kPairs steps of Horner's rule on pairs, those before in plain float64.
template <int kPairs, class V, std::size_t N, std::size_t L>
HWY_INLINE Pair<V> erfc_polynomial(const V& t, const double (&c)[N], const double (&c_low)[L]) {
  Pair<V> p{two_chains(t, t * t, c, kPairs), V(0.0)};
  for (int k = kPairs; k-- > 0;) {
    const Pair<V> product = two_product(p.high, t);
    const V low = fused(p.low, t, product.low + V(c_low[k]));
    // The first coefficient is the largest by far.
    p = k == 0 ? fast_two_sum(V(c[k]), product.high) : two_sum(V(c[k]), product.high);
    p.low = p.low + low;
  }
  return p;
}

// As in erfc-inl.h, with one reciprocal for both divisors. What t = (z - c) / (z + c) is off by its rounding,
// rest / (z + c), is put right through dP/dt = (dP/dz) (dz/dt), where dP/dz = P (2 z + 2 / (1 + 2 z)) -
// (1 + 2 z) 2 / sqrt(pi), as erfc' = -2 / sqrt(pi) exp(-z^2), and dz/dt = (z + c)^2 / (2 c).
template <class V, bool kFine>
HWY_INLINE Pair64<V, kFine> erfc(const Pair64<V, kFine>& x) {
  using N = Pair64<V, kFine>;
  const N z = abs(x), centred = z + N(kErfcCentre), divisor = N(1.0) + N(2.0) * z;
  const V both = V(1.0) / (centred.high * divisor.high);
  const V by_divisor = both * centred.high;
  Pair<V> off = two_sum(z.high, V(-kErfcCentre));
  if (!z.single) off.low = off.low + z.low;
  const V t = off.high * (both * divisor.high);
  const V rest = fused_from(t, centred.high, off.high) + fused_from(t, centred.low, off.low);
  Pair<V> p;
  if constexpr (kFine) {
    static constexpr auto kHigh = copied(kErfcWide);
    static constexpr auto kLow = copied(kErfcWideLow);
    p = erfc_polynomial<8>(t, kHigh.c, kLow.c);
  } else {
    static constexpr auto kHigh = copied(kErfcQuick);
    static constexpr auto kLow = copied(kErfcQuickLow);
    p = erfc_polynomial<4>(t, kHigh.c, kLow.c);
  }
  constexpr double kTwoBySqrtPi = 1.1283791670955126;
  const V slope = fused(p.high, fused(by_divisor, V(2.0), z.high + z.high), divisor.high * V(-kTwoBySqrtPi));
  p.low = fused(rest * (centred.high * V(0.5 / kErfcCentre)), slope, p.low);
  const N scaled = exp_minus_square(x) * N(p, 1, kFine ? kFineErfcBits : kErfcBits);
  const N y = divided(scaled, divisor, by_divisor);
  Pair<V> mirrored = fast_two_sum(V(2.0), -y.high);
  mirrored.low = mirrored.low - y.low;
  return select(x.negative(), N(mirrored, 1, y.bits), y);
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
