// SPDX-License-Identifier: Apache-2.0
// scan_test.cc: the first pass has nothing to say about the true kernels, and reports each kind of wrong
// result that a kernel could have.
#include "src/prover/scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "src/proofs/digest.h"
#include "tests/prover/changed.h"

namespace rheo::oracle {
namespace {

std::uint32_t bits(float x) { return std::bit_cast<std::uint32_t>(x); }

// The inputs around x that are walked.
constexpr std::uint32_t kWalk = 4 * kScanBlock;
std::uint32_t walk_start(float x) { return bits(x) / kWalk * kWalk; }

class Changed {
 public:
  using Change = std::function<float(float x, float y)>;

  Changed(const char* name, Change change, Role role = Role::kValue)
      : activation_(name, role, [change](float x, float, float y) { return change(x, y); }), role_(role) {}

  void scan(float around) {
    scan_inputs(Subject(activation_.get(), role_), walk_start(around), kWalk, found);
  }
  std::string scan_chunk_of(float x) {
    return scan_chunk(Subject(activation_.get(), role_), static_cast<int>(bits(x) >> 24), found);
  }
  bool left_open(float x) const { return std::ranges::find(found.open, bits(x)) != found.open.end(); }
  double worst() const {
    double error = 0;
    for (const Candidate& c : found.worst) error = std::max(error, c.error);
    return error;
  }

  Findings found;

