// SPDX-License-Identifier: Apache-2.0
// signs.cc: signs at points, then the places between where they change.
#include "src/analysis/signs.h"

#include <algorithm>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

namespace rheo::analysis {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Run {
  double from, to;  // first and last place; ends of neighbours are the same
  int sign;
  bool at_break;         // one end is a break
  bool point;            // of one of the points only
  bool dropped = false;  // nothing is left of it
};

class Walk {
 public:
  Walk(const Real& g, const std::vector<Break>& breaks, double noise, double blur)
      : g_(g), breaks_(breaks), noise_(noise), blur_(blur) {}

  int sign(double x) const {
    const double y = g_(x);
    return std::abs(y) <= noise_ * std::max(1.0, std::abs(x)) ? 0 : y < 0 ? -1 : 1;
  }

  // The break whose sides these are, or null.
  const Break* between(double a, double b) const {
    const auto k = std::lower_bound(breaks_.begin(), breaks_.end(), a,
                                    [](const Break& one, double x) { return one.left < x; });
    return k != breaks_.end() && k->left == a && k->right == b ? &*k : nullptr;
  }

  // Where the sign changes from that of a to that of b. A zero, where it is between the two.
  double change(double a, double b, int sign_a, int sign_b) const {
    if (sign_a * sign_b < 0) return blurred(root(a, b));
    for (int step = 0; step < 100 && b - a > 0x1p-50 * std::max(std::abs(a), 0x1p-40); ++step) {
      const double m = a + (b - a) / 2;
      (sign(m) == sign_a ? a : b) = m;
    }
    return simplest(a, b);
  }

  double blurred(double x) const {
    const double reach = blur_ * std::max(1.0, std::abs(x));
    return blur_ == 0 ? x : simplest(x - reach, x + reach);
  }

 private:
  double root(double a, double b) const {
    std::uintmax_t steps = 200;
    const auto [low, high] =
        boost::math::tools::toms748_solve(g_, a, b, boost::math::tools::eps_tolerance<double>(52), steps);
    if (g_(low) == 0) return low;
    if (g_(high) == 0) return high;
    return std::abs(g_(low)) < std::abs(g_(high)) ? low : high;
  }

  const Real& g_;
  const std::vector<Break>& breaks_;
  double noise_, blur_;
};

std::vector<Run> runs(const Walk& walk, const std::vector<double>& points) {
  std::vector<Run> all{{-kInfinity, points[0], walk.sign(points[0]), false, true}};
  for (std::size_t i = 1; i < points.size(); ++i) {
    const int s = walk.sign(points[i]);
    if (s == all.back().sign) {
      all.back().to = points[i], all.back().point = false;
      continue;
    }
    const Break* k = walk.between(points[i - 1], points[i]);
    const double x = k != nullptr ? k->x : walk.change(points[i - 1], points[i], all.back().sign, s);
    all.back().to = x, all.back().at_break |= k != nullptr;
    all.push_back({x, points[i], s, k != nullptr, true});
  }
  all.back().to = kInfinity;
  return all;
}

bool believed(const Run& run) {
  if (std::isfinite(run.from) && run.to - run.from <= 0x1p-40 * std::max(1.0, std::abs(run.from)))
    return false;
  return run.at_break || (run.from == -kInfinity && run.to == kInfinity);
}

// A zero at a single point of the line.
bool single(const Run& run) {
  return run.sign == 0 && run.point && std::isfinite(run.from) &&
         run.to - run.from <= 0x1p-40 * std::max(1.0, std::abs(run.from));
}

}  // namespace

std::vector<double> with_breaks(const std::vector<double>& points, const std::vector<Break>& breaks) {
  std::vector<double> all;
  std::size_t next = 0;
  for (const Break& k : breaks) {
    for (; next < points.size() && points[next] < k.left; ++next) all.push_back(points[next]);
    all.push_back(k.left), all.push_back(k.right);
    while (next < points.size() && points[next] <= k.right) ++next;
  }
  all.insert(all.end(), points.begin() + static_cast<std::ptrdiff_t>(next), points.end());
  return all;
}

Signs signs(const Real& g, const std::vector<double>& points, const std::vector<Break>& breaks, double noise,
            double blur) {
  const Walk walk(g, breaks, noise, blur);
  std::vector<Run> all = runs(walk, with_breaks(points, breaks));
  Signs result;
  for (std::size_t i = 0; i < all.size(); ++i) {
    Run& run = all[i];
    if (run.sign != 0 || believed(run)) continue;
    const bool first = i == 0, last = i + 1 == all.size();
    const double middle = first  ? -kInfinity
                          : last ? kInfinity
                                 : walk.blurred(run.from + (run.to - run.from) / 2);
    if (!first && !last && all[i - 1].sign == all[i + 1].sign && single(run))
      result.touches.push_back(middle);
    if (!first) all[i - 1].to = middle;
    if (!last) all[i + 1].from = middle;
    run.dropped = true;
  }
  for (const Run& run : all) {
    if (run.dropped) continue;
    if (!result.stretches.empty() && result.stretches.back().sign == run.sign) {
      result.stretches.back().to = run.to;
    } else {
      result.stretches.push_back({run.from, run.to, run.sign});
    }
  }
  if (result.stretches.empty()) result.stretches.push_back({-kInfinity, kInfinity, 0});
  return result;
}

std::vector<Stretch> positive(const Signs& signs, double from, double to) {
  std::vector<Stretch> found;
  for (const Stretch& s : signs.stretches) {
    const double low = std::max(s.from, from), high = std::min(s.to, to);
    if (s.sign > 0 && low < high) found.push_back({low, high, 1});
  }
  return found;
}

}  // namespace rheo::analysis
