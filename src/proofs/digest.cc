// SPDX-License-Identifier: Apache-2.0
// digest.cc: XXH3 over canonical results.
#include "src/proofs/digest.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <bit>
#include <cstring>

namespace rheo::proofs {

namespace {

std::string hexadecimal(const XXH128_canonical_t& hash) {
  std::string text;
  for (const unsigned char byte : hash.digest) text += fmt::format("{:02x}", byte);
  return text;
}

std::string canonical(XXH128_hash_t hash) {
  XXH128_canonical_t bytes;
  XXH128_canonicalFromHash(&bytes, hash);
  return hexadecimal(bytes);
}

int hexadecimal_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

void fill_inputs(std::uint32_t first, std::span<float> x) {
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = std::bit_cast<float>(first + static_cast<std::uint32_t>(i));
}

struct ChunkDigest::State {
  XXH3_state_t hash;
};

ChunkDigest::ChunkDigest() : state_(std::make_unique<State>()) { XXH3_128bits_reset(&state_->hash); }
ChunkDigest::~ChunkDigest() = default;

void ChunkDigest::add(std::span<float> y) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::uint32_t kNan = 0x7fc00000u, kInfinity = 0x7f800000u;
  for (float& v : y) {
    const auto bits = std::bit_cast<std::uint32_t>(v);
    v = std::bit_cast<float>((bits & 0x7fffffffu) > kInfinity ? kNan : bits);
  }
  XXH3_128bits_update(&state_->hash, y.data(), y.size_bytes());
}

std::string ChunkDigest::text() const { return canonical(XXH3_128bits_digest(&state_->hash)); }

std::string combined(const std::vector<std::string>& chunks) {
  std::string bytes;
  for (const std::string& chunk : chunks) {
    if (chunk.size() != 32) return "";
    for (std::size_t i = 0; i < chunk.size(); i += 2) {
      const int high = hexadecimal_digit(chunk[i]), low = hexadecimal_digit(chunk[i + 1]);
      if (high < 0 || low < 0) return "";
      bytes += static_cast<char>(high * 16 + low);
    }
  }
  return canonical(XXH3_128bits(bytes.data(), bytes.size()));
}

std::string digest16(std::span<const std::uint16_t> y, std::uint16_t infinity) {
  std::vector<std::uint16_t> results(y.begin(), y.end());
  for (std::uint16_t& bits : results)
    if ((bits & 0x7fff) > infinity) bits = static_cast<std::uint16_t>(infinity | infinity >> 1);
  return canonical(XXH3_128bits(results.data(), results.size() * sizeof(std::uint16_t)));
}

std::string hexadecimal16(std::uint16_t bits) { return fmt::format("{:#06x}", bits); }

std::string chunk_text(int chunk) {
  const std::uint32_t first = static_cast<std::uint32_t>(chunk) << 24, last = first | 0xffffffu;
  return fmt::format("inputs {:#010x} to {:#010x} ({} to {})", first, last, std::bit_cast<float>(first),
                     std::bit_cast<float>(last));
}

}  // namespace rheo::proofs
