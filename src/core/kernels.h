// SPDX-License-Identifier: Apache-2.0
// kernels.h: the type of a block kernel, and the table that each instruction set fills for an activation.
#pragma once

#include <cstddef>

namespace rheo {

enum class Role {
  kValue,
  kDerivative,
  kBackward
};
enum class Format {
  kFloat32,
  kFloat64
};

inline constexpr int kRoles = 3;
inline constexpr int kFormats = 2;

// y[i] from x[i] (and grad[i], null unless backward) for n contiguous elements; y may be x or grad. The
// parameters are already rounded to the format, in the file's order.
using Kernel = void (*)(const void* x, const void* grad, void* y, std::size_t n, const double* parameters);

struct Kernels {
  Kernel table[kFormats][kRoles];
};

}  // namespace rheo
