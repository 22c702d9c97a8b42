// SPDX-License-Identifier: Apache-2.0
// format.h: the numbers of each format that a thread takes at a time (16 bytes), evaluated by a body
// (body.h).
#pragma once

#include "src/cuda/body.h"
#include "src/cuda/pack.h"

#ifdef __CUDACC__
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#endif

namespace rheo::one_lane {

// What both float formats have: results are rounded already.
template <class Number, class Numbers>
struct Floating {
  using T = Number;
  using Wide = Number;  // what is computed with
  static constexpr int kSize = Pack<T>::kSize;
  static constexpr T kNone = 1;  // the gradient where there is none

  HWY_INLINE static void widen(const Pack<T>& from, Wide* to) {
    for (int i = 0; i < kSize; ++i) to[i] = from.v[i];
  }
  template <class Body>
  HWY_INLINE static void run(const Body& body, const Wide* x, const Wide* grad, Wide* results) {
    body(Numbers::load(x), Numbers::load(grad)).store(results);
  }
  template <class Body>
  HWY_INLINE static Pack<T> settled(const Body&, const Wide*, const Wide*, const Wide* results, bool) {
    Pack<T> y;
    for (int i = 0; i < kSize; ++i) y.v[i] = results[i];
    return y;
  }
  template <class Body>
  HWY_INLINE static Pack<T> evaluate(const Body& body, const Pack<T>& x, const Pack<T>& grad) {
    Pack<T> y;
    run(body, x.v, grad.v, y.v);
    return y;
  }
};
struct Float32 : Floating<float, Floats> {};
struct Float64Format : Floating<double, Doubles> {};

// float64 as float32 whose last bit is 1 where that lost something: the next rounding is that of the float64
// (src/block/element-inl.h).
HWY_INLINE float rounded_to_odd(double v) {
  const auto nearest = static_cast<float>(v);
  const auto back = static_cast<double>(nearest);
  std::uint32_t bits = hn::as<std::uint32_t>(nearest);
  if (fabs(back) > fabs(v)) --bits;
  if (back != v) bits |= 1;
  return hn::as<float>(bits);
}

// Conversions of one number. A float32 within one ulp of the exact result tells how that rounds, unless a tie
// is that near (src/block/format16-inl.h).
struct Bfloat16One {
  static constexpr Format16 kFormat = kBfloat16Format;
  static constexpr std::uint16_t kOneBits = 0x3F80;
  // Whether a gradient can be large enough to bring back what is nothing in float32.
  static constexpr bool kAsWideAsFloat32 = true;

  HWY_INLINE static float widen(std::uint16_t bits) {
    return hn::as<float>(static_cast<std::uint32_t>(bits) << 16);
  }
  HWY_INLINE static std::uint16_t narrow(float v) {
#ifdef __CUDA_ARCH__
    return __bfloat16_as_ushort(__float2bfloat16_rn(v));
#else
    const std::uint32_t bits = hn::as<std::uint32_t>(v);
    if (v != v) return 0x7FFF;
    return static_cast<std::uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
#endif
  }
  HWY_INLINE static bool near_tie(float v) { return ((hn::as<std::uint32_t>(v) + 0x8002U) & 0xFFFCU) == 0; }
  // Whether a result that float32 gives exactly, but for its subnormal numbers, may be one of these.
  HWY_INLINE static bool too_small(float v) { return fabsf(v) < 0x1p-126F && v != 0; }
};

struct Float16One {
  static constexpr Format16 kFormat = kFloat16Format;
  static constexpr std::uint16_t kOneBits = 0x3C00;
  static constexpr bool kAsWideAsFloat32 = false;

  HWY_INLINE static float widen(std::uint16_t bits) {
#ifdef __CUDA_ARCH__
    return __half2float(__ushort_as_half(bits));
#else
    return static_cast<float>(widened(bits, kFormat));
#endif
  }
  HWY_INLINE static std::uint16_t narrow(float v) {
#ifdef __CUDA_ARCH__
    return __half_as_ushort(__float2half_rn(v));
#else
    return narrowed(static_cast<double>(v), kFormat);
#endif
  }
  HWY_INLINE static bool near_tie(float v) { return narrow(v * kLess) != narrow(v * kMore) && v == v; }
  HWY_INLINE static bool too_small(float) { return false; }
};

// Where float32 does not decide. One function for both formats, as it is long.
template <class Decider>
HWY_NOINLINE std::uint16_t decided(const Decider& decider, float x, float grad, Format16 format) {
  return decider.rounded(static_cast<double>(x), static_cast<double>(grad), format);
}

// What is in doubt of a pack.
template <class Decider>
HWY_INLINE void decide(const Decider& decider, const float* x, const float* grad, unsigned doubts,
                       Format16 format, Pack<std::uint16_t>& y) {
  if (doubts == 0) return;
  for (int i = 0; i < y.kSize; ++i)
    if ((doubts >> i & 1) != 0) y.v[i] = decided(decider, x[i], grad[i], format);
}

// With the bodies of NarrowBody.
template <class One>
struct Sixteen {
  using T = std::uint16_t;
  using Wide = float;
  static constexpr int kSize = Pack<T>::kSize;
  static constexpr T kNone = One::kOneBits;

