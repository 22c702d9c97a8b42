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

// The kernels of one activation and role.
struct Kernels16 {
  Kernel quick;                      // float32
  Kernel exact;                      // float64, asked where float32 does not decide
  bool underflows;                   // a derivative that float32 gives as 0 may be another number
  bool float32_exact;                // but for results below its normal numbers
  TieOf of;                          // what they compute
  bool same = false;                 // results are x
  Kernel16 direct[kFormats16] = {};  // quicker ones by place16(), where there are any
};

// y[i] from x[i] (and grad[i]) for n contiguous bfloat16 or float16, as Kernel says; y may be x or grad. One
// rounding of what is exact up to the errors of float64.
void walk16(Format format, const Kernels16& kernels, const void* x, const void* grad, void* y, std::size_t n,
            const double* parameters);

}  // namespace rheo
