// SPDX-License-Identifier: Apache-2.0
// narrow-inl.h: 16-bit numbers of rows: widened, which is exact, and rounded. Re-included per instruction
// set.
#if defined(RHEO_ROWS_NARROW_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_NARROW_INL_H_
#undef RHEO_ROWS_NARROW_INL_H_
#else
#define RHEO_ROWS_NARROW_INL_H_
#endif

#include <algorithm>

#include "src/block/element-inl.h"
#include "src/rows/number-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

using RowBits = std::uint16_t;  // a number of a 16-bit format

// The processor's own conversions of float16, which keep subnormal numbers and round to nearest.
#undef RHEO_ROWS_OWN_FLOAT16
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
#define RHEO_ROWS_OWN_FLOAT16 1
#else
#define RHEO_ROWS_OWN_FLOAT16 0
#endif

using RowF = hn::ScalableTag<float>;

template <Format kFormat, class D>
HWY_INLINE hn::Vec<D> widened(D d, hn::Vec<hn::Rebind<RowBits, D>> v) {
  const hn::RebindToUnsigned<D> du;
  const auto bits = hn::PromoteTo(du, v);
  if constexpr (kFormat == Format::kBfloat16) {
    return hn::BitCast(d, hn::ShiftLeft<16>(bits));
  } else {
#if RHEO_ROWS_OWN_FLOAT16
    return hn::PromoteTo(d, hn::BitCast(hn::Rebind<hwy::float16_t, D>(), v));
#else
    // As in block/element-inl.h.
    const auto sign = hn::And(bits, hn::Set(du, 0x8000U)), size = hn::Xor(bits, sign);
    const auto moved = hn::ShiftLeft<13>(size);
    const auto scaled = hn::BitCast(du, hn::Mul(hn::BitCast(d, moved), hn::Set(d, 0x1p112F)));
    const auto finite = hn::Lt(size, hn::Set(du, 0x7C00U));
    const auto magnitude = hn::IfThenElse(finite, scaled, hn::Or(moved, hn::Set(du, 0x7F800000U)));
    return hn::BitCast(d, hn::Or(magnitude, hn::ShiftLeft<16>(sign)));
#endif
  }
}

template <Format kFormat>
HWY_INLINE void widen_all(const RowBits* from, std::size_t n, float* to) {
  const RowF d;
  const hn::Rebind<RowBits, RowF> d16;
  const std::size_t lanes = hn::Lanes(d), even = n / lanes * lanes;
  for (std::size_t i = 0; i < even; i += lanes)
    hn::StoreU(widened<kFormat>(d, hn::LoadU(d16, from + i)), d, to + i);
  if (even < n)
    hn::StoreN(widened<kFormat>(d, hn::LoadN(d16, from + even, n - even)), d, to + even, n - even);
}

// Sixteen of them.
template <Format kFormat>
HWY_INLINE RowG load16(const RowBits* from) {
  return RowG::of([&](int i) RHEO_PART {
    const RowBits* const at = from + static_cast<std::size_t>(i) * hn::Lanes(RowD());
    const auto bits = hn::LoadU(hn::Rebind<RowBits, RowHalf>(), at);
    return hn::PromoteTo(RowD(), widened<kFormat>(RowHalf(), bits));
  });
}

inline HWY_NOINLINE void widen(Format format, const RowBits* from, std::size_t n, float* to) {
  format == Format::kBfloat16 ? widen_all<Format::kBfloat16>(from, n, to)
                              : widen_all<Format::kFloat16>(from, n, to);
}

// Of numbers that are not 0.
template <class DU>
HWY_INLINE hn::Mask<DU> has_twelve_zeros(DU du, hn::Vec<DU> bits) {
  const auto zero = hn::Zero(du);
  return hn::And(hn::Ne(bits, zero), hn::Eq(hn::And(bits, hn::Set(du, 0x0FFFU)), zero));
}
// Which numbers of float32, as bits, may stand for a float64 on the other side of a tie: ties themselves.
template <Format kFormat, class DU>
HWY_INLINE hn::Mask<DU> ties(DU du, hn::Vec<DU> bits) {
  if constexpr (kFormat == Format::kBfloat16) {
    return hn::Eq(hn::And(bits, hn::Set(du, 0xFFFFU)), hn::Set(du, 0x8000U));
  } else {
    // From 2^-25 to 2^-14 results are subnormal; their ties are among those with twelve zeros.
    const auto size = hn::And(bits, hn::Set(du, 0x7FFFFFFFU));
    const auto small = hn::Lt(hn::Sub(size, hn::Set(du, 0x33000000U)), hn::Set(du, 0x05800000U));
    const auto half = hn::Eq(hn::And(bits, hn::Set(du, 0x1FFFU)), hn::Set(du, 0x1000U));
    return hn::Or(half, hn::And(has_twelve_zeros(du, bits), small));
  }
}

// Whether float32 rounds to that format by narrowed().
template <Format kFormat>
inline constexpr bool kNarrows = kFormat == Format::kBfloat16 || RHEO_ROWS_OWN_FLOAT16;

// What becomes of a tie between two 16-bit numbers.
enum class RowTies {
  kEven,
  kAny
};

