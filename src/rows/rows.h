// SPDX-License-Identifier: Apache-2.0
// rows.h: row functions: what their files declare, and the kernels that are made of them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "src/core/info.h"

namespace rheo {

// With shares s_i = exp(sign x_i) / sum_j exp(sign x_j) of a row.
enum class RowResult {
  kShare,     // s_i
  kLogarithm  // log(s_i)
};

// Largest errors. A value's is in ulp of the exact result, for rows of up to 65,536 elements. Backward's
// counts units of epsilon (s_i (|g_i| + sum_j s_j |g_j|)), epsilon = 2^-24 or 2^-53; of a logarithm epsilon
// (|g_i| + s_i sum_j |g_j|).
struct RowBound {
  double value, backward;
};

struct RowInfo {
  const char* name;
  const char* title;
  const char* summary;
  const char* formula;
  RowResult result;
  double sign;
  List<const char*, 12> aliases = {};
  List<TorchName, 4> torch = {};
  RowBound float32, float64;
  List<Reference, 4> references = {};
};

// The row functions of one file.
template <class... A>
struct RowEntries {};

enum class RowRole {
  kValue,
  kBackward  // from a row of results
};
inline constexpr int kRowRoles = 2;

// What a walk over rows does.
enum class RowTask {
  kValue,
  kBackward,
  kFromX  // backward from x in a 16-bit format; in others these are the two above
};

// Where an operand's elements lie; strides are in elements.
struct RowOperand {
  char* data = nullptr;
  std::int64_t along = 1;   // from an element of a row to the next
  std::int64_t across = 0;  // from a row to the next
};

// Some rows, all of `length` elements.
struct RowWork {
  std::int64_t length, rows;
  RowOperand x;      // for backward the results
  RowOperand other;  // value: what is added to x, with the sign of scale, or null; backward: the gradients
  RowOperand y;      // may be x's or other's memory
  double scale;      // of x, with the function's sign
  Format format;     // of all operands
  RowOperand grad = {};  // of backward from x
};

using RowKernel = void (*)(const RowWork& work);

// So many rows that do not lie together a kernel walks at once, where there are as many.
constexpr std::int64_t rows_side_by_side(bool is_16_bit) { return is_16_bit ? 64 : 32; }

// The formats of kernels; float32's serve 16-bit formats as well.
struct RowKernels {
  RowKernel table[kKernelFormats][kRowRoles];
  RowKernel from_x;  // backward from x and grad, of 16-bit formats
};

// Of all row functions with that result, in the instruction set in use. A sign is not theirs: scale has it.
template <RowResult kResult>
const RowKernels& row_kernels();
template <>
const RowKernels& row_kernels<RowResult::kShare>();  // shares.cc
template <>
const RowKernels& row_kernels<RowResult::kLogarithm>();  // logarithms.cc

inline const RowKernels& row_kernels(RowResult result) {
  return result == RowResult::kShare ? row_kernels<RowResult::kShare>()
                                     : row_kernels<RowResult::kLogarithm>();
}

struct RowEntry {
  const char* file;  // activations/rows/<file>.h
  const RowInfo* info;
};

struct RowEntryList {
  RowEntry items[4];
  std::size_t count;
};

namespace recorded {

template <class... A>
constexpr RowEntryList row_entries(const char* file, RowEntries<A...>) {
  static_assert(sizeof...(A) <= 4, "more row functions in one file than RowEntryList holds");
  return {{RowEntry{file, &A::info}...}, sizeof...(A)};
}

}  // namespace recorded

}  // namespace rheo
