// SPDX-License-Identifier: Apache-2.0
// normal.cc: expectations under normal distributions.
#include "src/analysis/normal.h"

#include <algorithm>
#include <array>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <limits>

namespace rheo::analysis {

namespace {

constexpr double kEnd = 38;  // beyond, the density is too small for float64
// The density's own scale: between these places 31 points see all of it.
constexpr std::array<double, 12> kPlaces{-kEnd, -13, -8, -5, -2.5, -1, 1, 2.5, 5, 8, 13, kEnd};
constexpr double kRootTwoPi = 2.5066282746310005024157652848110;
constexpr double kLost = 1e-12;  // probability that may be out of reach

// Farther out, functions that go on to oscillate are not followed in detail.
constexpr double kOscillating = 128;

using Kronrod = boost::math::quadrature::gauss_kronrod<double, 31>;
using Gauss = boost::math::quadrature::gauss<double, 15>;

}  // namespace

double Normal::expect(const Real& g, double mean, double deviation) const {
  const double least = (low_ - mean) / deviation, most = (high_ - mean) / deviation;
  if (probability(low_, high_, mean, deviation) < 1 - kLost) return std::numeric_limits<double>::quiet_NaN();
  std::vector<double> places{std::max(least, -kEnd), std::min(most, kEnd)};
  const auto add = [&](double z) {
    if (z > places[0] && z < places[1]) places.push_back(z);
  };
  for (const double z : kPlaces) add(z);
  for (const double x : splits_) add((x - mean) / deviation);
  std::sort(places.begin(), places.end());
  const auto weighted = [&](double z) { return std::exp(-z * z / 2) / kRootTwoPi * g(mean + deviation * z); };
  // Halving does not make noise smaller.
  const unsigned depth = precision_ > 0x1p-40 ? 1 : noisy_ ? 3 : 12;
  double sum = 0;
  for (std::size_t i = 1; i < places.size(); ++i)
    if (places[i - 1] < places[i])
      sum += Kronrod::integrate(weighted, places[i - 1], places[i], depth, 1e-12);
  return sum;
}

Nodes::Nodes(const Function& f, const std::vector<Break>& breaks)
    : low_(std::max(f.low, -0x1p14)), high_(std::min(f.high, 0x1p14)) {
  std::vector<double> ends{0, low_, high_};
  for (int k = -16; k < 14; ++k) ends.push_back(std::ldexp(1, k)), ends.push_back(-std::ldexp(1, k));
  for (const Break& b : breaks) ends.push_back(b.x);
  std::erase_if(ends, [&](double x) { return x < low_ || x > high_; });
  std::sort(ends.begin(), ends.end());
  for (std::size_t i = 1; i < ends.size(); ++i)
    if (ends[i - 1] < ends[i]) add_panel(f, ends[i - 1], ends[i], 0);
}

// Halves the panel until both rules agree about f^2 and f'^2.
void Nodes::add_panel(const Function& f, double from, double to, int depth) {
  const double half = (to - from) / 2, middle = from + half;
  std::vector<Node> nodes;
  double fine = 0, coarse = 0, size = 0;
  const auto add = [&](double x, double weight, double gauss_weight) {
    const Node n{x, weight * half, f.value(x), f.derivative(x)};
    const double y = n.value * n.value + n.slope * n.slope;
    fine += weight * y, coarse += gauss_weight * y, size += weight * std::abs(y);
    nodes.push_back(n);
  };
  for (std::size_t i = 0; i < Kronrod::abscissa().size(); ++i) {
    const double a = Kronrod::abscissa()[i] * half, weight = Kronrod::weights()[i];
    const double gauss_weight = i % 2 == 0 ? Gauss::weights()[i / 2] : 0;
    add(middle + a, weight, gauss_weight);
    if (a != 0) add(middle - a, weight, gauss_weight);
  }
  const double noise = f.smallest_matters ? 0 : f.derivative_noise;
  const int deepest = std::abs(middle) < kOscillating && f.precision < 0x1p-40 ? 6 : 1;
  if (depth < deepest && std::abs(fine - coarse) > 1e-9 * size + noise * noise) {
    add_panel(f, from, middle, depth + 1), add_panel(f, middle, to, depth + 1);
    return;
  }
  nodes_.insert(nodes_.end(), nodes.begin(), nodes.end());
}

bool Nodes::out_of_reach(double s) const { return probability(low_, high_, 0, s) < 1 - kLost; }

double Nodes::density(double z) { return std::exp(-z * z / 2) / kRootTwoPi; }

double Nodes::not_known() { return std::numeric_limits<double>::quiet_NaN(); }

double probability(double from, double to, double mean, double deviation) {
  // The tail on the side of both ends, so that nothing cancels.
  const double a = (from - mean) / deviation, b = (to - mean) / deviation, root = std::sqrt(2.0);
  if (a > 0) return (std::erfc(a / root) - std::erfc(b / root)) / 2;
  return (std::erfc(-b / root) - std::erfc(-a / root)) / 2;
}

}  // namespace rheo::analysis
