// SPDX-License-Identifier: Apache-2.0
// numbers-inl.h: the random numbers of consecutive elements, as float64. Re-included per instruction set.
#if defined(RHEO_RANDOM_NUMBERS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_RANDOM_NUMBERS_INL_H_
#undef RHEO_RANDOM_NUMBERS_INL_H_
#else
#define RHEO_RANDOM_NUMBERS_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "src/block/element-inl.h"
#include "src/math/normal-inl.h"
#include "src/math/philox-inl.h"
#include "src/random/random.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// So many elements at a time: their words and numbers stay in L1.
inline constexpr std::size_t kDrawn = 512;
inline constexpr std::size_t kWordRoom = kDrawn + 3 + kMostWordsAtOnce;

// Numbers of up to kDrawn elements; written up to the end of a vector.
struct NumberRoom {
  HWY_ALIGN double numbers[kDrawn];
  HWY_ALIGN std::uint32_t first[kWordRoom], second[kWordRoom];

  HWY_INLINE NumberRoom() {}  // written down: a compiler's own is not for this instruction set
};
static_assert(kDrawn % hn::MaxLanes(DWide()) == 0);

HWY_INLINE std::size_t whole_vectors(std::size_t n) {
  const std::size_t lanes = hn::Lanes(DWide());
  return (n + lanes - 1) / lanes * lanes;
}

HWY_INLINE void draw_uniforms(Stream stream, std::uint64_t first, std::size_t n, NumberRoom& room) {
  const DWide d;
  const hn::Rebind<std::int32_t, DWide> di;
  const DHalfBits du;
  const std::size_t padded = whole_vectors(n);
  const std::uint32_t* words = random_words(stream, first, padded, 0, room.first);
  for (std::size_t i = 0; i < padded; i += hn::Lanes(d)) {
    const auto upper = hn::BitCast(di, hn::ShiftRight<8>(hn::LoadU(du, words + i)));
    hn::Store(hn::Mul(hn::PromoteTo(d, upper), hn::Set(d, 0x1p-24)), d, room.numbers + i);
  }
}

HWY_INLINE void draw_normals(Stream stream, std::uint64_t first, std::size_t n, NumberRoom& room) {
  const DWide d;
  const DHalfBits du;
  const std::size_t padded = whole_vectors(n);
  const std::uint32_t* a = random_words(stream, first, padded, 0, room.first);
  const std::uint32_t* b = random_words(stream, first, padded, kSecondWords, room.second);
  for (std::size_t i = 0; i < padded; i += hn::Lanes(d))
    hn::Store(normal_of(d, hn::LoadU(du, a + i), hn::LoadU(du, b + i)), d, room.numbers + i);
}

template <Draws kDraws>
HWY_INLINE void draw(Stream stream, std::uint64_t first, std::size_t n, NumberRoom& room) {
  if constexpr (kDraws == Draws::kUniform)
    draw_uniforms(stream, first, n, room);
  else
    draw_normals(stream, first, n, room);
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
