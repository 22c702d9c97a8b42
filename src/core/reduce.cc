// SPDX-License-Identifier: Apache-2.0
// reduce.cc: walks of sums. Any order gives the same words, so each walk takes the order that memory likes.
#include "src/core/reduce.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <type_traits>

#include "src/block/sums.h"
#include "src/core/cursor.h"

namespace rheo {

namespace {

constexpr std::int64_t kBlock = static_cast<std::int64_t>(kSumBlock);
constexpr std::int64_t kLongRun = 1024;  // shorter ones are gathered into blocks

// The words of one channel, which are then added to those of all threads.
class Local {
 public:
  explicit Local(const SumForm& form) : form_(form) { clear(); }

  template <class T>
  void add(const T* terms, std::size_t n) {
    empty_ = false;
    if (form_.statistics) count(terms, n);
    Parts sum, squares;
    if (sum_block(terms, n, sum, form_.statistics ? &squares : nullptr)) return add(sum, squares);
    T finite[kSumBlock];
    if (!set_aside(terms, n, finite)) return add_each(terms, n);
    if (sum_block(finite, n, sum, form_.statistics ? &squares : nullptr)) return add(sum, squares);
    add_each(finite, n);
  }
  void flush(std::int64_t channel, std::int64_t* words) {
    if (empty_) return;
    carry();
    std::int64_t* const to = words + channel * static_cast<std::int64_t>(form_.added());
    for (std::size_t i = 0; i < form_.added(); ++i)
      if (words_[i] != 0) std::atomic_ref(to[i]).fetch_add(words_[i], std::memory_order_relaxed);
    std::int64_t* const extremes = words + form_.channels * static_cast<std::int64_t>(form_.added()) +
                                   channel * static_cast<std::int64_t>(form_.extremes());
    for (std::size_t i = 0; i < form_.extremes(); ++i) raise(extremes[i], extremes_[i]);
    clear();
  }

 private:
  void clear() {
    std::fill_n(words_, form_.added(), 0);
    std::fill_n(extremes_, 2, kNoExtreme);
    empty_ = true;
  }
  std::int64_t* squares() { return words_ + form_.sums().bins; }
  std::int64_t& counts(Count which) { return words_[form_.counts_at() + which]; }

  void carry() {
    rheo::carry(form_.sums(), words_);
    if (form_.statistics) rheo::carry(form_.squares(), squares());
  }
  static void raise(std::int64_t& to, std::int64_t least) {
    const std::atomic_ref<std::int64_t> shared(to);
    std::int64_t seen = shared.load(std::memory_order_relaxed);
    while (seen < least && !shared.compare_exchange_weak(seen, least, std::memory_order_relaxed)) {
    }
  }
  void add(const Parts& sum, const Parts& of_squares) {
    for (std::size_t i = 0; i < sum.count; ++i) deposit(form_.sums(), words_, sum.of[i]);
    if (!form_.statistics) return;
    for (std::size_t i = 0; i < of_squares.count; ++i) deposit(form_.squares(), squares(), of_squares.of[i]);
  }
  template <class T>
  void add_each(const T* terms, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      const auto term = static_cast<double>(terms[i]);
      deposit(form_.sums(), words_, term);
      if (form_.statistics) deposit_square(form_.squares(), squares(), term);
    }
  }
  // Counts what is not finite and puts 0 in its place; whether there was any.
  template <class T>
  bool set_aside(const T* terms, std::size_t n, T* finite) {
    bool any = false;
    for (std::size_t i = 0; i < n; ++i) {
      finite[i] = terms[i];
      if (std::isfinite(terms[i])) continue;
      finite[i] = 0;
      any = true;
      ++counts(std::isnan(terms[i]) ? kNan : terms[i] > 0 ? kInfinite : kMinusInfinite);
    }
    return any;
  }
  template <class T>
  void count(const T* terms, std::size_t n) {
    const Census found = census(terms, n);
    counts(kElements) += static_cast<std::int64_t>(n);
    counts(kZeros) += found.zeros;
    counts(kNegatives) += found.negatives;
    if (found.smallest > found.largest) return;  // all are NaN
    extremes_[kLargest] = std::max(extremes_[kLargest], extreme_word(found.largest));
    extremes_[kSmallest] = std::max(extremes_[kSmallest], extreme_word(-found.smallest));
  }

