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

struct Float32 {
  using T = float;
  static constexpr T kNone = 1;  // the gradient where there is none

  template <class Body>
  HWY_INLINE static Pack<T> evaluate(const Body& body, const Pack<T>& x, const Pack<T>& grad) {
    Pack<T> y;
    body(Floats::load(x.v), Floats::load(grad.v)).store(y.v);
    return y;
  }
};

struct Float64Format {
  using T = double;
  static constexpr T kNone = 1;

  template <class Body>
  HWY_INLINE static Pack<T> evaluate(const Body& body, const Pack<T>& x, const Pack<T>& grad) {
    Pack<T> y;
    body(Doubles::load(x.v), Doubles::load(grad.v)).store(y.v);
    return y;
  }
};

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
};

template <class One>
struct Sixteen {
  using T = std::uint16_t;
  static constexpr T kNone = One::kOneBits;

  // Where float32 does not decide.
  template <class Body>
  HWY_NOINLINE static T decided(const Body& body, float x, float grad) {
    return body.rounded(static_cast<double>(x), static_cast<double>(grad), One::kFormat);
  }
  // Of a NarrowBody.
  template <class Body>
  HWY_INLINE static Pack<T> evaluate(const Body& body, const Pack<T>& x, const Pack<T>& grad) {
    constexpr bool kGrad = Body::Task::kHasGrad;
    constexpr int kSize = Pack<T>::kSize;
    float wide[kSize], grads[kSize], results[kSize];
    for (int i = 0; i < kSize; ++i) wide[i] = One::widen(x.v[i]);
    for (int i = 0; i < kSize; ++i) grads[i] = kGrad ? One::widen(grad.v[i]) : 1.0F;
    for (int i = 0; i < kSize; i += kTogether)
      body(Floats::load(wide + i), Floats::load(grads + i)).store(results + i);
    Pack<T> y;
    bool doubt = false;
    const auto in_doubt = [&](int i) RHEO_PART {
      const bool lost =
          One::kAsWideAsFloat32 && Body::kUnderflows && fabsf(results[i]) < kLostShare * fabsf(grads[i]);
      return One::near_tie(results[i]) || lost;
    };
    for (int i = 0; i < kSize; ++i) {
      y.v[i] = One::narrow(results[i]);
      doubt = doubt || in_doubt(i);
    }
    if (doubt) {
      for (int i = 0; i < kSize; ++i)
        if (in_doubt(i)) y.v[i] = decided(body, wide[i], grads[i]);
    }
    return y;
  }
};
using Bfloat16 = Sixteen<Bfloat16One>;
using Float16 = Sixteen<Float16One>;

}  // namespace rheo::one_lane
