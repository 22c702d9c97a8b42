// SPDX-License-Identifier: Apache-2.0
// statistics_test.cc: statistics are those of the numbers, each rounded once.
#include "src/math/format16.h"
#include "tests/sums/call.h"

namespace rheo::test {
namespace {

template <class T>
void expect_counts(const std::vector<T>& x, const rheo_statistics& s) {
  const auto count = [&](auto&& holds) { return std::count_if(x.begin(), x.end(), holds); };
  EXPECT_EQ(s.count, static_cast<std::int64_t>(x.size()));
  EXPECT_EQ(s.nan, count([](T v) { return std::isnan(v); }));
  EXPECT_EQ(s.infinite, count([](T v) { return v == std::numeric_limits<T>::infinity(); }));
  EXPECT_EQ(s.minus_infinite, count([](T v) { return v == -std::numeric_limits<T>::infinity(); }));
  EXPECT_EQ(s.zeros, count([](T v) { return v == 0; }));
  EXPECT_EQ(s.negatives, count([](T v) { return v < 0; }));
  std::vector<T> numbers = x;
  std::erase_if(numbers, [](T v) { return std::isnan(v); });
  const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  EXPECT_TRUE(same(s.minimum, numbers.empty() ? NAN : static_cast<double>(*low) + 0.0)) << text(s.minimum);
  EXPECT_TRUE(same(s.maximum, numbers.empty() ? NAN : static_cast<double>(*high) + 0.0)) << text(s.maximum);
}

template <class T>
void expect_statistics(const std::vector<T>& x) {
  SumsCall<T> call(RHEO_SUMS_STATISTICS, x);
  call.add();
  const rheo_statistics s = call.statistics();
  expect_counts(x, s);
  if (s.nan + s.infinite + s.minus_infinite > 0) return;
  ExactSum sum, squares;
  for (const T v : x) sum.add(static_cast<double>(v)), squares.add_square(static_cast<double>(v));
  EXPECT_TRUE(same(s.sum, sum.rounded(RHEO_FLOAT64))) << text(s.sum);
  EXPECT_TRUE(same(s.sum_of_squares, squares.rounded(RHEO_FLOAT64))) << text(s.sum_of_squares);
  if (x.empty()) return;
  const auto n = static_cast<std::int64_t>(x.size());
  const auto expect_near = [](double found, double expected) {
    // Among subnormal numbers the oracle rounds twice.
    if (std::fabs(expected) >= std::numeric_limits<double>::min())
      EXPECT_TRUE(same(found, expected)) << text(found) << ", expected " << text(expected);
    else
      EXPECT_NEAR(found, expected, std::numeric_limits<double>::denorm_min());
  };
  expect_near(s.mean, sum.mean(n));
  expect_near(s.variance, sum.variance(squares, n, n));
  if (n > 1) expect_near(s.sample_variance, sum.variance(squares, n, n - 1));
}

template <class T>
void expect_statistics_of_many() {
  for (const std::size_t n : {1, 2, 3, 15, 16, 17, 200, 2048, 2049, 9000}) {
    std::vector<T> points = sample<T>(n + 200);
    points.resize(n);
    std::vector<T> shifted = normal<T>(n, 1e-3);
    for (T& v : shifted) v += 1000;
    for (const std::vector<T>& x : {points, finite(points), normal<T>(n), shifted, cancelling<T>(n)})
      expect_statistics(x);
  }
}

TEST(Statistics, AreThoseOfTheNumbersRoundedOnce) {
  expect_statistics_of_many<float>();
  expect_statistics_of_many<double>();
}

TEST(Statistics, OfSquaresBeyondFloat64AreExactToo) {
  expect_statistics<double>({1e300, -1e300, 3, 1e-300, 5e-324});
  expect_statistics<double>({5e-324, 1e-310, 2e-160, 3e-162});
  expect_statistics<double>(std::vector<double>(100, 0x1.fffffffffffffp-537));
}

TEST(Statistics, OfEqualNumbersHaveNoVariance) {
  for (const float v : {0.1F, -3e38F, 1e-45F}) {
    SumsCall<float> call(RHEO_SUMS_STATISTICS, std::vector<float>(10007, v));
    call.add();
    const rheo_statistics s = call.statistics();
    EXPECT_TRUE(same(s.variance, 0.0) && same(s.sample_variance, 0.0));
    EXPECT_EQ(s.mean, static_cast<double>(v));
  }
}

TEST(Statistics, OfNothingAreNaN) {
  SumsCall<float> call(RHEO_SUMS_STATISTICS, std::vector<float>{});
  const rheo_statistics s = call.statistics();
  EXPECT_EQ(s.count, 0);
  EXPECT_TRUE(same(s.sum, 0.0) && same(s.sum_of_squares, 0.0));
  for (const double v : {s.mean, s.variance, s.sample_variance, s.minimum, s.maximum})
    EXPECT_TRUE(std::isnan(v));
}

TEST(Statistics, OfOneNumberHaveNoSampleVariance) {
  SumsCall<float> call(RHEO_SUMS_STATISTICS, std::vector<float>{2});
  call.add();
  EXPECT_EQ(call.statistics().variance, 0);
  EXPECT_TRUE(std::isnan(call.statistics().sample_variance));
}

TEST(Statistics, WithInfinitiesOrNaNSaySo) {
  SumsCall<float> up(RHEO_SUMS_STATISTICS, std::vector<float>{1, HUGE_VALF, -5});
  up.add();
  EXPECT_EQ(up.statistics().mean, HUGE_VAL);
  EXPECT_EQ(up.statistics().sum_of_squares, HUGE_VAL);
  EXPECT_TRUE(std::isnan(up.statistics().variance));
  EXPECT_EQ(up.statistics().minimum, -5);
  SumsCall<float> nan(RHEO_SUMS_STATISTICS, std::vector<float>{NAN, NAN});
  nan.add();
  const rheo_statistics s = nan.statistics();
  for (const double v : {s.sum, s.sum_of_squares, s.mean, s.variance, s.minimum, s.maximum})
    EXPECT_TRUE(std::isnan(v));
  EXPECT_EQ(s.nan, 2);
}

TEST(Statistics, OfSixteenBitsAreThoseOfTheSameNumbers) {
  for (const auto& [format, layout] :
       {std::pair{RHEO_BFLOAT16, kBfloat16Format}, std::pair{RHEO_FLOAT16, kFloat16Format}}) {
    std::vector<std::uint16_t> x(65536);
    std::vector<float> wide;
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = static_cast<std::uint16_t>(i);
      wide.push_back(static_cast<float>(widened(x[i], layout)));
    }
    SumsCall<float> call(RHEO_SUMS_STATISTICS, wide);
    call.c.form.format = format, call.c.x = x.data();
    call.add();
    EXPECT_EQ(call.workspace, words_of(RHEO_SUMS_STATISTICS, wide));
  }
}

}  // namespace
}  // namespace rheo::test