  const SumForm& form_;
  std::int64_t words_[kMostBins + kSums64.bins + kCounts];
  std::int64_t extremes_[2];
  bool empty_ = true;
};

// n numbers of memory, whatever their alignment.
template <class Raw>
void gather(const char* from, std::int64_t stride, std::int64_t n, Raw* to) {
  constexpr std::int64_t kSize = sizeof(Raw);
  if (stride == 1) {
    std::memcpy(to, from, static_cast<std::size_t>(n * kSize));
    return;
  }
  for (std::int64_t i = 0; i < n; ++i) std::memcpy(to + i, from + i * stride * kSize, sizeof(Raw));
}

// One piece of a plan: Raw is as it lies in memory, T what is summed.
template <class Raw, class T>
class Walk {
 public:
  explicit Walk(const ReductionPlan& plan) : plan_(plan), job_(plan.job), local_(plan.job.form) {}

  void rows(std::int64_t begin, std::int64_t end) {
    while (begin < end) {
      const std::int64_t channel = begin / plan_.inner, at = begin % plan_.inner;
      const std::int64_t n = std::min(end - begin, plan_.inner - at);
      row(channel, at, n);
      local_.flush(channel, job_.words);
      begin += n;
    }
  }
  // Tile number t: some rows of up to kTileColumns channels, turned so that each channel lies together.
  void tile(std::int64_t t) {
    const std::int64_t rows = tile_rows(job_.channels.extent);
    const std::int64_t row_tiles = (plan_.inner + rows - 1) / rows;
    const std::int64_t first_row = t % row_tiles * rows, first = t / row_tiles * kTileColumns;
    const std::int64_t height = std::min(rows, plan_.inner - first_row);
    const std::int64_t width = std::min(kTileColumns, job_.channels.extent - first);
    Raw x[kTile], grad[kTile];
    turn(first_row, height, first, width, kX, job_.x, x);
    if (job_.grad != nullptr) turn(first_row, height, first, width, kGrad, job_.grad, grad);
    for (std::int64_t c = 0; c < width; ++c) {
      add(x + c * height, job_.grad != nullptr ? grad + c * height : nullptr, height);
      local_.flush(first + c, job_.words);
    }
  }

  static constexpr std::int64_t kTile = 8192, kTileColumns = 64;
  static std::int64_t tile_rows(std::int64_t channels) {
    return std::min(kBlock, kTile / std::min(channels, kTileColumns));
  }

 private:
  static constexpr std::int64_t kSize = sizeof(Raw);

  void turn(std::int64_t first_row, std::int64_t height, std::int64_t first, std::int64_t width,
            Operand operand, const char* from, Raw* to) const {
    Cursor cursor(job_.dimensions, first_row);
    const std::int64_t stride = job_.channels.stride[operand];
    for (std::int64_t r = 0; r < height; ++r) {
      const char* const row = from + (cursor.offset[operand] + first * stride) * kSize;
      for (std::int64_t c = 0; c < width; ++c)
        std::memcpy(to + c * height + r, row + c * stride * kSize, sizeof(Raw));
      cursor.advance(job_.dimensions, 1);
    }
  }
  void row(std::int64_t channel, std::int64_t at, std::int64_t n) {
    const auto& dims = job_.dimensions;
    Cursor cursor(dims, at);
    while (n > 0) {
      const std::int64_t run = std::min({n, kBlock, dims.back().extent - cursor.index[dims.size() - 1]});
      const char* const x = address(job_.x, kX, channel, cursor);
      const char* const grad = job_.grad != nullptr ? address(job_.grad, kGrad, channel, cursor) : nullptr;
      if (run >= kLongRun && direct(x, grad)) {
        add(reinterpret_cast<const Raw*>(x), reinterpret_cast<const Raw*>(grad), run);
        cursor.advance(dims, run);
        n -= run;
      } else {
        n -= gathered(channel, cursor, std::min(n, kBlock));
      }
    }
  }
  const char* address(const char* data, Operand operand, std::int64_t channel, const Cursor& cursor) const {
    return data + (cursor.offset[operand] + channel * job_.channels.stride[operand]) * kSize;
  }
  bool direct(const char* x, const char* grad) const {
    const Dimension& inner = job_.dimensions.back();
    const auto places = reinterpret_cast<std::uintptr_t>(x) | reinterpret_cast<std::uintptr_t>(grad);
    return places % sizeof(Raw) == 0 && inner.stride[kX] == 1 &&
           (grad == nullptr || inner.stride[kGrad] == 1);
  }
  std::int64_t gathered(std::int64_t channel, Cursor& cursor, std::int64_t n) {
    const auto& dims = job_.dimensions;
    const Dimension& inner = dims.back();
    Raw x[kSumBlock], grad[kSumBlock];
    for (std::int64_t done = 0; done < n;) {
      const std::int64_t run = std::min(n - done, inner.extent - cursor.index[dims.size() - 1]);
      gather(address(job_.x, kX, channel, cursor), inner.stride[kX], run, x + done);
      if (job_.grad != nullptr)
        gather(address(job_.grad, kGrad, channel, cursor), inner.stride[kGrad], run, grad + done);
      cursor.advance(dims, run);
      done += run;
    }
    add(x, job_.grad != nullptr ? grad : nullptr, n);
    return n;
  }
  // Numbers of one channel that lie together, in the type of the sum.
  void add(const Raw* x, const Raw* grad, std::int64_t n) {
    const auto count = static_cast<std::size_t>(n);
    if constexpr (std::is_same_v<Raw, T>) {
      add_terms(x, grad, count);
    } else {
      T wide_x[kSumBlock], wide_grad[kSumBlock];
      widen16(job_.form.format, x, count, wide_x);
      if (grad != nullptr) widen16(job_.form.format, grad, count, wide_grad);
      add_terms(wide_x, grad != nullptr ? wide_grad : nullptr, count);
    }
  }
  void add_terms(const T* x, const T* grad, std::size_t n) {
    if (job_.kernel == nullptr) return local_.add(x, n);
    T terms[kSumBlock];
    job_.kernel(x, grad, terms, n, job_.parameters);
    local_.add(terms, n);
  }

