// SPDX-License-Identifier: Apache-2.0
// random.h: functions that draw random numbers: what their files declare, and the kernels that are made of
// them.
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
  List<const char*, 12> aliases = {};
  List<TorchName, 4> torch = {};
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

// Of the instruction set in use.
const NumberKernels& number_kernels();

struct RandomEntry {
  const char* file;  // activations/random/<file>.h
  const RandomInfo* info;
  const RandomKernels* (*kernels)();  // of the instruction set in use, for all of the file's functions
  std::size_t index;                  // of this one among them
  const char* (*objection)(const double* parameters);  // what is expected of parameters, null when met

  RandomKernel kernel(Format format, Role role, bool training) const {
    const RandomKernels& all = kernels()[index];
    const auto& of_role = role == Role::kValue ? all.value : all.backward;
    return of_role[static_cast<int>(format)][training ? 1 : 0];
  }
};

struct RandomEntryList {
  RandomEntry items[8];
  std::size_t count;
};

}  // namespace rheo