// float32, rounded.
template <Format kFormat, RowTies kTies, class D>
HWY_INLINE hn::Vec<hn::Rebind<RowBits, D>> narrowed(D /*d*/, hn::Vec<D> v) {
  static_assert(kNarrows<kFormat>);
  if constexpr (kFormat == Format::kBfloat16) {
    const hn::RebindToUnsigned<D> du;
    const auto bits = hn::BitCast(du, v);
    auto half = hn::Set(du, 0x8000U);
    if constexpr (kTies == RowTies::kEven)
      half = hn::Add(hn::And(hn::ShiftRight<16>(bits), hn::Set(du, 1)), hn::Set(du, 0x7FFFU));
    return hn::TruncateTo(hn::Rebind<RowBits, D>(), hn::ShiftRight<16>(hn::Add(bits, half)));
  } else {
    return hn::BitCast(hn::Rebind<RowBits, D>(), hn::DemoteTo(hn::Rebind<hwy::float16_t, D>(), v));
  }
}

// Sixteen numbers, rounded by way of float32; false where that is a tie or cannot be done, and then to be
// done again.
template <Format kFormat>
HWY_INLINE bool narrow_quickly([[maybe_unused]] const RowG& v, [[maybe_unused]] RowBits* to) {
  if constexpr (kNarrows<kFormat>) {
    const RowF d;
    const hn::RebindToUnsigned<RowF> du;
    const auto floats = [&](int i) RHEO_PART {
      return hn::Combine(d, hn::DemoteTo(RowHalf(), v[i + 1]), hn::DemoteTo(RowHalf(), v[i]));
    };
    // Of float16, ties are among what ends in zeros, which is seldom there and sooner seen.
    constexpr bool kZerosFirst = kFormat == Format::kFloat16;
    auto doubt = hn::FirstN(du, 0);
    for (int i = 0; i < RowG::kN; i += 2) {
      const auto all = floats(i);
      const auto bits = hn::BitCast(du, all);
      doubt = hn::Or(doubt, kZerosFirst ? has_twelve_zeros(du, bits) : ties<kFormat>(du, bits));
      hn::StoreU(narrowed<kFormat, RowTies::kAny>(d, all), hn::Rebind<RowBits, RowF>(),
                 to + static_cast<std::size_t>(i) * hn::Lanes(RowHalf()));
    }
    if (HWY_LIKELY(hn::AllFalse(du, doubt)) || !kZerosFirst) return hn::AllFalse(du, doubt);
    doubt = hn::FirstN(du, 0);
    for (int i = 0; i < RowG::kN; i += 2)
      doubt = hn::Or(doubt, ties<kFormat>(du, hn::BitCast(du, floats(i))));
    return hn::AllFalse(du, doubt);
  } else {
    return false;
  }
}

// The same of float64 itself.
template <Format kFormat>
HWY_INLINE void narrow_float64(const RowG& v, RowBits* to) {
  for (int i = 0; i < RowG::kN; ++i)
    hn::StoreU(Element<kFormat>::narrow(v[i]), hn::Rebind<RowBits, RowHalf>(),
               to + static_cast<std::size_t>(i) * hn::Lanes(RowHalf()));
}
inline HWY_NOINLINE void narrow_float64(Format format, const RowG& v, RowBits* to) {
  format == Format::kBfloat16 ? narrow_float64<Format::kBfloat16>(v, to)
                              : narrow_float64<Format::kFloat16>(v, to);
}

// Sixteen numbers, rounded once; where v does not decide, exact() is what they are.
template <class Exact>
HWY_INLINE void narrow_sixteen(Format format, const RowG& v, RowBits* to, Exact&& exact) {
  const bool done = format == Format::kBfloat16 ? narrow_quickly<Format::kBfloat16>(v, to)
                                                : narrow_quickly<Format::kFloat16>(v, to);
  if (HWY_UNLIKELY(!done)) narrow_float64(format, exact(), to);
}
// The first n of them.
template <class Exact>
HWY_INLINE void narrow(Format format, const RowG& v, RowBits* to, std::size_t n, Exact&& exact) {
  if (HWY_LIKELY(n == kAtOnce)) return narrow_sixteen(format, v, to, exact);
  RowBits all[kAtOnce];
  narrow_sixteen(format, v, all, exact);
  std::copy_n(all, n, to);
}
inline HWY_NOINLINE void narrow(Format format, const RowG& v, RowBits* to, std::size_t n) {
  narrow(format, v, to, n, [&]() RHEO_PART -> const RowG& { return v; });
}

// n numbers of float32, rounded, those of a tie to the even one.
template <Format kFormat>
HWY_INLINE void narrow_floats(const float* from, std::size_t n, RowBits* to) {
  if constexpr (kNarrows<kFormat>) {
    const RowF d;
    const hn::Rebind<RowBits, RowF> d16;
    const std::size_t lanes = hn::Lanes(d), even = n / lanes * lanes;
    const auto some = [&](auto v) RHEO_PART { return narrowed<kFormat, RowTies::kEven>(d, v); };
    for (std::size_t i = 0; i < even; i += lanes) hn::StoreU(some(hn::LoadU(d, from + i)), d16, to + i);
    if (even < n) hn::StoreN(some(hn::LoadN(d, from + even, n - even)), d16, to + even, n - even);
  } else {
    for (std::size_t i = 0; i < n; i += kAtOnce) {
      float some[kAtOnce]{};
      const std::size_t count = std::min(kAtOnce, n - i);
      std::copy_n(from + i, count, some);
      narrow(kFormat, load16(some), to + i, count);
    }
  }
}
inline HWY_NOINLINE void narrow_floats(Format format, const float* from, std::size_t n, RowBits* to) {
  format == Format::kBfloat16 ? narrow_floats<Format::kBfloat16>(from, n, to)
                              : narrow_floats<Format::kFloat16>(from, n, to);
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
