// SPDX-License-Identifier: Apache-2.0
// operand-inl.h: rows in memory: elements of any strides and of every format, read as float32 or float64 and
// stored with one rounding (of 16-bit formats narrow-inl.h). Re-included per instruction set.
#if defined(RHEO_ROWS_OPERAND_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_OPERAND_INL_H_
#undef RHEO_ROWS_OPERAND_INL_H_
#else
#define RHEO_ROWS_OPERAND_INL_H_
#endif

#include <algorithm>
#include <cstring>

#include "src/rows/narrow-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

inline constexpr std::size_t kRowBlock = 512;  // elements of a row gathered at a time, a multiple of kAtOnce

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
  HWY_INLINE RowBits* bits() const { return reinterpret_cast<RowBits*>(to); }
  HWY_INLINE void store(std::size_t i, const RowG& v, std::size_t n) const {
    if (HWY_UNLIKELY(is_narrow<T>(format))) return narrow(format, v, bits() + i, n);
    store_some(v, own() + i, n);
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

// Asks for memory that is read or written soon, so that it comes while something is computed. There may be
// none.
HWY_INLINE void ask_for(const void* memory) { __builtin_prefetch(memory); }
HWY_INLINE void ask_to_write(const void* memory) { __builtin_prefetch(memory, 1); }
HWY_INLINE void ask_for(const RowBits* memory, std::size_t n) {
  constexpr std::size_t kLine = 64 / sizeof(RowBits);
  for (std::size_t i = 0; i < n; i += kLine) ask_for(memory + i);
}

inline HWY_NOINLINE void gather_narrow(Format format, const RowOperand& operand, std::int64_t row,
                                       std::int64_t begin, std::size_t n, float* to) {
  const RowBits* const from = row_of<const RowBits>(operand, row) + begin * operand.along;
  if (operand.along == 1 && reinterpret_cast<std::uintptr_t>(from) % sizeof(RowBits) == 0) {
    ask_for(from + n, n);
    return widen(format, from, n, to);
  }
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
  // The same of a 16-bit format, as it is.
  HWY_INLINE const RowBits* get_bits(std::int64_t j) {
    const char* const from = first_ + j * along_;
    if (HWY_LIKELY(direct_)) return reinterpret_cast<const RowBits*>(from);
    copy_in(from, bits_);
    return bits_;
  }
  // And its results, of which exact() is what v does not decide.
  template <class Exact>
  HWY_INLINE void put_bits(std::int64_t j, const RowG& v, Exact&& exact) {
    char* const to = first_ + j * along_;
    narrow_sixteen(format_, v, direct_ ? reinterpret_cast<RowBits*>(to) : bits_, exact);
    if (HWY_UNLIKELY(!direct_)) copy_out(bits_, to);
  }
  HWY_INLINE void ask_to_put(std::int64_t j) const {
    if (HWY_LIKELY(direct_)) ask_to_write(first_ + j * along_);
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
    narrow_floats(format_, v, kAtOnce, direct_ ? reinterpret_cast<RowBits*>(to) : bits_);
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
