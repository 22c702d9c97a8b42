// SPDX-License-Identifier: Apache-2.0
// kernels.h: the type of a block kernel, and the table that each instruction set fills for an activation.
#pragma once

#include <cstddef>
#include <cstdint>

#include "src/math/arithmetic.h"

namespace rheo {

enum class Role {
  kValue,
  kDerivative,
  kBackward,
  kParameter,  // gradient times the derivative with respect to a parameter
  kProduct,    // a number times the value, rounded once: a gate (src/block/gate.h), and one of its gradients
  kSecond      // gradient times the second derivative; not of block kernels (src/second/program.h)
};
enum class Format {
  kFloat32,
  kFloat64,
  kBfloat16,
  kFloat16
};

inline constexpr int kRoles = 3;          // that need no parameter to be named
inline constexpr int kKernelFormats = 2;  // the first ones; others are made of these (src/block/walk16.h)

constexpr bool is16(Format format) { return format == Format::kBfloat16 || format == Format::kFloat16; }
inline constexpr int kFormats16 = 2;
constexpr int place16(Format format) { return format == Format::kBfloat16 ? 0 : 1; }
constexpr std::size_t size_of(Format format) { return is16(format) ? 2 : format == Format::kFloat32 ? 4 : 8; }
inline constexpr int kMaxParameters = 4;

// y[i] from x[i] (and grad[i]) for n contiguous elements; y may be x or grad. grad is null for value and
// derivative, the other factor for kProduct, and may be null for kParameter, where it then counts as 1. The
// parameters are already rounded to the format, in the file's order.
using Kernel = void (*)(const void* x, const void* grad, void* y, std::size_t n, const double* parameters);

// The same for a 16-bit format, by float32 in registers, as walk16 does it; false where the parameters are
// not for that, and nothing was done.
struct Kernels16;
using Kernel16 = bool (*)(const Kernels16& kernels, const void* x, const void* grad, void* y, std::size_t n,
                          const double* parameters);

inline constexpr int kDigits16 = 11, kDigits32 = Arithmetic::kFloatDigits;

constexpr bool fits_float32(int digits) { return digits <= kDigits32; }

// How many binary digits a number has at most, made of an x of 16 bits or of float32.
struct Digits {
  int of16, of32;

  int of(int x) const { return x <= kDigits16 ? of16 : of32; }
};

// The same of float32, with parameters[k][i] for element i. Returns how many elements are left as they were,
// for a kernel with their parameters, and their indices, in order, in others[n].
using VariedKernel = std::size_t (*)(const float* x, const float* grad, float* y, std::size_t n,
                                     const float* const* parameters, std::uint32_t* others);

// A kernel of float32 that writes past the caches, for y apart from x and grad.
struct Streamed {
  Kernel kernel = nullptr;
  bool quick = false;  // so that memory takes the time, even of one thread
};

struct Kernels {
  Kernel table[kKernelFormats][kRoles];
  Kernel parameter[kKernelFormats][kMaxParameters];
  Kernel product[kKernelFormats];
  Kernel16 direct[kFormats16][kRoles];  // by place16(); of plain arithmetic, else null
  VariedKernel varied[kRoles];          // null where there are no parameters
  Streamed streamed[kRoles];            // without a kernel where it gains nothing
  bool plain[kRoles];   // at the default parameters, float32 itself evaluates the formula, without a table
  bool plain_product;   // also before its last rounding
  Digits value, slope;  // of f(x) and f'(x), for any parameters
  bool same;            // f(x) is x
};

}  // namespace rheo
