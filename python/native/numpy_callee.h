// SPDX-License-Identifier: Apache-2.0
// numpy_callee.h: what one ufunc computes: a function of the registry, a role, and values of its keywords.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "rheobase/rheobase.h"

namespace rheo::numpy {

// Which call of the C ABI serves a ufunc; numbers that the Python side gives.
enum class Kind : int {
  kElements = 0,  // rheo_run: [grad,] x -> y
  kVaried = 1,    // the same, each parameter a further input: [grad,] x, parameters... -> y
  kGate = 2,      // rheo_run_gate: a, b -> y; for backward grad, a, b -> da, db
  kRows = 3,      // rheo_rows_run: x -> y, over a core dimension; for backward grad, x -> y
  kMasked = 4,    // the same with a mask as the last input
  kResult = 5     // rheo_rows_run: grad, result -> y
};

inline constexpr int kFormats = 4;       // of rheo_format
inline constexpr int kMostOperands = 8;  // grad, x, four parameters, y, and one to spare

// How many threads a call may use, 1 to 1024; 0: the library's choice.
inline std::atomic<std::int32_t> threads = 0;

// Owned by the ufunc. Loops get a pointer to one of `typed`, and read it from several threads.
struct Callee {
  struct Typed {
    const Callee* callee;
    rheo_format format;
  };

  std::string name, doc;
  Kind kind = Kind::kElements;
  std::uint32_t role = RHEO_VALUE;
  std::string with_respect_to;  // of RHEO_PARAMETER
  const rheo_activation* activation = nullptr;
  const rheo_row_function* rows = nullptr;
  std::vector<std::string> names;  // of parameters, in the file's order
  std::vector<double> values;      // of parameters, then what the kind has: limit and offset, or scale
  std::vector<rheo_parameter> parameters;
  Typed typed[kFormats + 1];       // by rheo_format
  bool served[kFormats + 1] = {};  // formats that the ufunc has a loop for

  int inputs() const;
  int outputs() const { return kind == Kind::kGate && role == RHEO_BACKWARD ? 2 : 1; }
  bool of_rows() const { return kind >= Kind::kRows; }
  // What stands behind the parameters in `values`.
  double setting(std::size_t i) const { return values[names.size() + i]; }
  // What is said about a parameter's format: float for all but float64.
  void finish();
};

// What all calls of rheo_run for it have: no parameters, shape or memory yet.
rheo_call call_of(const Callee& callee, rheo_format format);

// The call of rheo_run for *n elements: [grad,] x, y, strides in elements. Valid as long as both pointers.
rheo_call unary_call(const Callee& callee, rheo_format format, char* const* operands,
                     const std::int64_t* strides, const std::int64_t* n);

// n elements; operands are inputs, then outputs, strides in elements.
rheo_status run_elements(const Callee& callee, rheo_format format, char* const* operands,
                         const std::int64_t* strides, std::int64_t n);

// count rows of n elements each; strides of each operand from row to row, and inside.
rheo_status run_rows(const Callee& callee, rheo_format format, char* const* operands,
                     const std::int64_t (*strides)[2], std::int64_t count, std::int64_t n);

// Whether the library takes the keywords' values in this format: runs one element. The message is in
// rheo_last_error().
rheo_status probe(const Callee& callee, rheo_format format);

constexpr std::int64_t size_of(rheo_format format) {
  return format == RHEO_FLOAT64 ? 8 : format == RHEO_FLOAT32 ? 4 : 2;
}

}  // namespace rheo::numpy
