// SPDX-License-Identifier: Apache-2.0
// numbers_test.cc: the random numbers are those that docs/random.md defines, and are distributed as they
// should.
#include <cmath>
#include <numbers>

#include "tests/random/random.h"

namespace rheo::test {
namespace {

bool equal(PhiloxWords a, PhiloxWords b) { return std::equal(a.word, a.word + 4, b.word); }

// From kat_vectors of Random123, the paper's own code.
TEST(Philox, GivesThePublishedVectors) {
  EXPECT_TRUE(equal(philox({{0, 0, 0, 0}}, 0, 0), {{0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}}));
  constexpr std::uint32_t kOnes = 0xFFFFFFFF;
  EXPECT_TRUE(equal(philox({{kOnes, kOnes, kOnes, kOnes}}, kOnes, kOnes),
                    {{0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD}}));
  EXPECT_TRUE(equal(philox({{0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344}}, 0xA4093822, 0x299F31D0),
                    {{0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1}}));
}

// The other vectors' counters are beyond the last index.
TEST(Philox, OfTheLibraryGivesThePublishedVectorOfZeros) {
  EXPECT_EQ(numbers<std::uint32_t>(RHEO_WORDS, 4, 0, 0, 0),
            (std::vector<std::uint32_t>{0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}));
}

// Where blocks of four are cut, where the block number's low half begins anew, and at the last index.
TEST(Philox, OfTheLibraryIsThatOfOneElementAtATime) {
  for (const std::uint64_t first :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, std::uint64_t{509},
        (std::uint64_t{1} << 34) - 701, (std::uint64_t{1} << 63) - 1500}) {
    const auto words = numbers<std::uint32_t>(RHEO_WORDS, 1500, first);
    const auto uniforms = numbers<double>(RHEO_UNIFORMS, 1500, first);
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::uint32_t word = random_word({kSeed, kOffset}, first + i);
      ASSERT_EQ(words[i], word) << first << " + " << i;
      ASSERT_EQ(uniforms[i], static_cast<double>(uniform_of(word)));
    }
  }
}

// An independent way to the quantile: Newton's method in long double. Its own error, some 2^-60 of z, is far
// below the bound; tests/math/normal_test.cc compares with balls.
long double quantile(long double tail) {
  long double z = tail > 0.1L ? 1 : std::sqrt(-2 * std::log(tail));
  for (int i = 0; i < 60; ++i) {
    const long double density = std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi_v<long double>);
    const long double rest = std::erfc(z / std::numbers::sqrt2_v<long double>) / 2;
    const long double step = (rest - tail) / density;
    z += std::fabs(step) < 1 ? step : step / std::fabs(step);
  }
  return z;
}

TEST(Normals, AreTheQuantilesOfTheirTwoWords) {
  for (const std::uint64_t first : {std::uint64_t{0}, (std::uint64_t{1} << 62) + 3}) {
    const auto normals = numbers<double>(RHEO_NORMALS, 3000, first);
    for (std::size_t i = 0; i < normals.size(); ++i) {
      const std::uint32_t a = random_word({kSeed, kOffset}, first + i);
      const std::uint32_t b = second_random_word({kSeed, kOffset}, first + i);
      const std::uint64_t m = std::uint64_t{a & 0x7FFFFFFFU} << 21 | b >> 11;
      const long double z = quantile(static_cast<long double>(2 * m + 1) * 0x1p-54L);
      const long double expected = a >> 31 != 0 ? -z : z;
      ASSERT_NEAR(static_cast<double>(normals[i] / expected), 1, 0x1p-48) << i;
    }
  }
}

constexpr std::size_t kMany = std::size_t{1} << 20;

// Mean of n numbers whose own standard deviation is sigma, within five standard deviations of the mean.
void expect_mean(const std::vector<double>& v, double mean, double sigma, const std::string& what) {
  double sum = 0;
  for (const double x : v) sum += x;
  const auto n = static_cast<double>(v.size());
  EXPECT_NEAR(sum / n, mean, 5 * sigma / std::sqrt(n)) << what;
}

std::vector<double> power(std::vector<double> v, int exponent) {
  for (double& x : v) x = std::pow(x, exponent);
  return v;
}

double double_factorial(int n) { return n <= 1 ? 1 : n * double_factorial(n - 2); }

