// SPDX-License-Identifier: Apache-2.0
// aside-inl.h: a list of inputs for another way of evaluation. Re-included per instruction set.
//
// Evaluated together and put back afterwards, so that a lane's result never depends on its neighbours.
#if defined(RHEO_BLOCK_ASIDE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_ASIDE_INL_H_
#undef RHEO_BLOCK_ASIDE_INL_H_
#else
#define RHEO_BLOCK_ASIDE_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "src/math/f64-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// Inputs set aside, and where they came from: vectors of one block, and which of their lanes.
template <class T>
struct Aside {
  static constexpr std::size_t kBlock = 4096 / sizeof(T);
  static constexpr std::size_t kRoom = kBlock + 64;  // a vector may be stored beyond what is counted
  HWY_ALIGN T x[kRoom];
  HWY_ALIGN T grad[kRoom];
  std::uint8_t lanes[kRoom / 2][8];
  std::size_t at[kRoom / 2];
  std::size_t vectors = 0, count = 0;

  template <class D, class V = hn::Vec<D>>
  HWY_INLINE void add(D d, hn::Mask<D> mask, V x_lanes, V grad_lanes, std::size_t place, bool has_grad) {
    if (hn::AllFalse(d, mask)) return;  // blocks without any are not put back: nothing may be left of them
    hn::StoreU(hn::Compress(x_lanes, mask), d, x + count);
    if (has_grad) hn::StoreU(hn::Compress(grad_lanes, mask), d, grad + count);
    hn::StoreMaskBits(d, mask, lanes[vectors]);
    at[vectors++] = place;
    count += hn::CountTrue(d, mask);
  }
  // Who evaluates by steps of at most 64 may read so far.
  HWY_INLINE void end() {
    std::memset(x + count, 0, 64 * sizeof(T));
    std::memset(grad + count, 0, 64 * sizeof(T));
  }
  // Puts the results, in the order of x, in their places of y[n], and forgets all.
  HWY_INLINE void put_back(const T* results, T* y, std::size_t n) {
    for (std::size_t k = 0; k < vectors; ++k) results = put_back(results, y + at[k], n - at[k], lanes[k]);
    vectors = count = 0;
  }

 private:
  HWY_INLINE static const T* put_back(const T* results, T* y, std::size_t n, const std::uint8_t* bits) {
    const hn::ScalableTag<T> d;
#if HWY_TARGET <= HWY_AVX3
    const auto mask = hn::LoadMaskBits(d, bits);
    const std::size_t used = HWY_MIN(n, hn::Lanes(d));
    const auto old = hn::LoadN(d, y, used), fresh = hn::LoadExpand(mask, d, results);
    hn::StoreN(hn::IfThenElse(mask, fresh, old), d, y, used);
    return results + hn::CountTrue(d, mask);
#else  // expanding takes longer than going from bit to bit
    (void)n;
    for (unsigned rest = *bits & ((1U << hn::Lanes(d)) - 1); rest != 0; rest &= rest - 1)
      y[hwy::Num0BitsBelowLS1Bit_Nonzero32(rest)] = *results++;
    return results;
#endif
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
