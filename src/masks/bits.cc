// SPDX-License-Identifier: Apache-2.0
// bits.cc: bits from numbers, and numbers from bits, 64 at a time.
#include "src/masks/bits.h"

#include <algorithm>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/masks/bits.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kWord = 64;

// Bytes in the order of the bits, on any machine.
HWY_INLINE void store_bits(std::uint64_t word, std::size_t bytes, std::uint8_t* to) {
  for (std::size_t i = 0; i < bytes; ++i) to[i] = static_cast<std::uint8_t>(word >> (8 * i));
}
HWY_INLINE std::uint64_t load_bits(const std::uint8_t* from, std::size_t bytes) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes; ++i) word |= static_cast<std::uint64_t>(from[i]) << (8 * i);
  return word;
}

template <class D>
HWY_INLINE std::uint64_t word_of(D d, hn::Mask<D> mask) {
  std::uint8_t bytes[8] = {};
  hn::StoreMaskBits(d, mask, bytes);
  return load_bits(bytes, 8);
}

// True for NaN, which hn::Ne is not everywhere.
template <class V>
HWY_INLINE auto differs(V a, V b) {
  return hn::Not(hn::Eq(a, b));
}

template <class T>
HWY_INLINE void bits_from(const T* x, std::size_t n, T zero, std::uint8_t* bits) {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto zeros = hn::Set(d, zero);
  for (; n >= kWord; n -= kWord, x += kWord, bits += 8) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < kWord; i += lanes)
      word |= word_of(d, differs(hn::LoadU(d, x + i), zeros)) << i;
    store_bits(word, 8, bits);
  }
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < n; i += lanes) {
    const std::size_t rest = HWY_MIN(lanes, n - i);
    const auto other = differs(hn::LoadN(d, x + i, rest), zeros);
    word |= word_of(d, hn::And(other, hn::FirstN(d, rest))) << i;
  }
  store_bits(word, (n + 7) / 8, bits);
}

template <class T>
HWY_INLINE void numbers_from(const std::uint8_t* bits, std::size_t n, T zero, T one, T* x) {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto zeros = hn::Set(d, zero), ones = hn::Set(d, one);
  const auto part = [&](std::uint64_t word, std::size_t i) HWY_ATTR {
    std::uint8_t bytes[8];
    store_bits(word >> i, 8, bytes);
    return hn::IfThenElse(hn::LoadMaskBits(d, bytes), ones, zeros);
  };
  for (; n >= kWord; n -= kWord, x += kWord, bits += 8) {
    const std::uint64_t word = load_bits(bits, 8);
    for (std::size_t i = 0; i < kWord; i += lanes) hn::StoreU(part(word, i), d, x + i);
  }
  const std::uint64_t word = load_bits(bits, (n + 7) / 8);
  for (std::size_t i = 0; i < n; i += lanes) hn::StoreN(part(word, i), d, x + i, HWY_MIN(lanes, n - i));
}

void bits32(const float* x, std::size_t n, float zero, std::uint8_t* bits) { bits_from(x, n, zero, bits); }
void bits64(const double* x, std::size_t n, double zero, std::uint8_t* bits) { bits_from(x, n, zero, bits); }
void numbers16(const std::uint8_t* bits, std::size_t n, std::uint16_t zero, std::uint16_t one,
               std::uint16_t* x) {
  numbers_from(bits, n, zero, one, x);
}
void numbers32(const std::uint8_t* bits, std::size_t n, float zero, float one, float* x) {
  numbers_from(bits, n, zero, one, x);
}
void numbers64(const std::uint8_t* bits, std::size_t n, double zero, double one, double* x) {
  numbers_from(bits, n, zero, one, x);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rheo {
HWY_EXPORT(bits32);
HWY_EXPORT(bits64);
HWY_EXPORT(numbers16);
HWY_EXPORT(numbers32);
HWY_EXPORT(numbers64);

void bits_of(const float* x, std::size_t n, float zero, std::uint8_t* bits) {
  HWY_DYNAMIC_DISPATCH(bits32)(x, n, zero, bits);
}
void bits_of(const double* x, std::size_t n, double zero, std::uint8_t* bits) {
  HWY_DYNAMIC_DISPATCH(bits64)(x, n, zero, bits);
}
void numbers_of(const std::uint8_t* bits, std::size_t n, std::uint16_t zero, std::uint16_t one,
                std::uint16_t* x) {
  HWY_DYNAMIC_DISPATCH(numbers16)(bits, n, zero, one, x);
}
void numbers_of(const std::uint8_t* bits, std::size_t n, float zero, float one, float* x) {
  HWY_DYNAMIC_DISPATCH(numbers32)(bits, n, zero, one, x);
}
void numbers_of(const std::uint8_t* bits, std::size_t n, double zero, double one, double* x) {
  HWY_DYNAMIC_DISPATCH(numbers64)(bits, n, zero, one, x);
}

}  // namespace rheo
#endif
