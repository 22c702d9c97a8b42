// SPDX-License-Identifier: Apache-2.0
// walk16.cc: 16-bit formats, a block at a time: widened to float32, evaluated, and rounded once.
//
// The float32 kernels are within one ulp, so they decide how nearly all results round. The others are
// evaluated anew in float64, many together. So a lane's result depends on its own input alone.
#include "src/block/walk16.h"

#include <cmath>
#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/block/walk16.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "src/block/format16-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {
namespace {

using Bits = std::uint16_t;

constexpr std::size_t kBlock16 = 2048;  // two blocks of float32 fit in L1

// Inputs that float32 does not decide, and where their results belong.
class Doubts {
 public:
  Doubts(const Kernels16& kernels, const double* parameters, Bits* y)
      : kernels_(kernels), parameters_(parameters), y_(y) {}

  // Makes room for so many; those before it have to be stored.
  void prepare(std::size_t count, rheo::Format16 format, bool has_grad) {
    if (count_ + count > kRoom) settle(format, has_grad);
  }
  void add(double x, double grad, std::size_t place) {
    x_[count_] = x, grad_[count_] = grad, place_[count_] = place;
    ++count_;
  }
  void settle(rheo::Format16 format, bool has_grad) {
    if (count_ == 0) return;
    double results[kRoom];
    kernels_.exact(x_, has_grad ? grad_ : nullptr, results, count_, parameters_);
    for (std::size_t i = 0; i < count_; ++i) {
      const bool tiny = kernels_.value && std::fabs(x_[i]) < kTiny;
      y_[place_[i]] = narrowed(tiny ? beside_tie(x_[i], results[i], format) : results[i], format);
    }
    count_ = 0;
  }

 private:
  static constexpr std::size_t kRoom = 256;
  static constexpr double kTiny = 0x1p-100;

  // x / 2 may be a tie of subnormal numbers, and f(x) = x / 2 + c x^2 just beside it. Where float64 gives the
  // tie itself, a larger x tells the side.
  double beside_tie(double x, double y, rheo::Format16 format) const {
    const double below = std::nextafter(y, -HUGE_VAL), above = std::nextafter(y, HUGE_VAL);
    if (narrowed(below, format) == narrowed(above, format)) return y;
    const double larger = x / kTiny;
    double result = 0;
    kernels_.exact(&larger, nullptr, &result, 1, parameters_);
    return result * kTiny;
  }

  double x_[kRoom], grad_[kRoom];
  std::size_t place_[kRoom], count_ = 0;
  const Kernels16& kernels_;
  const double* parameters_;
  Bits* y_;
};

HWY_INLINE V16 load(const Bits* from, std::size_t count) {
  const D16 d;
  return HWY_LIKELY(count >= hn::Lanes(d)) ? hn::LoadU(d, from) : hn::LoadN(d, from, count);
}

template <class F>
HWY_INLINE void widen_block(const Bits* from, std::size_t n, float* to) {
  const D32 d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t i = 0; i < n; i += 2 * lanes) {
    V32 first, second;
    F::widen(load(from + i, n - i), first, second);
    hn::Store(first, d, to + i), hn::Store(second, d, to + i + lanes);
  }
}

// Rounds n results to y; x and grad, which y may be, are read before it is written.
template <class F, bool kGrad>
HWY_INLINE void narrow_block(const float* results, const float* grads, const Bits* x, const Bits* grad,
                             std::size_t begin, std::size_t n, bool underflows, Bits* y, Doubts& doubts) {
  const D32 d;
  const D16 d16;
  const std::size_t lanes = hn::Lanes(d);
  // Below this share of the gradient, float32's derivative is not to be trusted.
  const V32 share = hn::Set(d, underflows ? 0x1p-100F : 0.0F);
  const auto lost = [&](V32 result, const float* from) HWY_ATTR {
    return hn::Lt(hn::Abs(result), hn::Mul(share, hn::Abs(hn::Load(d, from))));
  };
  for (std::size_t i = 0; i < n; i += 2 * lanes) {
    const V32 first = hn::Load(d, results + i), second = hn::Load(d, results + i + lanes);
    hn::Mask<D32> doubt_first, doubt_second;
    const V16 rounded = F::narrow(first, second, doubt_first, doubt_second);
    if constexpr (kGrad && F::kAsWideAsFloat32) {
      doubt_first = hn::Or(doubt_first, lost(first, grads + i));
      doubt_second = hn::Or(doubt_second, lost(second, grads + i + lanes));
    }
    if (HWY_UNLIKELY(!hn::AllFalse(d, hn::Or(doubt_first, doubt_second)))) {
      doubts.prepare(2 * lanes, F::kFormat, kGrad);
      const auto add = [&](std::size_t place) {
        if (place >= n) return;
        const std::size_t at = begin + place;
        doubts.add(widened(x[at], F::kFormat), kGrad ? widened(grad[at], F::kFormat) : 1, at);
      };
      each_lane(d, doubt_first, [&](std::size_t lane) { add(i + F::place(lane, 0)); });
      each_lane(d, doubt_second, [&](std::size_t lane) { add(i + F::place(lane, 1)); });
    }
    if (HWY_LIKELY(n - i >= 2 * lanes)) {
      hn::StoreU(rounded, d16, y + begin + i);
    } else {
      hn::StoreN(rounded, d16, y + begin + i, n - i);
    }
  }
}

template <class F, bool kGrad>
void walk(const Kernels16& kernels, const Bits* x, const Bits* grad, Bits* y, std::size_t n,
          const double* p) {
  const std::size_t step = 2 * hn::Lanes(D32());
  HWY_ALIGN float xs[kBlock16], grads[kGrad ? kBlock16 : 1];
  Doubts doubts(kernels, p, y);
  for (std::size_t begin = 0; begin < n; begin += kBlock16) {
    const std::size_t size = n - begin < kBlock16 ? n - begin : kBlock16;
    widen_block<F>(x + begin, size, xs);
    if constexpr (kGrad) widen_block<F>(grad + begin, size, grads);
    kernels.quick(xs, kGrad ? grads : nullptr, xs, (size + step - 1) / step * step, p);
    narrow_block<F, kGrad>(xs, grads, x, grad, begin, size, kernels.underflows, y, doubts);
  }
  doubts.settle(F::kFormat, kGrad);
}

template <class F>
void walk_format(const Kernels16& kernels, const void* x, const void* grad, void* y, std::size_t n,
                 const double* p) {
  const auto run = grad != nullptr ? walk<F, true> : walk<F, false>;
  run(kernels, static_cast<const Bits*>(x), static_cast<const Bits*>(grad), static_cast<Bits*>(y), n, p);
}

void walk_bfloat16(const Kernels16& kernels, const void* x, const void* grad, void* y, std::size_t n,
                   const double* p) {
  walk_format<Bfloat16>(kernels, x, grad, y, n, p);
}
void walk_float16(const Kernels16& kernels, const void* x, const void* grad, void* y, std::size_t n,
                  const double* p) {
  walk_format<Float16>(kernels, x, grad, y, n, p);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rheo {
HWY_EXPORT(walk_bfloat16);
HWY_EXPORT(walk_float16);

void walk16(Format format, const Kernels16& kernels, const void* x, const void* grad, void* y, std::size_t n,
            const double* parameters) {
  if (format == Format::kBfloat16)
    HWY_DYNAMIC_DISPATCH(walk_bfloat16)(kernels, x, grad, y, n, parameters);
  else
    HWY_DYNAMIC_DISPATCH(walk_float16)(kernels, x, grad, y, n, parameters);
}

}  // namespace rheo
#endif
