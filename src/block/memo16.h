// SPDX-License-Identifier: Apache-2.0
// memo16.h: 16-bit results that are remembered. What is asked for often is evaluated once for all 65,536
// inputs; then each element costs a look into memory, whatever the function.
//
// What is remembered are the results of evaluate16(), or derivatives from which backward finds the same
// results as that. So nothing but time depends on it. Those of usual inputs fit L1.
#pragma once

#include <cstddef>
#include <cstdint>

#include "src/block/walk16.h"

namespace rheo {

inline constexpr std::size_t kInputs16 = std::size_t{1} << 16;

// One function, role, format and set of parameters. By the bits of the input.
struct Memo16 {
  const std::uint16_t* results = nullptr;
  const float* factors = nullptr;  // f(x) or f'(x); NaN where float32 does not hold it
  bool positive_zeros = false;     // with a factor of 0, a product is +0 whatever the other one's sign
};

// How many bytes of memory that takes, and what evaluates all inputs there.
std::size_t memo_size(const Kernels16& kernels);
Memo16 memo_in(void* memory, Format format, const Kernels16& kernels, const double* parameters);

// From so many elements on, a call counts, and finds something.
inline constexpr std::size_t kMemoRun = 512;
// After so many elements, all inputs are evaluated: a sixteenth of what has been done before.
inline constexpr std::uint32_t kMemoAfter = std::uint32_t{1} << 20;

// What is remembered for such a call of n elements, which count; null when nothing is. Never waits: where
// another thread is just evaluating, there is nothing yet. What has been given stays.
const Memo16* memo_of(Format format, const Kernels16& kernels, const double* parameters, std::size_t n);

// The factors of n numbers, in the order that Passes16::widen() gives them, and up to whole16(n) zeros.
void recall_factors(const Memo16& memo, Format format, const std::uint16_t* x, std::size_t n, float* to);

// As evaluate16(), from what is remembered of the same kernels and parameters.
void recall16(const Memo16& memo, Format format, const Kernels16& kernels, const void* x, const void* grad,
              void* y, std::size_t n, const double* parameters);

}  // namespace rheo
