// SPDX-License-Identifier: Apache-2.0
// functions_test.cc: the C library's vector functions are as accurate as enclosures take for granted.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/prover/enclosing.h"

namespace rheo::oracle {
namespace {

// glibc states at most 4 ulp for libmvec, and an ulp is at most 2^-52 of the number. kFunctionError is four
// times as much, so that a sample needs not find the worst place.
constexpr double kStated = 0x1p-50;
static_assert(kStated <= Enclosure::kFunctionError / 4);

struct Stretch {
  double low, high;
};

struct Library {
  const char* name;
  Doubles (*function)(Doubles);
  Ball (*exact)(const Ball&);
  double low, high;                // enclosures ask for no others
  std::vector<Stretch> stretches;  // to look at closely
};

const std::vector<Library>& libraries() {
  static const std::vector<Library> all = {
      {"exp", libm_exp, [](const Ball& x) { return exp(x); }, -600, 600, {{-1e-8, 1e-8}, {-1, 1}, {-40, 0}}},
      {"expm1",
       libm_expm1,
       [](const Ball& x) { return expm1(x); },
       -600,
       600,
       {{-1e-6, 1e-6}, {-1, 1}, {-40, -0.3}, {0.3, 3}}},
      {"log1p",
       libm_log1p,
       [](const Ball& x) { return log1p(x); },
       -0.99,
       1e300,
       {{-1e-6, 1e-6}, {-0.99, 1}, {-0.5, -0.2}, {0.4, 1.5}}},
      {"tanh",
       libm_tanh,
       [](const Ball& x) { return tanh(x); },
       -1e300,
       1e300,
       {{-1e-3, 1e-3}, {-1, 1}, {-0.7, -0.2}, {0.2, 20}}},
      {"erfc",
       libm_erfc,
       [](const Ball& x) { return erfc(x); },
       -1e300,
       25,
       {{-1e-3, 1e-3}, {-2, 2}, {0.4, 4}, {-6.5, -4}, {4, 25}}},
  };
  return all;
}

// Of all magnitudes, then the function's own stretches.
std::vector<double> points(const Library& f) {
  constexpr int kEach = 16000;
  Random random(5);
  std::vector<double> x;
  while (x.size() < kEach) {
    const double v = random.of_magnitude(-900, 900);
    if (v >= f.low && v <= f.high) x.push_back(v);
  }
  for (int i = 0; i < kEach; ++i)
    x.push_back(random.between(std::max(f.low, -700.0), std::min(f.high, 700.0)));
  for (const Stretch& s : f.stretches)
    for (int i = 0; i < kEach; ++i) x.push_back(random.between(s.low, s.high));
  for (const double end : {f.low, f.high, 0x1p-1000, -0x1p-1000}) x.push_back(end);
  x.resize((x.size() + kEnclosureLanes - 1) / kEnclosureLanes * kEnclosureLanes, 0.5);
  return x;
}

double relative_error(double result, const Ball& exact) {
  Ball error = (Ball(result) - exact) / exact;
  arb_abs(error.get(), error.get());
  return arf_get_d(arb_midref(error.get()), ARF_RND_UP);
}

class Libraries : public testing::TestWithParam<Library> {};
INSTANTIATE_TEST_SUITE_P(All, Libraries, testing::ValuesIn(libraries()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(Libraries, KeepTheirStatedBoundInEveryLane) {
  const Library& f = GetParam();
  precision = 100;
  double worst = 0, where = 0;
  const std::vector<double> x = points(f);
  for (std::size_t i = 0; i < x.size(); i += kEnclosureLanes) {
    Doubles v;
    std::memcpy(&v, &x[i], sizeof v);
    const Doubles y = f.function(v);
    for (int k = 0; k < kEnclosureLanes; ++k) {
      const double error = relative_error(y[k], f.exact(Ball(v[k])));
      if (!(error <= worst)) worst = error, where = v[k];
    }
  }
  EXPECT_LE(worst, kStated) << f.name << " at " << where;
  RecordProperty("ulp_at_most", std::to_string(worst * 0x1p52));
}

TEST_P(Libraries, KeepExactZeros) {
  if (std::string(GetParam().name) == "erfc" || std::string(GetParam().name) == "exp") {
    EXPECT_EQ(GetParam().function(Doubles{})[0], 1);
  } else {
    EXPECT_EQ(GetParam().function(Doubles{})[0], 0);
    EXPECT_TRUE(std::signbit(GetParam().function(-Doubles{})[0]));
  }
}

}  // namespace
}  // namespace rheo::oracle
