// SPDX-License-Identifier: Apache-2.0
// number_text.h: numbers as JSON and messages show them.
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace rheo {

// The shortest text that reads back as the same number; "inf", "-inf", "nan".
inline std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

}  // namespace rheo
