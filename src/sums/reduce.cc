// SPDX-License-Identifier: Apache-2.0
// reduce.cc: walks of sums. Any order gives the same words, so each walk takes the order that memory likes.
#include "src/sums/reduce.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <type_traits>

#include "src/core/cursor.h"
#include "src/sums/blocks.h"

namespace rheo {

namespace {

constexpr std::int64_t kBlock = static_cast<std::int64_t>(kSumBlock);
constexpr std::int64_t kTilesAtOnce = 16;  // for which words are added once
constexpr std::int64_t kLongRun = 1024;    // shorter ones are gathered into blocks

// Adds a channel's carried words to those of all threads.
void add_words(const SumForm& form, const std::int64_t* from, std::int64_t channel, std::int64_t* words) {
  std::int64_t* const to = words + channel * static_cast<std::int64_t>(form.added());
  for (std::size_t i = 0; i < form.added(); ++i)
    if (from[i] != 0) std::atomic_ref(to[i]).fetch_add(from[i], std::memory_order_relaxed);
}

// The words of one channel.
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
    add_words(form_, words_, channel, words);
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

// Words of the sums of some neighbouring channels, of which several tiles come one after the other.
class Columns {
 public:
  explicit Columns(const SumForm& form) : form_(form) {}

  void begin(std::int64_t first, std::int64_t count, std::int64_t* words) {
    if (first == first_) return;
    flush(words);
    first_ = first, count_ = count;
    for (std::int64_t c = 0; c < count; ++c) std::fill_n(words_[c], form_.added(), 0);
  }
  void add(const double (*sums)[kSumColumns], std::size_t windows) {
    for (std::int64_t c = 0; c < count_; ++c)
      for (std::size_t k = 0; k < windows; ++k) deposit(form_.sums(), words_[c], sums[k][c]);
  }
  void flush(std::int64_t* words) {
    for (std::int64_t c = 0; c < count_; ++c) {
      carry(form_.sums(), words_[c]);
      add_words(form_, words_[c], first_ + c, words);
    }
    first_ = -1, count_ = 0;
  }

 private:
  const SumForm& form_;
  std::int64_t first_ = -1, count_ = 0;
  std::int64_t words_[kSumColumns][kSums64.bins + kSumCounts];
};

// n numbers of memory, whatever their alignment.
template <class Raw>
void collect(const char* from, std::int64_t stride, std::int64_t n, Raw* to) {
  if (stride != 1) return gather(from, stride, n, to);
  std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(Raw));
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
  // Tiles number begin to end: some rows of up to kTileColumns channels.
  void tiles(std::int64_t begin, std::int64_t end) {
    const std::int64_t rows = tile_rows(job_.channels.extent);
    const std::int64_t row_tiles = (plan_.inner + rows - 1) / rows;
    Columns columns(job_.form);
    for (std::int64_t t = begin; t < end; ++t) {
      const std::int64_t row = t % row_tiles * rows, first = t / row_tiles * kTileColumns;
      const Tile tile{row, std::min(rows, plan_.inner - row), first,
                      std::min(kTileColumns, job_.channels.extent - first)};
      if (!across(tile, columns)) along(tile);
    }
    columns.flush(job_.words);
  }

  static constexpr std::int64_t kTile = 8192, kTileColumns = static_cast<std::int64_t>(kSumColumns);
  static std::int64_t tile_rows(std::int64_t channels) {
    return std::min(kBlock, kTile / std::min(channels, kTileColumns));
  }

 private:
  static constexpr std::int64_t kSize = sizeof(Raw);

  struct Tile {
    std::int64_t row, height, channel, width;
  };

