// SPDX-License-Identifier: Apache-2.0
// walk.h: walks that write a mask beside y, or read one instead of x, in row-major order.
#pragma once

#include <cstdint>

#include "src/core/run.h"
#include "src/masks/slopes.h"

namespace rheo {

// A checked call. Of the job, forward has no grad, and backward no x.
struct Masked {
  Job job;  // dimensions in the order of the indices, outermost first
  Slopes slopes;
  std::uint8_t* mask;         // forward's
  const std::uint8_t* given;  // backward's
};

// Elements [begin, end) in row-major order, at multiples of kGrain, which has whole bytes.
void run_forward(const Masked& call, std::int64_t begin, std::int64_t end);
void run_backward(const Masked& call, std::int64_t begin, std::int64_t end);

}  // namespace rheo
