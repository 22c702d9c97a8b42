// SPDX-License-Identifier: Apache-2.0
// shape.cc: zeros, extrema, range; monotone and convex intervals; symmetry.
#include "src/analysis/shape.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "src/analysis/lipschitz.h"

namespace rheo::analysis {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double plain_zero(double x) { return x == 0 ? 0.0 : x; }  // without a sign

const Break* break_at(const Analysis& a, double x) {
  const auto k = std::find_if(a.breaks.begin(), a.breaks.end(), [&](const Break& b) { return b.x == x; });
  return k == a.breaks.end() ? nullptr : &*k;
}

// A stretch where f rises, falls or stays, or a jump (from = to), with f's limits at its ends from inside.
struct Piece {
  double from, to;
  int sign;
  double start, end;
  bool jump;
};

// f's limit at a finite x from the right (1) or the left (-1).
double one_sided(const Function& f, const Analysis& a, double x, int direction) {
  const Break* k = break_at(a, x);
  if (k == nullptr || k->value_jump == 0) return f.value(x);
  return f.value(direction > 0 ? k->right : k->left);
}

// The line from left to right, cut where the sign of f' changes and where f jumps.
std::vector<Piece> pieces(const Function& f, const Analysis& a) {
  std::vector<Piece> all;
  const auto add = [&](double from, double to, int sign) {
    const double start = from == -kInfinity ? a.left.limit : one_sided(f, a, from, 1);
    const double end = to == kInfinity ? a.right.limit : one_sided(f, a, to, -1);
    all.push_back({from, to, sign, start, end, false});
    const Break* k = break_at(a, to);
    if (k != nullptr && k->value_jump != 0)
      all.push_back({to, to, k->value_jump > 0 ? 1 : -1, end, f.value(k->right), true});
  };
  for (const Stretch& s : a.slope.stretches) {
    double from = s.from;
    for (const Break& k : a.breaks) {
      if (k.value_jump == 0 || k.x <= from || k.x >= s.to) continue;
      add(from, k.x, s.sign), from = k.x;
    }
    add(from, s.to, s.sign);
  }
  return all;
}

void find_zeros(const Function& f, Analysis& a) {
  for (std::size_t i = 1; i < a.value.stretches.size(); ++i) {
    const Stretch& left = a.value.stretches[i - 1];
    const Stretch& right = a.value.stretches[i];
    const Break* k = break_at(a, left.to);
    if (left.sign == 0 || right.sign == 0) continue;
    if (k == nullptr || k->value_jump == 0 || f.value(left.to) == 0) a.zeros.push_back(plain_zero(left.to));
  }
  const auto add = [&](double x) {
    const auto near = [&](double z) { return std::abs(z - x) < 1e-6 * std::max(1.0, std::abs(x)); };
    const auto inside = [&](const Stretch& s) { return s.sign == 0 && s.from <= x && x <= s.to; };
    if (std::none_of(a.zeros.begin(), a.zeros.end(), near) &&
        std::none_of(a.value.stretches.begin(), a.value.stretches.end(), inside)) {
      a.zeros.push_back(plain_zero(x));
    }
  };
  for (const double x : a.value.touches) add(x);
  for (const Extremum& e : a.extrema)
    if (std::isfinite(e.x) && std::abs(e.value) <= 16 * f.precision * std::abs(f.value(e.x + 0.5))) add(e.x);
  std::sort(a.zeros.begin(), a.zeros.end());
}

void find_extrema(const Function& f, const std::vector<Piece>& all, Analysis& a) {
  int last = 0;                   // sign of the last piece that was not constant
  double flat_from = -kInfinity;  // where the constant stretch before began
  const auto add = [&](double from, double to, double value, bool maximum) {
    if (from == to && f.value(from) != value) return;  // only approached, at a jump
    a.extrema.push_back({plain_zero(from), plain_zero(value), maximum, false, plain_zero(to)});
  };
  const bool constant = std::all_of(all.begin(), all.end(), [](const Piece& p) { return p.sign == 0; });
  if (constant) return;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Piece& p = all[i];
    if (p.sign == 0) {
      if (i == 0 || all[i - 1].sign != 0) flat_from = p.from;
      if (i + 1 == all.size() && last != 0) add(flat_from, kInfinity, p.end, last > 0);
      continue;
    }
    const bool after_flat = i > 0 && all[i - 1].sign == 0;
    if (after_flat && last != p.sign) {
      add(flat_from, p.from, all[i - 1].end, p.sign < 0);
    } else if (i > 0 && last != 0 && last != p.sign) {
      add(p.from, p.from, p.start, p.sign < 0);
    }
    last = p.sign;
  }
}

