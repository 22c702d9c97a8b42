// SPDX-License-Identifier: Apache-2.0
// gate.h: gates, act(a) b, on contiguous memory: made of an activation's kernels and passes.
#pragma once

#include <cstddef>
#include <limits>

#include "src/block/walk16.h"
#include "src/core/kernels.h"

namespace rheo {

// y = act(min(a, limit)) (clamp(b, -limit, limit) + offset), and its gradients. Limit and offset are numbers
// of the format that the kernels work in.
struct Gate {
  Format format;
  Kernel product, backward;         // of float32 or float64
  Kernels16 product16, backward16;  // of 16-bit formats
  Kernel value;                     // float32's, if it is quicker than product16's, or null
  const double* parameters;
  double limit = std::numeric_limits<double>::infinity();
  double offset = 0;

  bool limited() const { return limit < std::numeric_limits<double>::infinity(); }
  bool plain() const { return !limited() && offset == 0; }
};

// y[i] for n elements; y may be a or b.
void gate_value(const Gate& gate, const void* a, const void* b, void* y, std::size_t n);

// da[i] = grad[i] b[i] act'(a[i]) and db[i] = grad[i] act(a[i]). da may be any of the inputs, db may be b or
// grad.
void gate_backward(const Gate& gate, const void* a, const void* b, const void* grad, void* da, void* db,
                   std::size_t n);

}  // namespace rheo
