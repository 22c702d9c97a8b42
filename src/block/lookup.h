// SPDX-License-Identifier: Apache-2.0
// lookup.h: bytes through a table of 256.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rheo {

// Entries of a table: one for each byte.
inline constexpr std::size_t kTableSize = 256;

// y[i] = table[x[i]] for n bytes, at any addresses; y may be x.
void look_up(const std::uint8_t* table, const std::uint8_t* x, std::uint8_t* y, std::size_t n);

}  // namespace rheo
