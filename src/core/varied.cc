// SPDX-License-Identifier: Apache-2.0
// varied.cc: elements with the same parameters are brought together, and a kernel does them at once.
#include "src/core/varied.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "src/core/cursor.h"

namespace rheo {

namespace {

// Elements that are brought together at a time: in memory of its own, or on the stack. Multiples of 16 keep
// all arrays aligned.
constexpr std::int64_t kManyElements = 4096, kFewElements = 256;

// Neighbours with the same parameters from which on they are computed where they are.
constexpr std::size_t kLongRun = 8;

using VariedCursor = StridedCursor<VariedDimension>;

// The bits of a parameter, where T holds those of an element.
template <class T>
using ParameterBits = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;

// What a block of elements needs, one behind the other in the given bytes.
template <class T>
class Memory {
 public:
  static constexpr std::size_t bytes_for(std::int64_t block) {
    constexpr std::size_t kEach =
        kMaxParameters * sizeof(ParameterBits<T>) + 4 * sizeof(T) + 6 * sizeof(std::uint32_t);
    return static_cast<std::size_t>(block) * kEach;
  }
  Memory(std::byte* bytes, std::int64_t elements) : block(elements), next_(bytes) {
    for (auto& values : parameters) take(values);
    for (T** values : {&x, &grad, &grouped_x, &grouped_grad}) take(*values);
    for (std::uint32_t** values : {&order, &group_of, &first, &end}) take(*values);
    take(table, 2);
  }

  const std::int64_t block;
  ParameterBits<T>* parameters[kMaxParameters];
  T *x, *grad;
  T *grouped_x, *grouped_grad;  // the former for the results too
  std::uint32_t* order;         // where each of the grouped elements lies in x
  std::uint32_t* group_of;      // of an element of x
  std::uint32_t* first;         // of each group, an element
  std::uint32_t* end;           // where it ends among the grouped ones
  std::uint32_t* table;         // groups by a hash of their parameters, counted from 1

 private:
  template <class V>
  void take(V*& values, std::int64_t times = 1) {
    values = reinterpret_cast<V*>(next_);
    next_ += static_cast<std::size_t>(times * block) * sizeof(V);
  }
  std::byte* next_;
};

// Blocks, one after the other.
template <class T>
class Walk {
 public:
  Walk(const VariedJob& job, const Memory<T>& memory) : job_(job), dims_(job.dimensions), m_(memory) {
    std::copy_n(job.parameters, kMaxParameters, values_);
    std::int64_t inside = 1;
    together_ = is_direct(job);
    for (std::size_t i = dims_.size(); i-- > 0; inside *= dims_[i].extent) {
      const auto& stride = dims_[i].stride;
      together_ = together_ && stride[kX] == inside && stride[kY] == inside &&
                  (job.grad == nullptr || stride[kGrad] == inside);
      for (std::size_t a = 0; a < job.arrays.size(); ++a)
        if (stride[kOperands + a] != 0) period_ = inside * dims_[i].extent;
    }
  }

  void run(std::int64_t begin, std::int64_t end) {
    for (std::int64_t at = begin; at < end;) {
      const std::int64_t phase = at % period_;
      // As many whole periods as there is room for: these are grouped once.
      const std::int64_t room = period_ <= m_.block ? m_.block / period_ * period_ - phase : m_.block;
      const std::int64_t n = std::min(end - at, room);
      const bool known = phase == phase_ && n == n_;
      if (!known) fetch_parameters(at, n), group(n);
      phase_ = phase, n_ = n;
      if (together_) {
        evaluate(elements(job_.x, at), elements(job_.grad, at), const_cast<T*>(elements(job_.y, at)), n);
      } else {
        VariedCursor read(dims_, at), write = read;
        fetch(job_, read, n, m_.x, m_.grad);
        evaluate(m_.x, job_.grad != nullptr ? m_.grad : nullptr, m_.x, n);
        put_back(job_, write, n, m_.x);
      }
      at += n;
    }
  }

 private:
  using P = ParameterBits<T>;

  static const T* elements(const char* operand, std::int64_t at) {
    return operand == nullptr ? nullptr : reinterpret_cast<const T*>(operand) + at;
  }

  void fetch_parameters(std::int64_t at, std::int64_t n) {
    const auto* strides = dims_.back().stride + kOperands;
    VariedCursor cursor(dims_, at);
    each_run(dims_, cursor, n, [&](const VariedCursor& c, std::int64_t done, std::int64_t count) {
      for (std::size_t a = 0; a < job_.arrays.size(); ++a)
        gather(job_.arrays[a].values + c.offset[kOperands + a] * std::int64_t{sizeof(P)}, strides[a], count,
               m_.parameters[a] + done);
    });
  }

  // Bit by bit, as 0 and -0 are different parameters.
  bool same(std::size_t i, std::size_t k) const {
    for (std::size_t a = 0; a < job_.arrays.size(); ++a)
      if (m_.parameters[a][i] != m_.parameters[a][k]) return false;
    return true;
  }
  std::uint64_t hash(std::size_t i) const {
    std::uint64_t h = 0;
    for (std::size_t a = 0; a < job_.arrays.size(); ++a)
      h = (std::rotl(h, 32) ^ m_.parameters[a][i]) * 0x9e3779b97f4a7c15;  // 2^64 by the golden ratio
    return h;
  }

