// SPDX-License-Identifier: Apache-2.0
// calls.h: the functions of the installed headers for vectors in registers, as functions of arrays.
#pragma once

#include <cstddef>

namespace rheo::test {

// How a function of the headers is called.
enum class Way {
  kFixed,     // one vector, the name's own parameters
  kPrepared,  // the same with given parameters
  kInPlace,   // five vectors together, values only
  kPart       // vectors shorter than the registers
};

// How many lanes an array of the calls has to be a multiple of: five vectors of the longest.
inline constexpr std::size_t kCallLanes = std::size_t{5} * 16;

template <class T>
using SimdCall = void (*)(const T* x, const T* grad, T* y, std::size_t n, const double* parameters);

// By way and by role: value, derivative, backward, product. Null where there is none.
struct SimdCalls {
  const char* name;
  SimdCall<float> float32[4][4];
  SimdCall<double> float64[4][4];
};

struct SimdCallList {
  SimdCalls items[16];
  std::size_t count;
};

}  // namespace rheo::test
