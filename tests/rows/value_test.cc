// SPDX-License-Identifier: Apache-2.0
// value_test.cc: rows are within their bounds of exact results.
#include "tests/rows/rows.h"

namespace rheo::test {
namespace {

// The oracle's error, in ulp.
constexpr double kMargin = 0.01;

// What docs/rows.md promises, which is less than the files' bounds.
template <class T>
double promised(const std::string& name, std::size_t length) {
  if (name == "log_softmax") return sizeof(T) == 4 ? 0.51 : 1;
  if (sizeof(T) == 4) return length <= 4096 ? 0.51 : 1.51;
  return 1.51;
}

struct Worst {
  double ulps = 0;
  std::string place;
};

template <class T>
void expect_within(const std::string& name, std::size_t length, unsigned kinds, unsigned first = 0) {
  Worst worst;
  for (unsigned kind = first; kind < first + kinds; ++kind) {
    const std::vector<T> x = sample_row<T>(length, kind), y = values_of(name, x, length);
    const auto exact = exact_row(name, {x.begin(), x.end()});
    for (std::size_t i = 0; i < length; ++i) {
      const double off = ulps_off(y[i], exact[i]);
      if (!(off <= worst.ulps))
        worst = {off, "kind " + std::to_string(kind) + ", element " + std::to_string(i) + ": " + text(y[i])};
    }
  }
  EXPECT_LE(worst.ulps, promised<T>(name, length) + kMargin)
      << name << ", rows of " << length << ", " << sizeof(T) * 8 << " bits, " << worst.place;
}

TEST(RowValues, ShortRowsOfEveryLengthAreWithinTheirBounds) {
  for (const char* name : kRowFunctions) {
    for (std::size_t length = 1; length <= 70; ++length) {
      expect_within<float>(name, length, kKinds);
      expect_within<double>(name, length, kKinds);
    }
  }
}

TEST(RowValues, LongRowsAreWithinTheirBounds) {
  for (const char* name : kRowFunctions) {
    for (const std::size_t length : {255, 1024, 4096, 4097}) {
      expect_within<float>(name, length, 14, static_cast<unsigned>(length % 29));
      expect_within<double>(name, length, 14, static_cast<unsigned>(length % 29));
    }
    for (unsigned kind = 0; kind < 3; ++kind) {
      expect_within<float>(name, 65536, 1, kind * 8);
      expect_within<double>(name, 65536, 1, kind * 8 + 1);
    }
  }
}

// Without the others' sum apart, its digits would be lost beside the 1 of the largest.
TEST(RowValues, LogarithmsNearZeroKeepTheirDigits) {
  const auto check = [](auto zero) {
    using T = decltype(zero);
    for (const double gap : {5.0, 9.0, 11.0, 11.2, 15.0, 25.0, 40.0, 85.0, 300.0}) {
      for (const double top : {0.0, 3.0, 39.0, 60.0, -7.0}) {
        std::vector<T> x(40, static_cast<T>(top - gap));
        x[17] = static_cast<T>(top);
        const auto y = values_of("log_softmax", x, x.size());
        const auto exact = exact_row("log_softmax", {x.begin(), x.end()});
        for (std::size_t i = 0; i < x.size(); ++i)
          EXPECT_LE(ulps_off(y[i], exact[i]), promised<T>("log_softmax", x.size()) + kMargin)
              << gap << " " << i;
      }
    }
  };
  check(0.0F), check(0.0);
}

TEST(RowValues, EqualElementsShareAlike) {
  for (const std::size_t length : {1, 2, 7, 64, 1000}) {
    for (const float level : {0.0F, -3e38F, 7.25F, 3e38F}) {
      const std::vector<float> x(length, level), y = values_of("softmax", x, length);
      for (const float v : y) EXPECT_EQ(v, static_cast<float>(1.0 / static_cast<double>(length)));
    }
  }
}

// scale x + mask is rounded to float64 once; of float32 without a mask it is exact.
TEST(RowValues, ScaleAndMaskAreAppliedFirst) {
  const auto check = [](auto zero) {
    using T = decltype(zero);
    for (const char* name : kRowFunctions) {
      for (const std::size_t length : {1, 5, 16, 33, 70, 300}) {
        for (const double scale : {1.0, 0.125, 0.7, 3.0}) {
          for (const bool masked : {false, true}) {
            const auto x = sample_row<T>(length, 2), added = sample_row<T>(length, 10);
            const auto rounded = static_cast<double>(static_cast<T>(scale));
            std::vector<double> z;
            for (std::size_t i = 0; i < length; ++i)
              z.push_back(
                  std::fma(rounded, static_cast<double>(x[i]), masked ? static_cast<double>(added[i]) : 0.0));
            const auto y = values_of(name, x, length, scale, masked ? added : std::vector<T>{});
            const auto exact = exact_row(name, z);
            for (std::size_t i = 0; i < length; ++i)
              ASSERT_LE(ulps_off(y[i], exact[i]), promised<T>(name, length) + kMargin)
                  << name << " " << length << " " << scale << " " << masked << " " << i;
          }
        }
      }
    }
  };
  check(0.0F), check(0.0);
}

TEST(RowValues, AMaskOfMinusInfinityLeavesTheOthers) {
  const std::vector<float> x = sample_row<float>(100, 1);
  std::vector<float> mask(100), left;
  for (std::size_t i = 0; i < 100; ++i) {
    if (i % 3 == 0)
      mask[i] = -HUGE_VALF;
    else
      left.push_back(x[i]);
  }
  const auto y = values_of("softmax", x, 100, 1, mask), alone = values_of("softmax", left, left.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    const float expected = i % 3 == 0 ? 0 : alone[next++];
    EXPECT_NEAR(y[i], expected, 1e-7F * expected);
  }
}

}  // namespace
}  // namespace rheo::test
