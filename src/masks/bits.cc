// SPDX-License-Identifier: Apache-2.0
// bits.cc: bits from numbers, and numbers from bits, a vector at a time.
#include "src/masks/bits.h"

#include <bit>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/masks/bits.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

// 8 bits, of a vector that has fewer lanes.
template <class D>
HWY_INLINE unsigned few_bits(D d, hn::Mask<D> mask) {
  std::uint8_t bytes[8] = {};
  hn::StoreMaskBits(d, mask, bytes);
  return bytes[0];
}

// Of vectors that the number i begins: mask_of(i).
template <class D, class MaskOf>
HWY_INLINE void store_bits(D d, std::size_t n, std::uint8_t* bits, MaskOf&& mask_of) {
  const std::size_t lanes = hn::Lanes(d);
  if constexpr (hn::MaxLanes(D()) >= 8) {
    for (std::size_t i = 0; i < n; i += lanes) hn::StoreMaskBits(d, mask_of(i), bits + i / 8);
  } else {
    for (std::size_t i = 0; i < n; i += 8) {
      unsigned byte = 0;
      for (std::size_t k = 0; k < 8; k += lanes) byte |= few_bits(d, mask_of(i + k)) << k;
      bits[i / 8] = static_cast<std::uint8_t>(byte);
    }
  }
}

// Bits of the n numbers at x: bit_of(vector). Those of whole groups of 8 and vectors first.
template <class D, class T, class BitOf>
HWY_INLINE void bits_from(D d, const T* x, std::size_t n, std::uint8_t* bits, BitOf&& bit_of) {
  const std::size_t step = HWY_MAX(hn::Lanes(d), std::size_t{8}), whole = n - n % step;
  store_bits(d, whole, bits, [&](std::size_t i) HWY_ATTR { return bit_of(hn::LoadU(d, x + i)); });
  store_bits(d, n - whole, bits + whole / 8, [&](std::size_t i) HWY_ATTR {
    const std::size_t rest = n - whole > i ? n - whole - i : 0;
    return hn::And(bit_of(hn::LoadN(d, x + whole + i, rest)), hn::FirstN(d, rest));
  });
}

// Whether an edge divides what is above 0 from the rest. Then 0 is compared with, not the smallest number,
// which a processor that flushes subnormals cannot tell from it, and may have made 0 of already (0 itself is
// no edge).
template <class T>
HWY_INLINE bool above_zero(T edge) {
  if constexpr (hwy::IsFloat<T>()) return std::bit_cast<hwy::MakeUnsigned<T>>(edge) <= 1;
  return false;
}

// Whether v lies behind an odd number of edges, or an even one.
template <class D, class V = hn::Vec<D>>
HWY_INLINE hn::Mask<D> beyond(D d, V v, const Edges<hn::TFromD<D>>& edges) {
  auto bit = edges.first ? hn::Not(hn::MaskFalse(d)) : hn::MaskFalse(d);
  for (std::size_t k = 0; k < edges.count; ++k) {
    const auto edge = hn::Set(d, edges.at[k]);
    bit = hn::Xor(bit, above_zero(edges.at[k]) ? hn::Gt(v, hn::Zero(d)) : hn::Ge(v, edge));
  }
  return bit;
}

// With one edge, one comparison is enough, which NaN fails.
template <class T>
HWY_INLINE void bits_of_floats(const T* x, std::size_t n, const Edges<T>& given, std::uint8_t* bits) {
  const hn::ScalableTag<T> d;
  const Edges<T> edges = given;  // stores to bits cannot change a copy
  const auto edge = hn::Set(d, edges.at[0]), zero = hn::Zero(d);
  if (edges.count == 1 && above_zero(edges.at[0])) {
    if (edges.first)
      return bits_from(d, x, n, bits, [&](auto v) HWY_ATTR { return hn::Not(hn::Gt(v, zero)); });
    return bits_from(d, x, n, bits, [&](auto v) HWY_ATTR { return hn::Not(hn::Le(v, zero)); });
  }
  if (edges.count == 1 && edges.first)
    return bits_from(d, x, n, bits, [&](auto v) HWY_ATTR { return hn::Not(hn::Ge(v, edge)); });
  if (edges.count == 1)
    return bits_from(d, x, n, bits, [&](auto v) HWY_ATTR { return hn::Not(hn::Lt(v, edge)); });
  bits_from(d, x, n, bits, [&](auto v) HWY_ATTR { return hn::Or(beyond(d, v, edges), hn::IsNaN(v)); });
}

