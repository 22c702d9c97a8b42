// SPDX-License-Identifier: Apache-2.0
// program.cc: a recorded formula, differentiated and laid out in slots.
//
// Each step carries its value and its first two derivatives (a truncated Taylor series: Griewank and Walther,
// Evaluating Derivatives, 2nd edition, 2008, chapter 13, doi:10.1137/1.9780898717761). The elementary
// functions bring derivatives whose zeros are factors, so that nothing cancels near them: the second one of a
// sigmoid is that of its two tails times a tanh, never the difference of the tails.
#include "src/second/program.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>

#include "src/core/registry.h"
#include "src/core/trace.h"
#include "src/second/graph.h"

namespace rheo {

namespace {

// A step's value and derivatives with respect to x, as nodes.
struct Jet {
  int value, first, second;
};

// F(u), F'(u) and F''(u).
using Derivatives = Jet;

struct Unknown {
  std::string operation;
};

constexpr std::pair<std::string_view, Operation> kNames[] = {
    {"<", Operation::kLess},
    {">", Operation::kGreater},
    {"<=", Operation::kLessOrEqual},
    {">=", Operation::kGreaterOrEqual},
    {"exp", Operation::kExp},
    {"expm1", Operation::kExpm1},
    {"log1p", Operation::kLog1p},
    {"sigmoid", Operation::kSigmoid},
    {"tanh", Operation::kTanh},
    {"x_minus_tanh", Operation::kXMinusTanh},
    {"softplus", Operation::kSoftplus},
    {"erfc", Operation::kErfc},
    {"exp_minus_square", Operation::kExpMinusSquare},
};

Operation named(const std::string& name) {
  for (const auto& [text, operation] : kNames)
    if (text == name) return operation;
  throw Unknown{name};
}

class Differentiation {
 public:
  explicit Differentiation(Graph& graph) : g_(graph) {}

  // Of the whole record; inputs are x and then the parameters.
  Jet operator()(const Trace& trace) {
    std::vector<Jet> jets;
    int inputs = 0;
    for (const Trace::Node& node : trace.nodes()) {
      const auto operand = [&](std::size_t i) { return jets[static_cast<std::size_t>(node.operands[i])]; };
      if (node.operation == "number") {
        jets.push_back(constant(g_.number(node.high, node.low)));
      } else if (node.operation == "input") {
        jets.push_back({g_.input(inputs), g_.number(inputs == 0 ? 1 : 0), g_.number(0)});
        ++inputs;
      } else if (node.operands.size() == 1) {
        jets.push_back(unary(node.operation, operand(0)));
      } else if (node.operands.size() == 2) {
        jets.push_back(binary(node.operation, operand(0), operand(1)));
      } else {
        jets.push_back(select(operand(0).value, operand(1), operand(2)));
      }
    }
    return jets[static_cast<std::size_t>(trace.result())];
  }

 private:
  Jet constant(int value) { return {value, g_.number(0), g_.number(0)}; }
  int times(double c, int a) { return g_.product(g_.number(c), a); }
  int of(Operation operation, int a) { return g_.function(operation, a); }

  Jet select(int condition, Jet yes, Jet no) {
    return {g_.choice(condition, yes.value, no.value), g_.choice(condition, yes.first, no.first),
            g_.choice(condition, yes.second, no.second)};
  }
  Jet product(Jet a, Jet b) {
    const int first = g_.sum(g_.product(a.first, b.value), g_.product(a.value, b.first));
    const int outer = g_.sum(g_.product(a.second, b.value), g_.product(a.value, b.second));
    return {g_.product(a.value, b.value), first, g_.sum(outer, times(2, g_.product(a.first, b.first)))};
  }
  // q b = a, differentiated twice.
  Jet quotient(Jet a, Jet b) {
    const int q = g_.quotient(a.value, b.value);
    const int first = g_.quotient(g_.difference(a.first, g_.product(q, b.first)), b.value);
    const int inner = g_.sum(times(2, g_.product(first, b.first)), g_.product(q, b.second));
    return {q, first, g_.quotient(g_.difference(a.second, inner), b.value)};
  }
  Jet binary(const std::string& name, Jet a, Jet b) {
    if (name == "+") return {g_.sum(a.value, b.value), g_.sum(a.first, b.first), g_.sum(a.second, b.second)};
    if (name == "-")
      return {g_.difference(a.value, b.value), g_.difference(a.first, b.first),
              g_.difference(a.second, b.second)};
    if (name == "*") return product(a, b);
    if (name == "/") return quotient(a, b);
    if (name == "min") return select(g_.comparison(Operation::kLess, a.value, b.value), a, b);
    if (name == "max") return select(g_.comparison(Operation::kGreater, a.value, b.value), a, b);
    return constant(g_.comparison(named(name), a.value, b.value));
  }
  // (F(u))'' = F''(u) u'^2 + F'(u) u''.
  Jet unary(const std::string& name, Jet u) {
    if (name == "negate") return {g_.negative(u.value), g_.negative(u.first), g_.negative(u.second)};
    const Derivatives f = derivatives(named(name), u.value);
    const int second = g_.sum(g_.product({f.second, u.first, u.first}), g_.product(f.first, u.second));
    return {f.value, g_.product(f.first, u.first), second};
  }
  Derivatives derivatives(Operation operation, int u) {
    const int y = of(operation, u);
    switch (operation) {
      case Operation::kExp:
        return {y, y, y};
      case Operation::kExpm1: {
        const int e = of(Operation::kExp, u);
        return {y, e, e};
      }
      case Operation::kLog1p: {
        const int first = g_.quotient(g_.number(1), g_.sum(g_.number(1), u));
        return {y, first, g_.negative(g_.product(first, first))};
      }
      case Operation::kSigmoid: {
        const int first = of(Operation::kTails, u);
        return {y, first, g_.negative(g_.product(first, of(Operation::kTanh, times(0.5, u))))};
      }
      case Operation::kTanh: {
        const int first = times(4, of(Operation::kTails, times(2, u)));
        return {y, first, times(-2, g_.product(y, first))};
      }
      case Operation::kXMinusTanh: {
        const int t = of(Operation::kTanh, u);
        return {y, g_.product(t, t), times(8, g_.product(t, of(Operation::kTails, times(2, u))))};
      }
      case Operation::kSoftplus:
        return {y, of(Operation::kSigmoid, u), of(Operation::kTails, u)};
      case Operation::kErfc: {
        constexpr Constant kTwoOverSqrtPi =
            1.12837916709551257389615890312154517168810125865799771368817_exact;
        const int scaled =
            g_.product(g_.number(kTwoOverSqrtPi.high, kTwoOverSqrtPi.low), of(Operation::kExpMinusSquare, u));
        return {y, g_.negative(scaled), times(2, g_.product(u, scaled))};
      }
      case Operation::kExpMinusSquare: {
        const int bend = g_.difference(times(4, g_.product(u, u)), g_.number(2));
        return {y, times(-2, g_.product(u, y)), g_.product(bend, y)};
      }
      default:
        throw Unknown{"a comparison of one operand"};
    }
  }

