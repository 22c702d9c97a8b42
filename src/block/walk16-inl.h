// SPDX-License-Identifier: Apache-2.0
// walk16-inl.h: what the walks over 16-bit numbers have in common: their ends, and what is in doubt.
// Re-included per instruction set.
#if defined(RHEO_BLOCK_WALK16_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_WALK16_INL_H_
#undef RHEO_BLOCK_WALK16_INL_H_
#else
#define RHEO_BLOCK_WALK16_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "hwy/cache_control.h"
#include "src/block/doubts.h"
#include "src/block/format16-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

using Bits16 = std::uint16_t;

// At most so many vectors of them at a time.
inline constexpr int kMostPairs = 2;

// Writes a vector, past the caches to whole vectors of memory only.
template <bool kPast>
HWY_INLINE void put(V16 v, Bits16* y) {
  if constexpr (kPast)
    hn::Stream(v, D16(), y);
  else
    hn::StoreU(v, D16(), y);
}
// How many elements are before the first whole vector of memory, of n.
HWY_INLINE std::size_t before_vectors(const Bits16* y, std::size_t n) {
  const std::size_t bytes = hn::Lanes(D16()) * sizeof(Bits16);
  const std::size_t beside = reinterpret_cast<std::uintptr_t>(y) % bytes;
  return beside == 0 ? 0 : HWY_MIN((bytes - beside) / sizeof(Bits16), n);
}

// Calls body(x, grad, y) with copies of the n elements, which are fewer than those vectors hold, and zeros
// behind them.
template <bool kGrad, class Body>
HWY_INLINE void by_copies(const Bits16* x, const Bits16* grad, Bits16* y, std::size_t n, Body&& body) {
  constexpr std::size_t kMost = kMostPairs * hn::MaxLanes(D16());
  Bits16 last_x[kMost] = {}, last_grad[kMost] = {}, last_y[kMost];
  std::memcpy(last_x, x, n * sizeof(Bits16));
  if (kGrad) std::memcpy(last_grad, grad, n * sizeof(Bits16));
  body(last_x, kGrad ? last_grad : nullptr, last_y);
  std::memcpy(y, last_y, n * sizeof(Bits16));
}

// Adds what float32 does not decide of the elements from i on that two vectors of it stand for. The first one
// of x is at `begin` in the call, and of x only the first `size` count.
template <class F, bool kGrad>
HWY_INLINE void add_doubts(Doubts& doubts, hn::Mask<D32> first, hn::Mask<D32> second, std::size_t i,
                           const Bits16* x, const Bits16* grad, std::size_t size, std::size_t begin) {
  const auto add = [&](std::size_t at) {
    if (at < size)
      doubts.add(widened(x[at], F::kFormat), kGrad ? widened(grad[at], F::kFormat) : 1, begin + at);
  };
  each_lane(D32(), first, [&](std::size_t lane) { add(i + F::place(lane, 0)); });
  each_lane(D32(), second, [&](std::size_t lane) { add(i + F::place(lane, 1)); });
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
