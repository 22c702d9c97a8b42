// SPDX-License-Identifier: Apache-2.0
// normal.h: expectations under normal distributions, by Gauss-Kronrod quadrature between the points where the
// integrand is not smooth.
#pragma once

#include <utility>
#include <vector>

#include "src/analysis/breaks.h"
#include "src/analysis/function.h"

namespace rheo::analysis {

// Adaptive, for one normal distribution and any integrand.
class Normal {
 public:
  // splits: where functions that will be integrated break, turn or change their sign. Nothing is evaluated
  // where f was not looked at; its precision limits that of results.
  Normal(std::vector<double> splits, const Function& f)
      : splits_(std::move(splits)),
        low_(f.low),
        high_(f.high),
        precision_(f.precision),
        noisy_(!f.smallest_matters) {}

  // E g(mean + deviation z), z ~ N(0, 1). NaN where more than 1e-12 of the probability is outside [low,
  // high].
  double expect(const Real& g, double mean, double deviation) const;

 private:
  std::vector<double> splits_;
  double low_, high_, precision_;
  bool noisy_;
};

// Values of f and f' at the nodes of panels that suit every N(0, s^2), 2^-10 <= s <= 2^10, so that
// expectations for many s need no further evaluation. What E is asked of is a polynomial in x, f and f'.
class Nodes {
 public:
  Nodes(const Function& f, const std::vector<Break>& breaks);

  // E g(x, f(x), f'(x)), x ~ N(0, s^2). NaN where more than 1e-12 of the probability is out of reach.
  template <class Integrand>
  double expect(double s, Integrand g) const {
    if (out_of_reach(s)) return not_known();
    double sum = 0;
    for (const Node& n : nodes_) {
      const double weight = n.weight * density(n.x / s);
      if (weight != 0) sum += weight * g(n.x, n.value, n.slope);  // f may have left float64 there
    }
    return sum / s;
  }

 private:
  struct Node {
    double x, weight, value, slope;
  };
  void add_panel(const Function& f, double from, double to, int depth);
  bool out_of_reach(double s) const;
  static double density(double z);
  static double not_known();

  std::vector<Node> nodes_;
  double low_, high_;
};

// P(from < mean + deviation z < to).
double probability(double from, double to, double mean, double deviation);

}  // namespace rheo::analysis
