// SPDX-License-Identifier: Apache-2.0
// operand-inl.h: rows in memory: elements of any strides and of every format, read as float32 or float64 and
// stored with one rounding. Re-included per instruction set.
//
// bfloat16 and float16 are rows of float32 to the kernels: widened on their way in, which is exact, and
// rounded from float64 on their way out.
#if defined(RHEO_ROWS_OPERAND_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_OPERAND_INL_H_
#undef RHEO_ROWS_OPERAND_INL_H_
#else
#define RHEO_ROWS_OPERAND_INL_H_
#endif

#include <algorithm>
#include <cstring>

#include "src/block/element-inl.h"
#include "src/rows/number-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

using RowBits = std::uint16_t;  // a number of a 16-bit format

inline constexpr std::size_t kRowBlock = 512;  // elements of a row gathered at a time, a multiple of kAtOnce

// The processor's own conversions of float16, which keep subnormal numbers and round to nearest.
#undef RHEO_ROWS_OWN_FLOAT16
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
#define RHEO_ROWS_OWN_FLOAT16 1
#else
#define RHEO_ROWS_OWN_FLOAT16 0
#endif

using RowF = hn::ScalableTag<float>;
using RowFBits = hn::RebindToUnsigned<RowF>;

template <Format kFormat>
HWY_INLINE hn::Vec<RowF> widened(hn::Vec<hn::Rebind<RowBits, RowF>> v) {
  const RowF d;
  const RowFBits du;
  const auto bits = hn::PromoteTo(du, v);
  if constexpr (kFormat == Format::kBfloat16) {
    return hn::BitCast(d, hn::ShiftLeft<16>(bits));
  } else {
#if RHEO_ROWS_OWN_FLOAT16
    return hn::PromoteTo(d, hn::BitCast(hn::Rebind<hwy::float16_t, RowF>(), v));
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
    hn::StoreU(widened<kFormat>(hn::LoadU(d16, from + i)), d, to + i);
  if (even < n) hn::StoreN(widened<kFormat>(hn::LoadN(d16, from + even, n - even)), d, to + even, n - even);
}

inline HWY_NOINLINE void widen(Format format, const RowBits* from, std::size_t n, float* to) {
  format == Format::kBfloat16 ? widen_all<Format::kBfloat16>(from, n, to)
                              : widen_all<Format::kFloat16>(from, n, to);
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
    const auto zeros = hn::Eq(hn::And(bits, hn::Set(du, 0x0FFFU)), hn::Zero(du));
    const auto half = hn::Eq(hn::And(bits, hn::Set(du, 0x1FFFU)), hn::Set(du, 0x1000U));
    return hn::Or(half, hn::And(zeros, small));
  }
}

// Sixteen numbers, rounded once: by way of float32, where that is no tie.
template <Format kFormat>
HWY_INLINE void narrow_all(const RowG& v, RowBits* to) {
  const RowHalf d;
  const hn::RebindToUnsigned<RowHalf> du;
  const hn::Rebind<RowBits, RowHalf> d16;
  constexpr bool kQuick = kFormat == Format::kBfloat16 || RHEO_ROWS_OWN_FLOAT16;
  auto doubt = hn::FirstN(du, 0);
  if constexpr (kQuick) {
    for (int i = 0; i < RowG::kN; ++i) {
      const auto near = hn::DemoteTo(d, v[i]);
      const auto bits = hn::BitCast(du, near);
      doubt = hn::Or(doubt, ties<kFormat>(du, bits));
      RowBits* const at = to + static_cast<std::size_t>(i) * hn::Lanes(d);
      if constexpr (kFormat == Format::kBfloat16) {
        hn::StoreU(hn::TruncateTo(d16, hn::ShiftRight<16>(hn::Add(bits, hn::Set(du, 0x8000U)))), d16, at);
      } else {
#if RHEO_ROWS_OWN_FLOAT16
        hn::StoreU(hn::BitCast(d16, hn::DemoteTo(hn::Rebind<hwy::float16_t, RowHalf>(), near)), d16, at);
#endif
      }
    }
    if (HWY_LIKELY(hn::AllFalse(du, doubt))) return;
  }
  for (int i = 0; i < RowG::kN; ++i)
    hn::StoreU(Element<kFormat>::narrow(v[i]), d16, to + static_cast<std::size_t>(i) * hn::Lanes(d));
}

// The first n of sixteen.
inline HWY_NOINLINE void narrow(Format format, const RowG& v, RowBits* to, std::size_t n) {
  RowBits rest[kAtOnce];
  RowBits* const all = HWY_LIKELY(n == kAtOnce) ? to : rest;
  format == Format::kBfloat16 ? narrow_all<Format::kBfloat16>(v, all) : narrow_all<Format::kFloat16>(v, all);
  if (HWY_UNLIKELY(n < kAtOnce)) std::copy_n(rest, n, to);
}

// Whether a tie is rounded to even, or left to be decided by what was rounded to float32.
enum class RowTies {
  kEven,
  kLeft
};

