// SPDX-License-Identifier: Apache-2.0
// program_test.cc: the programs that formulas become.
#include "src/second/program.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "src/core/registry.h"
#include "src/core/trace.h"
#include "src/second/graph.h"

namespace rheo {
namespace {

TEST(Program, ExistsForEveryActivation) {
  for (const Activation& a : all_activations()) EXPECT_EQ(second_of(*a.entry).fault, "") << a.name;
}

// A slot that is written again loses what it held: each operand is read before that, and after it was
// written.
TEST(Program, ReadsWhatWasWritten) {
  for (const Activation& a : all_activations()) {
    const Program& program = second_of(*a.entry);
    std::vector<bool> written(kSlots);
    for (std::size_t i = 0; i <= program.parameters; ++i) written[i] = true;
    for (const Program::Number& number : program.numbers) written[number.to] = true;
    std::vector<bool> kept = written;
    for (const auto* list : {&program.once, &program.each}) {
      for (const Instruction& i : *list) {
        for (int k = 0; k < operands_of(i.operation); ++k) EXPECT_TRUE(written[i.from[k]]) << a.name;
        EXPECT_FALSE(kept[i.to]) << a.name;
        written[i.to] = true;
        if (list == &program.once) kept[i.to] = true;
      }
    }
    EXPECT_TRUE(program.zero || written[program.result]) << a.name;
  }
}

TEST(Program, LeavesHalfOfTheSlotsToLongerFormulas) {
  for (const Activation& a : all_activations())
    for (const Instruction& i : second_of(*a.entry).each) EXPECT_LT(i.to, kSlots / 2) << a.name;
}

// An activation that is nothing but this formula.
constexpr Info kInfo{.name = "own", .title = "", .summary = ""};
Entry entry_of(void (*record)(Trace&), void (*record_derivative)(Trace&) = nullptr) {
  const auto facts = [](const double*) { return Facts{}; };
  return {"own", &kInfo, facts, record, nullptr, 0, nullptr, record_derivative};
}

template <class T>
T second_at(const Entry& entry, Format format, T x, T grad) {
  const Program program = make_second(entry);
  EXPECT_EQ(program.fault, "");
  const double none[kMaxParameters] = {};
  T y = 0;
  second_kernel(format, program, &x, &grad, &y, 1, none);
  return y;
}

// sigmoid(-8 x)^4, whose second derivative float64 cannot hold at 90 before it is multiplied.
TEST(Program, KeepsApartWhatIsTinyAndWhatIsZero) {
  const Entry entry = entry_of([](Trace& trace) {
    const recorded::Step tail = sigmoid(-8.0 * trace.input("x"));
    trace.finish(tail * tail * (tail * tail));
  });
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(second_at(entry, Format::kFloat32, 90.0F, nan)));
  EXPECT_TRUE(std::signbit(second_at(entry, Format::kFloat32, 90.0F, -1.0F)));
  EXPECT_FALSE(std::signbit(second_at(entry, Format::kFloat32, 90.0F, 1.0F)));
}

// x^5 makes up for an exponential that float64 lanes do not go below: 20 x^3 and smaller terms, times
// e^-1000.
TEST(Program, IsRightForLargeX) {
  const Entry entry = entry_of([](Trace& trace) {
    const recorded::Step x = trace.input("x");
    trace.finish(x * x * x * (x * x) * exp(-x));
  });
  EXPECT_EQ(second_at(entry, Format::kFloat32, 1e30F, 1.0F), 0.0F);
  const double x = 40, expected = (20 * x * x * x - 10 * std::pow(x, 4) + std::pow(x, 5)) * std::exp(-x);
  EXPECT_NEAR(second_at(entry, Format::kFloat64, x, 1.0) / expected, 1, 1e-14);
  EXPECT_NEAR(static_cast<double>(second_at(entry, Format::kFloat32, 40.0F, 1.0F)) / expected, 1, 1e-7);
}

TEST(Program, DifferentiatesTheFilesOwnDerivativeOnce) {
  const auto cube = [](Trace& trace) {
    const recorded::Step x = trace.input("x");
    trace.finish(x * x * x);
  };
  EXPECT_EQ(second_at(entry_of(cube), Format::kFloat64, 2.0, 1.0), 12);
  EXPECT_EQ(second_at(entry_of(cube, cube), Format::kFloat64, 2.0, 1.0), 12);  // of x^3 as a derivative
  EXPECT_EQ(second_at(entry_of(nullptr, cube), Format::kFloat64, 3.0, 1.0), 27);
}

TEST(Program, SaysWhatItHasNoRoomFor) {
  const Program program = make_second(entry_of([](Trace& trace) {
    const recorded::Step x = trace.input("x");
    recorded::Step sum = x;
    // So many constants that all have to be kept.
    for (int i = 0; i < 2 * kSlots; ++i) sum = sum + exp(x * (0.1 + i)) * (0.3 + i);
    trace.finish(sum);
  }));
  EXPECT_NE(program.fault.find("own"), std::string::npos) << program.fault;
  EXPECT_NE(program.fault.find("more slots"), std::string::npos) << program.fault;
}

TEST(Program, SaysWhichOperationItDoesNotKnow) {
  const Program program =
      make_second(entry_of([](Trace& trace) { trace.finish(recorded::unary("gamma", trace.input("x"))); }));
  EXPECT_NE(program.fault.find("gamma"), std::string::npos) << program.fault;
}

TEST(Graph, LeavesOutWhatDerivativesAreFullOf) {
  Graph g;
  const int x = g.input(0), zero = g.number(0), one = g.number(1);
  EXPECT_EQ(g.product(x, zero), zero);
  EXPECT_EQ(g.product(one, x), x);
  EXPECT_EQ(g.sum(zero, x), x);
  EXPECT_EQ(g.difference(x, zero), x);
  EXPECT_EQ(g.difference(zero, x), g.negative(x));
  EXPECT_EQ(g.negative(g.negative(x)), x);
  EXPECT_EQ(g.quotient(zero, x), zero);
  EXPECT_EQ(g.choice(g.comparison(Operation::kLess, x, one), x, x), x);
  EXPECT_EQ(g.product(g.number(2), g.number(4)), g.number(8));
  EXPECT_NE(g.number(-0.0), zero);
}

TEST(Graph, SharesEqualSteps) {
  Graph g;
  const int x = g.input(0), y = g.input(1);
  EXPECT_EQ(g.product(x, y), g.product(y, x));
  EXPECT_NE(g.quotient(x, y), g.quotient(y, x));
  EXPECT_EQ(g.function(Operation::kExp, x), g.function(Operation::kExp, x));
}

}  // namespace
}  // namespace rheo