  // As it lies in memory, each vector having several channels. False where that would not do.
  bool across(const Tile& tile, Columns& columns) {
    constexpr std::int64_t kFew = 8;  // channels that fill no vectors
    const bool together =
        job_.channels.stride[kX] == 1 && (job_.grad == nullptr || job_.channels.stride[kGrad] == 1);
    if (job_.form.statistics || !together || tile.width < kFew) return false;
    Raw x[kTile], grad[kTile];
    T terms[kTile];
    copy(tile, kX, job_.x, x);
    if (job_.grad != nullptr) copy(tile, kGrad, job_.grad, grad);
    const auto n = static_cast<std::size_t>(tile.height * tile.width);
    const T* const summed = evaluated(x, job_.grad != nullptr ? grad : nullptr, n, terms);
    double sums[kSumWindows][kSumColumns];
    std::size_t windows = 0;
    const auto height = static_cast<std::size_t>(tile.height), width = static_cast<std::size_t>(tile.width);
    if (!sum_columns(summed, height, width, sums, windows)) return false;
    columns.begin(tile.channel, tile.width, job_.words);
    columns.add(sums, windows);
    return true;
  }
  void copy(const Tile& tile, Operand operand, const char* from, Raw* to) const {
    Cursor cursor(job_.dimensions, tile.row);
    for (std::int64_t r = 0; r < tile.height; ++r, to += tile.width) {
      std::memcpy(to, address(from, operand, tile.channel, cursor),
                  static_cast<std::size_t>(tile.width * kSize));
      cursor.advance(job_.dimensions, 1);
    }
  }
  // Turned, so that each channel lies together.
  void along(const Tile& tile) {
    Raw x[kTile], grad[kTile];
    turn(tile, kX, job_.x, x);
    if (job_.grad != nullptr) turn(tile, kGrad, job_.grad, grad);
    for (std::int64_t c = 0; c < tile.width; ++c) {
      add(x + c * tile.height, job_.grad != nullptr ? grad + c * tile.height : nullptr, tile.height);
      local_.flush(tile.channel + c, job_.words);
    }
  }
  void turn(const Tile& tile, Operand operand, const char* from, Raw* to) const {
    Cursor cursor(job_.dimensions, tile.row);
    const std::int64_t stride = job_.channels.stride[operand] * kSize;
    for (std::int64_t r = 0; r < tile.height; ++r) {
      const char* const row = address(from, operand, tile.channel, cursor);
      for (std::int64_t c = 0; c < tile.width; ++c)
        std::memcpy(to + c * tile.height + r, row + c * stride, sizeof(Raw));
      cursor.advance(job_.dimensions, 1);
    }
  }
  void row(std::int64_t channel, std::int64_t at, std::int64_t n) {
    const auto& dims = job_.dimensions;
    Cursor cursor(dims, at);
    while (n > 0) {
      const std::int64_t run = std::min({n, kBlock, cursor.rest(dims)});
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
    const Dimension& inner = job_.dimensions.back();
    Raw x[kSumBlock], grad[kSumBlock];
    each_run(job_.dimensions, cursor, n, [&](const Cursor& c, std::int64_t done, std::int64_t run) {
      collect(address(job_.x, kX, channel, c), inner.stride[kX], run, x + done);
      if (job_.grad != nullptr)
        collect(address(job_.grad, kGrad, channel, c), inner.stride[kGrad], run, grad + done);
    });
    add(x, job_.grad != nullptr ? grad : nullptr, n);
    return n;
  }
  // The terms of n numbers, which are these numbers themselves or go to `terms`.
  const T* evaluated(const Raw* x, const Raw* grad, std::size_t n, T* terms) const {
    if constexpr (std::is_same_v<Raw, T>) {
      if (job_.kernel == nullptr) return x;
      job_.kernel(x, grad, terms, n, job_.parameters);
    } else {
      widen16(job_.form.format, x, n, terms);
      if (job_.kernel == nullptr) return terms;
      for (std::size_t at = 0; at < n; at += kSumBlock) {
        const std::size_t size = std::min(kSumBlock, n - at);
        T wide[kSumBlock];
        if (grad != nullptr) widen16(job_.form.format, grad + at, size, wide);
        job_.kernel(terms + at, grad != nullptr ? wide : nullptr, terms + at, size, job_.parameters);
      }
    }
    return terms;
  }
  // Numbers of one channel that lie together.
  void add(const Raw* x, const Raw* grad, std::int64_t n) {
    T terms[kSumBlock];
    local_.add(evaluated(x, grad, static_cast<std::size_t>(n), terms), static_cast<std::size_t>(n));
  }

  const ReductionPlan& plan_;
  const Reduction& job_;
  Local local_;
};

template <class Raw, class T>
void run(const ReductionPlan& plan, std::int64_t begin, std::int64_t end) {
  Walk<Raw, T> walk(plan);
  if (!plan.columns) return walk.rows(begin, end);
  walk.tiles(begin / kGrain * kTilesAtOnce, std::min(plan.tiles, end / kGrain * kTilesAtOnce));
}

}  // namespace

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
  ReductionPlan plan{std::move(job), false, 0, 0, 0};
  const std::int64_t channels = plan.job.channels.extent;
  plan.inner = element_count(plan.job.dimensions);
  plan.columns = channels > 1 && plan.inner > 1 &&
                 std::llabs(plan.job.channels.stride[kX]) < std::llabs(plan.job.dimensions.back().stride[kX]);
  plan.work = channels * plan.inner;
  if (plan.columns) {
    using Any = Walk<float, float>;
    const std::int64_t rows = Any::tile_rows(channels);
    plan.tiles = (channels + Any::kTileColumns - 1) / Any::kTileColumns * ((plan.inner + rows - 1) / rows);
    plan.work = (plan.tiles + kTilesAtOnce - 1) / kTilesAtOnce * kGrain;
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