  HWY_INLINE static void widen(const Pack<T>& from, Wide* to) {
    for (int i = 0; i < kSize; ++i) to[i] = One::widen(from.v[i]);
  }
  HWY_INLINE static T narrow(Wide v) { return One::narrow(v); }
  template <class Body>
  HWY_INLINE static void run(const Body& body, const Wide* x, const Wide* grad, Wide* results) {
    RHEO_UNROLLED
    for (int i = 0; i < kSize; i += kTogether)
      body(Floats::load(x + i), Floats::load(grad + i)).store(results + i);
  }
  // Whether float32 does not decide. `exact`: it gives results exactly, if they are not subnormal there.
  // kUnderflows: a 0 may be another number (NarrowBody).
  template <bool kUnderflows>
  HWY_INLINE static bool in_doubt(Wide result, Wide grad, bool exact) {
    if (exact) return One::too_small(result);
    const bool lost = One::kAsWideAsFloat32 && kUnderflows && fabsf(result) < kLostShare * fabsf(grad);
    return One::near_tie(result) || lost;
  }
  // Rounds results; a bit of what it returns is 1 where that is in doubt.
  template <bool kUnderflows>
  HWY_INLINE static unsigned round(const Wide* grad, const Wide* results, bool exact, Pack<T>& y) {
    unsigned doubts = 0;
    for (int i = 0; i < kSize; ++i) {
      y.v[i] = One::narrow(results[i]);
      if (in_doubt<kUnderflows>(results[i], grad[i], exact)) doubts |= 1U << i;
    }
    return doubts;
  }
  template <class Body>
  HWY_INLINE static Pack<T> evaluate(const Body& body, const Pack<T>& x, const Pack<T>& grad) {
    float wide[kSize], grads[kSize], results[kSize];
    widen(x, wide);
    if constexpr (Body::Task::kHasGrad) {
      widen(grad, grads);
    } else {
      for (float& g : grads) g = 1;
    }
    run(body, wide, grads, results);
    Pack<T> y;
    const unsigned doubts = round<Body::kUnderflows>(grads, results, false, y);
    decide(body.decider, wide, grads, doubts, One::kFormat, y);
    return y;
  }
};
using Bfloat16 = Sixteen<Bfloat16One>;
using Float16 = Sixteen<Float16One>;

// One of both, which is known when a kernel is started: what lies between widening and rounding, nearly all
// of it, is compiled once.
struct Either16 {
  using T = std::uint16_t;
  using Wide = float;
  static constexpr int kSize = Pack<T>::kSize;

  bool bfloat16;

  HWY_INLINE void widen(const Pack<T>& from, Wide* to) const {
    Wide one[kSize], other[kSize];
    Bfloat16::widen(from, one), Float16::widen(from, other);
    for (int i = 0; i < kSize; ++i) to[i] = bfloat16 ? one[i] : other[i];
  }
  template <class Body>
  HWY_INLINE static void run(const Body& body, const Wide* x, const Wide* grad, Wide* results) {
    Bfloat16::run(body, x, grad, results);
  }
  // The results of these x and gradients, rounded.
  template <class Body>
  HWY_INLINE Pack<T> settled(const Body& body, const Wide* x, const Wide* grad, const Wide* results,
                             bool exact) const {
    Pack<T> y;
    const unsigned doubts = bfloat16 ? Bfloat16::round<Body::kUnderflows>(grad, results, exact, y)
                                     : Float16::round<Body::kUnderflows>(grad, results, exact, y);
    decide(body.decider, x, grad, doubts, format(), y);
    return y;
  }

 private:
  // Number by number: a GPU's code cannot refer to the constants themselves.
  HWY_INLINE Format16 format() const {
    constexpr Format16 kOne = kBfloat16Format, kOther = kFloat16Format;
    return {bfloat16 ? kOne.precision : kOther.precision, bfloat16 ? kOne.lowest : kOther.lowest,
            bfloat16 ? kOne.infinity : kOther.infinity};
  }
};

}  // namespace rheo::one_lane
