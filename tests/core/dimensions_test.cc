// SPDX-License-Identifier: Apache-2.0
// dimensions_test.cc: how layouts are simplified before a walk.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "src/core/run.h"

namespace rheo {
namespace {

using Dimensions = std::vector<Dimension>;

Dimensions same_strides(std::initializer_list<std::array<std::int64_t, 2>> list) {
  Dimensions dims;
  for (const auto& [extent, stride] : list) dims.push_back({extent, {stride, stride, stride}});
  return dims;
}

void expect_single(Dimensions dims, std::int64_t extent, std::int64_t stride) {
  simplify(dims);
  ASSERT_EQ(dims.size(), 1u);
  EXPECT_EQ(dims[0].extent, extent);
  for (const std::int64_t s : dims[0].stride) EXPECT_EQ(s, stride);
}

TEST(Dimensions, OfAContiguousTensorBecomeOne) {
  expect_single(same_strides({{2, 12}, {3, 4}, {4, 1}}), 24, 1);
}

TEST(Dimensions, OfATransposedDenseTensorBecomeOne) {
  expect_single(same_strides({{4, 1}, {2, 12}, {3, 4}}), 24, 1);
}

TEST(Dimensions, OfAnEvenlySpacedTensorBecomeOne) {
  expect_single(same_strides({{2, 24}, {3, 8}, {4, 2}}), 24, 2);
}

TEST(Dimensions, OfAReversedTensorBecomeOne) {
  expect_single(same_strides({{2, -12}, {3, -4}, {4, -1}}), 24, -1);
}

TEST(Dimensions, OfExtentOneAreDroppedWhateverTheirStride) {
  expect_single(same_strides({{1, 999}, {5, 1}, {1, -7}}), 5, 1);
}

TEST(Dimensions, OfOneElementBecomeOneOfExtentOne) {
  expect_single({}, 1, 1);
  expect_single(same_strides({{1, 5}, {1, 9}}), 1, 1);
}

TEST(Dimensions, StayApartWhereAnyOperandHasAGap) {
  Dimensions dims = {{2, {12, 12, 12}}, {3, {5, 4, 4}}, {4, {1, 1, 1}}};
  simplify(dims);
  EXPECT_EQ(dims.size(), 3u);
}

TEST(Dimensions, StayApartWhereAnInputIsBroadcast) {
  Dimensions dims = {{6, {0, 4, 4}}, {4, {1, 1, 1}}};
  simplify(dims);
  EXPECT_EQ(dims.size(), 2u);
}

TEST(Dimensions, AreOrderedAsTheOutputLiesInMemory) {
  Dimensions dims = {{2, {1, 1, 5}}, {3, {2, 2, -100}}, {4, {9, 9, 17}}};
  simplify(dims);
  ASSERT_EQ(dims.size(), 3u);
  EXPECT_EQ(dims[0].extent, 3);
  EXPECT_EQ(dims[1].extent, 4);
  EXPECT_EQ(dims[2].extent, 2);
}

// All elements' offsets, one triple per element, sorted.
std::vector<std::array<std::int64_t, kOperands>> offsets(const Dimensions& dims) {
  std::vector<std::array<std::int64_t, kOperands>> list = {{0, 0, 0}};
  for (const Dimension& d : dims) {
    std::vector<std::array<std::int64_t, kOperands>> longer;
    for (const auto& at : list) {
      for (std::int64_t i = 0; i < d.extent; ++i) {
        auto next = at;
        for (int o = 0; o < kOperands; ++o) next[static_cast<std::size_t>(o)] += i * d.stride[o];
        longer.push_back(next);
      }
    }
    list = std::move(longer);
  }
  std::sort(list.begin(), list.end());
  return list;
}

TEST(Dimensions, ReachTheSameElementsTogetherAfterSimplification) {
  std::mt19937_64 random(5);
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(high - low + 1));
  };
  for (int round = 0; round < 2000; ++round) {
    Dimensions dims;
    std::int64_t dense = 1;
    for (std::int64_t rank = pick(0, 5); rank > 0; --rank) {
      Dimension d{pick(1, 4), {}};
      for (std::int64_t& s : d.stride)
        s = pick(0, 3) == 0 ? pick(-6, 6) : dense;  // mergeable more often than not
      dense *= d.extent;
      dims.insert(dims.begin(), d);
    }
    std::shuffle(dims.begin(), dims.end(), random);
    const auto before = offsets(dims);
    simplify(dims);
    ASSERT_EQ(offsets(dims), before) << "round " << round;
    ASSERT_FALSE(dims.empty());
  }
}

TEST(ElementCount, IsTheProductOfTheExtents) {
  EXPECT_EQ(element_count({}), 1);
  EXPECT_EQ(element_count(same_strides({{7, 1}, {1, 1}, {6, 1}})), 42);
}

TEST(ElementCount, IsMinusOneWhereTheProductDoesNotFit) {
  const std::int64_t big = std::int64_t{1} << 32;
  EXPECT_EQ(element_count(same_strides({{big, 1}, {big, 1}})), -1);
}

TEST(ElementCount, IsZeroWhereOneExtentIsZeroWhateverTheOthers) {
  const std::int64_t big = std::int64_t{1} << 62;
  EXPECT_EQ(element_count(same_strides({{big, 1}, {big, 1}, {0, 1}})), 0);
}

}  // namespace
}  // namespace rheo
