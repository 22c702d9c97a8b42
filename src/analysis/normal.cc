// SPDX-License-Identifier: Apache-2.0
// normal.cc: Gauss-Kronrod quadrature in z, from -38 to 38, where the density leaves float64.
#include "src/analysis/normal.h"

#include <algorithm>
#include <array>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>

namespace rheo::analysis {

namespace {

constexpr double kEnd = 38;
// The density's own scale: between these places 31 points see all of it.
constexpr std::array<double, 12> kPlaces{-kEnd, -13, -8, -5, -2.5, -1, 1, 2.5, 5, 8, 13, kEnd};
constexpr double kRootTwoPi = 2.5066282746310005024157652848110;

}  // namespace

double Normal::expect(const Real& g, double mean, double deviation) const {
  std::vector<double> places(kPlaces.begin(), kPlaces.end());
  for (const double x : splits_) {
    const double z = (x - mean) / deviation;
    if (z > -kEnd && z < kEnd) places.push_back(z);
  }
  std::sort(places.begin(), places.end());
  const auto weighted = [&](double z) {
    const double weight = std::exp(-z * z / 2) / kRootTwoPi, y = g(mean + deviation * z);
    return weight == 0 ? 0 : weight * y;
  };
  double sum = 0;
  for (std::size_t i = 1; i < places.size(); ++i) {
    if (!(places[i - 1] < places[i])) continue;
    using Rule = boost::math::quadrature::gauss_kronrod<double, 31>;
    sum += Rule::integrate(weighted, places[i - 1], places[i], 8, 1e-12);
  }
  return sum;
}

double probability(double from, double to, double mean, double deviation) {
  // The tail on the side of both ends, so that nothing cancels.
  const double a = (from - mean) / deviation, b = (to - mean) / deviation, root = std::sqrt(2.0);
  if (a > 0) return (std::erfc(a / root) - std::erfc(b / root)) / 2;
  return (std::erfc(-b / root) - std::erfc(-a / root)) / 2;
}

}  // namespace rheo::analysis
