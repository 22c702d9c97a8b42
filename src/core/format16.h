// SPDX-License-Identifier: Apache-2.0
// format16.h: how a 16-bit format lays out its numbers (src/math/format16.h), by the format.
#pragma once

#include "src/core/kernels.h"
#include "src/math/format16.h"

namespace rheo {

// Of bfloat16 or float16.
constexpr Format16 format16_of(Format format) {
  return format == Format::kBfloat16 ? kBfloat16Format : kFloat16Format;
}

}  // namespace rheo