// The same of float32 numbers, up to the first sixteen that have a tie among them if these are left: returns
// where they begin, or n. Begins at `begin`; all in steps of sixteen.
template <Format kFormat, RowTies kTies>
HWY_INLINE std::size_t narrow_floats(const float* from, std::size_t begin, std::size_t n, RowBits* to) {
  const hn::CappedTag<float, kAtOnce> d;
  const hn::RebindToUnsigned<decltype(d)> du;
  const hn::Rebind<RowBits, decltype(d)> d16;
  for (std::size_t i = begin; i < n; i += kAtOnce) {
    RowBits last[kAtOnce];
    RowBits* const at = i + kAtOnce <= n ? to + i : last;
    auto doubt = hn::FirstN(du, 0);
    for (std::size_t k = 0; k < kAtOnce; k += hn::Lanes(d)) {
      const auto v = hn::LoadU(d, from + i + k);
      const auto bits = hn::BitCast(du, v);
      if constexpr (kTies == RowTies::kLeft) doubt = hn::Or(doubt, ties<kFormat>(du, bits));
      if constexpr (kFormat == Format::kBfloat16) {
        auto half = hn::Set(du, 0x8000U);
        if constexpr (kTies == RowTies::kEven)
          half = hn::Add(hn::And(hn::ShiftRight<16>(bits), hn::Set(du, 1)), hn::Set(du, 0x7FFFU));
        hn::StoreU(hn::TruncateTo(d16, hn::ShiftRight<16>(hn::Add(bits, half))), d16, at + k);
      } else {
#if RHEO_ROWS_OWN_FLOAT16
        hn::StoreU(hn::BitCast(d16, hn::DemoteTo(hn::Rebind<hwy::float16_t, decltype(d)>(), v)), d16, at + k);
#endif
      }
    }
    if (kFormat == Format::kFloat16 && !RHEO_ROWS_OWN_FLOAT16) return i;
    if (HWY_UNLIKELY(!hn::AllFalse(du, doubt))) return i;
    if (at == last) std::copy_n(last, n - i, to + i);
  }
  return n;
}

template <RowTies kTies>
HWY_NOINLINE std::size_t narrow_floats(Format format, const float* from, std::size_t begin, std::size_t n,
                                       RowBits* to) {
  return format == Format::kBfloat16 ? narrow_floats<Format::kBfloat16, kTies>(from, begin, n, to)
                                     : narrow_floats<Format::kFloat16, kTies>(from, begin, n, to);
}

template <class T>
HWY_INLINE void store_some(const RowG& v, T* to, std::size_t count) {
  if (HWY_LIKELY(count == kAtOnce)) return store16(v, to);
  T all[kAtOnce];
  store16(v, all);
  std::copy_n(all, count, to);
}

// Whether rows that are evaluated as T are in a 16-bit format.
template <class T>
HWY_INLINE bool is_narrow(Format format) {
  return !kPaired<T> && is16(format);
}

// Results that lie together.
template <class T>
struct RowOutput {
  char* to;
  Format format;

  HWY_INLINE T* own() const { return reinterpret_cast<T*>(to); }  // unless is_narrow()
  HWY_INLINE void store_narrow(std::size_t i, const RowG& v, std::size_t n) const {
    narrow(format, v, reinterpret_cast<RowBits*>(to) + i, n);
  }
  HWY_INLINE void store(std::size_t i, const RowG& v, std::size_t n) const {
    if (HWY_UNLIKELY(is_narrow<T>(format))) return store_narrow(i, v, n);
    store_some(v, own() + i, n);
  }
  // n results from i on, rounded to float32; exact(k) gives sixteen from k on. Narrow rows only.
  template <RowTies kTies = RowTies::kLeft, class Exact>
  HWY_INLINE void narrow_from(std::size_t i, const float* results, std::size_t n, Exact&& exact) const {
    RowBits* const bits = reinterpret_cast<RowBits*>(to) + i;
    for (std::size_t k = 0; (k = narrow_floats<kTies>(format, results, k, n, bits)) < n; k += kAtOnce)
      narrow(format, exact(i + k), bits + k, std::min(kAtOnce, n - k));
  }
};

// The start of a row that lies together.
template <class T>
HWY_INLINE T* row_of(const RowOperand& operand, std::int64_t row) {
  return reinterpret_cast<T*>(operand.data) + row * operand.across;
}
template <class T>
HWY_INLINE RowOutput<T> output_of(const RowWork& work, std::int64_t row) {
  return {work.y.data + row * work.y.across * static_cast<std::int64_t>(size_of(work.format)), work.format};
}

template <class T>
HWY_INLINE void copy_in(const RowOperand& operand, std::int64_t row, std::int64_t begin, std::size_t n,
                        T* to) {
  constexpr std::int64_t kSize = sizeof(T);
  const char* from = operand.data + (row * operand.across + begin * operand.along) * kSize;
  if (operand.along == 1) return static_cast<void>(std::memcpy(to, from, n * sizeof(T)));
  for (std::size_t i = 0; i < n; ++i, from += operand.along * kSize) std::memcpy(to + i, from, sizeof(T));
}

