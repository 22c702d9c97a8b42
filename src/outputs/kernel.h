// SPDX-License-Identifier: Apache-2.0
// kernel.h: derivatives from outputs, on contiguous memory.
#pragma once

#include "src/core/kernels.h"
#include "src/outputs/relation.h"

namespace rheo {

// Of the instruction set in use, for any format, 16-bit ones too. x are outputs; grad may be null, for 1. Its
// parameters are parameters_of() the relation.
Kernel output_kernel(Format format, const Relation& relation);

inline const double* parameters_of(const Relation& relation) {
  return reinterpret_cast<const double*>(&relation);
}

}  // namespace rheo
