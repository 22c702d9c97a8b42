// SPDX-License-Identifier: Apache-2.0
// program.h: second derivatives as lists of instructions, made from the record of a formula.
//
// A formula is recorded once (src/core/trace.h) and differentiated twice, step by step; what comes out is not
// compiled but run by a small machine (kernel.cc), a block of lanes an instruction. So second derivatives
// cost no compile time per activation, and a new file has them as it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "src/core/info.h"
#include "src/core/kernels.h"

namespace rheo {

struct Entry;

// Comparisons give a condition, which only kSelect takes.
enum class Operation : std::uint8_t {
  kNumber,
  kInput,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kNegate,
  kLess,
  kGreater,
  kLessOrEqual,
  kGreaterOrEqual,
  kSelect,
  kExp,
  kExpm1,
  kLog1p,
  kSigmoid,
  kTails,  // sigmoid(u) sigmoid(-u)
  kTanh,
  kXMinusTanh,
  kSoftplus,
  kErfc,
  kExpMinusSquare
};

// The machine's slots. The largest program of the files here needs fewer than half of them.
inline constexpr int kSlots = 64;

// Aligned so that a device fetches it at once.
struct alignas(8) Instruction {
  Operation operation;
  std::uint8_t to;       // the slot of its result, which may be that of an operand
  std::uint8_t from[3];  // of its operands, as many as the operation takes
};

struct Program {
  struct Number {
    std::uint8_t to;
    double high, low;
  };
  // Slot 0 is x, and slot 1 + i parameter i.
  std::vector<Number> numbers;
  std::vector<Instruction> once;  // what does not depend on x
  std::vector<Instruction> each;
  std::uint8_t result = 0;
  bool zero = false;  // 0 for every x: none of the above is needed
  Facts (*facts)(const double* parameters) = nullptr;
  std::size_t parameters = 0;
  std::string fault;  // why there is no program, "" where there is one
};

// f''(x) of an activation. The file's own derivative is differentiated, where it has one; else the formula,
// twice.
Program make_second(const Entry& entry);

// The same, made at the first call and kept.
const Program& second_of(const Entry& entry);

// y[i] = f''(x[i]), or grad[i] f''(x[i]), for n contiguous elements of any format; grad may be null. y may be
// x or grad. One rounding of the exact product up to the errors that docs/accuracy.md states.
using SecondKernel = void (*)(Format format, const Program& program, const void* x, const void* grad, void* y,
                              std::size_t n, const double* parameters);
void second_kernel(Format format, const Program& program, const void* x, const void* grad, void* y,
                   std::size_t n, const double* parameters);

}  // namespace rheo
