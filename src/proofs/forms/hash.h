// SPDX-License-Identifier: Apache-2.0
// hash.h: FNV-1a over results, byte by byte: to find accidents, not forgeries.
#pragma once

#include <cstdint>

namespace rheo::proofs {

inline constexpr std::uint64_t kHashStart = 0xcbf29ce484222325u;

inline std::uint64_t hash_byte(std::uint64_t state, std::uint64_t byte) {
  return (state ^ (byte & 255)) * 0x100000001b3u;
}

}  // namespace rheo::proofs
