// SPDX-License-Identifier: Apache-2.0
// random-inl.h: the kernels of functions that draw random numbers, for contiguous memory. Re-included per
// instruction set.
//
// Every format is evaluated on float64 lanes and rounded once. The numbers belong to the elements' indices,
// so backward draws them again instead of reading what the value stored.
#if defined(RHEO_RANDOM_RANDOM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_RANDOM_RANDOM_INL_H_
#undef RHEO_RANDOM_RANDOM_INL_H_
#else
#define RHEO_RANDOM_RANDOM_INL_H_
#endif

#include <cstddef>
#include <type_traits>

#include "src/block/element-inl.h"
#include "src/random/drawn-inl.h"
#include "src/random/numbers-inl.h"
#include "src/random/random.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// y[i] of up to kDrawn elements, whose numbers, if the kernel takes any, are drawn already.
template <class E, bool kGrad, class K>
HWY_INLINE void each_drawn(const K& kernel, const typename E::T* x, const typename E::T* grad,
                           typename E::T* y, std::size_t n, const double* numbers) {
  const DWide d;
  const typename E::D de;
  const std::size_t lanes = hn::Lanes(d);
  const VWide one = hn::Set(d, 1.0);
  const auto number = [&](std::size_t at) HWY_ATTR { return K::kDraws ? hn::Load(d, numbers + at) : one; };
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    const VWide g = kGrad ? load_wide_lanes<E>(grad + i) : one;
    hn::StoreU(E::narrow(kernel(load_wide_lanes<E>(x + i), number(i), g)), de, y + i);
  }
  const std::size_t rest = n - i;
  if (rest == 0) return;
  const VWide g = kGrad ? load_wide_lanes<E>(grad + i, rest) : one;
  hn::StoreN(E::narrow(kernel(load_wide_lanes<E>(x + i, rest), number(i), g)), de, y + i, rest);
}

// The kernels' entries: y may be x or grad.
template <class A, Role kRole, bool kTraining, Format kFormat>
void random_kernel(const void* x, const void* grad, void* y, std::size_t n, const double* p, Stream stream,
                   std::uint64_t first) {
  using E = Element<kFormat>;
  using T = typename E::T;
  const Drawn<A, kRole, kTraining> kernel(p);
  NumberRoom room;
  for (std::size_t done = 0; done < n; done += kDrawn) {
    const std::size_t count = n - done < kDrawn ? n - done : kDrawn;
    if constexpr (kTraining) draw<A::info.draws>(stream, first + done, count, room);
    const T* from = static_cast<const T*>(x) + done;
    T* to = static_cast<T*>(y) + done;
    if (kRole == Role::kBackward && grad != nullptr)
      each_drawn<E, true>(kernel, from, static_cast<const T*>(grad) + done, to, count, room.numbers);
    else
      each_drawn<E, false>(kernel, from, nullptr, to, count, room.numbers);
  }
}

template <class A>
constexpr RandomKernels random_kernels_of() {
  RandomKernels kernels{};
  const auto set = [&]<Format kFormat>(std::integral_constant<Format, kFormat>) {
    constexpr int k = static_cast<int>(kFormat);
    kernels.value[k][0] = random_kernel<A, Role::kValue, false, kFormat>;
    kernels.value[k][1] = random_kernel<A, Role::kValue, true, kFormat>;
    kernels.backward[k][0] = random_kernel<A, Role::kBackward, false, kFormat>;
    kernels.backward[k][1] = random_kernel<A, Role::kBackward, true, kFormat>;
  };
  set(std::integral_constant<Format, Format::kFloat32>());
  set(std::integral_constant<Format, Format::kFloat64>());
  set(std::integral_constant<Format, Format::kBfloat16>());
  set(std::integral_constant<Format, Format::kFloat16>());
  return kernels;
}

template <class... A>
const RandomKernels* random_kernel_table(Entries<A...>) {
  static constexpr RandomKernels table[] = {random_kernels_of<A>()...};
  return table;
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