  Graph& g_;
};

// Gives slots to the nodes that the result needs. Those of numbers, inputs and what does not depend on x are
// come first and are kept; others are given back after their last use.
class Layout {
 public:
  Layout(const Graph& graph, int result, std::size_t parameters)
      : g_(graph),
        wanted_(graph.nodes().size()),
        varies_(wanted_.size()),
        last_(wanted_.size()),
        slot_(wanted_.size(), -1) {
    for (std::size_t i = 0; i <= parameters; ++i) taken_[i] = true;
    want(result);
    last_[index(result)] = static_cast<int>(wanted_.size());
  }

  void write(Program& program, int result) {
    for (const bool varying : {false, true})
      for (std::size_t i = 0; i < wanted_.size(); ++i)
        if (wanted_[i] && varies_[i] == varying) place(static_cast<int>(i), program);
    program.result = slot(result);
  }

 private:
  static std::size_t index(int node) { return static_cast<std::size_t>(node); }
  std::uint8_t slot(int node) const { return static_cast<std::uint8_t>(slot_[index(node)]); }

  // Operands come before their results: one pass down marks all that is needed and by whom last.
  void want(int result) {
    wanted_[index(result)] = true;
    for (int i = static_cast<int>(wanted_.size()); i-- > 0;) {
      if (!wanted_[index(i)]) continue;
      const Graph::Node& node = g_.node(i);
      for (int k = 0; k < operands_of(node.operation); ++k) {
        wanted_[index(node.from[k])] = true;
        last_[index(node.from[k])] = std::max(last_[index(node.from[k])], i);
      }
    }
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      const Graph::Node& node = g_.nodes()[i];
      varies_[i] = node.operation == Operation::kInput && node.from[0] == 0;
      for (int k = 0; k < operands_of(node.operation); ++k)
        varies_[i] = varies_[i] || varies_[index(node.from[k])];
    }
  }

  int free_slot() {
    const auto found = std::find(taken_.begin(), taken_.end(), false);
    if (found == taken_.end()) throw Unknown{"more slots"};
    *found = true;
    return static_cast<int>(found - taken_.begin());
  }

  void place(int at, Program& program) {
    const Graph::Node& node = g_.node(at);
    if (node.operation == Operation::kInput) {
      slot_[index(at)] = node.from[0];
      return;
    }
    Instruction next{node.operation, 0, {}};
    for (int k = 0; k < operands_of(node.operation); ++k) {
      const int from = node.from[k];
      next.from[k] = slot(from);
      const bool kept = !varies_[index(from)] || g_.node(from).operation == Operation::kInput;
      if (!kept && last_[index(from)] == at) taken_[index(slot_[index(from)])] = false;
    }
    slot_[index(at)] = free_slot();
    next.to = slot(at);
    if (node.operation == Operation::kNumber)
      program.numbers.push_back({next.to, node.high, node.low});
    else
      (varies_[index(at)] ? program.each : program.once).push_back(next);
  }

  const Graph& g_;
  std::vector<bool> wanted_, varies_;
  std::vector<int> last_, slot_;
  std::array<bool, kSlots> taken_{};
};

}  // namespace

Program make_second(const Entry& entry) {
  Program program;
  program.facts = entry.facts;
  program.parameters = entry.info->parameters.size();
  Trace trace;
  const bool from_derivative = entry.record_derivative != nullptr;
  (from_derivative ? entry.record_derivative : entry.record)(trace);
  Graph graph;
  try {
    const Jet jet = Differentiation(graph)(trace);
    const int result = from_derivative ? jet.first : jet.second;
    program.zero = graph.is(result, 0);
    if (!program.zero) Layout(graph, result, program.parameters).write(program, result);
  } catch (const Unknown& what) {
    program.fault = std::string(entry.info->name) + ": its second derivative would need " + what.operation;
  }
  return program;
}

const Program& second_of(const Entry& entry) {
  static std::mutex mutex;
  static std::map<const Entry*, Program> programs;  // whose elements stay where they are
  const std::lock_guard lock(mutex);
  const auto found = programs.find(&entry);
  return found != programs.end() ? found->second : programs.emplace(&entry, make_second(entry)).first->second;
}

}  // namespace rheo
