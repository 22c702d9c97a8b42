// SPDX-License-Identifier: Apache-2.0
// varied.cc: elements with the same parameters are brought together, and a kernel does them at once; or each
// is done with its own, by a kernel for that.
#include "src/core/varied.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <limits>
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
        kMaxParameters * sizeof(ParameterBits<T>) + 6 * sizeof(T) + 7 * sizeof(std::uint32_t);
    return static_cast<std::size_t>(block) * kEach;
  }
  Memory(std::byte* bytes, std::int64_t elements) : block(elements), next_(bytes) {
    for (auto& values : parameters) take(values);
    for (T** values : {&x, &grad, &grouped_x, &grouped_grad, &other_x, &other_grad}) take(*values);
    for (std::uint32_t** values : {&order, &group_of, &first, &end, &others}) take(*values);
    take(table, 2);
  }

  const std::int64_t block;
  ParameterBits<T>* parameters[kMaxParameters];
  T *x, *grad;
  T *grouped_x, *grouped_grad;  // the former for the results too
  T *other_x, *other_grad;      // likewise, of the others
  std::uint32_t* order;         // where each of the grouped elements lies in x
  std::uint32_t* group_of;      // of an element of x
  std::uint32_t* first;         // of each group, an element
  std::uint32_t* end;           // where it ends among the grouped ones
  std::uint32_t* others;        // elements that a kernel for single ones leaves
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
    fill_constants();
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
      if (!known) fetch_parameters(at, n), choose(n);
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

  // Arrays of parameters come first, then those that are the same for all, for kernels that want arrays.
  void fill_constants() {
    if (job_.work.varied == nullptr) return;
    std::size_t next = 0;
    bool varies[kMaxParameters] = {};
    for (const ParameterArray& array : job_.arrays) varies[parameter_of_[next++] = array.parameter] = true;
    for (std::size_t k = 0; k < job_.parameter_count; ++k) {
      if (varies[k]) continue;
      const auto value = std::bit_cast<std::uint32_t>(static_cast<float>(job_.parameters[k]));
      std::fill_n(m_.parameters[next], m_.block, value);
      parameter_of_[next++] = k;
    }
  }

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

  // How the next n elements are done.
  void choose(std::int64_t n) {
    long_runs_ = has_long_runs(static_cast<std::size_t>(n));
    singly_ = job_.work.varied != nullptr && !long_runs_;
    if (!singly_) group(n);
  }
  bool has_long_runs(std::size_t count) const {
    std::size_t runs = 1;
    const P* const only = m_.parameters[0];  // in a loop that is a few instructions for a vector
    if (job_.arrays.size() == 1)
      for (std::size_t i = 1; i < count; ++i) runs += only[i] != only[i - 1] ? 1 : 0;
    else
      for (std::size_t i = 1; i < count; ++i) runs += same(i, i - 1) ? 0 : 1;
    return runs * kLongRun <= count;
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
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0 && same(i, i - 1)) {
        m_.group_of[i] = m_.group_of[i - 1];
        continue;
      }
      std::size_t slot = hash(i) >> shift;
      while (m_.table[slot] != 0 && !same(m_.first[m_.table[slot] - 1], i)) slot = (slot + 1) & (slots - 1);
      if (m_.table[slot] == 0) {
        m_.first[groups_] = static_cast<std::uint32_t>(i);
        m_.table[slot] = ++groups_;
      }
      m_.group_of[i] = m_.table[slot] - 1;
    }
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
    singly_ ? evaluate_singly(x, grad, y, n) : evaluate_groups(x, grad, y, n);
  }

  // Each with its own parameters; those that the kernel leaves are groups.
  void evaluate_singly(const T* x, const T* grad, T* y, std::int64_t n) {
    if constexpr (std::is_same_v<T, std::uint32_t>) {
      const auto real = [](auto* bits) { return reinterpret_cast<const float*>(bits); };
      const float* parameters[kMaxParameters];
      for (std::size_t a = 0; a < job_.parameter_count; ++a)
        parameters[parameter_of_[a]] = real(m_.parameters[a]);
      const std::size_t count = job_.work.varied(real(x), real(grad), reinterpret_cast<float*>(y),
                                                 static_cast<std::size_t>(n), parameters, m_.others);
      if (count != 0) evaluate_others(x, grad, y, count);
    }
  }
  void evaluate_others(const T* x, const T* grad, T* y, std::size_t count) {
    phase_ = -1;  // the parameters of the others take the place of all
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t at = m_.others[i];
      m_.other_x[i] = x[at];
      if (grad != nullptr) m_.other_grad[i] = grad[at];
      for (std::size_t a = 0; a < job_.arrays.size(); ++a) m_.parameters[a][i] = m_.parameters[a][at];
    }
    const auto n = static_cast<std::int64_t>(count);
    long_runs_ = has_long_runs(count), group(n);
    evaluate_groups(m_.other_x, grad != nullptr ? m_.other_grad : nullptr, m_.other_x, n);
    for (std::size_t i = 0; i < count; ++i) y[m_.others[i]] = m_.other_x[i];
  }

  void evaluate_groups(const T* x, const T* grad, T* y, std::int64_t n) {
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
  std::size_t parameter_of_[kMaxParameters];  // that the memory's arrays hold
  bool singly_ = false;                       // whether a kernel takes the block's parameters as arrays
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

// Without branches, so that compilers take several at a time.
template <class T>
bool finite_above(const T* values, std::int64_t n, T least) {
  constexpr T kLargest = std::numeric_limits<T>::max();
  using Count = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
  Count others = 0;
  for (std::int64_t i = 0; i < n; ++i)
    others |= static_cast<Count>(!((values[i] > least) & (values[i] <= kLargest)));
  return others == 0;
}

}  // namespace

bool all_finite_above(const float* values, std::int64_t n, float least) {
  return finite_above(values, n, least);
}
bool all_finite_above(const double* values, std::int64_t n, double least) {
  return finite_above(values, n, least);
}

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
