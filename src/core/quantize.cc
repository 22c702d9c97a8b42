// SPDX-License-Identifier: Apache-2.0
// quantize.cc: numbers as codes of 8 bits. Each line rounds as the framework's does, so none may be
// rewritten.
#include "src/core/quantize.h"

#include <algorithm>
#include <cmath>

namespace rheo {

float number_of(std::int32_t code, Scale scale) {
  return scale.scale * static_cast<float>(code - scale.zero);
}

std::int32_t code_of(float number, Scale scale, Codes codes, Rounding rounding) {
  const float inverse = 1.0F / scale.scale;
  float rounded = 0;
  switch (rounding) {
    case Rounding::kReciprocalAway:
      rounded = std::round(number * inverse);
      break;
    case Rounding::kDivideEven:
      rounded = std::nearbyint(number / scale.scale);
      break;
    case Rounding::kReciprocalEven:
      rounded = std::nearbyint(number * inverse);
      break;
  }
  // Before the conversion, which is undefined beyond int32. The sum is exact wherever it is not beyond the
  // codes.
  const float code = rounded + static_cast<float>(scale.zero);
  return static_cast<std::int32_t>(
      std::clamp(code, static_cast<float>(codes.low), static_cast<float>(codes.high)));
}

}  // namespace rheo