template <class T>
HWY_INLINE void copy_out(const T* from, const RowOperand& operand, std::int64_t row, std::int64_t begin,
                         std::size_t n) {
  constexpr std::int64_t kSize = sizeof(T);
  char* to = operand.data + (row * operand.across + begin * operand.along) * kSize;
  if (operand.along == 1) return static_cast<void>(std::memcpy(to, from, n * sizeof(T)));
  for (std::size_t i = 0; i < n; ++i, to += operand.along * kSize) std::memcpy(to, from + i, sizeof(T));
}

inline HWY_NOINLINE void gather_narrow(Format format, const RowOperand& operand, std::int64_t row,
                                       std::int64_t begin, std::size_t n, float* to) {
  RowBits bits[kRowBlock];
  copy_in(operand, row, begin, n, bits);
  widen(format, bits, n, to);
}

// A block of a row.
template <class T>
HWY_INLINE void gather(Format format, const RowOperand& operand, std::int64_t row, std::int64_t begin,
                       std::size_t n, T* to) {
  if constexpr (!kPaired<T>)
    if (is16(format)) return gather_narrow(format, operand, row, begin, n, to);
  copy_in(operand, row, begin, n, to);
}

// Its results, from where a RowOutput put them.
template <class T>
HWY_INLINE void scatter(const RowWork& work, const T* from, std::int64_t row, std::int64_t begin,
                        std::size_t n) {
  if (is_narrow<T>(work.format))
    return copy_out(reinterpret_cast<const RowBits*>(from), work.y, row, begin, n);
  copy_out(from, work.y, row, begin, n);
}

// One operand of sixteen rows: element j of each, from where they lie or gathered.
template <class T>
class Panel {
 public:
  HWY_INLINE Panel(const RowWork& work, const RowOperand& operand, std::int64_t row, std::size_t count)
      : format_(work.format),
        size_(static_cast<std::int64_t>(size_of(work.format))),
        along_(operand.along * size_),
        across_(operand.across * size_),
        rows_(count) {
    if (operand.data == nullptr) return;
    first_ = operand.data + row * across_;
    const auto misplaced =
        reinterpret_cast<std::uintptr_t>(operand.data) % static_cast<std::uintptr_t>(size_);
    direct_ = operand.across == 1 && count == kAtOnce && misplaced == 0;
  }
  HWY_INLINE const T* get(std::int64_t j) {
    const char* const from = first_ + j * along_;
    if constexpr (!kPaired<T>) {
      if (HWY_UNLIKELY(is16(format_))) {
        if (!direct_) copy_in(from, bits_);
        widen(format_, direct_ ? reinterpret_cast<const RowBits*>(from) : bits_, kAtOnce, block_);
        return block_;
      }
    }
    if (HWY_LIKELY(direct_)) return reinterpret_cast<const T*>(from);
    copy_in(from, block_);
    return block_;
  }
  HWY_INLINE void put(std::int64_t j, const RowG& v) {
    char* const to = first_ + j * along_;
    if constexpr (!kPaired<T>) {
      if (HWY_UNLIKELY(is16(format_))) {
        narrow(format_, v, direct_ ? reinterpret_cast<RowBits*>(to) : bits_, kAtOnce);
        if (!direct_) copy_out(bits_, to);
        return;
      }
    }
    store16(v, place(j));
    placed(j);
  }
  // The same of what is float32 already.
  HWY_INLINE void put_floats(std::int64_t j, const float* v) {
    char* const to = first_ + j * along_;
    RowBits* const bits = direct_ ? reinterpret_cast<RowBits*>(to) : bits_;
    if (narrow_floats<RowTies::kEven>(format_, v, 0, kAtOnce, bits) < kAtOnce)
      narrow(format_, load16(v), bits, kAtOnce);
    if (!direct_) copy_out(bits_, to);
  }
  // Where to store sixteen, not is_narrow(), and what brings them home from there.
  HWY_INLINE T* place(std::int64_t j) {
    return HWY_LIKELY(direct_) ? reinterpret_cast<T*>(first_ + j * along_) : block_;
  }
  HWY_INLINE void placed(std::int64_t j) {
    if (HWY_UNLIKELY(!direct_)) copy_out(block_, first_ + j * along_);
  }

 private:
  template <class Number>
  HWY_INLINE void copy_in(const char* from, Number* to) const {
    for (std::size_t r = 0; r < rows_; ++r, from += across_) std::memcpy(to + r, from, sizeof(Number));
  }
  template <class Number>
  HWY_INLINE void copy_out(const Number* from, char* to) const {
    for (std::size_t r = 0; r < rows_; ++r, to += across_) std::memcpy(to, from + r, sizeof(Number));
  }

  Format format_;
  char* first_ = nullptr;  // of the first row
  std::int64_t size_, along_, across_;
  std::size_t rows_;
  bool direct_ = false;
  HWY_ALIGN T block_[kAtOnce]{};
  RowBits bits_[kAtOnce]{};
};

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
