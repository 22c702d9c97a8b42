// SPDX-License-Identifier: Apache-2.0
// reduce.h: sums of strided memory, all together or channel by channel, into accumulators of exact.h.
//
// An accumulator is a row of 64-bit integers, so that accumulators are merged by adding their words, and by
// the maximum for those of the extremes. Threads add to the same accumulators, in whatever order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "src/core/run.h"
#include "src/sums/exact.h"

namespace rheo {

// The words of one channel: bins of the sum, for statistics those of the squares, then the counts. All are
// added. Statistics have two more, which come after all channels' words: those of the extremes.
struct SumForm {
  Format format;
  bool statistics;
  std::int64_t channels;

  BinScale sums() const { return format == Format::kFloat64 ? kSums64 : kSums32; }
  BinScale squares() const { return format == Format::kFloat64 ? kSquares64 : kSquares32; }
  std::size_t counts_at() const { return sums().bins + (statistics ? squares().bins : 0); }
  // Words of a channel that are added, and others.
  std::size_t added() const { return counts_at() + (statistics ? std::size_t{kCounts} : kSumCounts); }
  std::size_t extremes() const { return statistics ? 2 : 0; }
};

// Extremes are kept as order-preserving integers, the smallest one's sign turned.
enum Extreme {
  kLargest,
  kSmallest
};
inline constexpr std::int64_t kNoExtreme = INT64_MIN;
std::int64_t extreme_word(double value);  // a zero is +0
double extreme_value(std::int64_t word);

// A checked call. Without a kernel, x itself is summed; else the kernel's results, rounded to float32 or
// float64, of x and, where it is not null, grad.
struct Reduction {
  SumForm form;
  std::vector<Dimension> dimensions;  // of x and grad, without the channels'
  Dimension channels;                 // extent 1 where there are none
  const char* x;
  const char* grad;
  Kernel kernel;
  const double* parameters;
  std::int64_t* words;
};

// Orders and merges dimensions, and decides how they are walked.
struct ReductionPlan {
  Reduction job;
  bool columns;        // neighbours in memory belong to different channels
  std::int64_t inner;  // elements of a channel
  std::int64_t tiles;  // of columns
  std::int64_t work;   // pieces are parts of [0, work), at multiples of kGrain
};
ReductionPlan plan_reduction(Reduction job);

// Adds pieces [begin, end) of the plan to the words. Safe from several threads at once.
void run_reduction(const ReductionPlan& plan, std::int64_t begin, std::int64_t end);

// Afterwards: carries, so that the words depend on the terms alone.
void carry_words(const SumForm& form, std::int64_t* words);

}  // namespace rheo
