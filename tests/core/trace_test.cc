// SPDX-License-Identifier: Apache-2.0
// trace_test.cc: recorded formulas: their steps, and their text.
#include "src/core/trace.h"

#include <gtest/gtest.h>

#include <string>

#include "src/core/registry.h"

namespace rheo {
namespace {

using recorded::Step;

// The text of what `formula` makes of inputs x and a.
template <class Formula>
std::string text_of(Formula&& formula) {
  Trace trace;
  const Step x = trace.input("x"), a = trace.input("a");
  trace.finish(formula(x, a));
  return trace.formula();
}

TEST(Trace, WritesInfixTextWithAsFewBracketsAsTheMeaningNeeds) {
  EXPECT_EQ(text_of([](Step x, Step a) { return a * x + 1.0; }), "a * x + 1");
  EXPECT_EQ(text_of([](Step x, Step a) { return a * (x + 1.0); }), "a * (x + 1)");
  EXPECT_EQ(text_of([](Step x, Step a) { return x - (a - 1.0); }), "x - (a - 1)");
  EXPECT_EQ(text_of([](Step x, Step a) { return x - a - 1.0; }), "x - a - 1");
  EXPECT_EQ(text_of([](Step x, Step a) { return x / (a * 2.0); }), "x / (a * 2)");
  EXPECT_EQ(text_of([](Step x, Step a) { return x / a / 2.0; }), "x / a / 2");
  EXPECT_EQ(text_of([](Step x, Step a) { return -(x + a); }), "-(x + a)");
  EXPECT_EQ(text_of([](Step x, Step a) { return select(x > a, x, exp(-x)); }), "select(x > a, x, exp(-x))");
}

TEST(Trace, SharesEqualSteps) {
  Trace trace;
  const Step x = trace.input("x");
  const Step first = exp(x * 2.0), second = exp(x * 2.0);
  EXPECT_EQ(first.node, second.node);
  EXPECT_EQ(trace.nodes().size(), 4u);  // x, 2, the product, exp
}

TEST(Trace, KeepsStepsApartThatDifferInOrderOrOperation) {
  Trace trace;
  const Step x = trace.input("x"), a = trace.input("a");
  EXPECT_NE((x - a).node, (a - x).node);
  EXPECT_NE((x < a).node, (x <= a).node);
  EXPECT_NE(trace.input("b").node, x.node);
}

TEST(Trace, RefersOnlyToEarlierSteps) {
  for (const Activation& activation : all_activations()) {
    Trace trace;
    activation.entry->record(trace);
    for (std::size_t i = 0; i < trace.nodes().size(); ++i)
      for (const int operand : trace.nodes()[i].operands) {
        EXPECT_GE(operand, 0) << activation.name;
        EXPECT_LT(operand, static_cast<int>(i)) << activation.name;
      }
  }
}

TEST(Trace, NamesItsInputsInTheFilesOrder) {
  for (const Activation& activation : all_activations()) {
    Trace trace;
    activation.entry->record(trace);
    const auto& parameters = activation.entry->info->parameters;
    ASSERT_GT(trace.nodes().size(), parameters.size()) << activation.name;
    EXPECT_EQ(trace.nodes()[0].text, "x") << activation.name;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      EXPECT_EQ(trace.nodes()[i + 1].operation, "input") << activation.name;
      EXPECT_EQ(trace.nodes()[i + 1].text, parameters[i].name) << activation.name;
    }
  }
}

TEST(Trace, KeepsAllDigitsOfAConstantAndAbridgesThemInTheTextOnly) {
  Trace trace;
  const Step x = trace.input("x");
  trace.finish(1.23456789012345678901234567890_exact * x);
  EXPECT_EQ(trace.nodes()[1].text, "1.23456789012345678901234567890");
  EXPECT_EQ(trace.formula(), "1.2345678901... * x");
}

TEST(Trace, HoldsNumbersThatReadBackAsTheSame) {
  Trace trace;
  const Step x = trace.input("x");
  trace.finish(x * 0.1 + 1e-300);
  EXPECT_EQ(std::stod(trace.nodes()[1].text), 0.1);
  EXPECT_EQ(std::stod(trace.nodes()[3].text), 1e-300);
}

TEST(Trace, RecordsWhatIsMadeOfLiteralsAlone) {
  EXPECT_EQ(text_of([](Step x, Step) { return x * (Step(1.0) / Step(3.0)); }), "x * (1 / 3)");
  EXPECT_EQ(text_of([](Step x, Step) { return x + -Step(2.0); }), "x + -2");
}

TEST(Trace, RecordsAFormulaThatDoesNotDependOnItsInput) {
  EXPECT_EQ(text_of([](Step, Step) { return Step(1.0); }), "1");
  EXPECT_EQ(text_of([](Step x, Step) { return x; }), "x");
}

TEST(Trace, KeepsARatioExact) {
  Trace trace;
  const Step x = trace.input("x");
  trace.finish(ratio(1, 3) * x);
  EXPECT_EQ(trace.formula(), "1 / 3 * x");
}

}  // namespace
}  // namespace rheo
