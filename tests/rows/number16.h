// SPDX-License-Identifier: Apache-2.0
// number16.h: bfloat16 and float16 as number types, so that tests of any type take them.
#pragma once

#include <limits>
#include <type_traits>

#include "src/math/format16.h"
#include "tests/capi/library.h"

namespace rheo::test {

template <rheo_format kName>
struct Number16 {
  static constexpr Format16 kFormat = kName == RHEO_BFLOAT16 ? kBfloat16Format : kFloat16Format;
  std::uint16_t raw = 0;

  constexpr Number16() = default;
  template <class N>
    requires std::is_arithmetic_v<N>
  Number16(N v) : raw(narrowed(static_cast<double>(v), kFormat)) {}
  operator double() const { return widened(raw, kFormat); }
  Number16 operator-() const { return of_bits(raw ^ kSignBit16); }
  static constexpr Number16 of_bits(std::uint16_t bits) {
    Number16 n;
    n.raw = bits;
    return n;
  }
};

using Bfloat16 = Number16<RHEO_BFLOAT16>;
using Float16 = Number16<RHEO_FLOAT16>;

template <>
constexpr rheo_format format_of<Bfloat16>() {
  return RHEO_BFLOAT16;
}
template <>
constexpr rheo_format format_of<Float16>() {
  return RHEO_FLOAT16;
}
template <>
inline constexpr Bfloat16 kCanary<Bfloat16> = Bfloat16::of_bits(0xC641);
template <>
inline constexpr Float16 kCanary<Float16> = Float16::of_bits(0xF207);

}  // namespace rheo::test

template <rheo_format kName>
struct std::numeric_limits<rheo::test::Number16<kName>> {
  using N = rheo::test::Number16<kName>;
  static constexpr int digits = N::kFormat.precision, min_exponent = N::kFormat.lowest + digits;
  static constexpr N infinity() { return N::of_bits(N::kFormat.infinity); }
  static constexpr N quiet_NaN() { return N::of_bits(N::kFormat.infinity | N::kFormat.infinity >> 1); }
  static constexpr N max() { return N::of_bits(N::kFormat.infinity - 1); }
  static constexpr N denorm_min() { return N::of_bits(1); }
};
