// SPDX-License-Identifier: Apache-2.0
// streamed-inl.h: kernels whose results go past the caches. Re-included per instruction set.
//
// An ordinary store reads the line that it writes to; where memory cannot keep up, that is a third of its
// work or more. The results are the same. src/core/memory.h says when it is done.
#if defined(RHEO_BLOCK_STREAMED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_STREAMED_INL_H_
#undef RHEO_BLOCK_STREAMED_INL_H_
#else
#define RHEO_BLOCK_STREAMED_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "hwy/cache_control.h"
#include "src/block/block-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

template <class A, class Task, class... Table>
constexpr bool has_table() {
  return (serves<A, Task, Table>() || ...);
}

// Whether float32 itself evaluates it, for some parameters at least: a default may be a constant that it does
// not hold.
template <class A, class Task>
constexpr bool may_be_plain() {
  return is_plain<A, Task, true>() || is_plain<A, Task>();
}

// A table with tails puts results back into lines that have left, and so does not.
template <class A, class Task, class... Table>
constexpr bool is_streamed() {
  if constexpr (!Task::kStreams) return false;
  if constexpr (has_table<A, Task, Table...>())
    return !((serves<A, Task, Table>() && requires { Table::tails; }) || ...);
  return may_be_plain<A, Task>();
}

// Whether it is memory that takes the time, even of one thread.
template <class A, class Task, class... Table>
constexpr bool is_quick() {
  return !has_table<A, Task, Table...>() && may_be_plain<A, Task>() &&
         !arithmetic_of<A, Task, true>().function;
}

// y is apart from x and grad.
template <class A, class Task, class... Table>
void streamed_kernel(const void* x, const void* grad, void* y, std::size_t n, const double* p) {
  constexpr std::size_t kBytes = hn::MaxLanes(hn::ScalableTag<float>()) * sizeof(float);
  const auto* const x32 = static_cast<const float*>(x);
  const auto* const grad32 = static_cast<const float*>(grad);
  auto* const y32 = static_cast<float*>(y);
  const std::size_t beside = reinterpret_cast<std::uintptr_t>(y) % kBytes / sizeof(float);
  // Up to the first whole vector of memory.
  const std::size_t first = beside == 0 ? 0 : HWY_MIN(kBytes / sizeof(float) - beside, n);
  if (first != 0) walk_float32<A, Task, Table...>(x32, grad32, y32, first, p, false);
  walk_float32<A, Task, Table...>(x32 + first, Task::kHasGrad ? grad32 + first : nullptr, y32 + first,
                                  n - first, p, true);
  hwy::FlushStream();  // before another thread is told that the results are there
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
