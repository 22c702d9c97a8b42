// SPDX-License-Identifier: Apache-2.0
// graph.h: a formula's steps as a graph without needless ones: equal steps are shared, and products with 0
// and 1, of which derivatives are full, are left out.
#pragma once

#include <initializer_list>
#include <vector>

#include "src/second/program.h"

namespace rheo {

class Graph {
 public:
  struct Node {
    Operation operation;
    int from[3];       // earlier nodes, -1 where there is none; of an input its number: 0 is x
    double high, low;  // of a number
    bool operator==(const Node&) const = default;
  };

  int number(double high, double low = 0) { return add({Operation::kNumber, {-1, -1, -1}, high, low}); }
  int input(int index) { return add({Operation::kInput, {index, -1, -1}, 0, 0}); }

  int sum(int a, int b);
  int difference(int a, int b);
  int product(int a, int b);
  int product(std::initializer_list<int> factors);
  int quotient(int a, int b);
  int negative(int a);
  int choice(int condition, int yes, int no);
  int function(Operation operation, int a) { return add({operation, {a, -1, -1}, 0, 0}); }
  int comparison(Operation operation, int a, int b) { return add({operation, {a, b, -1}, 0, 0}); }

  const std::vector<Node>& nodes() const { return nodes_; }
  const Node& node(int at) const { return nodes_[static_cast<std::size_t>(at)]; }
  bool is(int at, double value) const;

 private:
  int add(Node node);
  bool both_short(int a, int b) const;

  std::vector<Node> nodes_;
};

// How many operands an operation takes.
int operands_of(Operation operation);

}  // namespace rheo
