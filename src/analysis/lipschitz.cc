// SPDX-License-Identifier: Apache-2.0
// lipschitz.cc: the largest slope among points, then Brent's minimisation around it; limits at infinities.
#include "src/analysis/lipschitz.h"

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

#include "src/analysis/signs.h"

namespace rheo::analysis {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool inside_break(const Analysis& a, double low, double high) {
  return std::any_of(a.breaks.begin(), a.breaks.end(),
                     [&](const Break& k) { return low <= k.left && k.right <= high; });
}

// sup |g| over the points, refined where a point is above its neighbours.
Supremum largest(const Real& g, const std::vector<double>& points, const Analysis& a, double blur) {
  const std::vector<double> x = with_breaks(points, a.breaks);
  std::vector<double> size;
  for (const double at : x) size.push_back(std::abs(g(at)));
  Supremum best{0, 0};
  const auto offer = [&](double value, double at) {
    if (value > best.value) best = {value, at};
  };
  for (std::size_t i = 0; i < x.size(); ++i) offer(size[i], x[i]);
  const double seen = best.value;
  for (std::size_t i = 1; i + 1 < x.size(); ++i) {
    if (size[i] < 0.9 * seen || size[i] < size[i - 1] || size[i] < size[i + 1]) continue;
    if (size[i] == size[i - 1] || size[i] == size[i + 1]) continue;  // flat, or resolved already
    const double low = inside_break(a, x[i - 1], x[i]) ? x[i] : x[i - 1];
    const double high = inside_break(a, x[i], x[i + 1]) ? x[i] : x[i + 1];
    if (low == x[i] || high == x[i]) continue;  // the largest is at a break
    std::uintmax_t steps = 100;
    const auto [at, value] = boost::math::tools::brent_find_minima(
        [&](double t) { return -std::abs(g(t)); }, low, high, std::numeric_limits<double>::digits, steps);
    offer(-value, at);
  }
  // Around a smooth maximum many x give the same number: the simplest of them.
  const double reach = 0x1p-24 * std::max(1.0, std::abs(best.at)),
               neat = simplest(best.at - reach, best.at + reach);
  if (std::abs(g(neat)) >= best.value * (1 - std::max(0x1p-51, blur))) best.at = neat;
  for (const double inflection : a.inflections)
    if (std::abs(g(inflection)) >= best.value * (1 - std::max(0x1p-50, blur)))
      best = {std::abs(g(inflection)), inflection};
  const auto k = std::find_if(a.breaks.begin(), a.breaks.end(),
                              [&](const Break& b) { return b.left == best.at || b.right == best.at; });
  if (k != a.breaks.end()) best.at = k->x;
  return best;
}

// Whether |g| keeps growing towards x from that side, as the slope of a square root does.
bool unbounded(const Function& f, const Real& g, double side, double x) {
  const double step = std::copysign(1e-3 * std::max(1.0, std::abs(x)), side - x);
  // Differences do not come as close to the break.
  return std::abs(g(side)) > (f.smallest_matters ? 1e4 : 50) * std::abs(g(x + step));
}

// Towards an infinity: the supremum is a limit that is not attained, or there is none.
void with_limit(double limit, double at, Supremum& s) {
  if (std::abs(limit) > s.value * (1 + 1e-12)) s = {std::abs(limit), at};
}

}  // namespace

Supremum supremum_of_slope(const Function& f, const std::vector<double>& points, const Analysis& a) {
  for (const Break& k : a.breaks) {
    if (k.value_jump != 0 || unbounded(f, f.derivative, k.left, k.x) ||
        unbounded(f, f.derivative, k.right, k.x))
      return {kInfinity, k.x};
  }
  if (std::isinf(a.left.slope)) return {kInfinity, -kInfinity};
  if (std::isinf(a.right.slope)) return {kInfinity, kInfinity};
  Supremum s = largest(f.derivative, points, a, f.derivative_noise > 0x1p-50 ? f.derivative_noise : 0);
  // What is reached only by rounding is a limit.
  for (const auto& [side, at] : {std::pair{a.left, -kInfinity}, std::pair{a.right, kInfinity}}) {
    const Stretch& end = at < 0 ? a.curvature.stretches.front() : a.curvature.stretches.back();
    if (end.sign != 0 && std::abs(side.slope) >= s.value * (1 - 2 * f.precision) && side.slope != 0)
      s = {std::abs(side.slope), at};
    with_limit(side.slope, at, s);
  }
  return s;
}

Supremum supremum_of_curvature(const Function& f, const std::vector<double>& points, const Analysis& a) {
  for (const Break& k : a.breaks) {
    if (k.value_jump != 0 || k.slope_jump != 0 || unbounded(f, f.second, k.left, k.x) ||
        unbounded(f, f.second, k.right, k.x)) {
      return {kInfinity, k.x};
    }
  }
  const Supremum s = largest(f.second, points, a, f.second_noise > 0x1p-48 ? f.second_noise : 0);
  const auto grows = [&](double far) {
    return std::abs(f.second(far)) >= s.value * (1 - 1e-9) && std::abs(f.second(far / 2)) < s.value * 0.99;
  };
  if (s.value > 0 && grows(f.high)) return {kInfinity, kInfinity};
  if (s.value > 0 && grows(f.low)) return {kInfinity, -kInfinity};
  return s;
}

}  // namespace rheo::analysis
