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
    for (int i = 0; i < kSize; i += kTogether)
      body(Floats::load(x + i), Floats::load(grad + i)).store(results + i);
  }
  // The results of these x and gradients, rounded. `exact`: float32 gives them exactly, if they are not
  // subnormal there.
  template <class Body>
  HWY_INLINE static Pack<T> settled(const Body& body, const Wide* x, const Wide* grad, const Wide* results,
                                    bool exact) {
    const auto in_doubt = [&](int i) RHEO_PART {
      if (exact) return One::too_small(results[i]);
      const bool lost =
          One::kAsWideAsFloat32 && Body::kUnderflows && fabsf(results[i]) < kLostShare * fabsf(grad[i]);
      return One::near_tie(results[i]) || lost;
    };
    Pack<T> y;
    bool doubt = false;
    for (int i = 0; i < kSize; ++i) {
      y.v[i] = One::narrow(results[i]);
      doubt = doubt || in_doubt(i);
    }
    if (doubt) {
      for (int i = 0; i < kSize; ++i)
        if (in_doubt(i)) y.v[i] = decided(body.decider, x[i], grad[i], One::kFormat);
    }
    return y;
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
    return settled(body, wide, grads, results, false);
  }
};
using Bfloat16 = Sixteen<Bfloat16One>;
using Float16 = Sixteen<Float16One>;

}  // namespace rheo::one_lane
