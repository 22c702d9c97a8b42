// SPDX-License-Identifier: Apache-2.0
// exact_test.cc: bins hold every number exactly, have one carried row for each sum, and are rounded to
// nearest.
#include "src/sums/exact.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/core/sample.h"

namespace rheo::test {
namespace {

using Row = std::vector<std::int64_t>;

Row empty(BinScale scale) { return Row(scale.bins); }

TEST(Exact, OneNumberComesBack) {
  for (const double x : finite(sample<double>(20000))) {
    Row row = empty(kSums64);
    deposit(kSums64, row.data(), x);
    ASSERT_TRUE(same(rounded_sum(kSums64, row.data(), kToFloat64), x + 0.0)) << text(x);
  }
  for (const float x : finite(sample<float>(20000))) {
    Row row = empty(kSums32);
    deposit(kSums32, row.data(), static_cast<double>(x));
    ASSERT_TRUE(same(rounded_sum(kSums32, row.data(), kToFloat32), static_cast<double>(x) + 0.0)) << text(x);
  }
}

TEST(Exact, OneSquareIsTheRoundedProduct) {
  for (const double x : finite(sample<double>(20000))) {
    Row row = empty(kSquares64);
    deposit_square(kSquares64, row.data(), x);
    ASSERT_TRUE(same(rounded_sum(kSquares64, row.data(), kToFloat64), x * x)) << text(x);
  }
}

TEST(Exact, AWholeNumberIsNegatedByItsOpposite) {
  for (const double x : finite(sample<double>(5000))) {
    Row row = empty(kSums64);
    deposit(kSums64, row.data(), x), deposit(kSums64, row.data(), -x);
    carry(kSums64, row.data());
    ASSERT_EQ(row, empty(kSums64)) << text(x);
  }
}

TEST(Exact, CarriedRowsAreUnique) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 1000; ++i) {
    // The same sum from bins as full as they may be.
    Row row = empty(kSums32), other;
    for (std::int64_t& bin : row) bin = static_cast<std::int64_t>(random()) >> 2;
    other = row;
    for (std::size_t k = 0; k + 1 < row.size(); ++k) {
      const auto moved = static_cast<std::int64_t>(random() % 1000) - 500;
      other[k] += moved * (std::int64_t{1} << 32), other[k + 1] -= moved;
    }
    carry(kSums32, row.data()), carry(kSums32, other.data());
    ASSERT_EQ(row, other);
    for (std::size_t k = 0; k + 1 < row.size(); ++k)
      ASSERT_TRUE(row[k] >= 0 && row[k] < std::int64_t{1} << 32);
  }
}

TEST(Exact, FullBinsAreCarriedWithoutOverflow) {
  Row row(kSums32.bins, INT64_MAX);
  row.back() = 0;
  const double expected = rounded_sum(kSums32, row.data(), kToFloat64);
  carry(kSums32, row.data());
  EXPECT_EQ(rounded_sum(kSums32, row.data(), kToFloat64), expected);
  EXPECT_GT(expected, 0);
}

TEST(Exact, TiesGoToEvenAndABitDecidesThem) {
  const auto sum = [](std::initializer_list<double> terms) {
    Row row = empty(kSums64);
    for (const double t : terms) deposit(kSums64, row.data(), t);
    return rounded_sum(kSums64, row.data(), kToFloat64);
  };
  EXPECT_EQ(sum({1, 0x1p-53}), 1);
  EXPECT_EQ(sum({1, 0x1p-53, 0x1p-1074}), 1 + 0x1p-52);
  EXPECT_EQ(sum({1 + 0x1p-52, 0x1p-53}), 1 + 0x1p-51);
  EXPECT_EQ(sum({1 + 0x1p-52, 0x1p-53, -0x1p-1074}), 1 + 0x1p-52);
  EXPECT_EQ(sum({-1, -0x1p-53, -0x1p-1074}), -1 - 0x1p-52);
  EXPECT_EQ(sum({0x1.fffffffffffffp1023, 0x1p969}), 0x1.fffffffffffffp1023);
  EXPECT_EQ(sum({0x1.fffffffffffffp1023, 0x1p970}), HUGE_VAL);
}

TEST(Exact, MeansBelowTheSmallestNumberAreRoundedToo) {
  Row row = empty(kSums64);
  deposit(kSums64, row.data(), 0x1p-1074);
  EXPECT_EQ(rounded_mean(kSums64, row.data(), 2, kToFloat64), 0);  // a tie, to even
  deposit(kSums64, row.data(), 0x1p-1073);
  EXPECT_EQ(rounded_mean(kSums64, row.data(), 2, kToFloat64), 0x1p-1073);  // 1.5 units, a tie
  EXPECT_EQ(rounded_mean(kSums64, row.data(), 4, kToFloat64), 0x1p-1074);
  EXPECT_EQ(rounded_mean(kSums64, row.data(), INT64_MAX, kToFloat64), 0);
}

TEST(Exact, VarianceOfTwoNumbersIsAQuarterOfTheSquaredDistance) {
  for (const double distance : {1.0, 0x1p-30, 0x1p400}) {
    Row sum = empty(kSums64), squares = empty(kSquares64);
    for (const double x : {1e10, 1e10 + distance})
      deposit(kSums64, sum.data(), x), deposit_square(kSquares64, squares.data(), x);
    const double actual = (1e10 + distance) - 1e10;
    EXPECT_EQ(rounded_variance(kSums64, sum.data(), kSquares64, squares.data(), 2, 0, kToFloat64),
              actual * actual / 4);
    EXPECT_EQ(rounded_variance(kSums64, sum.data(), kSquares64, squares.data(), 2, 1, kToFloat64),
              actual * actual / 2);
  }
}

}  // namespace
}  // namespace rheo::test
