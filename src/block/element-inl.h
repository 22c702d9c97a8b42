// SPDX-License-Identifier: Apache-2.0
// element-inl.h: vectors of each format as float64 lanes, and back with one rounding. Re-included per
// instruction set.
//
// float64 becomes a 16-bit format by way of float32 rounded to odd: what was lost leaves a last bit of 1, so
// that the second rounding is that of the float64 (Boldo and Melquiond 2008, doi:10.1109/TC.2007.70819).
// Subnormal numbers are kept.
#if defined(RHEO_BLOCK_ELEMENT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_ELEMENT_INL_H_
#undef RHEO_BLOCK_ELEMENT_INL_H_
#else
#define RHEO_BLOCK_ELEMENT_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "hwy/highway.h"
#include "src/core/kernels.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using DWide = hn::ScalableTag<double>;
using VWide = hn::Vec<DWide>;
// As many lanes of smaller elements.
using DHalf = hn::Rebind<float, DWide>;
using DHalfBits = hn::Rebind<std::uint32_t, DWide>;
using DQuarter = hn::Rebind<std::uint16_t, DWide>;
using VHalf = hn::Vec<DHalf>;
using VHalfBits = hn::Vec<DHalfBits>;
using VQuarter = hn::Vec<DQuarter>;

// float32 with a last bit of 1 where it is not v.
HWY_INLINE VHalfBits rounded_to_odd(VWide v) {
  const DHalfBits du;
  const VHalf nearest = hn::DemoteTo(DHalf(), v);
  const VWide back = hn::PromoteTo(DWide(), nearest);
  const auto narrow = [](hn::Mask<DWide> m) HWY_ATTR {
    return hn::RebindMask(DHalfBits(), hn::DemoteMaskTo(DHalf(), DWide(), m));
  };
  const VHalfBits bits = hn::BitCast(du, nearest), one = hn::Set(du, 1);
  const auto away = narrow(hn::Gt(hn::Abs(back), hn::Abs(v))), inexact = narrow(hn::Ne(back, v));
  const VHalfBits towards_zero = hn::Sub(bits, hn::IfThenElseZero(away, one));
  return hn::Or(towards_zero, hn::IfThenElseZero(inexact, one));
}

template <Format kFormat>
struct Element;

template <>
struct Element<Format::kFloat32> {
  using T = float;
  using D = DHalf;
  static HWY_INLINE VWide widen(VHalf v) { return hn::PromoteTo(DWide(), v); }
  static HWY_INLINE VHalf narrow(VWide v) { return hn::DemoteTo(DHalf(), v); }
};

template <>
struct Element<Format::kFloat64> {
  using T = double;
  using D = DWide;
  static HWY_INLINE VWide widen(VWide v) { return v; }
  static HWY_INLINE VWide narrow(VWide v) { return v; }
};

template <>
struct Element<Format::kBfloat16> {
  using T = std::uint16_t;
  using D = DQuarter;
  static HWY_INLINE VWide widen(VQuarter v) {
    return hn::PromoteTo(DWide(), hn::BitCast(DHalf(), hn::ShiftLeft<16>(hn::PromoteTo(DHalfBits(), v))));
  }
  static HWY_INLINE VQuarter narrow(VWide v) {
    const DHalfBits du;
    const VHalfBits bits = rounded_to_odd(v);
    const VHalfBits even = hn::And(hn::ShiftRight<16>(bits), hn::Set(du, 1));
    const VHalfBits rounded = hn::ShiftRight<16>(hn::Add(hn::Add(bits, even), hn::Set(du, 0x7FFFU)));
    const auto nan = hn::Gt(hn::And(bits, hn::Set(du, 0x7FFFFFFFU)), hn::Set(du, 0x7F800000U));
    return hn::TruncateTo(DQuarter(), hn::IfThenElse(nan, hn::Set(du, 0x7FC0U), rounded));
  }
};

template <>
struct Element<Format::kFloat16> {
  using T = std::uint16_t;
  using D = DQuarter;
  static HWY_INLINE VWide widen(VQuarter v) {
    const DHalfBits du;
    const VHalfBits bits = hn::PromoteTo(du, v), sign = hn::And(bits, hn::Set(du, 0x8000U));
    const VHalfBits size = hn::Xor(bits, sign), moved = hn::ShiftLeft<13>(size);
    // The exponent's offset, by a product so that subnormal numbers are right too.
    const VHalf scaled = hn::Mul(hn::BitCast(DHalf(), moved), hn::Set(DHalf(), 0x1p112F));
    const VHalfBits outside = hn::Or(moved, hn::Set(du, 0x7F800000U));
    const auto finite = hn::Lt(size, hn::Set(du, 0x7C00U));
    const VHalfBits magnitude = hn::IfThenElse(finite, hn::BitCast(du, scaled), outside);
    return hn::PromoteTo(DWide(), hn::BitCast(DHalf(), hn::Or(magnitude, hn::ShiftLeft<16>(sign))));
  }
  static HWY_INLINE VQuarter narrow(VWide v) {
    const DHalfBits du;
    const VHalfBits bits = rounded_to_odd(v), size = hn::And(bits, hn::Set(du, 0x7FFFFFFFU));
    const VHalfBits even = hn::And(hn::ShiftRight<13>(size), hn::Set(du, 1));
    const VHalfBits normal =
        hn::ShiftRight<13>(hn::Add(hn::Add(size, even), hn::Set(du, 0x0FFFU - (112U << 23))));
    // The sum's unit is that of the subnormal numbers.
    const VHalf sum = hn::Add(hn::BitCast(DHalf(), size), hn::Set(DHalf(), 0.5F));
    const VHalfBits small = hn::Sub(hn::BitCast(du, sum), hn::Set(du, 0x3F000000U));
    const VHalfBits either = hn::IfThenElse(hn::Lt(size, hn::Set(du, 0x38800000U)), small, normal);
    const VHalfBits limited =
        hn::IfThenElse(hn::Lt(size, hn::Set(du, 0x47800000U)), either, hn::Set(du, 0x7C00U));  // from 2^16 on
    const VHalfBits number = hn::Or(limited, hn::And(hn::ShiftRight<16>(bits), hn::Set(du, 0x8000U)));
    const auto nan = hn::Gt(size, hn::Set(du, 0x7F800000U));
    return hn::TruncateTo(DQuarter(), hn::IfThenElse(nan, hn::Set(du, 0x7E00U), number));
  }
};

// The lanes from memory on, or the first n of them.
template <class E>
HWY_INLINE VWide load_wide_lanes(const typename E::T* from) {
  return E::widen(hn::LoadU(typename E::D(), from));
}
template <class E>
HWY_INLINE VWide load_wide_lanes(const typename E::T* from, std::size_t n) {
  return E::widen(hn::LoadN(typename E::D(), from, n));
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
