// SPDX-License-Identifier: Apache-2.0
// format16-inl.h: vectors of bfloat16 and float16 as pairs of vectors of float32, and back. Re-included per
// instruction set.
//
// A float32 within one ulp of the exact result, or within three, tells how that rounds to 16 bits, unless a
// tie lies that near. narrow() says where one does, ties themselves included; float64 is asked there.
// Elsewhere there are no ties, so that adding half a unit and cutting off is rounding. Where float32 is
// exact, narrow_exact() rounds, and only numbers so small that they may not be exact are left to float64.
//
// Subnormal numbers are kept: AVX-512's own conversion to bfloat16 flushes them, so it is not used.
#if defined(RHEO_BLOCK_FORMAT16_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_FORMAT16_INL_H_
#undef RHEO_BLOCK_FORMAT16_INL_H_
#else
#define RHEO_BLOCK_FORMAT16_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "hwy/highway.h"
#include "src/math/format16.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using D32 = hn::ScalableTag<float>;
using DU32 = hn::RebindToUnsigned<D32>;
using D16 = hn::Repartition<std::uint16_t, D32>;
using V32 = hn::Vec<D32>;
using VU32 = hn::Vec<DU32>;
using V16 = hn::Vec<D16>;

// Calls body(lane) where the mask holds.
template <class D, class Body>
HWY_INLINE void each_lane(D d, hn::Mask<D> mask, Body&& body) {
  alignas(8) std::uint8_t bytes[8] = {};
  hn::StoreMaskBits(d, mask, bytes);
  std::uint64_t bits = 0;
  std::memcpy(&bits, bytes, sizeof bits);
  for (; bits != 0; bits &= bits - 1) body(static_cast<std::size_t>(__builtin_ctzll(bits)));
}

// How far the exact result may be from its float32, in ulp.
enum class Reach {
  kOne,
  kThree
};

// Of each two neighbours, the one in a pair of vectors' first and the other in the second.
struct Neighbours {
  static std::size_t place(std::size_t lane, int which) { return 2 * lane + static_cast<std::size_t>(which); }
  static HWY_INLINE VU32 high_half(VU32 v) { return hn::And(v, hn::Set(DU32(), 0xFFFF0000U)); }
  // What is in the vectors' high halves.
  static HWY_INLINE V16 merged(VU32 first, VU32 second) {
    return hn::BitCast(D16(), hn::Or(hn::ShiftRight<16>(first), high_half(second)));
  }
};

struct Bfloat16 : Neighbours {
  static constexpr rheo::Format16 kFormat = kBfloat16Format;
  // A gradient can be large enough to bring back what is nothing in float32.
  static constexpr bool kAsWideAsFloat32 = true;
  // Whether narrow_exact() is the quicker one; else narrow() comes first, as most results lie near no tie.
  static constexpr bool kExactIsQuicker = false;

  // What narrowing makes of a number that was widened.
  static HWY_INLINE V16 kept(V16 v) { return v; }
  static HWY_INLINE void widen(V16 v, V32& first, V32& second) {
    const VU32 both = hn::BitCast(DU32(), v);
    first = hn::BitCast(D32(), hn::ShiftLeft<16>(both));
    second = hn::BitCast(D32(), high_half(both));
  }
  template <Reach kReach = Reach::kOne>
  static HWY_INLINE V16 narrow(V32 first, V32 second, hn::Mask<D32>& near_first, hn::Mask<D32>& near_second) {
    constexpr std::uint32_t kBelow = kReach == Reach::kOne ? 2 : 4;
    const VU32 a = shifted<kBelow>(first), b = shifted<kBelow>(second);
    near_first = hn::RebindMask(D32(), near_tie<kBelow>(a));
    near_second = hn::RebindMask(D32(), near_tie<kBelow>(b));
    return merged(a, b);
  }
  static HWY_INLINE V16 narrow_exact(V32 first, V32 second, hn::Mask<D32>& small_first,
                                     hn::Mask<D32>& small_second) {
    small_first = small(first), small_second = small(second);
    return merged(rounded(first), rounded(second));
  }

