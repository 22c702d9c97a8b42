// SPDX-License-Identifier: Apache-2.0
// lookup_test.cc: bytes through a table, by every instruction set, at any length and address.
#include "src/block/lookup.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <vector>

#include "hwy/targets.h"
#include "src/core/registry.h"

namespace rheo {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes random_bytes(std::size_t n, unsigned seed) {
  std::minstd_rand random(seed);
  Bytes bytes(n);
  for (std::uint8_t& b : bytes) b = static_cast<std::uint8_t>(random() >> 8);
  return bytes;
}

Bytes expected(const Bytes& table, const Bytes& x) {
  Bytes y(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = table[x[i]];
  return y;
}

// Runs body with this machine's best instruction set, then with each one forced.
template <class Body>
void for_targets(Body&& body) {
  hwy::DisableTargets(0);
  body("the best");
  for (const char* target : available_targets()) {
    ASSERT_TRUE(use_target(target));
    body(target);
  }
  hwy::DisableTargets(0);
}

TEST(Lookup, EveryByteFindsItsEntry) {
  Bytes x(kTableSize);
  std::iota(x.begin(), x.end(), std::uint8_t{0});
  for_targets([&](const char* target) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
      const Bytes table = random_bytes(kTableSize, seed);
      Bytes y(x.size());
      look_up(table.data(), x.data(), y.data(), x.size());
      ASSERT_EQ(y, table) << target;
    }
  });
}

// One entry differs from the others, so that a wrong row or bit cannot hide.
TEST(Lookup, EachEntryIsFoundByItsOwnByteAlone) {
  Bytes x(kTableSize), y(kTableSize);
  std::iota(x.begin(), x.end(), std::uint8_t{0});
  for_targets([&](const char* target) {
    for (std::size_t entry = 0; entry < kTableSize; ++entry) {
      Bytes table(kTableSize, 0);
      table[entry] = 0xFF;
      look_up(table.data(), x.data(), y.data(), x.size());
      ASSERT_EQ(y, table) << target << ", entry " << entry;
    }
  });
}

TEST(Lookup, AnyLengthAndAddressGivesTheSameAndNothingElseIsWritten) {
  const Bytes table = random_bytes(kTableSize, 3), source = random_bytes(2000, 4);
  constexpr std::uint8_t kCanary = 0xA5;
  for_targets([&](const char* target) {
    for (std::size_t n = 0; n <= 1400; n += n < 140 ? 1 : 37) {
      for (const std::size_t offset : {0, 1, 7, 63}) {
        const Bytes x(source.begin() + static_cast<std::ptrdiff_t>(offset),
                      source.begin() + static_cast<std::ptrdiff_t>(offset + n));
        Bytes y(n + 128, kCanary);
        look_up(table.data(), source.data() + offset, y.data() + 64 - offset, n);
        Bytes whole(n + 128, kCanary);
        const Bytes middle = expected(table, x);
        std::copy(middle.begin(), middle.end(), whole.begin() + 64 - static_cast<std::ptrdiff_t>(offset));
        ASSERT_EQ(y, whole) << target << ", " << n << " bytes, offset " << offset;
      }
    }
  });
}

TEST(Lookup, WorksInPlaceAtAnyLength) {
  const Bytes table = random_bytes(kTableSize, 5);
  for_targets([&](const char* target) {
    for (std::size_t n = 0; n <= 1300; n += n < 270 ? 1 : 61) {
      Bytes x = random_bytes(n, static_cast<unsigned>(n + 1));
      const Bytes y = expected(table, x);
      look_up(table.data(), x.data(), x.data(), n);
      ASSERT_EQ(x, y) << target << ", " << n << " bytes";
    }
  });
}

}  // namespace
}  // namespace rheo