 private:
  ChangedActivation activation_;
  Role role_;
};

float kept(float, float y) { return y; }
float above(float y) { return std::nextafter(y, HUGE_VALF); }
float below(float y) { return std::nextafter(y, -HUGE_VALF); }

// The change of one result.
template <class F>
Changed::Change where(float point, F&& change) {
  return [point, change](float x, float y) { return bits(x) == bits(point) ? change(y) : y; };
}

// In all binades, of every function: bounds hold, and little is left to balls.
TEST(FirstPass, HasNothingToSayAboutTrueKernels) {
  std::string error;
  ASSERT_NE(target_in_use(error), nullptr);
  for (const Activation& a : all_activations()) {
    for (const Role role : {Role::kValue, Role::kDerivative}) {
      Findings found;
      for (std::uint32_t i = 0; i < 512; i += 2)
        scan_inputs(Subject(a, role), (i << 23) + (i * 7919 % 2048) * kScanBlock, kScanBlock, found);
      const std::string title = std::string(a.name).append(role == Role::kValue ? "" : "'");
      EXPECT_EQ(found.fault, "") << title;
      EXPECT_LE(found.open.size(), 20u) << title;
    }
  }
}

// All NaNs count as one; those of a chunk of identity are its second half.
TEST(FirstPass, GivesTheDigestOfAChunksResults) {
  Changed f("identity", kept);
  const std::string digest = f.scan_chunk_of(0x1p127F);
  proofs::ChunkDigest expected;
  std::vector<float> block(1 << 16);
  for (std::uint32_t first = 0x7f000000; first < 0x80000000; first += 1 << 16) {
    proofs::fill_inputs(first, block);
    expected.add(block);
  }
  EXPECT_EQ(digest, expected.text());
}

TEST(FirstPass, CountsAResultOneUlpOff) {
  for (const float x : {-1.2345F, -3.999F}) {
    Changed f("silu", where(x, above));
    f.scan(x);
    Changed truth("silu", kept);
    truth.scan(x);
    EXPECT_EQ(f.found.rounded_wrongly, truth.found.rounded_wrongly + 1);
    EXPECT_GT(f.left_open(x) ? 1 : f.worst(), 0.5);
  }
}

TEST(FirstPass, LeavesAResultBeyondItsBoundToBalls) {
  const float x = -3.2345F;
  for (const auto& change : {Changed::Change([](float, float y) { return above(above(above(y))); }),
                             Changed::Change([](float, float) { return NAN; }),
                             Changed::Change([](float, float) { return HUGE_VALF; }),
                             Changed::Change([](float, float y) { return -y; }),
                             Changed::Change([](float, float) { return 0.0F; })}) {
    for (const Role role : {Role::kValue, Role::kDerivative}) {
      Changed f("silu", where(x, [&](float y) { return change(x, y); }), role);
      f.scan(x);
      EXPECT_TRUE(f.left_open(x)) << change(x, 1);
      EXPECT_EQ(f.found.open.size(), 1u);
    }
  }
}

// A block of results that are all the same is looked at as boxes: one that is not is none.
TEST(FirstPass, SeesOneWrongResultAmongManyThatAreTheSame) {
  const float x = 0x1.234568p6F;
  Changed f("tanh", where(x, [](float) { return 1 - 0x1p-23F; }));
  f.scan(x);
  EXPECT_TRUE(f.left_open(x));
  EXPECT_EQ(f.found.descents, 1);
}

TEST(FirstPass, SeesAWholeTailOfTheSameWrongResult) {
  Changed f("tanh", [](float x, float y) { return std::fabs(x) > 60 ? y * (1 - 0x1p-23F) : y; });
  f.scan(100);
  EXPECT_EQ(f.found.open.size(), kWalk);
  // Within the bound, but not the nearest: silu(-110) is -0.13 of the smallest subnormal.
  Changed near("silu", [](float, float y) { return below(y); });
  near.scan(-110);
  EXPECT_EQ(near.found.rounded_wrongly, kWalk);
  EXPECT_GT(near.worst(), 0.8);
}

// silu(-1000) is -e^-1000 or so: -0, the only float32 that keeps its sign.
TEST(FirstPass, SeesLostSignsOfResultsTooSmallForFloat64) {
  const float x = -0x1.23456p13F;
  for (const auto& change :
       {where(x, [](float) { return 0.0F; }), Changed::Change([](float, float) { return 0.0F; })}) {
    for (const Role role : {Role::kValue, Role::kDerivative}) {
      Changed f("silu", change, role);
      f.scan(x);
      EXPECT_TRUE(f.left_open(x));
    }
  }
  Changed f("silu", where(x, [](float) { return -0x1p-149F; }));
  f.scan(x);
  EXPECT_TRUE(f.left_open(x));
}

TEST(FirstPass, SeesZerosOfTheWrongSign) {
  const auto fault = [](const char* name, float x) {
    Changed f(name, where(x, [](float y) { return -y; }));
    f.scan(x);
    return f.found.fault;
  };
  EXPECT_EQ(fault("tanh", -0.0F).rfind("a zero of the wrong sign at -0", 0), 0u);
  EXPECT_EQ(fault("silu", 0.0F).rfind("a zero of the wrong sign at 0", 0), 0u);
  EXPECT_EQ(fault("relu", -2.5F).rfind("a zero of the wrong sign at -2.5", 0), 0u);
}

TEST(FirstPass, SeesANonzeroForAZero) {
  Changed f("relu", where(-2.5F, [](float) { return 0x1p-149F; }));
  f.scan(-2.5F);
  EXPECT_TRUE(f.left_open(-2.5F));
}

TEST(FirstPass, CountsDescentsOnEitherSide) {
  for (const float x : {2.5F, -2.5F, 2.6F, -2.6F}) {  // the former begin a block
    Changed f("identity", where(x, [](float y) { return above(above(y)); }));
    f.scan(x);
    EXPECT_EQ(f.found.descents, 1) << x;
  }
}

// From the last result of the chunk before.
TEST(FirstPass, CountsADescentBetweenChunks) {
  Changed f("identity", where(below(2), [](float) { return 2.5F; }));
  f.scan(2);
  EXPECT_EQ(f.found.descents, 1);
}

TEST(FirstPass, SeesValuesOutsideTheRange) {
  Changed f("tanh", where(100, above));
  f.scan(100);
  EXPECT_EQ(f.found.fault.rfind("outside the range at 100: 1.0000001", 0), 0u) << f.found.fault;
  Changed all("tanh", [](float x, float y) { return x > 99 ? above(y) : y; });
  all.scan(100);
  EXPECT_EQ(all.found.fault.rfind("outside the range", 0), 0u) << all.found.fault;
}

TEST(FirstPass, SeesThatAFunctionIsNotOdd) {
  for (const float x : {2.5F, 100.0F}) {
    Changed f("tanh", where(-x, above));
    f.scan(x);
    EXPECT_EQ(f.found.fault.rfind("not odd", 0), 0u) << f.found.fault;
    Changed slope("tanh", where(-x, [](float y) { return y + 0x1p-20F; }), Role::kDerivative);
    slope.scan(x);
    EXPECT_EQ(slope.found.fault.rfind("not odd", 0), 0u) << slope.found.fault;
  }
}

TEST(FirstPass, SeesWrongLimitsAndNaNsThatAreLost) {
  const auto fault = [](Changed::Change change, float x, Role role = Role::kValue) {
    Changed f("sigmoid", std::move(change), role);
    f.scan(x);
    return f.found.fault;
  };
  EXPECT_EQ(fault(where(HUGE_VALF, below), HUGE_VALF).rfind("not the limit at inf", 0), 0u);
  EXPECT_EQ(fault(where(-HUGE_VALF, [](float) { return -0.0F; }), -HUGE_VALF).rfind("not the limit", 0), 0u);
  EXPECT_EQ(
      fault(where(HUGE_VALF, [](float) { return 1.0F; }), HUGE_VALF, Role::kDerivative).rfind("not the", 0),
      0u);
  const auto nan = std::bit_cast<float>(0xffabcdefu);
  EXPECT_EQ(fault(where(nan, [](float) { return 0.5F; }), nan).rfind("not NaN", 0), 0u);
}

TEST(Findings, KeepTheLargestErrorsAndSayWhatTheOthersAreAtMost) {
  Findings f;
  for (std::uint32_t i = 0; i < 50'000; ++i) f.keep({static_cast<double>(i * 7919 % 50'000), i});
  f.keep_worst();
  EXPECT_EQ(f.worst.size(), Findings::kWorst);
  for (const Candidate& c : f.worst) EXPECT_GE(c.error, 50'000 - Findings::kWorst);
  EXPECT_EQ(f.threshold, 50'000 - Findings::kWorst);
}

TEST(Findings, MergeToThoseOfBoth) {
  Findings a, b;
  a.keep({0.7, 1}), b.keep({0.9, 2});
  a.open = {3}, b.open = {4, 5};
  a.rounded_wrongly = 1, b.rounded_wrongly = 2, a.descents = 3, b.descents = 4;
  b.small = 0.125, b.fault = "not odd";
  a.merge(b);
  EXPECT_EQ(a.worst.size(), 2u);
  EXPECT_EQ(a.open.size(), 3u);
  EXPECT_EQ(a.rounded_wrongly, 3);
  EXPECT_EQ(a.descents, 7);
  EXPECT_EQ(a.small, 0.125);
  EXPECT_EQ(a.fault, "not odd");
}

}  // namespace
}  // namespace rheo::oracle
