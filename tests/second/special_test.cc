// SPDX-License-Identifier: Apache-2.0
// special_test.cc: NaN, infinities, zeros and kinks of second derivatives; lanes, instruction sets, aliasing.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/core/each.h"
#include "tests/second/truth.h"

namespace rheo::test {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr Format kFormats[] = {Format::kFloat32, Format::kFloat64, Format::kBfloat16, Format::kFloat16};

// body(activation, parameters, format) with the parameters' defaults.
template <class Body>
void for_each_case(Body&& body) {
  for (const Activation& a : all_activations()) {
    for (const Format format : kFormats) {
      std::vector<double> p = initial_values(a);
      if (format != Format::kFloat64)
        for (double& v : p) v = static_cast<double>(static_cast<float>(v));
      p.resize(kMaxParameters);
      SCOPED_TRACE(std::string(a.name) + ", format " + std::to_string(static_cast<int>(format)));
      body(a, p.data(), format);
    }
  }
}

bool same_numbers(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) { return same(x, y); });
}

TEST(SecondDerivative, OfNaNIsNaN) {
  for_each_case([](const Activation& a, const double* p, Format format) {
    for (const std::vector<double>& grad : {std::vector<double>(), {0.0}, {1.0}})
      EXPECT_TRUE(std::isnan(second(*a.entry, format, {kNaN}, grad, p)[0]));
  });
}

TEST(SecondDerivative, IsZeroAtInfinitiesWhereTheSlopeHasALimit) {
  for_each_case([](const Activation& a, const double* p, Format format) {
    const Facts facts = a.entry->facts(p);
    const std::vector<double> y = second(*a.entry, format, {-kInfinity, kInfinity}, {}, p);
    EXPECT_TRUE(y[0] == 0 || std::isinf(facts.left.derivative)) << y[0];
    EXPECT_TRUE(y[1] == 0 || std::isinf(facts.right.derivative)) << y[1];
    EXPECT_FALSE(std::isnan(y[0]) || std::isnan(y[1]));
  });
}

// By a constant branch, or as a factor.
TEST(SecondDerivative, ThatIsExactlyZeroIsZeroForEveryGradient) {
  for_each_case([](const Activation& a, const double* p, Format format) {
    for (const double x : {-50.0, -1.0, -0.0, 0.0, 0.25, 2.0, 50.0}) {
      if (arb_is_zero(oracle::exact_second(a.entry->info->name, x, p).get()) == 0) continue;
      for (const double grad : {kNaN, kInfinity, -kInfinity, 1.0, 0.0})
        EXPECT_TRUE(same(second(*a.entry, format, {x}, {grad}, p)[0], 0.0)) << x << " " << grad;
    }
  });
}

TEST(SecondDerivative, AtAnInfinityWhereItIsZeroIsZeroForEveryGradient) {
  for_each_case([](const Activation& a, const double* p, Format format) {
    for (const double x : {-kInfinity, kInfinity}) {
      if (second(*a.entry, format, {x}, {}, p)[0] != 0) continue;
      for (const double grad : {kNaN, kInfinity, -kInfinity, 1.0})
        EXPECT_EQ(second(*a.entry, format, {x}, {grad}, p)[0], 0.0) << x << " " << grad;
    }
  });
}

TEST(SecondDerivative, ThatIsNotZeroLetsBadGradientsThrough) {
  for_each_case([](const Activation& a, const double* p, Format format) {
    for (const double x : {-60.0, -1.0, 0.5, 2.0}) {
      const double y = second(*a.entry, Format::kFloat64, {x}, {}, p)[0];
      if (y == 0) continue;
      const std::vector<double> products =
          second(*a.entry, format, {x, x, x}, {kNaN, kInfinity, -kInfinity}, p);
      EXPECT_TRUE(std::isnan(products[0])) << x;
      EXPECT_EQ(products[1], std::copysign(kInfinity, y)) << x;
      EXPECT_EQ(products[2], std::copysign(kInfinity, -y)) << x;
    }
  });
}

TEST(SecondDerivative, AtBothZerosIsTheSame) {
  for_each_case([](const Activation& a, const double* p, Format format) {
    const std::vector<double> y = second(*a.entry, format, {0.0, -0.0}, {}, p);
    EXPECT_TRUE(same(y[0], y[1])) << y[0] << " " << y[1];
  });
}

// Where the slope jumps the branch that is taken at that point decides, as it does for the slope.
TEST(SecondDerivative, AtAKinkIsThatOfTheBranchTakenThere) {
  for_each_case([](const Activation& a, const double* p, Format format) {
    if (format != Format::kFloat64) return;
    for (const double kink : a.entry->facts(p).kinks) {
      const double truth =
          arf_get_d(arb_midref(oracle::exact_second(a.entry->info->name, kink, p).get()), ARF_RND_NEAR);
      EXPECT_DOUBLE_EQ(second(*a.entry, format, {kink}, {}, p)[0], truth) << kink;
    }
  });
}

std::vector<double> many_points() {
  std::vector<double> x = {kNaN, -kInfinity, kInfinity, 0, -0.0, 1e30, -1e30, 1e-40};
  for (int i = -900; i < 900; ++i) x.push_back(i / 32.0 + (i % 7) * 1e-3);
  return x;
}

TEST(SecondDerivative, OfALaneDoesNotDependOnItsNeighbours) {
  const std::vector<double> x = many_points(), grad(x.size(), -1.25);
  for_each_case([&](const Activation& a, const double* p, Format format) {
    const std::vector<double> together = second(*a.entry, format, x, grad, p);
    std::vector<double> apart;
    for (const double v : x) apart.push_back(second(*a.entry, format, {v}, {-1.25}, p)[0]);
    EXPECT_TRUE(same_numbers(together, apart));
  });
}

TEST(SecondDerivative, MayBeWrittenOverXOrTheGradient) {
  for (const Activation& a : all_activations()) {
    std::vector<double> p = initial_values(a);
    p.resize(kMaxParameters);
    std::vector<double> x = many_points(), grad(x.size(), 3.0), y(x.size());
    const Program& program = second_of(*a.entry);
    const auto run = [&](double* to) {
      second_kernel(Format::kFloat64, program, x.data(), grad.data(), to, x.size(), p.data());
    };
    run(y.data());
    run(grad.data());
    EXPECT_TRUE(same_numbers(grad, y)) << a.name;
    std::fill(grad.begin(), grad.end(), 3.0);
    run(x.data());
    EXPECT_TRUE(same_numbers(x, y)) << a.name;
  }
}

// Last in this file: instruction sets that were disabled stay so.
TEST(SecondDerivative, ZZIsTheSameOnEveryInstructionSet) {
  const std::vector<double> x = many_points(), grad(x.size(), 0.7F);
  std::vector<std::vector<double>> first;
  for (const char* target : available_targets()) {
    ASSERT_TRUE(use_target(target));
    std::vector<std::vector<double>> all;
    for_each_case([&](const Activation& a, const double* p, Format format) {
      all.push_back(second(*a.entry, format, x, grad, p));
    });
    if (first.empty()) first = all;
    for (std::size_t i = 0; i < all.size(); ++i)
      EXPECT_TRUE(same_numbers(all[i], first[i])) << target << " " << i;
  }
}

}  // namespace
}  // namespace rheo::test
