// SPDX-License-Identifier: Apache-2.0
// passes.cc: the passes of passes.h.
#include "src/block/passes.h"

#include <cstring>
#include <limits>
#include <type_traits>

#include "src/block/doubts.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/block/passes.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "src/block/format16-inl.h"
#include "src/math/group-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {
namespace {

// y[i] = body(load) for n elements, where load(p) gives p[i].
template <class T, class Body>
HWY_INLINE void each_element(T* y, std::size_t n, Body&& body) {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes)
    hn::StoreU(body([&](const T* p) RHEO_PART { return hn::LoadU(d, p + i); }), d, y + i);
  const std::size_t rest = n - i;
  if (rest == 0) return;
  hn::StoreN(body([&](const T* p) RHEO_PART { return hn::LoadN(d, p + i, rest); }), d, y + i, rest);
}

template <class T>
HWY_INLINE hn::Vec<hn::ScalableTag<T>> all(T value) {
  return hn::Set(hn::ScalableTag<T>(), value);
}

template <class T>
void hold_above(const T* x, T limit, T* y, std::size_t n) {
  each_element(y, n, [=](auto load) RHEO_PART {
    const auto v = load(x), end = all(limit);
    return hn::IfThenElse(hn::Gt(v, end), end, v);
  });
}

template <class T>
void hold(const T* x, T limit, T offset, T* y, std::size_t n) {
  const auto held = [=](auto v) RHEO_PART {
    const auto high = all(limit), low = all(-limit);
    return hn::IfThenElse(hn::Gt(v, high), high, hn::IfThenElse(hn::Lt(v, low), low, v));
  };
  if (offset == 0) return each_element(y, n, [=](auto load) RHEO_PART { return held(load(x)); });
  each_element(y, n, [=](auto load) RHEO_PART { return hn::Add(held(load(x)), all(offset)); });
}

template <class T>
void multiply(const T* a, const T* b, T* y, std::size_t n) {
  each_element(y, n, [=](auto load) RHEO_PART { return hn::Mul(load(a), load(b)); });
}

template <class T>
void zero_above(const T* x, T limit, const T* given, T* y, std::size_t n) {
  each_element(y, n, [=](auto load) RHEO_PART {
    return hn::IfThenZeroElse(hn::Gt(load(x), all(limit)), load(given));
  });
}

template <class T>
void zero_outside(const T* x, T limit, const T* given, T* y, std::size_t n) {
  each_element(y, n, [=](auto load) RHEO_PART {
    return hn::IfThenZeroElse(hn::Gt(hn::Abs(load(x)), all(limit)), load(given));
  });
}

template <class T>
void affine(const T* x, const Affine<T>& given, T* y, std::size_t n) {
  const Affine<T> a = given;  // stores to y cannot change a copy
  const auto scale = [&](auto load) RHEO_PART { return a.scales != nullptr ? load(a.scales) : all(a.scale); };
  const auto bias = [&](auto load) RHEO_PART { return a.biases != nullptr ? load(a.biases) : all(a.bias); };
  // Adding 0 would change -0.
  if (!a.moved) {
    each_element(y, n, [&](auto load) RHEO_PART { return hn::Mul(load(x), scale(load)); });
  } else if (!a.scaled) {
    each_element(y, n, [&](auto load) RHEO_PART { return hn::Add(load(x), bias(load)); });
  } else {
    each_element(y, n, [&](auto load) RHEO_PART { return fused(load(x), scale(load), bias(load)); });
  }
}

template <class T>
const Passes<T>* passes_of() {
  static constexpr Passes<T> all_passes = {hold_above<T>, hold<T>,         multiply<T>,
                                           zero_above<T>, zero_outside<T>, affine<T>};
  return &all_passes;
}
const Passes<float>* passes_float32() { return passes_of<float>(); }
const Passes<double>* passes_float64() { return passes_of<double>(); }

// Calls body(from, to) on all of n, steps of vectors of 16-bit numbers, the last of them by way of a copy.
template <class From, class To, class Body>
HWY_INLINE void each_step(const From* from, std::size_t n, To* to, Body&& body) {
  const std::size_t step = hn::Lanes(D16());
  const std::size_t even = n - n % step;
  for (std::size_t i = 0; i < even; i += step) body(from + i, to + i);
  if (even == n) return;
  From last[kStep16] = {};
  std::memcpy(last, from + even, (n - even) * sizeof(From));
  body(last, to + even);
}

// What is beyond n up to whole16(n) becomes 0.
HWY_INLINE void end_with_zeros(float* to, std::size_t n) {
  const std::size_t step = hn::Lanes(D16()), done = (n + step - 1) / step * step;
  std::memset(to + done, 0, (whole16(n) - done) * sizeof(float));
}

template <class F>
void widen(const std::uint16_t* from, std::size_t n, float* to) {
  each_step(from, n, to, [](const std::uint16_t* f, float* t) RHEO_PART {
    V32 first, second;
    F::widen(hn::LoadU(D16(), f), first, second);
    hn::StoreU(first, D32(), t), hn::StoreU(second, D32(), t + hn::Lanes(D32()));
  });
  end_with_zeros(to, n);
}

// What float32 holds without doubt, as bits of float32.
constexpr std::uint32_t kLeastValue = 0x0D800000, kMostValue = 0x7B800000;  // 2^-100, 2^120

