// SPDX-License-Identifier: Apache-2.0
// program_test.cc: the programs that formulas become.
#include "src/second/program.h"

#include <gtest/gtest.h>

#include "src/core/registry.h"
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