 private:
  // Where float32's numbers are subnormal, they may have lost digits.
  static HWY_INLINE hn::Mask<D32> small(V32 v) {
    const DU32 du;
    const VU32 bits = hn::BitCast(du, v), size = hn::Add(bits, bits);
    return hn::RebindMask(D32(), hn::Lt(hn::Sub(size, hn::Set(du, 2)), hn::Set(du, 0x00FFFFFEU)));
  }
  static HWY_INLINE VU32 rounded(V32 v) {
    const DU32 du;
    const VU32 bits = hn::BitCast(du, v), last = hn::And(hn::ShiftRight<16>(bits), hn::Set(du, 1));
    return hn::Add(bits, hn::Add(last, hn::Set(du, 0x7FFFU)));
  }
  // Half a unit added, and as much as brings -2 to 1 ulp around a tie to 0 to 3 in the low half, or -4 to 3
  // to 0 to 7.
  template <std::uint32_t kBelow>
  static HWY_INLINE VU32 shifted(V32 v) {
    return hn::Add(hn::BitCast(DU32(), v), hn::Set(DU32(), 0x8000U + kBelow));
  }
  template <std::uint32_t kBelow>
  static HWY_INLINE hn::Mask<DU32> near_tie(VU32 v) {
    return hn::Eq(hn::And(v, hn::Set(DU32(), 0x10000U - 2 * kBelow)), hn::Zero(DU32()));
  }
};

// What moves a number past ties within its reach.
template <Reach kReach>
inline constexpr float kLessBy = kReach == Reach::kOne ? kLess : 1 - 0x1p-21F;
template <Reach kReach>
inline constexpr float kMoreBy = kReach == Reach::kOne ? kMore : 1 + 0x1p-21F;

// Of float16.
HWY_INLINE hn::Mask<D16> is_nan16(V16 v) {
  return hn::Gt(hn::And(v, hn::Set(D16(), 0x7FFF)), hn::Set(D16(), 0x7C00));
}

// With integer operations, where the instruction set has no float16.
struct Float16ByInteger : Neighbours {
  static constexpr rheo::Format16 kFormat = kFloat16Format;
  static constexpr bool kAsWideAsFloat32 = false;
  static constexpr bool kExactIsQuicker = true;

  static HWY_INLINE V16 kept(V16 v) {
    const V16 sign = hn::And(v, hn::Set(D16(), 0x8000));
    return hn::IfThenElse(is_nan16(v), hn::Or(sign, hn::Set(D16(), 0x7E00)), v);
  }
  static HWY_INLINE void widen(V16 v, V32& first, V32& second) {
    const VU32 both = hn::BitCast(DU32(), v);
    first = one(hn::ShiftLeft<16>(both)), second = one(high_half(both));
  }
  template <Reach kReach = Reach::kOne>
  static HWY_INLINE V16 narrow(V32 first, V32 second, hn::Mask<D32>& near_first, hn::Mask<D32>& near_second) {
    return merged(rounded<kReach>(first, near_first), rounded<kReach>(second, near_second));
  }
  // An exact result is none of float32's subnormal numbers here, or rounded to 0.
  static HWY_INLINE V16 narrow_exact(V32 first, V32 second, hn::Mask<D32>& small_first,
                                     hn::Mask<D32>& small_second) {
    small_first = small_second = hn::MaskFalse(D32());
    return merged(rounded(first), rounded(second));
  }