  const ReductionPlan& plan_;
  const Reduction& job_;
  Local local_;
};

template <class Raw, class T>
void run(const ReductionPlan& plan, std::int64_t begin, std::int64_t end) {
  Walk<Raw, T> walk(plan);
  if (!plan.columns) return walk.rows(begin, end);
  for (std::int64_t t = begin / kGrain; t < (end + kGrain - 1) / kGrain; ++t) walk.tile(t);
}

}  // namespace

std::size_t SumForm::added() const { return counts_at() + (statistics ? std::size_t{kCounts} : kSumCounts); }

std::int64_t extreme_word(double value) {
  const auto size = std::bit_cast<std::int64_t>(std::fabs(value));
  return value < 0 ? -size : size;
}

double extreme_value(std::int64_t word) {
  const double size = std::bit_cast<double>(std::llabs(word));
  return word < 0 ? -size : size;
}

ReductionPlan plan_reduction(Reduction job) {
  for (Dimension& d : job.dimensions) {
    if (job.grad == nullptr) d.stride[kGrad] = d.stride[kX];
    d.stride[kY] = d.stride[kX];  // in the order of x
  }
  simplify(job.dimensions);
  ReductionPlan plan{std::move(job), false, 0, 0};
  const std::int64_t channels = plan.job.channels.extent;
  plan.inner = element_count(plan.job.dimensions);
  plan.columns = channels > 1 && plan.inner > 1 &&
                 std::llabs(plan.job.channels.stride[kX]) < std::llabs(plan.job.dimensions.back().stride[kX]);
  plan.work = channels * plan.inner;
  if (plan.columns) {
    using Any = Walk<float, float>;
    const std::int64_t rows = Any::tile_rows(channels);
    plan.work =
        (channels + Any::kTileColumns - 1) / Any::kTileColumns * ((plan.inner + rows - 1) / rows) * kGrain;
  }
  return plan;
}

void run_reduction(const ReductionPlan& plan, std::int64_t begin, std::int64_t end) {
  const Format format = plan.job.form.format;
  if (is16(format)) return run<std::uint16_t, float>(plan, begin, end);
  if (format == Format::kFloat32) return run<float, float>(plan, begin, end);
  run<double, double>(plan, begin, end);
}

void carry_words(const SumForm& form, std::int64_t* words) {
  for (std::int64_t c = 0; c < form.channels; ++c, words += form.added()) {
    carry(form.sums(), words);
    if (form.statistics) carry(form.squares(), words + form.sums().bins);
  }
}

}  // namespace rheo
