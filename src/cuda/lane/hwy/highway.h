// SPDX-License-Identifier: Apache-2.0
// highway.h: stands in for Highway where vectors have one lane: in CUDA's threads, and for their proof in the
// host's. The files of src/math and src/block compile with it as they are.
//
// Only what those files use is here, under Highway's names, with its meaning. Minimum and maximum are those
// of the GPU on the host too: of a number and NaN the number, and -0 lies below 0.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#ifdef __CUDACC__
#define HWY_INLINE __host__ __device__ __forceinline__
#define HWY_NOINLINE __host__ __device__ __noinline__
#define HWY_RESTRICT __restrict__
#else
#define HWY_INLINE inline __attribute__((always_inline))
#define HWY_NOINLINE __attribute__((noinline))
#define HWY_RESTRICT __restrict__
#endif
#define HWY_ATTR
#define HWY_ALIGN alignas(16)
#define HWY_LIKELY(x) (x)
#define HWY_UNLIKELY(x) (x)
#define HWY_MIN(a, b) ((a) < (b) ? (a) : (b))
#define HWY_MAX(a, b) ((a) > (b) ? (a) : (b))
#define HWY_BEFORE_NAMESPACE() static_assert(true)
#define HWY_AFTER_NAMESPACE() static_assert(true)
#define HWY_NAMESPACE one_lane
// Lower numbers are better instruction sets.
#define HWY_AVX3 1
#define HWY_AVX2 2
#define HWY_TARGET 3
#define HWY_ARCH_X86 0
#define HWY_ARCH_ARM_A64 0
#define HWY_NATIVE_FMA 1
#define HWY_IS_DEBUG_BUILD 0
// Of src/rows: of sixteen elements that vectors hold together, a thread has one.
#define RHEO_ONE_OF_A_TEAM

