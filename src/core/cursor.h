// SPDX-License-Identifier: Apache-2.0
// cursor.h: a place in strided memory, and the steps from it.
#pragma once

#include <cstdint>
#include <vector>

#include "src/core/run.h"

namespace rheo {

// Position in the dimensions, with each operand's offset in elements.
struct Cursor {
  std::int64_t index[kMaxRank];
  std::int64_t offset[kOperands];

  Cursor(const std::vector<Dimension>& dimensions, std::int64_t position) : index{}, offset{} {
    for (std::size_t i = dimensions.size(); i-- > 0;) {
      const Dimension& d = dimensions[i];
      index[i] = position % d.extent;
      position /= d.extent;
      for (int o = 0; o < kOperands; ++o) offset[o] += index[i] * d.stride[o];
    }
  }
  // Moves by `step` elements within the innermost dimension, then carries.
  void advance(const std::vector<Dimension>& dimensions, std::int64_t step) {
    std::size_t i = dimensions.size() - 1;
    index[i] += step;
    for (int o = 0; o < kOperands; ++o) offset[o] += step * dimensions[i].stride[o];
    while (i > 0 && index[i] == dimensions[i].extent) {
      for (int o = 0; o < kOperands; ++o) {
        offset[o] += dimensions[i - 1].stride[o] - dimensions[i].extent * dimensions[i].stride[o];
      }
      index[i] = 0;
      ++index[--i];
    }
  }
};

}  // namespace rheo
