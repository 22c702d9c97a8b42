// SPDX-License-Identifier: Apache-2.0
// format16_test.cc: bfloat16 and float16 results are those of float64, rounded once, for all inputs; and the
// conversions are right.
#include "src/math/format16.h"

#include <bit>
#include <cmath>
#include <numeric>

#include "src/block/walk16.h"
#include "tests/core/suite.h"

namespace rheo::test {
namespace {

using Bits16 = std::uint16_t;

constexpr std::size_t kPatterns = 1 << 16;

struct Narrow {
  Format format;
  Format16 layout;
  const char* name;
};
constexpr Narrow kNarrow[] = {{Format::kBfloat16, kBfloat16Format, "bfloat16"},
                              {Format::kFloat16, kFloat16Format, "float16"}};

std::vector<Bits16> all_patterns() {
  std::vector<Bits16> list(kPatterns);
  std::iota(list.begin(), list.end(), Bits16{0});
  return list;
}

bool is_nan(Bits16 bits, const Format16& layout) { return (bits & 0x7fff) > layout.infinity; }
bool same16(Bits16 a, Bits16 b, const Format16& layout) {
  return a == b || (is_nan(a, layout) && is_nan(b, layout));
}

TEST(Format16, Bfloat16IsTheUpperHalfOfAFloat) {
  for (std::size_t i = 0; i < kPatterns; ++i) {
    const auto bits = static_cast<Bits16>(i);
    const auto number = static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(i) << 16));
    EXPECT_TRUE(same(widened(bits, kBfloat16Format), number)) << i;
  }
}

TEST(Format16, Float16HasKnownNumbers) {
  EXPECT_EQ(widened(0x0001, kFloat16Format), 0x1p-24);
  EXPECT_EQ(widened(0x03ff, kFloat16Format), 0x3ffp-24);
  EXPECT_EQ(widened(0x0400, kFloat16Format), 0x1p-14);
  EXPECT_EQ(widened(0x3c00, kFloat16Format), 1);
  EXPECT_EQ(widened(0xc000, kFloat16Format), -2);
  EXPECT_EQ(widened(0x7bff, kFloat16Format), 65504);
  EXPECT_EQ(widened(0xfc00, kFloat16Format), -kInfinity);
  EXPECT_TRUE(std::isnan(widened(0x7c01, kFloat16Format)));
}

// Of each two neighbours, the middle goes to the even one, and what is next to the middle to the nearer one.
TEST(Format16, NarrowingRoundsToTheNearestAndTiesToEven) {
  for (const Narrow& n : kNarrow) {
    for (Bits16 low = 0; low < n.layout.infinity; ++low) {
      const auto high = static_cast<Bits16>(low + 1);
      const double a = widened(low, n.layout);
      // The largest number's neighbour counts as if the format went on.
      const double b = high == n.layout.infinity ? 2 * a - widened(static_cast<Bits16>(low - 1), n.layout)
                                                 : widened(high, n.layout);
      const double middle = a + (b - a) / 2;
      ASSERT_EQ(narrowed(a, n.layout), low);
      ASSERT_EQ(narrowed(middle, n.layout), low % 2 == 0 ? low : high) << n.name << " " << low;
      ASSERT_EQ(narrowed(std::nextafter(middle, 0), n.layout), low) << n.name << " " << low;
      ASSERT_EQ(narrowed(std::nextafter(middle, kInfinity), n.layout), high) << n.name << " " << low;
      ASSERT_EQ(narrowed(-std::nextafter(middle, kInfinity), n.layout), high | kSignBit16);
    }
    EXPECT_EQ(narrowed(-0.0, n.layout), kSignBit16);
    EXPECT_EQ(narrowed(1e300, n.layout), n.layout.infinity);
    EXPECT_TRUE(is_nan(narrowed(std::nan(""), n.layout), n.layout));
  }
}