namespace hwy {

HWY_INLINE int Num0BitsBelowLS1Bit_Nonzero32(unsigned v) { return (v & 1) != 0 ? 0 : 1; }

namespace one_lane {

template <class T>
struct Simd {
  using Type = T;
};
template <class T>
struct Vec1 {
  using Type = T;
  T raw;
};
template <class T>
struct Mask1 {
  bool on;
};

template <class D>
using TFromD = typename D::Type;
template <class D>
using Vec = Vec1<TFromD<D>>;
template <class D>
using Mask = Mask1<TFromD<D>>;
template <class V>
using DFromV = Simd<typename V::Type>;
template <class T>
using ScalableTag = Simd<T>;
template <class T, class D>
using Rebind = Simd<T>;
template <class T, class D>
using Repartition = Simd<T>;
template <class D>
using Half = D;

template <std::size_t kBytes>
using Signed = std::conditional_t<kBytes == 8, std::int64_t,
                                  std::conditional_t<kBytes == 4, std::int32_t, std::int16_t>>;
template <class D>
using RebindToSigned = Simd<Signed<sizeof(TFromD<D>)>>;
template <class D>
using RebindToUnsigned = Simd<std::make_unsigned_t<Signed<sizeof(TFromD<D>)>>>;
template <class D>
using RepartitionToWide = D;

template <class T>
using Bits = std::make_unsigned_t<Signed<sizeof(T)>>;

HWY_INLINE constexpr std::size_t Lanes(auto) { return 1; }
HWY_INLINE constexpr std::size_t MaxLanes(auto) { return 1; }

// Bits.
template <class To, class From>
HWY_INLINE To as(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  memcpy(&to, &from, sizeof to);
  return to;
}
template <class D, class T>
HWY_INLINE Vec<D> BitCast(D, Vec1<T> v) {
  return {as<TFromD<D>>(v.raw)};
}
template <class T>
HWY_INLINE Vec1<T> And(Vec1<T> a, Vec1<T> b) {
  return {as<T>(static_cast<Bits<T>>(as<Bits<T>>(a.raw) & as<Bits<T>>(b.raw)))};
}
template <class T>
HWY_INLINE Vec1<T> Or(Vec1<T> a, Vec1<T> b) {
  return {as<T>(static_cast<Bits<T>>(as<Bits<T>>(a.raw) | as<Bits<T>>(b.raw)))};
}
template <class T>
HWY_INLINE Vec1<T> Xor(Vec1<T> a, Vec1<T> b) {
  return {as<T>(static_cast<Bits<T>>(as<Bits<T>>(a.raw) ^ as<Bits<T>>(b.raw)))};
}
template <class T>
HWY_INLINE Vec1<T> AndNot(Vec1<T> no, Vec1<T> b) {
  return {as<T>(static_cast<Bits<T>>(~as<Bits<T>>(no.raw) & as<Bits<T>>(b.raw)))};
}
template <int kBits, class T>
HWY_INLINE Vec1<T> ShiftLeft(Vec1<T> v) {
  return {static_cast<T>(v.raw << kBits)};
}
template <int kBits, class T>
HWY_INLINE Vec1<T> ShiftRight(Vec1<T> v) {
  return {static_cast<T>(v.raw >> kBits)};
}

// Numbers.
template <class D, class T>
HWY_INLINE Vec<D> Set(D, T c) {
  return {static_cast<TFromD<D>>(c)};
}
template <class D>
HWY_INLINE Vec<D> Zero(D) {
  return {TFromD<D>(0)};
}
template <class D>
HWY_INLINE Vec<D> SignBit(D) {
  return {as<TFromD<D>>(static_cast<Bits<TFromD<D>>>(Bits<TFromD<D>>{1} << (8 * sizeof(TFromD<D>) - 1)))};
}
template <class T>
HWY_INLINE Vec1<T> Add(Vec1<T> a, Vec1<T> b) {
  return {static_cast<T>(a.raw + b.raw)};
}
template <class T>
HWY_INLINE Vec1<T> Sub(Vec1<T> a, Vec1<T> b) {
  return {static_cast<T>(a.raw - b.raw)};
}
template <class T>
HWY_INLINE Vec1<T> Mul(Vec1<T> a, Vec1<T> b) {
  return {a.raw * b.raw};
}
template <class T>
HWY_INLINE Vec1<T> Div(Vec1<T> a, Vec1<T> b) {
  return {a.raw / b.raw};
}
template <class T>
HWY_INLINE Vec1<T> Sqrt(Vec1<T> a) {
  return {sqrt(a.raw)};
}
template <class T>
HWY_INLINE Vec1<T> Neg(Vec1<T> a) {
  return {-a.raw};
}
template <class T>
HWY_INLINE Vec1<T> operator+(Vec1<T> a, Vec1<T> b) {
  return Add(a, b);
}
template <class T>
HWY_INLINE Vec1<T> operator-(Vec1<T> a, Vec1<T> b) {
  return Sub(a, b);
}
template <class T>
HWY_INLINE Vec1<T> operator*(Vec1<T> a, Vec1<T> b) {
  return Mul(a, b);
}
template <class T>
HWY_INLINE Vec1<T> operator-(Vec1<T> a) {
  return Neg(a);
}
HWY_INLINE float fused_one(float a, float b, float c) { return fmaf(a, b, c); }
HWY_INLINE double fused_one(double a, double b, double c) { return fma(a, b, c); }
template <class T>
HWY_INLINE Vec1<T> MulAdd(Vec1<T> a, Vec1<T> b, Vec1<T> c) {
  return {fused_one(a.raw, b.raw, c.raw)};
}
template <class T>
HWY_INLINE Vec1<T> MulSub(Vec1<T> a, Vec1<T> b, Vec1<T> c) {
  return {fused_one(a.raw, b.raw, -c.raw)};
}
template <class T>
HWY_INLINE Vec1<T> NegMulAdd(Vec1<T> a, Vec1<T> b, Vec1<T> c) {
  return {fused_one(-a.raw, b.raw, c.raw)};
}
template <class T>
HWY_INLINE Vec1<T> Abs(Vec1<T> a) {
  return AndNot(SignBit(Simd<T>()), a);
}
template <class T>
HWY_INLINE Vec1<T> CopySign(Vec1<T> size, Vec1<T> sign) {
  return Or(Abs(size), And(sign, SignBit(Simd<T>())));
}
template <class T>
HWY_INLINE bool below(T a, T b) {
  return a < b || (a == b && static_cast<Bits<T>>(as<Bits<T>>(a)) >> (8 * sizeof(T) - 1) != 0);
}
template <class T>
HWY_INLINE Vec1<T> Min(Vec1<T> a, Vec1<T> b) {
  if constexpr (std::is_integral_v<T>) return {a.raw < b.raw ? a.raw : b.raw};
#ifdef __CUDA_ARCH__
  if constexpr (sizeof(T) == 4) return {fminf(a.raw, b.raw)};
  return {static_cast<T>(fmin(a.raw, b.raw))};
#else
  return {a.raw != a.raw ? b.raw : b.raw != b.raw || below(a.raw, b.raw) ? a.raw : b.raw};
#endif
}
template <class T>
HWY_INLINE Vec1<T> Max(Vec1<T> a, Vec1<T> b) {
  if constexpr (std::is_integral_v<T>) return {a.raw > b.raw ? a.raw : b.raw};
#ifdef __CUDA_ARCH__
  if constexpr (sizeof(T) == 4) return {fmaxf(a.raw, b.raw)};
  return {static_cast<T>(fmax(a.raw, b.raw))};
#else
  return {a.raw != a.raw ? b.raw : b.raw != b.raw || below(b.raw, a.raw) ? a.raw : b.raw};
#endif
}

// Comparisons and choices.
template <class T>
HWY_INLINE Mask1<T> Eq(Vec1<T> a, Vec1<T> b) {
  return {a.raw == b.raw};
}
template <class T>
HWY_INLINE Mask1<T> Ne(Vec1<T> a, Vec1<T> b) {
  return {a.raw != b.raw};
}
template <class T>
HWY_INLINE Mask1<T> Lt(Vec1<T> a, Vec1<T> b) {
  return {a.raw < b.raw};
}
template <class T>
HWY_INLINE Mask1<T> Le(Vec1<T> a, Vec1<T> b) {
  return {a.raw <= b.raw};
}
template <class T>
HWY_INLINE Mask1<T> Gt(Vec1<T> a, Vec1<T> b) {
  return {a.raw > b.raw};
}
template <class T>
HWY_INLINE Mask1<T> Ge(Vec1<T> a, Vec1<T> b) {
  return {a.raw >= b.raw};
}
template <class T>
HWY_INLINE Mask1<T> And(Mask1<T> a, Mask1<T> b) {
  return {a.on && b.on};
}
template <class T>
HWY_INLINE Mask1<T> Or(Mask1<T> a, Mask1<T> b) {
  return {a.on || b.on};
}
template <class T>
HWY_INLINE Mask1<T> Not(Mask1<T> a) {
  return {!a.on};
}
template <class T>
HWY_INLINE Mask1<T> AndNot(Mask1<T> no, Mask1<T> b) {
  return {!no.on && b.on};
}
template <class D, class T>
HWY_INLINE Mask<D> RebindMask(D, Mask1<T> m) {
  return {m.on};
}
template <class D, class T>
HWY_INLINE bool AllTrue(D, Mask1<T> m) {
  return m.on;
}
template <class D, class T>
HWY_INLINE bool AllFalse(D, Mask1<T> m) {
  return !m.on;
}
template <class D, class T>
HWY_INLINE std::size_t CountTrue(D, Mask1<T> m) {
  return m.on ? 1 : 0;
}
template <class D>
HWY_INLINE Mask<D> FirstN(D, std::size_t n) {
  return {n > 0};
}
template <class D, class T>
HWY_INLINE Vec<D> VecFromMask(D, Mask1<T> m) {
  return {as<T>(static_cast<Bits<T>>(m.on ? ~Bits<T>{0} : Bits<T>{0}))};
}
template <class T>
HWY_INLINE Mask1<T> MaskFromVec(Vec1<T> v) {
  return {as<Bits<T>>(v.raw) != 0};
}
template <class T>
HWY_INLINE Vec1<T> IfThenElse(Mask1<T> m, Vec1<T> yes, Vec1<T> no) {
  return {m.on ? yes.raw : no.raw};
}
template <class T>
HWY_INLINE Vec1<T> IfThenElseZero(Mask1<T> m, Vec1<T> yes) {
  return {m.on ? yes.raw : T(0)};
}
template <class T>
HWY_INLINE Vec1<T> IfThenZeroElse(Mask1<T> m, Vec1<T> no) {
  return {m.on ? T(0) : no.raw};
}
template <class T>
HWY_INLINE Mask1<T> IsNaN(Vec1<T> v) {
  return {v.raw != v.raw};
}
template <class T>
HWY_INLINE Mask1<T> IsInf(Vec1<T> v) {
  return {Abs(v).raw == static_cast<T>(HUGE_VAL)};
}
template <class T>
HWY_INLINE Mask1<T> IsFinite(Vec1<T> v) {
  return {Abs(v).raw < static_cast<T>(HUGE_VAL)};
}

}  // namespace one_lane
}  // namespace hwy

#include "hwy/lane_memory.h"