void bits16(const std::uint16_t* x, std::size_t n, const Edges<std::int16_t>& given, std::uint16_t infinity,
            std::uint8_t* bits) {
  const hn::ScalableTag<std::int16_t> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  const Edges<std::int16_t> edges = given;
  const auto size = hn::Set(d, 0x7FFF), largest = hn::Set(d, static_cast<std::int16_t>(infinity));
  const auto place_of = [&](auto v) HWY_ATTR { return hn::Xor(v, hn::And(hn::BroadcastSignBit(v), size)); };
  const auto* const numbers = reinterpret_cast<const std::int16_t*>(x);
  if (edges.count == 1) {
    // Behind the largest place comes the smallest one: with the NaNs at both ends the ones are one interval.
    const auto above = static_cast<std::uint16_t>(infinity + 1),
               edge = static_cast<std::uint16_t>(edges.at[0]);
    const auto below = static_cast<std::uint16_t>(place16(infinity | 0x8000U));
    const std::uint16_t begin = edges.first ? above : edge, end = edges.first ? edge : below;
    const auto from = hn::Set(du, begin), length = hn::Set(du, static_cast<std::uint16_t>(end - begin));
    return bits_from(d, numbers, n, bits, [&](auto v) HWY_ATTR {
      return hn::RebindMask(d, hn::Lt(hn::Sub(hn::BitCast(du, place_of(v)), from), length));
    });
  }
  bits_from(d, numbers, n, bits, [&](auto v) HWY_ATTR {
    return hn::Or(beyond(d, place_of(v), edges), hn::Gt(hn::And(v, size), largest));
  });
}

template <class T>
HWY_INLINE void numbers_from(const std::uint8_t* bits, std::size_t n, T zero, T one, T* x) {
  const hn::ScalableTag<T> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto zeros = hn::Set(d, zero), ones = hn::Set(d, one);
  const auto numbers = [&](std::size_t i) HWY_ATTR {
    if constexpr (hn::MaxLanes(d) >= 8) return hn::IfThenElse(hn::LoadMaskBits(d, bits + i / 8), ones, zeros);
    const std::uint8_t byte[8] = {static_cast<std::uint8_t>(bits[i / 8] >> (i % 8))};
    return hn::IfThenElse(hn::LoadMaskBits(d, byte), ones, zeros);
  };
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) hn::StoreU(numbers(i), d, x + i);
  if (i < n) hn::StoreN(numbers(i), d, x + i, n - i);
}

void bits32(const float* x, std::size_t n, const Edges<float>& edges, std::uint8_t* bits) {
  bits_of_floats(x, n, edges, bits);
}
void bits64(const double* x, std::size_t n, const Edges<double>& edges, std::uint8_t* bits) {
  bits_of_floats(x, n, edges, bits);
}
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
HWY_EXPORT(bits16);
HWY_EXPORT(bits32);
HWY_EXPORT(bits64);
HWY_EXPORT(numbers16);
HWY_EXPORT(numbers32);
HWY_EXPORT(numbers64);

void bits_of(const float* x, std::size_t n, const Edges<float>& edges, std::uint8_t* bits) {
  HWY_DYNAMIC_DISPATCH(bits32)(x, n, edges, bits);
}
void bits_of(const double* x, std::size_t n, const Edges<double>& edges, std::uint8_t* bits) {
  HWY_DYNAMIC_DISPATCH(bits64)(x, n, edges, bits);
}
void bits_of(const std::uint16_t* x, std::size_t n, const Edges<std::int16_t>& edges, std::uint16_t infinity,
             std::uint8_t* bits) {
  HWY_DYNAMIC_DISPATCH(bits16)(x, n, edges, infinity, bits);
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