// An activation in a 16-bit format and in float64, with parameters rounded to float32 in both.
class EachFormat16 : public EachActivation {
 protected:
  void SetUp() override {
    std::string error;
    ASSERT_NE(target_in_use(error), nullptr) << error;
    for (const double v : initial_values(activation()))
      parameters_.push_back(static_cast<double>(static_cast<float>(v)));
    parameters_.resize(kMaxParameters);
  }
  std::vector<Bits16> narrow(const Narrow& n, Role role, const std::vector<Bits16>& x,
                             const std::vector<Bits16>& grad) const {
    std::vector<Bits16> y(x.size());
    walk16(n.format, activation().kernels16(role), x.data(), grad.empty() ? nullptr : grad.data(), y.data(),
           x.size(), parameters_.data());
    return y;
  }
  std::vector<double> wide(const Narrow& n, Role role, const std::vector<Bits16>& x,
                           const std::vector<Bits16>& grad) const {
    std::vector<double> xs, grads, y(x.size());
    for (const Bits16 bits : x) xs.push_back(widened(bits, n.layout));
    for (const Bits16 bits : grad) grads.push_back(widened(bits, n.layout));
    activation().kernel(Format::kFloat64, role)(xs.data(), grads.empty() ? nullptr : grads.data(), y.data(),
                                                y.size(), parameters_.data());
    return y;
  }
  // Where float64's result is a tie, the exact one may lie to either side of it: the proofs look there.
  static bool tie(double y, const Format16& layout) {
    return narrowed(std::nextafter(y, -kInfinity), layout) != narrowed(std::nextafter(y, kInfinity), layout);
  }
  void expect_rounded_float64(const Narrow& n, Role role, const std::vector<Bits16>& grad) const {
    const std::vector<Bits16> x = all_patterns(), found = narrow(n, role, x, grad);
    const std::vector<double> expected = wide(n, role, x, grad);
    for (std::size_t i = 0; i < kPatterns; ++i) {
      const Bits16 nearest = narrowed(expected[i], n.layout);
      if (same16(found[i], nearest, n.layout)) continue;
      const bool neighbours = std::abs(static_cast<int>(found[i]) - static_cast<int>(nearest)) == 1;
      ASSERT_TRUE(tie(expected[i], n.layout) && neighbours)
          << n.name << " 0x" << std::hex << i << " gives 0x" << found[i] << ", not 0x" << nearest;
    }
  }

  Values parameters_;
};

INSTANTIATE_TEST_SUITE_P(Registry, EachFormat16, testing::ValuesIn(registry_names()),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(EachFormat16, AllValuesAndDerivativesAreThoseOfFloat64Rounded) {
  for (const Narrow& n : kNarrow) {
    expect_rounded_float64(n, Role::kValue, {});
    expect_rounded_float64(n, Role::kDerivative, {});
  }
}

TEST_P(EachFormat16, BackwardIsTheProductOfFloat64Rounded) {
  for (const Narrow& n : kNarrow) {
    std::vector<Bits16> grad(kPatterns);
    for (std::size_t i = 0; i < kPatterns; ++i) grad[i] = static_cast<Bits16>(i * 40503 + 977);
    expect_rounded_float64(n, Role::kBackward, grad);
    for (const Bits16 same : {Bits16{0x0001}, Bits16{0x8003}, n.layout.infinity, Bits16{0x7b7f}}) {
      grad.assign(kPatterns, same);
      expect_rounded_float64(n, Role::kBackward, grad);
    }
  }
}

// Within 0.505 ulp of float64, for a part of the patterns.
TEST_P(EachFormat16, OtherParametersToo) {
  std::vector<Bits16> x;
  for (std::size_t i = 0; i < kPatterns; i += 149) x.push_back(static_cast<Bits16>(i));
  for (const Values& values : settings<float>(activation())) {
    parameters_ = values;
    parameters_.resize(kMaxParameters);
    for (const Narrow& n : kNarrow) {
      for (const Role role : {Role::kValue, Role::kDerivative}) {
        const std::vector<Bits16> found = narrow(n, role, x, {});
        const std::vector<double> expected = wide(n, role, x, {});
        for (std::size_t i = 0; i < x.size(); ++i) {
          const Bits16 nearest = narrowed(expected[i], n.layout);
          if (same16(found[i], nearest, n.layout)) continue;
          const double a = widened(found[i], n.layout), b = widened(nearest, n.layout);
          ASSERT_LE(std::fabs(a - expected[i]), 0.505 * std::fabs(a - b))
              << n.name << " " << text(values) << " x = " << widened(x[i], n.layout);
        }
      }
    }
  }
}

// Neither the number of elements nor the neighbours count, nor whether y is x.
TEST_P(EachFormat16, ALaneDependsOnItsOwnInputAlone) {
  for (const Narrow& n : kNarrow) {
    const std::vector<Bits16> all = all_patterns(), expected = narrow(n, Role::kValue, all, {});
    std::vector<Bits16> x(kPatterns);
    for (std::size_t i = 0; i < kPatterns; ++i) x[i] = static_cast<Bits16>(i * 40503 + 977);
    for (std::size_t size = 1; size < 200; size += size < 70 ? 1 : 43) {
      const std::vector<Bits16> some(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(size));
      const std::vector<Bits16> found = narrow(n, Role::kValue, some, {});
      for (std::size_t i = 0; i < size; ++i) ASSERT_TRUE(same16(found[i], expected[some[i]], n.layout)) << i;
    }
    std::vector<Bits16> in_place = x;
    walk16(n.format, activation().kernels16(Role::kValue), in_place.data(), nullptr, in_place.data(),
           kPatterns, parameters_.data());
    for (std::size_t i = 0; i < kPatterns; ++i)
      ASSERT_TRUE(same16(in_place[i], expected[x[i]], n.layout)) << n.name << " " << i;
  }
}

}  // namespace
}  // namespace rheo::test
