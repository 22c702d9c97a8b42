// SPDX-License-Identifier: Apache-2.0
// digest_test.cc: digests are those that other programs compute. Expected ones are python-xxhash 3.5's:
// xxhash.xxh3_128(data).hexdigest().
#include "src/proofs/digest.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>

namespace rheo::proofs {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

std::string digest_of(std::vector<float> y) {
  ChunkDigest digest;
  digest.add(y);
  return digest.text();
}

float of_bits(std::uint32_t bits) { return std::bit_cast<float>(bits); }

// The first one is xxHash's published digest of nothing.
TEST(Digests, AreXxh3OfLittleEndianFloats) {
  EXPECT_EQ(digest_of({}), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(digest_of({1, -0.0F, kInf, 1e-45F}), "6b5fb6d93b7cd6777e4c0f054602c338");
  // Of 0x3f800000, 0x7fc00000 and 0xff800000.
  EXPECT_EQ(digest_of({1, of_bits(0x7fc00000), -kInf}), "040a037a41586ea6dd9c19249db85376");
}

TEST(Digests, DoNotDependOnHowTheResultsAreSplit) {
  std::vector<float> y(1 << 16);
  fill_inputs(0x3f800000, y);
  ChunkDigest pieces;
  for (std::size_t at = 0, size = 1; at < y.size(); at += size, size = std::min(3 * size, y.size() - at))
    pieces.add(std::span(y).subspan(at, std::min(size, y.size() - at)));
  EXPECT_EQ(pieces.text(), digest_of(y));
}

TEST(Digests, CountEveryNanAsOneAndNothingElse) {
  const std::string nan = digest_of({of_bits(0x7fc00000)});
  for (const std::uint32_t bits : {0xffc00000u, 0x7f800001u, 0xff800001u, 0x7fffffffu, 0xffffffffu})
    EXPECT_EQ(digest_of({of_bits(bits)}), nan) << bits;
  EXPECT_NE(digest_of({kInf}), nan);
  EXPECT_NE(digest_of({-kInf}), nan);
  EXPECT_NE(digest_of({0.0F}), digest_of({-0.0F}));
}

TEST(Digests, OfAFunctionAreThoseOfItsChunksBytes) {
  EXPECT_EQ(combined({}), "99aa06d3014798d86001c324468d497f");
  // Of the bytes 0 to 31.
  EXPECT_EQ(combined({"000102030405060708090a0b0c0d0e0f", "101112131415161718191a1b1c1d1e1f"}),
            "25e7c9b3424ceed2457d9566b6fcd697");
}

TEST(Digests, OfTextsThatAreNoneAreEmpty) {
  for (const char* text : {"", "00010203", "000102030405060708090a0b0c0d0e0g",
                           "000102030405060708090A0B0C0D0E0F", "000102030405060708090a0b0c0d0e0f0"})
    EXPECT_EQ(combined({"000102030405060708090a0b0c0d0e0f", text}), "") << text;
}

TEST(Inputs, AreConsecutiveBitPatterns) {
  std::vector<float> x(3);
  fill_inputs(0x3f7fffff, x);
  EXPECT_EQ(x, (std::vector<float>{1 - 0x1p-24F, 1, 1 + 0x1p-23F}));
  fill_inputs(0x7fffffff, x);
  EXPECT_NE(x[0], x[0]);
  EXPECT_EQ(std::bit_cast<std::uint32_t>(x[1]), 0x80000000u);
}

TEST(Inputs, OfAChunkAreNamed) {
  EXPECT_EQ(chunk_text(0x40), "inputs 0x40000000 to 0x40ffffff (2 to 7.9999995)");
  EXPECT_EQ(chunk_text(0x80), "inputs 0x80000000 to 0x80ffffff (-0 to -2.3509886e-38)");
  EXPECT_EQ(chunk_text(0x7f), "inputs 0x7f000000 to 0x7fffffff (1.7014118e+38 to nan)");
  EXPECT_EQ(chunk_text(0), "inputs 0x00000000 to 0x00ffffff (0 to 2.3509886e-38)");
}

}  // namespace
}  // namespace rheo::proofs