TEST(Normals, HaveTheMomentsOfTheDistribution) {
  const auto z = numbers<double>(RHEO_NORMALS, kMany);
  for (int k = 1; k <= 6; ++k) {
    const double mean = k % 2 == 0 ? double_factorial(k - 1) : 0;
    const double sigma = std::sqrt(double_factorial(2 * k - 1) - mean * mean);
    expect_mean(power(z, k), mean, sigma, "moment " + std::to_string(k));
  }
}

TEST(Uniforms, HaveTheMomentsOfTheDistribution) {
  const auto u = numbers<double>(RHEO_UNIFORMS, kMany);
  for (int k = 1; k <= 4; ++k) {
    const double mean = 1.0 / (k + 1);
    expect_mean(power(u, k), mean, std::sqrt(1.0 / (2 * k + 1) - mean * mean), "moment " + std::to_string(k));
  }
}

// The largest distance of the distribution functions, times sqrt(n): above 2.23 once in ten thousand samples.
double kolmogorov(std::vector<double> v, double (*distribution)(double)) {
  std::sort(v.begin(), v.end());
  const auto n = static_cast<double>(v.size());
  double largest = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    const double at = distribution(v[i]), before = static_cast<double>(i) / n;
    largest = std::max({largest, at - before, before + 1 / n - at});
  }
  return largest * std::sqrt(n);
}

TEST(Normals, PassKolmogorovsTest) {
  EXPECT_LT(kolmogorov(numbers<double>(RHEO_NORMALS, kMany),
                       [](double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; }),
            2.23);
}

TEST(Uniforms, PassKolmogorovsTest) {
  EXPECT_LT(kolmogorov(numbers<double>(RHEO_UNIFORMS, kMany), [](double u) { return u; }), 2.23);
}

// Correlation of the numbers of neighbours, of calls with neighbouring offsets and of neighbouring seeds:
// each is the mean of products of independent numbers, whose own variance is 1.
TEST(Normals, AreIndependentOfTheirNeighboursOffsetsAndSeeds) {
  const auto z = numbers<double>(RHEO_NORMALS, kMany);
  const auto products = [&](const std::vector<double>& other) {
    std::vector<double> list;
    for (std::size_t i = 0; i < other.size(); ++i) list.push_back(z[i] * other[i]);
    return list;
  };
  for (const std::size_t lag : {1, 2, 3, 4, 8})
    expect_mean(products({z.begin() + static_cast<std::ptrdiff_t>(lag), z.end()}), 0, 1,
                "lag " + std::to_string(lag));
  expect_mean(products(numbers<double>(RHEO_NORMALS, kMany, 0, kSeed, kOffset + 1)), 0, 1, "offset");
  expect_mean(products(numbers<double>(RHEO_NORMALS, kMany, 0, kSeed + 1, kOffset)), 0, 1, "seed");
}

TEST(Numbers, OfAnyPartAreThoseOfTheWhole) {
  const auto whole = numbers<double>(RHEO_NORMALS, 2000);
  for (const std::size_t first : {1, 2, 3, 511, 513, 1700}) {
    const auto part = numbers<double>(RHEO_NORMALS, 2000 - first, first);
    EXPECT_TRUE(same_bits(part, {whole.begin() + static_cast<std::ptrdiff_t>(first), whole.end()}));
  }
}

TEST(Numbers, RefuseWrongArguments) {
  double room[4];
  EXPECT_EQ(rheo_random_numbers(4, 0, 0, 0, room, 4), RHEO_ERROR_FORMAT);
  EXPECT_STREQ(rheo_last_error(), "kind is 4; expected RHEO_WORDS, RHEO_UNIFORMS or RHEO_NORMALS");
  EXPECT_EQ(rheo_random_numbers(RHEO_NORMALS, 0, 0, 0, nullptr, 4), RHEO_ERROR_NULL);
  EXPECT_STREQ(rheo_last_error(), "numbers is null");
  EXPECT_EQ(rheo_random_numbers(RHEO_NORMALS, 0, 0, (std::uint64_t{1} << 63) - 3, room, 4), RHEO_ERROR_SHAPE);
  EXPECT_STREQ(rheo_last_error(), "first is 9223372036854775805; the indices of 4 elements would reach 2^63");
  EXPECT_EQ(rheo_random_numbers(RHEO_NORMALS, 0, 0, 0, nullptr, 0), RHEO_OK);
}

}  // namespace
}  // namespace rheo::test
