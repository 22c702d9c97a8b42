// SPDX-License-Identifier: Apache-2.0
// kernels-inl.h: the table of an activation's kernels, for the instruction set at hand. Re-included per
// instruction set.
#if defined(RHEO_BLOCK_KERNELS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_KERNELS_INL_H_
#undef RHEO_BLOCK_KERNELS_INL_H_
#else
#define RHEO_BLOCK_KERNELS_INL_H_
#endif

#include <cstddef>
#include <utility>

#include "src/block/block-inl.h"
#include "src/block/plain16-inl.h"
#include "src/block/streamed-inl.h"
#include "src/block/varied-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

template <class A, class... Table, std::size_t... I>
constexpr Kernels kernels_of(std::index_sequence<I...>) {
  constexpr auto k32 = static_cast<std::size_t>(Format::kFloat32),
                 k64 = static_cast<std::size_t>(Format::kFloat64);
  Kernels kernels{};
  const auto set = [&]<Role kRole>(Task<kRole>) {
    kernels.table[k32][static_cast<int>(kRole)] = float32_kernel<A, Task<kRole>, Table...>;
    kernels.table[k64][static_cast<int>(kRole)] = float64_kernel<A, Task<kRole>>;
    kernels.plain[static_cast<int>(kRole)] = is_plain<A, Task<kRole>, true>();
    if constexpr (is_streamed<A, Task<kRole>, Table...>())
      kernels.streamed[static_cast<int>(kRole)] = {streamed_kernel<A, Task<kRole>, Table...>,
                                                   is_quick<A, Task<kRole>, Table...>()};
    if constexpr (A::info.parameters.size() > 0)
      kernels.varied[static_cast<int>(kRole)] = varied_kernel<A, Task<kRole>, Table...>;
    if constexpr (is_direct16<Bfloat16, A, Task<kRole>, true>())
      kernels.direct[place16(Format::kBfloat16)][static_cast<int>(kRole)] =
          kernel16<Bfloat16, A, Task<kRole>>;
    if constexpr (is_direct16<Float16, A, Task<kRole>, true>())
      kernels.direct[place16(Format::kFloat16)][static_cast<int>(kRole)] = kernel16<Float16, A, Task<kRole>>;
  };
  set(Task<Role::kValue>()), set(Task<Role::kDerivative>()), set(Task<Role::kBackward>());
  kernels.value = digits_of<A, Task<Role::kValue>>(), kernels.slope = digits_of<A, Task<Role::kDerivative>>();
  kernels.same = arithmetic_of<A, Task<Role::kValue>>().itself;
  kernels.plain_product =
      is_plain<A, Task<Role::kProduct>, true>() && !arithmetic_of<A, Task<Role::kProduct>, true>().function;
  kernels.product[k32] = float32_kernel<A, Task<Role::kProduct>, Table...>;
  kernels.product[k64] = float64_kernel<A, Task<Role::kProduct>>;
  ((kernels.parameter[k32][I] = float32_kernel<A, Task<Role::kParameter, I>>), ...);
  ((kernels.parameter[k64][I] = float64_kernel<A, Task<Role::kParameter, I>>), ...);
  return kernels;
}

template <class... A, class... Table>
const Kernels* kernel_table(Entries<A...>, Tables<Table...>) {
  static constexpr Kernels table[] = {kernels_of<A, Table...>(Indices<A>())...};
  return table;
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
