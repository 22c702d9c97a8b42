// SPDX-License-Identifier: Apache-2.0
// mean_field.cc: the variance map of Poole et al., Exponential expressivity in deep neural networks through
// transient chaos (2016, arXiv 1606.05340); the edge of chaos of Schoenholz et al., Deep information
// propagation (2017, arXiv 1611.01232); the map of means and variances of Klambauer et al., Self-normalizing
// neural networks (2017, arXiv 1706.02515).
#include "src/analysis/mean_field.h"

#include <algorithm>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <cstdint>
#include <functional>

namespace rheo::analysis {

namespace {

// Where fixed points are looked for, in standard deviations of the pre-activations.
constexpr double kLeast = 0x1p-10, kMost = 0x1p10;
constexpr int kSteps = 120;

double square(double x) { return x * x; }

class Layers {
 public:
  Layers(const Nodes& nodes, bool continuous) : nodes_(nodes), continuous_(continuous) {}

  double mean(double s) const {
    return nodes_.expect(s, [](double, double value, double) { return value; });
  }
  double second(double s) const {
    return nodes_.expect(s, [](double, double value, double) { return value * value; });
  }
  double slope_second(double s) const {
    return nodes_.expect(s, [](double, double, double slope) { return slope * slope; });
  }
  // d/dq of E f(sqrt(q) z)^2 and of E f(sqrt(q) z), q = s^2. f' does not see jumps of f.
  double second_slope(double s) const {
    if (!continuous_) return by_difference(s, [&](double t) { return second(t); });
    return nodes_.expect(s, [](double x, double value, double slope) { return value * slope * x; }) / (s * s);
  }
  double mean_slope(double s) const {
    if (!continuous_) return by_difference(s, [&](double t) { return mean(t); });
    return nodes_.expect(s, [](double x, double, double slope) { return slope * x; }) / (2 * s * s);
  }

 private:
  template <class Map>
  static double by_difference(double s, Map map) {
    const double q = s * s, h = 1e-4 * q;
    return (map(std::sqrt(q + h)) - map(std::sqrt(q - h))) / (2 * h);
  }

