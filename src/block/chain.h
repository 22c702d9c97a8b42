// SPDX-License-Identifier: Apache-2.0
// chain.h: act2(act1(scale x + bias)) and longer, on contiguous memory: one pass over it.
#pragma once

#include <cstddef>
#include <vector>

#include "src/block/walk16.h"
#include "src/core/kernels.h"

namespace rheo {

// scale or bias: absent, a number, or an array as long as x.
struct Term {
  bool given = false, array = false;
  double number = 0;
  Format format = Format::kFloat32;  // of the array
};

struct Stage {
  Kernel value;       // of float32 or float64
  Kernels16 value16;  // of 16-bit formats
  std::vector<double> parameters;
};

// Results between stages are float64 for float64, else float32.
struct Chain {
  Format format;
  Term scale, bias;
  std::vector<Stage> stages;

  bool affine() const { return scale.given || bias.given; }
};

// y[i] for n elements; scales and biases are null unless they are arrays. y may be any of the inputs.
void run_chain(const Chain& chain, const void* x, const void* scales, const void* biases, void* y,
               std::size_t n);

}  // namespace rheo