bool weigh(const float* value, const float* x, const float* grad, float* y, std::size_t n) {
  const D32 d;
  const DU32 du;
  const std::size_t lanes = hn::Lanes(d);
  const auto beyond = [&](std::size_t i) RHEO_PART {
    const VU32 size = hn::BitCast(du, hn::Abs(hn::LoadU(d, value + i)));
    return hn::Sub(size, hn::Set(du, kLeastValue));
  };
  const VU32 most = hn::Set(du, kMostValue - kLeastValue);
  auto worst = hn::Zero(du);
  for (std::size_t i = 0; i < n; i += lanes) worst = hn::Max(worst, beyond(i));
  if (HWY_UNLIKELY(!hn::AllTrue(du, hn::Le(worst, most)))) {
    for (std::size_t i = 0; i < n; i += lanes) {
      const auto held = hn::RebindMask(d, hn::Le(beyond(i), most));
      const auto nothing = hn::Eq(hn::Or(hn::LoadU(d, value + i), hn::LoadU(d, x + i)), hn::Zero(d));
      if (!hn::AllTrue(d, hn::Or(held, nothing))) return false;
    }
  }
  multiply(value, grad, y, n);
  return true;
}

template <class F>
void arrange(const float* from, std::size_t n, float* to) {
  each_step(from, n, to, [](const float* f, float* t) RHEO_PART {
    const D32 d;
    const std::size_t lanes = hn::Lanes(d);
    V32 first = hn::LoadU(d, f), second = hn::LoadU(d, f + lanes);
    if constexpr (std::is_base_of_v<Neighbours, F>) hn::LoadInterleaved2(d, f, first, second);
    // Rounding would carry a NaN whose bits are all 1 into the sign.
    const V32 nan = hn::Set(d, std::numeric_limits<float>::quiet_NaN());
    const auto usual = [nan](V32 v) RHEO_PART { return hn::IfThenElse(hn::IsNaN(v), nan, v); };
    hn::StoreU(usual(first), d, t), hn::StoreU(usual(second), d, t + lanes);
  });
  end_with_zeros(to, n);
}

// Results of kernels, rounded; what float32 does not decide goes to float64.
template <class F, bool kExact, Reach kReach = Reach::kOne>
HWY_INLINE void round_results(const Kernels16& kernels, const double* parameters, const float* results,
                              const float* x, const float* grad, std::size_t n, std::uint16_t* y) {
  Doubts doubts(kernels, parameters, y);
  const D32 d;
  const std::size_t lanes = hn::Lanes(d);
  const V32 share = hn::Set(d, kernels.underflows ? kLostShare : 0.0F);
  const auto lost = [&](V32 result, const float* from) RHEO_PART {
    return hn::Lt(hn::Abs(result), hn::Mul(share, hn::Abs(hn::LoadU(d, from))));
  };
  for (std::size_t i = 0; i < n; i += 2 * lanes) {
    const V32 first = hn::LoadU(d, results + i), second = hn::LoadU(d, results + i + lanes);
    hn::Mask<D32> near[2];
    const auto any = [&]() RHEO_PART { return !hn::AllFalse(d, hn::Or(near[0], near[1])); };
    constexpr bool kExactFirst = kExact && F::kExactIsQuicker;
    V16 rounded = kExactFirst ? F::narrow_exact(first, second, near[0], near[1])
                              : F::template narrow<kReach>(first, second, near[0], near[1]);
    if (kExact && !kExactFirst && HWY_UNLIKELY(any()))
      rounded = F::narrow_exact(first, second, near[0], near[1]);
    if (F::kAsWideAsFloat32 && !kExact && grad != nullptr) {
      near[0] = hn::Or(near[0], lost(first, grad + i));
      near[1] = hn::Or(near[1], lost(second, grad + i + lanes));
    }
    const std::size_t size = HWY_MIN(2 * lanes, n - i);
    hn::StoreN(rounded, D16(), y + i, size);
    if (HWY_LIKELY(!any())) continue;
    doubts.prepare(2 * lanes, F::kFormat, grad != nullptr);
    for (int k = 0; k < 2; ++k) {
      each_lane(d, near[k], [&](std::size_t lane) {
        const std::size_t place = F::place(lane, k), at = i + static_cast<std::size_t>(k) * lanes + lane;
        if (place >= size) return;
        doubts.add(static_cast<double>(x[at]), grad != nullptr ? static_cast<double>(grad[at]) : 1,
                   i + place);
      });
    }
  }
  doubts.settle(F::kFormat, grad != nullptr);
}

template <class F>
void round(const Kernels16& kernels, const double* parameters, const float* results, const float* x,
           const float* grad, std::size_t n, std::uint16_t* y) {
  const auto run = kernels.float32_exact ? round_results<F, true> : round_results<F, false>;
  run(kernels, parameters, results, x, grad, n, y);
}

template <class F>
const Passes16* passes16_of() {
  static constexpr Passes16 all_passes = {widen<F>, weigh, arrange<F>, round<F>,
                                          round_results<F, false, Reach::kThree>};
  return &all_passes;
}
const Passes16* passes_bfloat16() { return passes16_of<Bfloat16>(); }
const Passes16* passes_float16() { return passes16_of<Float16>(); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rheo {
HWY_EXPORT(passes_float32);
HWY_EXPORT(passes_float64);
HWY_EXPORT(passes_bfloat16);
HWY_EXPORT(passes_float16);

template <>
const Passes<float>& passes() {
  return *HWY_DYNAMIC_DISPATCH(passes_float32)();
}
template <>
const Passes<double>& passes() {
  return *HWY_DYNAMIC_DISPATCH(passes_float64)();
}
const Passes16& passes16(Format format) {
  return format == Format::kBfloat16 ? *HWY_DYNAMIC_DISPATCH(passes_bfloat16)()
                                     : *HWY_DYNAMIC_DISPATCH(passes_float16)();
}

}  // namespace rheo
#endif