  const Nodes& nodes_;
  bool continuous_;
};

struct Roots {
  std::vector<double> places;
  bool everywhere = false;
};

// Where g(s), whose terms have the size scale(s), is 0 for s in [kLeast, kMost].
Roots roots(const Real& g, const Real& scale, double noise) {
  Roots found;
  const double ratio = std::pow(kMost / kLeast, 1.0 / kSteps);
  std::vector<double> s, values;
  int zeros = 0, known = 0;
  for (int i = 0; i <= kSteps; ++i) {
    s.push_back(kLeast * std::pow(ratio, i));
    const double y = g(s[i]), size = scale(s[i]);
    values.push_back(std::abs(y) <= noise * size ? 0 : y);
    zeros += values.back() == 0, known += !std::isnan(y);
  }
  if (zeros > 8 && zeros > known * 3 / 4) return {{}, true};
  for (int i = 0; i <= kSteps; ++i) {
    // A zero on the grid counts where the sign changes around it; a run of them is a limit that was reached.
    if (values[i] == 0 && i > 0 && i < kSteps && values[i - 1] * values[i + 1] < 0)
      found.places.push_back(s[i]);
    if (i == 0 || !(values[i - 1] * values[i] < 0)) continue;
    std::uintmax_t steps = 60;
    const auto [low, high] = boost::math::tools::toms748_solve(
        g, s[i - 1], s[i], values[i - 1], values[i], boost::math::tools::eps_tolerance<double>(46), steps);
    found.places.push_back(low + (high - low) / 2);
  }
  return found;
}

// Whether q near s^2 move towards it, from the map's slope there; where that is 1, from excess = map - q.
bool attracts(double slope, const Real& excess, double s) {
  if (std::abs(std::abs(slope) - 1) > 1e-6) return std::abs(slope) < 1;
  return excess(s == 0 ? 0.1 : s * 1.05) < 0 && (s == 0 || excess(s / 1.05) > 0);
}

void variance_map(const Layers& layers, double f0, double slope0, double noise, const Options& o,
                  MeanField& m) {
  const double w = o.sigma_w * o.sigma_w, b = o.sigma_b * o.sigma_b;
  const Real excess = [&](double s) { return w * layers.second(s) + b - s * s; };
  const Roots found = roots(excess, [](double s) { return s * s; }, noise);
  m.every_q = found.everywhere;
  // f(0) = 0 and no biases: 0 stays 0. Its slope is that of f squared, where f is smooth there.
  if (f0 == 0 && b == 0) {
    const double slope = w * slope0;
    m.fixed_points.push_back({0, slope, slope, !found.everywhere && attracts(slope, excess, 0)});
  }
  for (const double s : found.places) {
    const double slope = w * layers.second_slope(s);
    m.fixed_points.push_back({s * s, slope, w * layers.slope_second(s), attracts(slope, excess, s)});
  }
}

void self_normalising(const Layers& layers, double noise, const Options& o, MeanField& m) {
  // s is the deviation of the pre-activations: s^2 = sigma_w^2 times the variance of what came before.
  const double w = o.sigma_w * o.sigma_w;
  const Real excess = [&](double s) { return layers.second(s) - square(layers.mean(s)) - s * s / w; };
  const Roots found = roots(excess, [&](double s) { return s * s / w; }, noise);
  m.every_variance = found.everywhere;
  for (const double s : found.places) {
    const double mean = layers.mean(s), mean_slope = w * layers.mean_slope(s);
    const double variance_slope = w * layers.second_slope(s) - 2 * mean * mean_slope;
    m.self_normalising.push_back({std::abs(mean) < noise ? 0 : mean, s * s / w, mean_slope, variance_slope,
                                  attracts(variance_slope, excess, s)});
  }
}

// chi = 1 gives sigma_w for every q, and then the map's fixed point gives sigma_b.
void edge_of_chaos(const Layers& layers, double f0, double slope0, double noise, const Options& o,
                   MeanField& m) {
  const auto at = [&](double s) {
    const double w = 1 / layers.slope_second(s), b = s * s - w * layers.second(s);
    return Critical{s * s, std::sqrt(w), std::abs(b) <= noise * s * s ? 0 : std::sqrt(b)};
  };
  const double b = o.sigma_b * o.sigma_b;
  const Real excess = [&](double s) { return s * s - layers.second(s) / layers.slope_second(s) - b; };
  const Roots found = roots(excess, [](double s) { return s * s; }, noise);
  m.every_critical = found.everywhere;
  if (found.everywhere) {
    m.at_sigma_b.push_back(at(1)), m.at_sigma_b.back().sigma_b = o.sigma_b;
  } else if (b == 0 && f0 == 0 && slope0 > 0) {  // the limit q -> 0
    m.at_sigma_b.push_back({0, 1 / std::sqrt(slope0), 0});
  }
  if (!found.everywhere)
    for (const double s : found.places)
      m.at_sigma_b.push_back(at(s)), m.at_sigma_b.back().sigma_b = o.sigma_b;
  for (const double q : {0.01, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0}) {
    const Critical c = at(std::sqrt(q));
    if (std::isfinite(c.sigma_w) && std::isfinite(c.sigma_b)) m.edge.push_back({q, c.sigma_w, c.sigma_b});
  }
}

}  // namespace

MeanField mean_field(const Function& f, const std::vector<Break>& breaks, bool continuous,
                     const Options& options) {
  MeanField m;
  const Nodes nodes(f, breaks);
  const Layers layers(nodes, continuous);
  const double noise = f.smallest_matters ? 1e-11 : 1e-7;
  const double f0 = std::abs(f.value(0)) <= 4 * f.precision ? 0 : f.value(0);
  // E f'(s z)^2 for s -> 0: (f'(0-)^2 + f'(0+)^2) / 2.
  const double tiny = f.smallest_matters ? 0x1p-40 : 1e-6;
  const double slope0 = (square(f.derivative(-tiny)) + square(f.derivative(tiny))) / 2;
  variance_map(layers, f0, slope0, noise, options, m);
  self_normalising(layers, noise, options, m);
  edge_of_chaos(layers, f0, slope0, noise, options, m);
  return m;
}

}  // namespace rheo::analysis