  void group(std::int64_t n) {
    const auto count = static_cast<std::size_t>(n), slots = std::bit_ceil(2 * count);
    const int shift = 64 - std::countr_zero(slots);
    std::fill_n(m_.table, slots, 0);
    groups_ = 0;
    std::size_t runs = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0 && same(i, i - 1)) {
        m_.group_of[i] = m_.group_of[i - 1];
        continue;
      }
      ++runs;
      std::size_t slot = hash(i) >> shift;
      while (m_.table[slot] != 0 && !same(m_.first[m_.table[slot] - 1], i)) slot = (slot + 1) & (slots - 1);
      if (m_.table[slot] == 0) {
        m_.first[groups_] = static_cast<std::uint32_t>(i);
        m_.table[slot] = ++groups_;
      }
      m_.group_of[i] = m_.table[slot] - 1;
    }
    long_runs_ = runs * kLongRun <= count;
    if (!long_runs_) put_in_order(count);
  }
  // Sorts by counting. `end` holds where each group begins, until all of its elements have come.
  void put_in_order(std::size_t count) {
    std::fill_n(m_.end, groups_, 0);
    for (std::size_t i = 0; i < count; ++i) ++m_.end[m_.group_of[i]];
    for (std::uint32_t g = 0, begin = 0; g < groups_; ++g) begin += std::exchange(m_.end[g], begin);
    for (std::size_t i = 0; i < count; ++i)
      m_.order[m_.end[m_.group_of[i]]++] = static_cast<std::uint32_t>(i);
  }

  // y may be x or grad.
  void evaluate(const T* x, const T* grad, T* y, std::int64_t n) {
    const auto count = static_cast<std::size_t>(n);
    if (long_runs_) return evaluate_runs(x, grad, y, count);
    for (std::size_t i = 0; i < count; ++i) m_.grouped_x[i] = x[m_.order[i]];
    if (grad != nullptr)
      for (std::size_t i = 0; i < count; ++i) m_.grouped_grad[i] = grad[m_.order[i]];
    for (std::uint32_t g = 0, begin = 0; g < groups_; begin = m_.end[g++]) {
      T* const first = m_.grouped_x + begin;
      evaluate_group(g, first, grad != nullptr ? m_.grouped_grad + begin : nullptr, first, m_.end[g] - begin);
    }
    for (std::size_t i = 0; i < count; ++i) y[m_.order[i]] = m_.grouped_x[i];
  }
  void evaluate_runs(const T* x, const T* grad, T* y, std::size_t count) {
    for (std::size_t i = 0, end = 0; i < count; i = end) {
      while (end < count && m_.group_of[end] == m_.group_of[i]) ++end;
      evaluate_group(m_.group_of[i], x + i, grad != nullptr ? grad + i : nullptr, y + i,
                     static_cast<std::int64_t>(end - i));
    }
  }
  void evaluate_group(std::size_t g, const T* x, const T* grad, T* y, std::int64_t n) {
    using Value = std::conditional_t<sizeof(P) == sizeof(double), double, float>;
    for (std::size_t a = 0; a < job_.arrays.size(); ++a)
      values_[job_.arrays[a].parameter] =
          static_cast<double>(std::bit_cast<Value>(m_.parameters[a][m_.first[g]]));
    run_contiguous(job_.work, values_, 0, x, grad, y, n);
  }

  const VariedJob& job_;
  const std::vector<VariedDimension>& dims_;
  const Memory<T>& m_;
  double values_[kMaxParameters];
  bool together_;            // all operands, so that they are read and written where they are
  std::int64_t period_ = 1;  // elements after which the parameters are the same again
  // Of the block before; how many groups that is, and whether these are few runs of neighbours.
  std::int64_t phase_ = -1, n_ = 0;
  std::uint32_t groups_ = 0;
  bool long_runs_ = false;
};

// A kernel's call for each of the innermost runs, all of which has the same parameters.
void run_by_runs(const VariedJob& job, std::int64_t begin, std::int64_t end) {
  const auto size = static_cast<std::int64_t>(size_of(job.work.format));
  const auto& dims = job.dimensions;
  double values[kMaxParameters];
  std::copy_n(job.parameters, kMaxParameters, values);
  VariedCursor cursor(dims, begin);
  each_run(dims, cursor, end - begin, [&](const VariedCursor& c, std::int64_t, std::int64_t n) {
    for (std::size_t a = 0; a < job.arrays.size(); ++a)
      values[job.arrays[a].parameter] =
          read_parameter(job.work.format, job.arrays[a], c.offset[kOperands + a]);
    run_contiguous(job.work, values, 0, job.x + c.offset[kX] * size,
                   job.grad != nullptr ? job.grad + c.offset[kGrad] * size : nullptr,
                   job.y + c.offset[kY] * size, n);
  });
}

template <class T>
void run_grouped(const VariedJob& job, std::int64_t begin, std::int64_t end) {
  if (end - begin > kFewElements) {
    const std::unique_ptr<std::byte[]> many(new (std::nothrow)
                                                std::byte[Memory<T>::bytes_for(kManyElements)]);
    if (many != nullptr) return Walk<T>(job, Memory<T>(many.get(), kManyElements)).run(begin, end);
  }
  alignas(64) std::byte few[Memory<T>::bytes_for(kFewElements)];
  Walk<T>(job, Memory<T>(few, kFewElements)).run(begin, end);
}

}  // namespace

void run_varied(const VariedJob& job, std::int64_t begin, std::int64_t end) {
  const VariedDimension& inner = job.dimensions.back();
  const auto* strides = inner.stride + kOperands;
  const bool constant = std::all_of(strides, strides + job.arrays.size(), [](auto s) { return s == 0; });
  if (constant && inner.extent >= kDirectRun && is_direct(job)) return run_by_runs(job, begin, end);
  if (is16(job.work.format)) return run_grouped<std::uint16_t>(job, begin, end);
  if (job.work.format == Format::kFloat32) return run_grouped<std::uint32_t>(job, begin, end);
  run_grouped<std::uint64_t>(job, begin, end);
}

}  // namespace rheo
