// SPDX-License-Identifier: Apache-2.0
// compare_test.cc: one changed bit among 2^24 results is found, in its chunk and in no other.
#include "src/proofs/compare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <bit>

namespace rheo::proofs {
namespace {

void identity(std::span<const float> x, std::span<float> y) { std::copy(x.begin(), x.end(), y.begin()); }

// The identity but for the last bit of one result.
Results changed_at(std::uint32_t input) {
  return [input](std::span<const float> x, std::span<float> y) {
    identity(x, y);
    const std::uint32_t at = input - std::bit_cast<std::uint32_t>(x[0]);
    if (at < y.size()) y[at] = std::bit_cast<float>(std::bit_cast<std::uint32_t>(y[at]) ^ 1);
  };
}

// Of the identity's first chunks, made without the code under test.
std::vector<std::string> digests(std::uint32_t chunks) {
  std::vector<std::string> texts;
  std::vector<float> y(kChunkSize);
  for (std::uint32_t i = 0; i < chunks; ++i) {
    fill_inputs(i << 24, y);
    ChunkDigest digest;
    digest.add(y);
    texts.push_back(digest.text());
  }
  return texts;
}

TEST(Comparison, OfTheSameResultsFindsNothing) {
  for (const int threads : {1, 2, 5})
    EXPECT_TRUE(different_chunks(digests(3), threads, identity, {}).empty());
}

TEST(Comparison, FindsTheChunkOfOneChangedBit) {
  for (const std::uint32_t input : {0u, 0xffffffu, 0x1000000u, 0x1234567u, 0x2ffffffu})
    EXPECT_EQ(different_chunks(digests(3), 2, changed_at(input), {}),
              std::vector<int>{static_cast<int>(input >> 24)})
        << input;
}

TEST(Comparison, FindsAllChunksInOrder) {
  std::vector<std::string> recorded = digests(4);
  std::swap(recorded[1], recorded[3]);
  EXPECT_EQ(different_chunks(recorded, 3, identity, {}), (std::vector<int>{1, 3}));
}

TEST(Comparison, EndsWhenEnoughIsKnown) {
  std::vector<std::string> recorded = digests(4);
  recorded[0] = recorded[2] = "none";
  std::atomic<std::int64_t> made = 0;
  const auto counted = [&](std::span<const float> x, std::span<float> y) {
    identity(x, y);
    made += static_cast<std::int64_t>(y.size());
  };
  EXPECT_EQ(different_chunks(recorded, 1, counted, {}, 1), std::vector<int>{0});
  EXPECT_EQ(made, kChunkSize);
}

TEST(Comparison, TellsHowFarItIs) {
  std::vector<double> seen;
  different_chunks(digests(4), 2, identity, [&](double done) { seen.push_back(done); });
  EXPECT_EQ(seen, (std::vector<double>{0.25, 0.5, 0.75, 1}));
}

}  // namespace
}  // namespace rheo::proofs
