// SPDX-License-Identifier: Apache-2.0
// quantize.h: numbers as codes of 8 bits, in the arithmetic of the frameworks that made them.
#pragma once

#include <cstdint>

namespace rheo {

// Which codes there are: int8 or uint8.
struct Codes {
  std::int32_t low, high;
};

// The number of a code is scale * (code - zero), in float32; scale is positive.
struct Scale {
  float scale;
  std::int32_t zero;
};

enum class Rounding {
  kReciprocalAway,  // times 1 / scale, ties away from zero: TensorFlow Lite's LUTPopulate
  kDivideEven,      // divided by scale, ties to even: ONNX's QuantizeLinear
  kReciprocalEven   // times 1 / scale, ties to even: PyTorch's quantize_per_tensor and fake_quantize
};

float number_of(std::int32_t code, Scale scale);

// The code of a number that is not NaN; the last code where it is beyond that.
std::int32_t code_of(float number, Scale scale, Codes codes, Rounding rounding);

}  // namespace rheo
