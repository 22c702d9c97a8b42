// SPDX-License-Identifier: Apache-2.0
// digest.h: digests of all 2^32 float32 results of a function: what two machines have to agree on.
//
// The inputs are the 2^32 bit patterns in ascending order, split into 256 chunks of 2^24 (a sign and two
// binades each). A chunk's digest is XXH3-128 (seed 0) of its results as little-endian float32, every NaN as
// 0x7fc00000. The function's digest is XXH3-128 of the chunks' digests in canonical (big-endian) form, one
// after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace rheo::proofs {

inline constexpr std::int64_t kInputs = std::int64_t{1} << 32;
inline constexpr int kChunks = 256;
inline constexpr std::int64_t kChunkSize = kInputs / kChunks;
inline constexpr std::int64_t kBlock = 1 << 14;  // results made at a time; they stay in cache

// Fills x with the block of inputs whose first bit pattern is `first`.
void fill_inputs(std::uint32_t first, std::span<float> x);

// The digest of one chunk, fed with consecutive blocks. Replaces NaNs in `y`.
class ChunkDigest {
 public:
  ChunkDigest();
  ~ChunkDigest();
  void add(std::span<float> y);
  std::string text() const;  // 32 hexadecimal digits

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The function's digest from those of all chunks; "" when one is not 32 hexadecimal digits.
std::string combined(const std::vector<std::string>& chunks);

// The same of all 65,536 results of a 16-bit format, whose infinity has these bits: XXH3-128 of them, every
// NaN as the quiet one without a payload. Of backward, each input has such a digest of the results for all
// gradients, and combined() makes one of these.
std::string digest16(std::span<const std::uint16_t> y, std::uint16_t infinity);

// "0x3f80".
std::string hexadecimal16(std::uint16_t bits);

// "inputs 0x40000000 to 0x40ffffff (2 to 7.9999995)".
std::string chunk_text(int chunk);

}  // namespace rheo::proofs
