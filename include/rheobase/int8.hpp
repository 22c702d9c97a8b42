// SPDX-License-Identifier: Apache-2.0
// int8.hpp: activations of quantized numbers for C++20. Header-only, over int8.h.
//
//   rheobase::int8_table table(rheobase::activation("gelu"), {0.05F, 3}, {0.02F, -110},
//                              rheobase::convention::onnx);
//   table(q, r);                  // r[i] is the code of gelu of the number of q[i]; r may be q
//   std::int8_t one = table[q[0]];
#ifndef RHEOBASE_INT8_HPP_
#define RHEOBASE_INT8_HPP_

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string>

#include "rheobase/int8.h"
#include "rheobase/rheobase.hpp"

namespace rheobase {

// A code q stands for scale * (q - zero).
struct quantization {
  float scale;            // positive, finite
  std::int32_t zero = 0;  // the code of 0
};

// Whose rounding: rheo_convention says what each does.
enum class convention : std::uint32_t {
  tflite = RHEO_TFLITE,
  onnx = RHEO_ONNX,
  torch = RHEO_TORCH
};

// A table of 256 codes, which are std::int8_t or std::uint8_t. Copies are independent of each other and of
// the activation.
template <class Code>
class code_table {
  static_assert(sizeof(Code) == 1);

 public:
  // Of the activation with its parameters. Throws error (RHEO_ERROR_PARAMETER) when a scale is not a positive
  // finite number, when a zero is not a code, or for what the activation's parameters may not be.
  code_table(const activation& function, quantization in, quantization out,
             convention rounding = convention::tflite) {
    rheo_quantization q{};
    q.struct_size = sizeof q;
    q.codes = Code(-1) < Code(0) ? RHEO_INT8 : RHEO_UINT8;
    q.convention = static_cast<std::uint32_t>(rounding);
    q.in_scale = in.scale, q.in_zero = in.zero;
    q.out_scale = out.scale, q.out_zero = out.zero;
    q.parameters = function.parameters().data();
    q.parameter_count = function.parameters().size();
    detail::check(rheo_int8_table(function.handle(), &q, bytes_.data()));
  }

  // The result's code for one code of x.
  Code operator[](Code code) const { return std::bit_cast<Code>(bytes_[static_cast<std::uint8_t>(code)]); }

  // y[i] = table[x[i]], on the library's threads where that pays, at most `threads` unless it is 0. y may be
  // x. Throws error: RHEO_ERROR_SHAPE when the sizes differ, RHEO_ERROR_OVERLAP, RHEO_ERROR_THREADS.
  void operator()(std::span<const Code> x, std::span<Code> y, std::int32_t threads = 0) const {
    if (x.size() != y.size()) {
      detail::raise(RHEO_ERROR_SHAPE, "y has " + std::to_string(y.size()) + " elements; expected " +
                                          std::to_string(x.size()) + ", as x has");
    }
    detail::check(rheo_int8_apply(bytes_.data(), x.data(), y.data(), static_cast<std::int64_t>(x.size()),
                                  threads, nullptr));
  }

  // All entries; a code's place is its byte.
  const std::array<std::uint8_t, 256>& bytes() const noexcept { return bytes_; }

 private:
  std::array<std::uint8_t, 256> bytes_{};
};

using int8_table = code_table<std::int8_t>;
using uint8_table = code_table<std::uint8_t>;

}  // namespace rheobase

#endif  // RHEOBASE_INT8_HPP_
