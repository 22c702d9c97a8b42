// SPDX-License-Identifier: Apache-2.0
// walk16.h: 16-bit formats on top of the kernels of float32 and float64.
#pragma once

#include <cstddef>

#include "src/block/tie.h"
#include "src/core/kernels.h"

namespace rheo {

// How many binary digits the numbers have at most that a form of 16 bits hands to kernels.
struct Factors16 {
  int x = kDigits16, grad = kDigits16;
};

// What is worth remembering of the results for all inputs (memo16.h).
enum class Remembered16 {
  kNothing,
  kResults,
  kFactors  // of gradients, for backward, or of a gate's other input
};

// The kernels of one activation and role.
struct Kernels16 {
  Kernel quick;                      // float32
  Kernel exact;                      // float64, asked where float32 does not decide
  bool underflows;                   // a derivative that float32 gives as 0 may be another number
  bool float32_exact;                // but for results below its normal numbers
  TieOf of;                          // what they compute
  bool same = false;                 // results are x
  Kernel16 direct[kFormats16] = {};  // quicker ones by place16(), where there are any
  Remembered16 remembered = Remembered16::kNothing;
  std::size_t parameter_count = 0;  // of what is remembered
  bool past_caches = false;  // where results go, if y is apart from x and grad and the kernel can do it
};

// y[i] from x[i] (and grad[i]) for n contiguous bfloat16 or float16, as Kernel says; y may be x or grad. One
// rounding of what is exact up to the errors of float64.
void walk16(Format format, const Kernels16& kernels, const void* x, const void* grad, void* y, std::size_t n,
            const double* parameters);

// The same, and nothing is remembered.
void evaluate16(Format format, const Kernels16& kernels, const void* x, const void* grad, void* y,
                std::size_t n, const double* parameters);

}  // namespace rheo
