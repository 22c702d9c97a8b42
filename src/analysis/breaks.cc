// SPDX-License-Identifier: Apache-2.0
// breaks.cc: a jump is what does not get smaller when the interval around it is halved.
#include "src/analysis/breaks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace rheo::analysis {

namespace {

// How far the middle of three values is from the line through the others, at their places.
double bend(double a, double ga, double m, double gm, double b, double gb) {
  return std::abs(gm - (ga + (gb - ga) * ((m - a) / (b - a))));
}

// Halves [a, b] towards the larger bend until it is narrow. A smooth function's bend shrinks by 4 each time,
// that of a kink by 2, that of a jump not at all: shrink is what is looked for.
bool narrow(const Real& g, double& a, double& b, double start, double floor, const Search& search) {
  const bool jump = search.shrink == 1;
  constexpr int trial = 10, kink_steps = 14, fewest = 6;
  double ga = g(a), gb = g(b), m = a + (b - a) / 2, gm = g(m), expected = start;
  const auto lasting = [&](double size) { return size > std::max(expected / 16, floor); };
  double last = start;
  int steps = 0;
  for (; steps < (jump ? 200 : kink_steps) && b - a > search.width(m); ++steps) {
    const double p = a + (m - a) / 2, q = m + (b - m) / 2, gp = g(p), gq = g(q);
    const double left = bend(a, ga, p, gp, m, gm), right = bend(m, gm, q, gq, b, gb);
    last = std::max(left, right);
    if (steps >= trial && !lasting(jump ? std::abs(gb - ga) : last)) return false;
    expected *= search.shrink;
    // Where both halves are straight the jump is at m itself, and the larger difference shows it.
    if (left == right ? std::abs(gm - ga) > std::abs(gb - gm) : left > right) {
      b = m, gb = gm, m = p, gm = gp;
    } else {
      a = m, ga = gm, m = q, gm = gq;
    }
  }
  return jump ? lasting(std::abs(gb - ga)) : steps >= fewest && lasting(last);
}

}  // namespace

double simplest(double low, double high) {
  if (low <= 0 && high >= 0) return 0;
  std::array<char, 40> text{};
  for (int digits = 0; digits < 17; ++digits) {
    std::snprintf(text.data(), text.size(), "%.*e", digits, low + (high - low) / 2);
    const double candidate = std::strtod(text.data(), nullptr);
    if (low <= candidate && candidate <= high) return candidate;
  }
  return low;
}

std::vector<double> sampling_points(double low, double high, bool sparing) {
  std::vector<double> points{0};
  const auto add = [&](double x) {
    if (x <= high) points.push_back(x);
    if (-x >= low) points.push_back(-x);
  };
  const auto octaves = [&](int from, int to) {
    for (int k = from; k < to; ++k)
      for (int i = 0; i < 8; ++i) add(std::ldexp(1 + i / 8.0, k));
  };
  const int fine = sparing ? 4 : 6;  // spacing 2^-fine
  octaves(-30, -fine);
  for (int i = 1; i < 32 << fine; ++i) add(std::ldexp(i, -fine));
  octaves(5, 60);
  add(0x1p60);
  std::sort(points.begin(), points.end());
  return points;
}

std::vector<Bracket> jumps(const Real& g, const std::vector<double>& points, const Search& search) {
  const std::size_t n = points.size();
  std::vector<double> values(n), bends(n, 0.0);
  for (std::size_t i = 0; i < n; ++i) values[i] = g(points[i]);
  for (std::size_t i = 1; i + 1 < n; ++i)
    bends[i] = bend(points[i - 1], values[i - 1], points[i], values[i], points[i + 1], values[i + 1]);
  std::vector<Bracket> found;
  for (std::size_t i = 1; i + 1 < n; ++i) {
    double size = std::max({std::abs(values[i - 1]), std::abs(values[i]), std::abs(values[i + 1])});
    if (search.cancels) size = std::max({size, std::abs(points[i]), 1.0});
    const double floor = std::max(search.noise, search.relative_noise * size);
    const double usual = std::min(bends[i < 3 ? 0 : i - 3], bends[std::min(n - 1, i + 3)]);
    if (!(bends[i] > floor) || bends[i] < 2 * usual) continue;
    double a = points[i - 1], b = points[i + 1];
    // A kink in the very middle of an interval leaves two straight halves: shift the middles.
    if (search.shrink != 1) b += 0.381966 * (b - points[i]);
    if (!found.empty() && found.back().left >= a) continue;  // seen from the cell before
    if (!narrow(g, a, b, bends[i], floor, search)) continue;
    if (found.empty() || found.back().right < a) found.push_back({simplest(a, b), a, b});
  }
  return found;
}

namespace {

double float_width(double x) { return 4 * 0x1p-52 * std::max(std::abs(x), 0x1p-40); }

// Adds those brackets that are not near a known break.
void merge(std::vector<Break>& all, const std::vector<Bracket>& found, int order, double reach) {
  for (const Bracket& b : found) {
    const auto near = [&](const Break& k) {
      return std::abs(k.x - b.x) <= reach * std::max(1.0, std::abs(b.x)) ||
             (k.left <= b.right && b.left <= k.right);
    };
    if (std::none_of(all.begin(), all.end(), near)) all.push_back({b, 0, 0, 0, order});
  }
  std::sort(all.begin(), all.end(), [](const Break& a, const Break& b) { return a.x < b.x; });
}

// g's jump; where g is steep, what it rises between the two sides does not count.
double jump(const Real& g, const Real& slope, const Bracket& b, double noise) {
  const double left = g(b.left), right = g(b.right);
  const double below = slope(b.left), above = slope(b.right), width = b.right - b.left;
  const double least =
      noise * (std::abs(left) + std::abs(right)) + 4 * (std::abs(below) + std::abs(above)) * width;
  return std::abs(right - left) > least ? right - left - (below + above) / 2 * width : 0;
}

}  // namespace

std::vector<Break> find_breaks(const Function& f, const std::vector<double>& points) {
  if (f.breaks != nullptr) return *f.breaks;
  const bool exact = f.smallest_matters;
  constexpr double smallest = 1e-290;  // below, results lose digits
  const Search value{smallest, 64 * f.precision, float_width, 1};
  const Search slope{exact ? smallest : 1e3 * f.derivative_noise, 0x1p-46, float_width, 1};
  const Search second{exact ? 0x1p-44 : 1e3 * f.second_noise, 0x1p-46, float_width, 1};
  std::vector<Break> all;
  merge(all, jumps(f.value, points, value), 0, 1e-9);
  merge(all, jumps(f.derivative, points, slope), 1, 1e-9);
  merge(all, jumps(f.second, points, second), 2, 1e-9);
  const Real none = [](double) { return 0.0; };
  for (Break& k : all) {
    k.value_jump = jump(f.value, f.derivative, k, 64 * f.precision);
    k.slope_jump = jump(f.derivative, f.second, k, exact ? 1e-13 : 1e-6);
    k.curvature_jump = jump(f.second, none, k, exact ? 1e-11 : 1e-4);
    k.order = k.value_jump != 0 ? 0 : k.slope_jump != 0 ? 1 : 2;
  }
  std::erase_if(all, [](const Break& k) { return k.order == 2 && k.curvature_jump == 0; });
  // A kink of f'' is a jump of f'''. Noise of numerical derivatives would hide it.
  if (exact) merge(all, jumps(f.second, points, {0x1p-46, 0x1p-46, float_width, 0.5}), 3, 1e-5);
  return all;
}

}  // namespace rheo::analysis
