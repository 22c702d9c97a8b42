// SPDX-License-Identifier: Apache-2.0
// same16.h: comparing results of all formats by their bits; NaNs are all the same.
#pragma once

#include <cstdint>

#include "src/core/format16.h"
#include "tests/core/sample.h"

namespace rheo::test {

using Bits16 = std::uint16_t;

template <class T>
bool same_number(Format, T a, T b) {
  return same(a, b);
}
inline bool same_number(Format format, Bits16 a, Bits16 b) {
  const auto nan = [&](Bits16 bits) { return (bits & 0x7FFF) > format16_of(format).infinity; };
  return a == b || (nan(a) && nan(b));
}

}  // namespace rheo::test