// One end of the range; direction 1: the upper one.
Bound bound(const Function& f, const std::vector<Piece>& all, const Analysis& a, int direction) {
  Bound best{-direction * kInfinity, false, 0};
  const auto offer = [&](double value, bool attained, double at) {
    if (std::isnan(value)) return;
    const double gain = direction * (value - best.value);
    const bool same = std::isfinite(gain) && std::abs(gain) <= 4 * f.precision * std::abs(value);
    if (same ? attained && !best.attained : gain > 0) best = {plain_zero(value), attained, plain_zero(at)};
  };
  for (const Piece& p : all) {
    if (p.jump) {
      offer(f.value(p.from), true, p.from);
      continue;
    }
    const bool flat = p.sign == 0;
    for (const auto& [value, at] : {std::pair{p.start, p.from}, std::pair{p.end, p.to}}) {
      const double other = at == p.from ? p.to : p.from;
      if (std::isfinite(at)) {
        offer(value, f.value(at) == value || flat, at);
      } else {
        offer(value, flat, flat && std::isfinite(other) ? other : at);
      }
    }
  }
  // Without a limit on a side, what was seen has to do.
  if (std::isnan(direction > 0 ? a.right.limit : a.left.limit) || std::isnan(a.left.limit))
    for (const double x : sampling_points(f.low, f.high, true)) offer(f.value(x), true, x);
  return best;
}

std::string monotone(const std::vector<Piece>& all) {
  bool rises = false, falls = false, stays = false;
  for (const Piece& p : all) (p.sign > 0 ? rises : p.sign < 0 ? falls : stays) = true;
  if (rises && falls) return "no";
  if (!rises && !falls) return "constant";
  const std::string word = rises ? "increasing" : "decreasing";
  return stays ? word : "strictly " + word;
}

void find_convexity(Analysis& a) {
  bool convex = true, concave = true, straight = true;
  for (const Stretch& s : a.curvature.stretches) {
    convex &= s.sign >= 0, concave &= s.sign <= 0, straight &= s.sign == 0;
  }
  for (const Break& k : a.breaks) {
    convex &= k.value_jump == 0 && k.slope_jump >= 0;
    concave &= k.value_jump == 0 && k.slope_jump <= 0;
    straight &= k.value_jump == 0 && k.slope_jump == 0;
  }
  a.convexity = straight ? "linear" : convex ? "convex" : concave ? "concave" : "neither";
  for (std::size_t i = 1; i < a.curvature.stretches.size(); ++i) {
    const Stretch& left = a.curvature.stretches[i - 1];
    const Break* k = break_at(a, left.to);
    const bool sharp = k != nullptr && (k->value_jump != 0 || k->slope_jump != 0);
    if (left.sign * a.curvature.stretches[i].sign < 0 && !sharp) a.inflections.push_back(plain_zero(left.to));
  }
}

void find_symmetry(const Function& f, const std::vector<double>& points, Analysis& a) {
  const double end = std::min(-f.low, f.high), centre = f.value(0);
  bool odd = true, even = true, turned = true;
  for (const double x : points) {
    if (x <= 0 || x > end) continue;
    const double right = f.value(x), left = f.value(-x);
    const double rounding = 8 * f.precision * (std::abs(right) + std::abs(left));
    odd &= std::abs(left + right) <= rounding;
    even &= std::abs(left - right) <= rounding;
    turned &= std::abs(left + right - 2 * centre) <= rounding + 16 * f.precision * std::abs(centre);
  }
  odd &= std::abs(centre) <= 8 * f.precision;
  a.symmetry = odd && even ? "both" : odd ? "odd" : even ? "even" : "none";
  if (turned) a.centre = plain_zero(odd ? 0 : centre);
}

}  // namespace

void find_shape(const Function& f, const std::vector<double>& points, Analysis& a) {
  const std::vector<Piece> all = pieces(f, a);
  find_extrema(f, all, a);
  find_zeros(f, a);
  a.low = bound(f, all, a, -1), a.high = bound(f, all, a, 1);
  for (Extremum& e : a.extrema) e.global = e.value == (e.maximum ? a.high : a.low).value;
  a.monotone = monotone(all);
  find_convexity(a);
  find_symmetry(f, points, a);
  a.smoothness = 3;
  for (const Break& k : a.breaks) a.smoothness = std::min(a.smoothness, k.order - 1);
  a.lipschitz = supremum_of_slope(f, points, a), a.lipschitz_slope = supremum_of_curvature(f, points, a);
}

}  // namespace rheo::analysis
