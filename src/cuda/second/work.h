// SPDX-License-Identifier: Apache-2.0
// work.h: a second derivative with given parameters, as it travels to a device: its program (src/second), and
// what does not depend on x, computed on the host.
#pragma once

#include <cstdint>
#include <string>

#include "src/second/program.h"

namespace rheo {

// The longest program of the files here has 29. So many leave room in the 4 KB of a kernel's parameters.
inline constexpr int kMostSteps = 192;
// A thread's slots: 0 is x, then come numbers that depend on it; others, which all threads share, from here
// on.
inline constexpr int kConstantSlots = kSlots;

struct SecondWork {
  Instruction steps[kMostSteps];
  double quick[kSlots];     // what all threads share, as float64
  double full[3 * kSlots];  // and as wide numbers: high, low, exponent
  double left, right;       // f'' at the infinities
  std::int32_t count;       // of steps
  std::int32_t slots;       // that a thread needs
  std::uint8_t result;
  bool lanes;  // whether float64 may do, where the format is a smaller one
};

static_assert(sizeof(SecondWork) + 4 * sizeof(void*) <= 4096);

// Why a device has no room for a program, "" where it has.
std::string unfit(const Program& program);

// Of a program that is not 0 everywhere.
SecondWork second_work(const Program& program, const double* parameters);

// The same. It takes up to 20 microseconds, and calls come again and again with the same parameters: each
// thread keeps the last one, of programs that stay where they are.
const SecondWork& known_work(const Program& program, const double* parameters);

}  // namespace rheo
