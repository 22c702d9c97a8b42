// SPDX-License-Identifier: Apache-2.0
// f64-inl.h: the number of float32 kernels, one float64 per lane. Re-included per instruction set.
//
// Only operations that IEEE 754 defines exactly are used, and every fused one is named, so all instruction
// sets give the same bits. Inputs come from float32, and exponents stay within +-kExponentLimit. That is far
// outside what float32 can tell from 0 and infinity, yet leaves room on both sides: e^-400 = 2^-577 times a
// cubic of the largest x (2^384) still rounds to 0 in float32, and times two of the smallest parameters
// (2^-298) is not 0 in float64. So a result that is not exactly zero keeps its sign until the final rounding,
// and a derivative that is exactly zero is zero by definition.
#if defined(RHEO_MATH_F64_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_F64_INL_H_
#undef RHEO_MATH_F64_INL_H_
#else
#define RHEO_MATH_F64_INL_H_
#endif

#include <cmath>
#include <cstddef>

#include "hwy/highway.h"
#include "src/math/constant.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// a b + c with one rounding. Instruction sets without it ask the C library lane by lane: slow, but the same
// bits.
#if HWY_NATIVE_FMA
template <class V>
HWY_INLINE V fused(V a, V b, V c) {
  return hn::MulAdd(a, b, c);
}
#else
// Called, not inlined: half of the code of such a set would be this.
template <class V>
HWY_NOINLINE V fused(V a, V b, V c) {
  using D = hn::DFromV<V>;
  HWY_ALIGN hn::TFromD<D> x[hn::MaxLanes(D())], y[hn::MaxLanes(D())], z[hn::MaxLanes(D())];
  hn::Store(a, D(), x);
  hn::Store(b, D(), y);
  hn::Store(c, D(), z);
  for (std::size_t i = 0; i < hn::Lanes(D()); ++i) z[i] = std::fma(x[i], y[i], z[i]);
  return hn::Load(D(), z);
}
#endif

// a b - c and c - a b with one rounding. (Of fused(a, b, -c) g++ 12 does not make one operation.)
template <class V>
HWY_INLINE V fused_less(V a, V b, V c) {
  return HWY_NATIVE_FMA ? hn::MulSub(a, b, c) : fused(a, b, hn::Neg(c));
}
template <class V>
HWY_INLINE V fused_from(V a, V b, V c) {
  return HWY_NATIVE_FMA ? hn::NegMulAdd(a, b, c) : fused(hn::Neg(a), b, c);
}

// 1.5 2^52: a sum with it has no bits for a fraction, and ends in the bits of an integer.
inline constexpr double kMagic = 6755399441055744.0;

// The integer nearest to v, |v| < 2^50, ties to even.
template <class V>
HWY_INLINE V nearest_integer(V v) {
  const V magic = hn::Set(hn::DFromV<V>(), kMagic);
  return hn::Sub(hn::Add(v, magic), magic);
}

// 2^n for integers n of [-1022, 1023], as bits: the magic sum ends in n + 1023, which moves to the exponent's
// place.
template <class V>
HWY_INLINE V power_of_two(V n) {
  const hn::DFromV<V> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  const V biased = hn::Add(n, hn::Set(d, kMagic + 1023.0));
  return hn::BitCast(d, hn::ShiftLeft<52>(hn::BitCast(du, biased)));
}

// v = m 2^k with m in [sqrt(1/2), sqrt(2)), for positive normal v.
template <class V>
HWY_INLINE V split_exponent(V v, V& k) {
  const hn::DFromV<V> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  const auto bits = hn::BitCast(du, v);
  const auto offset =
      hn::Set(du, 0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);  // bits of 1 less those of sqrt(1/2)
  const auto biased = hn::ShiftRight<52>(hn::Add(bits, offset));
  const auto magic = hn::Set(du, 0x4330000000000000u);  // 2^52, whose last bits take an integer as they are
  k = hn::Sub(hn::BitCast(d, hn::Or(biased, magic)), hn::Set(d, 4503599627370496.0 + 1023.0));
  const auto one = hn::Set(du, 1023u);
  return hn::BitCast(d, hn::Sub(bits, hn::ShiftLeft<52>(hn::Sub(biased, one))));
}

inline constexpr double kExponentLimit = 400;

template <class D>
struct F64 {
  using V = hn::Vec<D>;
  using Condition = hn::Mask<D>;
  static constexpr bool kIsLane = true;
  V v;

  HWY_INLINE F64() : v(hn::Zero(D())) {}
  constexpr HWY_INLINE F64(V value) : v(value) {}
  HWY_INLINE F64(double value) : v(hn::Set(D(), value)) {}
  HWY_INLINE F64(Constant c) : v(hn::Set(D(), c.high)) {}

  HWY_INLINE Condition negative() const { return hn::Lt(v, hn::Zero(D())); }

  friend HWY_ATTR HWY_INLINE F64 operator+(F64 a, F64 b) { return hn::Add(a.v, b.v); }
  friend HWY_ATTR HWY_INLINE F64 operator-(F64 a, F64 b) { return hn::Sub(a.v, b.v); }
  friend HWY_ATTR HWY_INLINE F64 operator*(F64 a, F64 b) { return hn::Mul(a.v, b.v); }
  friend HWY_ATTR HWY_INLINE F64 operator/(F64 a, F64 b) { return hn::Div(a.v, b.v); }
  friend HWY_ATTR HWY_INLINE F64 operator-(F64 a) { return hn::Neg(a.v); }
  // The low part matters where a constant scales the argument of an exponential: an error there grows with
  // it.
  friend HWY_ATTR HWY_INLINE F64 operator*(Constant c, F64 a) {
    return fused(hn::Set(D(), c.high), a.v, hn::Mul(hn::Set(D(), c.low), a.v));
  }
  friend HWY_ATTR HWY_INLINE F64 operator*(F64 a, Constant c) { return c * a; }
  friend HWY_ATTR HWY_INLINE Condition operator<(F64 a, F64 b) { return hn::Lt(a.v, b.v); }
  friend HWY_ATTR HWY_INLINE Condition operator>(F64 a, F64 b) { return hn::Gt(a.v, b.v); }
  friend HWY_ATTR HWY_INLINE Condition operator<=(F64 a, F64 b) { return hn::Le(a.v, b.v); }
  friend HWY_ATTR HWY_INLINE Condition operator>=(F64 a, F64 b) { return hn::Ge(a.v, b.v); }
  friend HWY_ATTR HWY_INLINE F64 select(Condition c, F64 yes, F64 no) {
    return hn::IfThenElse(c, yes.v, no.v);
  }
  friend HWY_ATTR HWY_INLINE F64 abs(F64 a) { return hn::Abs(a.v); }
  friend HWY_ATTR HWY_INLINE F64 copy_sign(F64 magnitude, F64 sign) {
    return hn::CopySign(magnitude.v, sign.v);
  }
};

// The numbers of this folder, as opposed to dual numbers over them.
template <class R>
concept Lane = R::kIsLane;

// c[0] + c[1] x + ... by Horner's rule.
template <class D, std::size_t N>
HWY_INLINE F64<D> polynomial(F64<D> x, const double (&c)[N]) {
  auto sum = hn::Set(D(), c[N - 1]);
  for (std::size_t i = N - 1; i-- > 0;) sum = fused(sum, x.v, hn::Set(D(), c[i]));
  return sum;
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
