// SPDX-License-Identifier: Apache-2.0
// passes.h: the steps of gates and fused calls around the kernels, on contiguous memory; no activation is
// known here.
//
// y may be any of the inputs. Comparisons with NaN fail, so it passes through. Per instruction set, as
// kernels.
#pragma once

#include <cstddef>
#include <cstdint>

#include "src/block/walk16.h"
#include "src/core/kernels.h"

namespace rheo {

// scale x + bias with one rounding. A factor or summand is an array, else a number, else absent.
template <class T>
struct Affine {
  bool scaled, moved;
  const T *scales, *biases;  // null: the numbers
  T scale, bias;
};

template <class T>
struct Passes {
  // limit where x > limit, else x.
  void (*hold_above)(const T* x, T limit, T* y, std::size_t n);
  // x held within [-limit, limit], to which the offset is added if it is not 0.
  void (*hold)(const T* x, T limit, T offset, T* y, std::size_t n);
  void (*multiply)(const T* a, const T* b, T* y, std::size_t n);
  // 0 where x is above the limit, or outside [-limit, limit]; else `given`.
  void (*zero_above)(const T* x, T limit, const T* given, T* y, std::size_t n);
  void (*zero_outside)(const T* x, T limit, const T* given, T* y, std::size_t n);
  void (*affine)(const T* x, const Affine<T>& numbers, T* y, std::size_t n);
};

// Of float and double, for the instruction set in use.
template <class T>
const Passes<T>& passes();

// Arrays of float32 that stand for 16-bit numbers have room for a multiple of so many, and an order of their
// own.
inline constexpr std::size_t kStep16 = 64;
constexpr std::size_t whole16(std::size_t n) { return (n + kStep16 - 1) / kStep16 * kStep16; }

struct Passes16 {
  void (*widen)(const std::uint16_t* from, std::size_t n, float* to);
  // y = value grad, where `value` is f(x). False where a value, but 0 of x = 0, is so small or so large that
  // float32 may have lost digits, or all of them: there y is left as it was.
  bool (*weigh)(const float* value, const float* x, const float* grad, float* y, std::size_t n);
  // Plain float32 in the order of widen().
  void (*arrange)(const float* from, std::size_t n, float* to);
  // Rounds float32 results of these kernels; x and grad (or null) are what they were made of, in the order of
  // widen(), for results that float32 does not decide. round() is of results within one ulp, round_weighed()
  // of those of weigh(), within three.
  using Round = void(const Kernels16& kernels, const double* parameters, const float* results, const float* x,
                     const float* grad, std::size_t n, std::uint16_t* y);
  Round *round, *round_weighed;
};

const Passes16& passes16(Format format);

}  // namespace rheo
