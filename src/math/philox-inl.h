// SPDX-License-Identifier: Apache-2.0
// philox-inl.h: philox.h for many elements at once. Re-included per instruction set.
#if defined(RHEO_MATH_PHILOX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_PHILOX_INL_H_
#undef RHEO_MATH_PHILOX_INL_H_
#else
#define RHEO_MATH_PHILOX_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"
#include "src/math/philox.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using DWord = hn::ScalableTag<std::uint32_t>;
using VWord = hn::Vec<DWord>;

// A block in each lane: so many words are written at a time.
HWY_INLINE std::size_t words_at_once() { return 4 * hn::Lanes(DWord()); }
inline constexpr std::size_t kMostWordsAtOnce = 4 * hn::MaxLanes(DWord());

// Both halves of the 64-bit products of 32-bit lanes.
HWY_INLINE void multiply_words(VWord a, VWord b, VWord& high, VWord& low) {
  const DWord d;
  const VWord even = hn::BitCast(d, hn::MulEven(a, b)), odd = hn::BitCast(d, hn::MulOdd(a, b));
  low = hn::InterleaveEven(d, even, odd);
  high = hn::InterleaveOdd(d, even, odd);
}

// The words of the blocks first, first + 1, ... in order, words_at_once() of them.
HWY_INLINE void random_blocks(Stream stream, std::uint64_t first, std::uint32_t* words) {
  const DWord d;
  const auto half = [](std::uint64_t v, int which) { return static_cast<std::uint32_t>(v >> (32 * which)); };
  const VWord start = hn::Set(d, half(first, 0));
  VWord c0 = hn::Add(start, hn::Iota(d, 0));
  const VWord carry = hn::VecFromMask(d, hn::Lt(c0, start));  // -1 where the low half began anew
  VWord c1 = hn::Sub(hn::Set(d, half(first, 1)), carry);
  VWord c2 = hn::Set(d, half(stream.offset, 0)), c3 = hn::Set(d, half(stream.offset, 1));
  VWord key0 = hn::Set(d, half(stream.seed, 0)), key1 = hn::Set(d, half(stream.seed, 1));
  for (int round = 0; round < kPhiloxRounds; ++round) {
    VWord high_a, low_a, high_b, low_b;
    multiply_words(c0, hn::Set(d, kPhiloxMultiplier0), high_a, low_a);
    multiply_words(c2, hn::Set(d, kPhiloxMultiplier1), high_b, low_b);
    c0 = hn::Xor3(high_b, c1, key0), c1 = low_b;
    c2 = hn::Xor3(high_a, c3, key1), c3 = low_a;
    key0 = hn::Add(key0, hn::Set(d, kPhiloxKeyStep0));
    key1 = hn::Add(key1, hn::Set(d, kPhiloxKeyStep1));
  }
  hn::StoreInterleaved4(c0, c1, c2, c3, d, words);
}

// The words of n elements from index `first` on; with kSecondWords their second ones. Returns where the first
// element's word is in `room`, which has space for n + 3 + kMostWordsAtOnce.
HWY_INLINE const std::uint32_t* random_words(Stream stream, std::uint64_t first, std::size_t n,
                                             std::uint64_t which, std::uint32_t* room) {
  const std::size_t skipped = first % 4;
  std::uint64_t block = first / 4 | which;
  for (std::size_t done = 0; done < skipped + n; done += words_at_once(), block += words_at_once() / 4)
    random_blocks(stream, block, room + done);
  return room + skipped;
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
