// SPDX-License-Identifier: Apache-2.0
// trace.h: the number that records a formula instead of evaluating it.
//
// The record is a list of steps, each an operation on inputs, constants and earlier steps; equal steps are
// shared. It becomes the formula's text, and the JSON from which other languages' bodies are made.
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "src/core/info.h"
#include "src/math/constant.h"

namespace rheo {

namespace recorded {
struct Step;
}

class Trace {
 public:
  Trace();
  ~Trace();
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  struct Node {
    std::string operation;      // "+", "exp", "input", "number", ...
    std::vector<int> operands;  // indices of earlier nodes
    std::string text;           // of an input or a number
    double high = 0, low = 0;   // of a number: their sum, up to 2^-106
    bool operator==(const Node&) const = default;
  };

  recorded::Step input(const char* name);
  void finish(const recorded::Step& result);
  int add(Node node);
  int node_of(const recorded::Step& step);  // adds what a literal needs

  // The newest trace of this thread, which steps made of literals alone belong to.
  static Trace& newest();

  const std::vector<Node>& nodes() const { return nodes_; }
  int result() const { return result_; }  // the node of the formula itself
  std::string formula() const;            // infix text of the result

 private:
  std::string text(int node, int context) const;

  std::vector<Node> nodes_;
  int result_ = -1;
  Trace* previous_;
};

namespace recorded {

// A number in a record. Steps made from literals belong to no trace until they meet one that does.
struct Step {
  Trace* trace = nullptr;
  int node = -1;
  Constant literal{};

  Step() = default;
  Step(Trace* t, int n) : trace(t), node(n) {}
  Step(double c) : literal{c, 0, nullptr, 0, 0} {}
  Step(Constant c) : literal(c) {}
};

Step apply(const char* operation, const Step* operands, std::size_t count);

inline Step binary(const char* operation, Step a, Step b) {
  const Step operands[] = {a, b};
  return apply(operation, operands, 2);
}
inline Step unary(const char* operation, Step a) { return apply(operation, &a, 1); }

inline Step operator+(Step a, Step b) { return binary("+", a, b); }
inline Step operator-(Step a, Step b) { return binary("-", a, b); }
inline Step operator*(Step a, Step b) { return binary("*", a, b); }
inline Step operator/(Step a, Step b) { return binary("/", a, b); }
inline Step operator-(Step a) { return unary("negate", a); }
inline Step operator<(Step a, Step b) { return binary("<", a, b); }
inline Step operator>(Step a, Step b) { return binary(">", a, b); }
inline Step operator<=(Step a, Step b) { return binary("<=", a, b); }
inline Step operator>=(Step a, Step b) { return binary(">=", a, b); }
inline Step min(Step a, Step b) { return binary("min", a, b); }
inline Step max(Step a, Step b) { return binary("max", a, b); }
inline Step exp(Step a) { return unary("exp", a); }
inline Step expm1(Step a) { return unary("expm1", a); }
inline Step log1p(Step a) { return unary("log1p", a); }
inline Step sigmoid(Step a) { return unary("sigmoid", a); }
inline Step tanh(Step a) { return unary("tanh", a); }
inline Step x_minus_tanh(Step a) { return unary("x_minus_tanh", a); }
inline Step softplus(Step a) { return unary("softplus", a); }
inline Step erfc(Step a) { return unary("erfc", a); }
inline Step exp_minus_square(Step a) { return unary("exp_minus_square", a); }
inline Step select(Step condition, Step yes, Step no) {
  const Step operands[] = {condition, yes, no};
  return apply("select", operands, 3);
}

}  // namespace recorded
}  // namespace rheo
