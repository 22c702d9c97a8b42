// SPDX-License-Identifier: Apache-2.0
// differences.cc: five points around x, or beside it where a break is near.
#include "src/analysis/differences.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace rheo::analysis {

namespace {

// Weights of g(x + (k - at) h), k = 0 ... 4, for the first (over h) and second derivative (over h^2): fourth
// order; the second derivative beside x is of third. Fornberg, Generation of finite difference formulas on
// arbitrarily spaced grids, 1988, DOI 10.1090/S0025-5718-1988-0935077-0. Times 12.
constexpr std::array<double, 5> kFirst[] = {{-25, 48, -36, 16, -3}, {-3, -10, 18, -6, 1}, {1, -8, 0, 8, -1}};
constexpr std::array<double, 5> kSecond[] = {
    {35, -104, 114, -56, 11}, {11, -20, 6, 4, -1}, {-1, 16, -30, 16, -1}};

struct Stencil {
  double step;  // negative: mirrored
  int at;       // which of the points x is
};

// A power of two, so that x + h is exact and straight lines have exact slopes.
double step(double precision, double root, double x) {
  return std::exp2(std::round(std::log2(std::pow(precision, root) * std::max(1.0, std::abs(x)))));
}

// As central as the piece [low, high] allows.
Stencil fit(double x, double low, double high, double h) {
  h = std::min(h, (high - low) / 4);
  const bool mirrored = high - x < x - low;
  const double room = mirrored ? high - x : x - low;
  return {mirrored ? -h : h, static_cast<int>(std::min(2.0, room / h))};
}

}  // namespace

Differences::Place Differences::place(double x) const {
  Place p{std::clamp(x, low_, high_), low_, high_};
  for (const Break& k : breaks_) {
    if (x > k.x) {
      p.low = k.right, p.x = std::max(p.x, k.right);
    } else {
      p.high = k.left, p.x = std::min(p.x, k.left);
      break;
    }
  }
  return p;
}

double Differences::first(double x) const {
  const Place p = place(x);
  double h = step(precision_, 0.2, p.x), result = 0;
  for (int attempt = 0; attempt < 4; ++attempt, h /= 8) {
    const Stencil s = fit(p.x, p.low, p.high, h);
    double sum = 0, size = 0;
    std::array<double, 5> g{};
    for (int k = 0; k < 5; ++k) {
      g[k] = s.at == 2 && k == 2 ? 0 : g_(std::clamp(p.x + (k - s.at) * s.step, p.low, p.high));
      sum += kFirst[s.at][k] * g[k], size = std::max(size, std::abs(g[k]));
    }
    result = sum / (12 * s.step);
    // The lower order of the same points shows whether the step suits the function.
    const int low = std::max(s.at - 1, 0), high = s.at + 1;
    const double rough = s.at == 0 ? (-3 * g[0] + 4 * g[1] - g[2]) / (2 * s.step)
                                   : (g[high] - g[low]) / ((high - low) * s.step);
    const double allowed = 1e-5 * std::max(std::abs(result), size / std::max(1.0, std::abs(p.x)));
    if (std::abs(result - rough) <= std::max(allowed, 64 * precision_ * size / h)) break;
  }
  return result;
}

double Differences::second(double x) const {
  const Place p = place(x);
  const double h = step(precision_, 1.0 / 6, p.x);
  const Stencil s = fit(p.x, p.low, p.high, h);
  double sum = 0;
  for (int k = 0; k < 5; ++k)
    sum += kSecond[s.at][k] * g_(std::clamp(p.x + (k - s.at) * s.step, p.low, p.high));
  return sum / (12 * s.step * s.step);
}

}  // namespace rheo::analysis
