// SPDX-License-Identifier: Apache-2.0
// random_kernels.h: what a file of activations/random declares, and the kernels that are made of it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "src/core/info.h"
#include "src/core/kernels.h"
#include "src/math/philox.h"

namespace rheo {

// Which number an element draws.
enum class Draws {
  kUniform,
  kNormal
};

struct RandomInfo {
  const char* name;
  const char* title;
  const char* summary;
  const char* formula;  // in training, for people
  Draws draws;
  List<Parameter, kMaxParameters> parameters = {};
  List<TorchName, 2> torch = {};
  List<Reference, 4> references = {};
};

// y[i] from x[i] and the numbers of the element first + i, for n contiguous elements; y may be x or grad. For
// backward, grad may be null, which is a gradient of 1. The parameters are already rounded to the format, in
// the file's order.
using RandomKernel = void (*)(const void* x, const void* grad, void* y, std::size_t n,
                              const double* parameters, Stream stream, std::uint64_t first);

inline constexpr int kFormats = 4;

struct RandomKernels {
  RandomKernel value[kFormats][2];     // of each format, for evaluation and for training
  RandomKernel backward[kFormats][2];  // gives the derivative too
};

// The numbers themselves, of n elements.
struct NumberKernels {
  void (*words)(Stream stream, std::uint64_t first, std::size_t n, std::uint32_t* words);
  void (*uniforms)(Stream stream, std::uint64_t first, std::size_t n, double* numbers);
  void (*normals)(Stream stream, std::uint64_t first, std::size_t n, double* numbers);
};

}  // namespace rheo
