// SPDX-License-Identifier: Apache-2.0
// graph.cc: what need not be computed is not added.
#include "src/second/graph.h"

#include <algorithm>
#include <cmath>

namespace rheo {

int operands_of(Operation operation) {
  switch (operation) {
    case Operation::kNumber:
    case Operation::kInput:
      return 0;
    case Operation::kAdd:
    case Operation::kSubtract:
    case Operation::kMultiply:
    case Operation::kDivide:
    case Operation::kLess:
    case Operation::kGreater:
    case Operation::kLessOrEqual:
    case Operation::kGreaterOrEqual:
      return 2;
    case Operation::kSelect:
      return 3;
    default:
      return 1;
  }
}

int Graph::add(Node node) {
  // A literal -0 is another number than 0.
  const auto same = [&](const Node& other) {
    return other == node && std::signbit(other.high) == std::signbit(node.high);
  };
  const auto found = std::find_if(nodes_.begin(), nodes_.end(), same);
  if (found != nodes_.end()) return static_cast<int>(found - nodes_.begin());
  nodes_.push_back(node);
  return static_cast<int>(nodes_.size()) - 1;
}

bool Graph::is(int at, double value) const {
  const Node& n = node(at);
  return n.operation == Operation::kNumber && n.high == value && n.low == 0;
}

// Two numbers of up to 26 bits each, whose sums and products are exact: small whole numbers and the like.
bool Graph::both_short(int a, int b) const {
  const auto is_short = [&](int at) {
    const Node& n = node(at);
    return n.operation == Operation::kNumber && n.low == 0 &&
           n.high == static_cast<double>(static_cast<float>(n.high)) && std::fabs(n.high) < 4096 &&
           std::nearbyint(n.high * 1024) == n.high * 1024;
  };
  return is_short(a) && is_short(b);
}

int Graph::sum(int a, int b) {
  if (is(a, 0)) return b;
  if (is(b, 0)) return a;
  if (both_short(a, b)) return number(node(a).high + node(b).high);
  return add({Operation::kAdd, {a, b, -1}, 0, 0});
}

int Graph::difference(int a, int b) {
  if (is(b, 0)) return a;
  if (is(a, 0)) return negative(b);
  if (both_short(a, b)) return number(node(a).high - node(b).high);
  return add({Operation::kSubtract, {a, b, -1}, 0, 0});
}

int Graph::product(int a, int b) {
  if (is(a, 0) || is(b, 0)) return number(0);
  if (is(a, 1)) return b;
  if (is(b, 1)) return a;
  if (is(a, -1)) return negative(b);
  if (is(b, -1)) return negative(a);
  if (both_short(a, b)) return number(node(a).high * node(b).high);
  return add({Operation::kMultiply, {std::min(a, b), std::max(a, b), -1}, 0, 0});
}

int Graph::product(std::initializer_list<int> factors) {
  int all = number(1);
  for (const int factor : factors) all = product(all, factor);
  return all;
}

int Graph::quotient(int a, int b) {
  if (is(a, 0)) return a;
  if (is(b, 1)) return a;
  return add({Operation::kDivide, {a, b, -1}, 0, 0});
}

int Graph::negative(int a) {
  const Node n = node(a);
  if (n.operation == Operation::kNegate) return n.from[0];
  if (n.operation == Operation::kNumber) return number(-n.high, -n.low);
  return add({Operation::kNegate, {a, -1, -1}, 0, 0});
}

int Graph::choice(int condition, int yes, int no) {
  if (yes == no) return yes;
  return add({Operation::kSelect, {condition, yes, no}, 0, 0});
}

}  // namespace rheo
