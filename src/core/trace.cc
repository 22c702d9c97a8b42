// SPDX-License-Identifier: Apache-2.0
// trace.cc: recording, and the text of a recorded formula.
#include "src/core/trace.h"

#include <algorithm>
#include <cstring>

#include "src/core/number_text.h"

namespace rheo {

namespace {

// Sixty digits are for machines.
std::string abridged(const std::string& number) {
  constexpr std::size_t kShown = 12;
  return number.size() > 2 * kShown ? number.substr(0, kShown) + "..." : number;
}

Trace::Node whole(std::uint64_t number) {
  const auto high = static_cast<double>(number);
  // What 53 bits do not hold, of either sign.
  const auto rest = static_cast<std::int64_t>(number - static_cast<std::uint64_t>(high));
  return {"number", {}, std::to_string(number), high, static_cast<double>(rest)};
}

// How tightly an operation binds in infix text.
int precedence(const std::string& operation) {
  if (operation == "<" || operation == ">" || operation == "<=" || operation == ">=") return 1;
  if (operation == "+" || operation == "-") return 2;
  if (operation == "*" || operation == "/" || operation == "negate") return 3;
  return 4;
}

}  // namespace

static thread_local Trace* newest_trace = nullptr;

Trace::Trace() : previous_(newest_trace) { newest_trace = this; }

Trace::~Trace() { newest_trace = previous_; }

Trace& Trace::newest() { return *newest_trace; }

int Trace::add(Node node) {
  const auto found = std::find(nodes_.begin(), nodes_.end(), node);
  if (found != nodes_.end()) return static_cast<int>(found - nodes_.begin());
  nodes_.push_back(std::move(node));
  return static_cast<int>(nodes_.size()) - 1;
}

int Trace::node_of(const recorded::Step& step) {
  if (step.trace != nullptr) return step.node;
  const Constant& c = step.literal;
  if (c.denominator == 0)
    return add({"number", {}, c.digits != nullptr ? c.digits : number_text(c.high), c.high, c.low});
  const int numerator = add(whole(c.numerator));
  return add({"/", {numerator, add(whole(c.denominator))}, ""});
}

recorded::Step Trace::input(const char* name) { return {this, add({"input", {}, name})}; }

void Trace::finish(const recorded::Step& result) { result_ = node_of(result); }

std::string Trace::formula() const { return text(result_, 0); }

std::string Trace::text(int node, int context) const {
  const Node& n = nodes_[static_cast<std::size_t>(node)];
  if (n.operands.empty()) return abridged(n.text);
  const int own = precedence(n.operation);
  std::string result;
  if (n.operation == "negate") {
    result = "-";
    result += text(n.operands[0], own);
  } else if (own < 4) {
    // The right operand of - and / needs brackets at the same strength, and so does a - or / on the right.
    const std::string& right = nodes_[static_cast<std::size_t>(n.operands[1])].operation;
    const bool strict = n.operation == "-" || n.operation == "/" || own == 1 || right == "-" || right == "/";
    result = text(n.operands[0], own) + " " + n.operation + " " + text(n.operands[1], own + (strict ? 1 : 0));
  } else {
    result = n.operation + "(";
    for (std::size_t i = 0; i < n.operands.size(); ++i) result += (i ? ", " : "") + text(n.operands[i], 0);
    return result + ")";
  }
  if (own >= context) return result;
  result.insert(0, 1, '(');
  return result + ")";
}

namespace recorded {

Step apply(const char* operation, const Step* operands, std::size_t count) {
  Trace* trace = &Trace::newest();
  for (std::size_t i = 0; i < count; ++i)
    if (operands[i].trace != nullptr) trace = operands[i].trace;
  Trace::Node node{operation, {}, ""};
  for (std::size_t i = 0; i < count; ++i) node.operands.push_back(trace->node_of(operands[i]));
  return {trace, trace->add(std::move(node))};
}

}  // namespace recorded
}  // namespace rheo
