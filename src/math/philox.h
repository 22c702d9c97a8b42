// SPDX-License-Identifier: Apache-2.0
// philox.h: the random words of an element, one at a time. Plain C++ that any compiler takes, also one for a
// GPU.
//
// Philox4x32-10 of Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3, 2011,
// doi:10.1145/2063384.2063405. It has no state: the words of an element follow from the seed, the call's
// offset and the element's index alone, whoever asks for them, and when.
#pragma once

#include <cstdint>

namespace rheo {

// Multipliers and the key's steps, from the paper. Numbers, not arrays: code for a GPU has no namespace's
// arrays.
inline constexpr std::uint32_t kPhiloxMultiplier0 = 0xD2511F53U, kPhiloxMultiplier1 = 0xCD9E8D57U;
inline constexpr std::uint32_t kPhiloxKeyStep0 = 0x9E3779B9U, kPhiloxKeyStep1 = 0xBB67AE85U;
inline constexpr int kPhiloxRounds = 10;

struct PhiloxWords {
  std::uint32_t word[4];
};

// What a call's random numbers depend on beside the index.
struct Stream {
  std::uint64_t seed, offset;
};

// Elements of a call may have indices below this, so that block numbers keep bit 63 free.
inline constexpr std::uint64_t kMostIndices = std::uint64_t{1} << 63;

// The block numbers of second words, for numbers that are made of two, have this bit.
inline constexpr std::uint64_t kSecondWords = std::uint64_t{1} << 63;

// The function of the paper: four words from a counter of four and a key of two.
constexpr PhiloxWords philox(PhiloxWords counter, std::uint32_t key0, std::uint32_t key1) {
  for (int round = 0; round < kPhiloxRounds; ++round) {
    const std::uint64_t a = std::uint64_t{kPhiloxMultiplier0} * counter.word[0];
    const std::uint64_t b = std::uint64_t{kPhiloxMultiplier1} * counter.word[2];
    counter = {{static_cast<std::uint32_t>(b >> 32) ^ counter.word[1] ^ key0, static_cast<std::uint32_t>(b),
                static_cast<std::uint32_t>(a >> 32) ^ counter.word[3] ^ key1, static_cast<std::uint32_t>(a)}};
    key0 += kPhiloxKeyStep0, key1 += kPhiloxKeyStep1;
  }
  return counter;
}

// The words of four elements: the counter is the block's number and the call's offset, the key is the seed,
// low halves first.
constexpr PhiloxWords random_block(Stream stream, std::uint64_t block) {
  return philox(
      {{static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32),
        static_cast<std::uint32_t>(stream.offset), static_cast<std::uint32_t>(stream.offset >> 32)}},
      static_cast<std::uint32_t>(stream.seed), static_cast<std::uint32_t>(stream.seed >> 32));
}

// The word of an element, and its second one.
constexpr std::uint32_t random_word(Stream stream, std::uint64_t index) {
  return random_block(stream, index / 4).word[index % 4];
}
constexpr std::uint32_t second_random_word(Stream stream, std::uint64_t index) {
  return random_block(stream, index / 4 | kSecondWords).word[index % 4];
}

// A multiple of 2^-24 in [0, 1): a float holds it exactly.
constexpr float uniform_of(std::uint32_t word) { return static_cast<float>(word >> 8) * 0x1p-24F; }

}  // namespace rheo
