// SPDX-License-Identifier: Apache-2.0
// sides.cc: limits from values at powers of two, as far out as the function can be evaluated.
#include "src/analysis/sides.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rheo::analysis {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// The limit of a sequence that was followed as far as it goes: inf or -inf where it grows without end, NaN
// where it neither settles nor grows. tolerance is relative, floor absolute.
double limit(const std::vector<double>& s, double tolerance, double floor) {
  const std::size_t n = s.size();
  if (std::isinf(s[n - 1])) return s[n - 1];  // it left float64
  const double last = s[n - 1], before = s[n - 2], earlier = s[n - 3], first = s[n - 4];
  const double step = last - before, previous = before - earlier, oldest = earlier - first;
  const double small = std::max(tolerance * std::abs(last), floor);
  if (std::abs(step) <= small && std::abs(previous) <= 8 * small) return std::abs(last) <= floor ? 0 : last;
  // Steps that shrink by a fixed factor: an algebraic tail, whose rest is a geometric series.
  const double factor = step / previous, factor_before = previous / oldest;
  if (factor > 0 && factor < 0.75 && std::abs(factor_before - factor) < 0.1 * factor) {
    const double rest = step * factor / (1 - factor);
    return std::abs(last + rest) <= 64 * std::max(small, std::abs(step) * 0x1p-20) ? 0 : last + rest;
  }
  // A slope that goes to 0 while the value goes on, as of a logarithm, does not end in a number either.
  const bool away = step * previous > 0 && std::abs(last) > std::abs(before) && step * last > 0;
  return away && factor > 0.9 && factor_before > 0.9 ? std::copysign(kInfinity, last) : kNone;
}

struct Sequence {
  std::vector<double> x, value, slope;
};

// Powers of two from 2 on, four at least, as far as f was looked at.
Sequence follow(const Function& f, int direction) {
  Sequence s;
  const double end = direction > 0 ? f.high : -f.low;
  for (int k = 1; std::ldexp(1, k) <= end; ++k) {
    const double x = direction * std::ldexp(1, k);
    s.x.push_back(x), s.value.push_back(f.value(x)), s.slope.push_back(f.derivative(x));
  }
  return s;
}

// f(x) - slope x, at the place where rounding and the distance from the limit are both small.
double intercept(const Function& f, const Sequence& s, double slope) {
  double best = kNone, least = kInfinity;
  double last = s.value[0] - slope * s.x[0];
  for (std::size_t i = 1; i < s.x.size(); ++i) {
    const double c = s.value[i] - slope * s.x[i];
    const double doubt = std::abs(c - last) + 4 * f.precision * std::abs(slope * s.x[i]);
    if (doubt < least) least = doubt, best = c;
    last = c;
  }
  if (!(least <= std::max(1e-6, 64 * f.precision) * std::max(1.0, std::abs(best)))) return kNone;
  return std::abs(best) <= 2 * least ? 0 : best;
}

// L(x) = -log |f'(x)| grows as speed x^power - a log x + c, or as (order + 1) log x: three places in
// geometric progression tell which.
void find_rate(const Function& f, int direction, Side& side) {
  const double end = direction > 0 ? f.high : -f.low;
  const double smallest = f.smallest_matters ? 1e-290 : std::max(1e-9, f.derivative_noise * 1e3);
  const double ratio = f.smallest_matters ? 2 : 1.5, span = ratio * ratio;
  const auto size = [&](double x) { return std::abs(f.derivative(direction * x)); };
  double x = 1, next = 0.5;
  while (span * next <= end) {
    if (size(span * next) > smallest) x = next;
    next *= 1.25;
  }
  const double near = -std::log(size(x)), middle = -std::log(size(ratio * x)),
               far = -std::log(size(span * x));
  const double first = middle - near, second = far - middle;
  if (!(first > 0 && second > 0) || !std::isfinite(second)) return;
  const double power = std::log(second / first) / std::log(ratio);
  if (power < 0.25) {
    side.rate = Rate::kAlgebraic, side.power = second / std::log(ratio) - 1;
    if (std::abs(side.power - std::round(side.power)) < 1e-3) side.power = std::round(side.power);
    return;
  }
  side.rate = Rate::kExponential;
  side.power = std::abs(power - std::round(power)) < 0.25 ? std::round(power) : power;
  const double grown = std::pow(ratio, side.power) - 1;
  side.speed = (second - first) / (std::pow(x, side.power) * grown * grown);
}

}  // namespace

Side side(const Function& f, int direction, const Signs& slope, const Signs& small,
          const std::vector<Break>& breaks) {
  Side s;
  const Sequence sequence = follow(f, direction);
  const double noise = f.smallest_matters ? 1e-15 : 1e-7;
  const double floor = f.smallest_matters ? 1e-300 : 4 * f.precision;
  s.slope = limit(sequence.slope, 4 * noise, noise);
  if (std::abs(s.slope) <= 4 * noise) s.slope = 0;
  s.intercept = std::isfinite(s.slope) ? intercept(f, sequence, s.slope) : kNone;
  if (s.slope == 0) {
    s.limit = limit(sequence.value, 16 * f.precision, floor);
    s.intercept = std::isfinite(s.limit) ? s.limit : kNone;
    // Differences over a step that grows with x do not see an oscillation.
    if (std::isnan(s.limit) && !f.smallest_matters) s.slope = kNone;
  } else {
    s.limit = std::isnan(s.slope) ? limit(sequence.value, 16 * f.precision, floor)
                                  : std::copysign(kInfinity, direction * s.slope);
  }
  if (std::isinf(s.slope)) {
    const std::size_t n = sequence.x.size();
    s.order = std::log2(std::abs(sequence.value[n - 1] / sequence.value[n - 2]));
  }
  const Stretch& last = direction > 0 ? slope.stretches.back() : slope.stretches.front();
  const Stretch& tail = direction > 0 ? small.stretches.back() : small.stretches.front();
  s.vanishes_from = tail.sign > 0 ? (direction > 0 ? tail.from : tail.to) : kNone;
  s.saturates = s.slope == 0 && std::isfinite(s.limit);
  if (s.saturates && last.sign == 0) {
    s.rate = Rate::kHard, s.hard_from = direction > 0 ? last.from : last.to;
    for (const Break& k : breaks)
      if (k.value_jump != 0) s.hard_from = direction * std::max(direction * s.hard_from, direction * k.x);
  } else if (s.saturates) {
    find_rate(f, direction, s);
  }
  return s;
}

}  // namespace rheo::analysis
