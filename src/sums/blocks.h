// SPDX-License-Identifier: Apache-2.0
// blocks.h: exact sums of a block of contiguous numbers, as a few float64 without rounding.
#pragma once

#include <cstddef>
#include <cstdint>

#include "src/core/kernels.h"

namespace rheo {

// Elements of a block at most.
inline constexpr std::size_t kSumBlock = 2048;

// float64 whose exact sum is that of the terms.
struct Parts {
  static constexpr std::size_t kRoom = 16;
  double of[kRoom];
  std::size_t count;
};

// What statistics ask of a block. NaN is neither negative nor 0, nor smallest nor largest.
struct Census {
  std::int64_t zeros, negatives;
  double smallest, largest;  // +infinity and -infinity where all are NaN; a zero may have either sign
};

// The sum of x[n], n <= kSumBlock, and that of the squares where `squares` is not null. False where some x is
// not finite, or where they spread too far for float64: then nothing is written.
bool sum_block(const float* x, std::size_t n, Parts& sum, Parts* squares);
bool sum_block(const double* x, std::size_t n, Parts& sum, Parts* squares);

// The same of each column of x[rows][columns], rows <= kSumBlock: the sum of column c is that of
// sums[k][c], k < windows.
inline constexpr std::size_t kSumColumns = 64, kSumWindows = 8;
bool sum_columns(const float* x, std::size_t rows, std::size_t columns, double (*sums)[kSumColumns],
                 std::size_t& windows);
bool sum_columns(const double* x, std::size_t rows, std::size_t columns, double (*sums)[kSumColumns],
                 std::size_t& windows);

Census census(const float* x, std::size_t n);
Census census(const double* x, std::size_t n);

// to[i] is the number of from[i], bfloat16 or float16.
void widen16(Format format, const std::uint16_t* from, std::size_t n, float* to);

}  // namespace rheo