 private:
  // Of bits in the high half.
  static HWY_INLINE V32 one(VU32 v) {
    const DU32 du;
    const VU32 sign = hn::And(v, hn::Set(du, 0x80000000U));
    const VU32 size = hn::ShiftRight<3>(hn::Xor(v, sign));
    const VU32 scaled =
        hn::BitCast(du, hn::Mul(hn::BitCast(D32(), size), hn::Set(D32(), 0x1p112F)));  // subnormals too
    const auto finite = hn::Lt(size, hn::Set(du, 0x0F800000U));
    return hn::BitCast(D32(),
                       hn::Or(sign, hn::IfThenElse(finite, scaled, hn::Or(size, hn::Set(du, 0x7F800000U)))));
  }
  static HWY_INLINE VU32 with_sign_of(V32 v, VU32 bits) {
    return hn::Or(hn::And(hn::BitCast(DU32(), v), hn::Set(DU32(), 0x80000000U)), hn::ShiftLeft<16>(bits));
  }
  static HWY_INLINE VU32 rounded(V32 v) { return with_sign_of(v, bits_of(hn::Abs(v))); }
  template <Reach kReach>
  static HWY_INLINE VU32 rounded(V32 v, hn::Mask<D32>& near) {
    const V32 size = hn::Abs(v);
    const VU32 less = bits_of(hn::Mul(size, hn::Set(D32(), kLessBy<kReach>)));
    const VU32 more = bits_of(hn::Mul(size, hn::Set(D32(), kMoreBy<kReach>)));
    near = hn::RebindMask(D32(), hn::Ne(less, more));
    return with_sign_of(v, more);
  }
  // Of a number that is not negative, rounded.
  static HWY_INLINE VU32 bits_of(V32 size) {
    const DU32 du;
    const VU32 bits = hn::BitCast(du, size);
    const VU32 last = hn::And(hn::ShiftRight<13>(bits), hn::Set(du, 1));
    const VU32 normal = hn::ShiftRight<13>(hn::Add(hn::Add(bits, last), hn::Set(du, 0x0FFFU - (112U << 23))));
    // The sum's unit is that of the subnormal numbers.
    const VU32 small =
        hn::Sub(hn::BitCast(du, hn::Add(size, hn::Set(D32(), 0.5F))), hn::Set(du, 0x3F000000U));
    const VU32 ordinary = hn::IfThenElse(hn::Lt(bits, hn::Set(du, 0x38800000U)), small, normal);
    const VU32 finite_or_infinite = hn::Min(ordinary, hn::Set(du, 0x7C00U));
    return hn::IfThenElse(hn::Gt(bits, hn::Set(du, 0x7F800000U)), hn::Set(du, 0x7E00U), finite_or_infinite);
  }
};

// With the instruction set's own conversions, which keep subnormal numbers and round to nearest. The first
// vector has a vector's first half.
struct Float16ByConversion {
  static constexpr rheo::Format16 kFormat = kFloat16Format;
  static constexpr bool kAsWideAsFloat32 = false;
  static constexpr bool kExactIsQuicker = true;

  static HWY_INLINE V16 kept(V16 v) {
    return hn::Or(v, hn::IfThenElseZero(is_nan16(v), hn::Set(D16(), 0x0200)));
  }
  static std::size_t place(std::size_t lane, int which) { return lane + (which == 0 ? 0 : hn::Lanes(D32())); }
  static HWY_INLINE void widen(V16 v, V32& first, V32& second) {
    const hn::Half<D16> half;
    const hn::Rebind<hwy::float16_t, D32> narrow_tag;
    first = hn::PromoteTo(D32(), hn::BitCast(narrow_tag, hn::LowerHalf(half, v)));
    second = hn::PromoteTo(D32(), hn::BitCast(narrow_tag, hn::UpperHalf(half, v)));
  }
  template <Reach kReach = Reach::kOne>
  static HWY_INLINE V16 narrow(V32 first, V32 second, hn::Mask<D32>& near_first, hn::Mask<D32>& near_second) {
    const hn::Half<D16> half;
    const auto a = demoted<kReach>(first, near_first), b = demoted<kReach>(second, near_second);
    return hn::Combine(D16(), hn::BitCast(half, b), hn::BitCast(half, a));
  }
  static HWY_INLINE V16 narrow_exact(V32 first, V32 second, hn::Mask<D32>& small_first,
                                     hn::Mask<D32>& small_second) {
    const hn::Half<D16> half;
    small_first = small_second = hn::MaskFalse(D32());
    return hn::Combine(D16(), hn::BitCast(half, hn::DemoteTo(D(), second)),
                       hn::BitCast(half, hn::DemoteTo(D(), first)));
  }

 private:
  using D = hn::Rebind<hwy::float16_t, D32>;

  template <Reach kReach>
  static HWY_INLINE hn::Vec<hn::RebindToUnsigned<D>> demoted(V32 v, hn::Mask<D32>& near) {
    const hn::RebindToUnsigned<D> du;
    const auto less = hn::BitCast(du, hn::DemoteTo(D(), hn::Mul(v, hn::Set(D32(), kLessBy<kReach>))));
    const auto more = hn::BitCast(du, hn::DemoteTo(D(), hn::Mul(v, hn::Set(D32(), kMoreBy<kReach>))));
    near = hn::PromoteMaskTo(D32(), du, hn::Ne(less, more));
    return more;
  }
};

#if (HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2) || HWY_ARCH_ARM_A64
using Float16 = Float16ByConversion;
#else
using Float16 = Float16ByInteger;
#endif

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
