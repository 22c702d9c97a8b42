// SPDX-License-Identifier: Apache-2.0
// callable.cc: functions of the user's: where they can be evaluated, how precise they are, where they break,
// and their derivatives by differences.
#include <algorithm>
#include <array>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <set>

#include "src/analysis/breaks.h"
#include "src/analysis/differences.h"
#include "src/analysis/function.h"
#include "src/core/number_text.h"

namespace rheo::analysis {

namespace {

constexpr double kCore = 16;  // within [-kCore, kCore] there has to be a number
constexpr double kFar = 0x1p60;
constexpr double kWaves = 32;
constexpr double kFarthestJump = 1024;

// f(x), which has to be finite.
Real finite(const Real& f, const std::string& name) {
  return [f, name](double x) {
    const double y = f(x);
    if (!std::isfinite(y)) throw NotANumber{name + "(" + number_text(x) + ") is " + number_text(y)};
    return y;
  };
}

// How far towards direction f can be evaluated.
double reach(const Real& f, int direction, Function& result) {
  double end = kCore;
  try {
    double x = kCore;
    while (x <= kFar) f(direction * x), end = x, x *= 1.25;
  } catch (const NotANumber& failure) {
    result.notes.push_back(failure.message + ": nothing beyond " + number_text(direction * end) +
                           " was looked at");
  }
  return direction * end;
}

// Far out there are eight points an octave, too few to follow waves: f is then left alone beyond kWaves.
void leave_waves(const Real& f, int direction, Function& result) {
  double& end = direction > 0 ? result.high : result.low;
  const double ratio = std::exp2(0.125);
  double x = kWaves, last_bend = 0;
  int changes = 0;
  while (x * ratio * ratio < direction * end) {
    const double a = f(direction * x), m = f(direction * x * ratio), b = f(direction * x * ratio * ratio);
    const double bend = m - (a + (b - a) / (1 + ratio)), size = std::abs(a) + std::abs(m) + std::abs(b);
    if (std::abs(bend) > 64 * result.precision * size) changes += bend * last_bend < 0, last_bend = bend;
    x *= ratio;
  }
  if (changes <= 8) return;
  end = direction * kWaves;
  result.notes.push_back(result.name + " goes up and down without end: nothing beyond " + number_text(end) +
                         " was looked at");
}

void check_core(const Real& f) {
  try {
    for (int i = 0; i <= 64 * kCore; ++i) f(i / 64.0), f(-i / 64.0);
  } catch (const NotANumber& failure) {
    throw Error{RHEO_ERROR_PARAMETER,
                failure.message + "; a finite number is needed everywhere in [-16, 16]"};
  }
}

int significant_bits(double y) {
  int exponent = 0;
  double m = std::frexp(std::abs(y), &exponent);
  int bits = 0;
  for (; m != 0; ++bits) m = 2 * m - std::floor(2 * m);
  return bits;
}

// 2^-52 for float64, 2^-23 where the values have no more bits than float32. Throws Error for less.
double precision_of(const Real& f, const std::string& name) {
  int most = 0;
  std::set<double> values;
  for (int i = -200; i <= 200; ++i) {
    const double y = f(i * 0.0314159265358979);  // numbers with all their bits in use
    most = std::max(most, significant_bits(y)), values.insert(y);
  }
  if (most > 24 || values.size() < 16) return 0x1p-52;
  if (most >= 16) return 0x1p-23;
  throw Error{RHEO_ERROR_PARAMETER, name + " gives numbers of " + std::to_string(most) +
                                        " bits; to be analysed it has to compute in float32 or float64"};
}

// Where the parabolas through three points on either side of a bracket meet: closer to the kink than halving
// gets.
double meeting(const Real& g, const Bracket& b, double step) {
  const auto parabola = [&](double at, double h) {
    const double g0 = g(at), g1 = g(at + h), g2 = g(at + 2 * h);
    const double curve = (g2 - 2 * g1 + g0) / (h * h), slope = (g1 - g0) / h - curve * h / 2;
    return [=](double x) { return g0 + (x - at) * (slope + curve / 2 * (x - at)); };
  };
  const auto left = parabola(b.left, -step), right = parabola(b.right, step);
  const auto gap = [&](double x) { return right(x) - left(x); };
  const double low = b.left - (b.right - b.left), high = b.right + (b.right - b.left);
  if (!(gap(low) * gap(high) < 0)) return b.left + (b.right - b.left) / 2;
  std::uintmax_t steps = 100;
  const auto found =
      boost::math::tools::toms748_solve(gap, low, high, boost::math::tools::eps_tolerance<double>(50), steps);
  return found.first;
}

bool few_digits(double x) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.3e", x);
  return std::strtod(text.data(), nullptr) == x;
}

// Kinks of g: of f those of the value, of its differences those of the slope. radius: how exactly.
std::vector<Break> kinks(const Real& g, const std::vector<double>& points, double noise,
                         double relative_noise, double finest, double radius, int order) {
  const auto width = [finest](double x) { return finest * std::max(1.0, std::abs(x)); };
  std::vector<Break> found;
  for (const Bracket& b : jumps(g, points, {noise, relative_noise, width, 0.5, true})) {
    const double size = std::max(1.0, std::abs(b.x));
    const double x = meeting(g, b, 8 * std::max(finest * size, b.right - b.left));
    Break k{};
    k.x = simplest(x - radius * size, x + radius * size);
    // Beside a vertical tangent parabolas miss it.
    if (const double written = simplest(b.left, b.right); few_digits(written) && !few_digits(k.x))
      k.x = written;
    // A number of few digits is what somebody wrote: taken for exact.
    const double around = size * (few_digits(k.x) ? std::min(radius, 1e-12) : radius);
    k.left = k.x - around, k.right = k.x + around, k.order = order;
    found.push_back(k);
  }
  return found;
}

void merge(std::vector<Break>& all, const std::vector<Break>& found) {
  for (const Break& b : found) {
    const auto near = [&](const Break& k) {
      return std::abs(k.x - b.x) <= 1e-3 * std::max(1.0, std::abs(b.x));
    };
    if (std::none_of(all.begin(), all.end(), near)) all.push_back(b);
  }
  std::sort(all.begin(), all.end(), [](const Break& a, const Break& b) { return a.x < b.x; });
}

// Where kinks are looked for: 64 points a unit within [-4, 4], 16 within [-64, 64].
std::vector<double> evenly(double low, double high) {
  std::vector<double> points;
  double x = std::max(low, -64.0);
  while (x < std::min(high, 64.0)) points.push_back(x), x += std::abs(x) < 4 ? 0x1p-6 : 0x1p-4;
  return points;
}

std::vector<Break> value_jumps(const Real& f, const std::vector<double>& points, double precision) {
  std::vector<Break> found;
  std::vector<double> near;
  for (const double x : points)
    if (std::abs(x) <= kFarthestJump) near.push_back(x);
  const auto width = [](double x) { return 0x1p-50 * std::max(std::abs(x), 0x1p-40); };
  for (const Bracket& b : jumps(f, near, {1e-300, 256 * precision, width, 1, true})) {
    Break k{};
    static_cast<Bracket&>(k) = b;
    k.value_jump = f(b.right) - f(b.left), k.order = 0;
    // A steep place is none: the slope beside it would explain the difference.
    found.push_back(k);
  }
  return found;
}

// Fills in the jumps from both sides; drops what is none.
void measure(std::vector<Break>& breaks, const Differences& d, bool single) {
  for (Break& k : breaks) {
    const double beyond = std::nextafter(k.x, INFINITY);
    const double left = d.first(k.x), right = d.first(std::max(beyond, k.right));
    const double bent_left = d.second(k.x), bent_right = d.second(std::max(beyond, k.right));
    const double rise = (k.right - k.left) * (std::abs(bent_left) + std::abs(bent_right));
    if (std::abs(right - left) > (single ? 1e-3 : 1e-7) * (1 + std::abs(left) + std::abs(right)) + 4 * rise)
      k.slope_jump = right - left;
    if (std::abs(bent_right - bent_left) >
        (single ? 0.1 : 1e-4) * (1 + std::abs(bent_left) + std::abs(bent_right)))
      k.curvature_jump = bent_right - bent_left;
    k.order = k.value_jump != 0 ? 0 : k.slope_jump != 0 ? 1 : 2;
  }
  std::erase_if(breaks, [](const Break& k) { return k.order == 2 && k.curvature_jump == 0; });
}

}  // namespace

Function from_callable(std::string name, const Real& value, const Real& derivative) {
  Function f;
  f.name = std::move(name);
  f.value = cached(finite(value, f.name));
  check_core(f.value);
  f.high = reach(f.value, 1, f), f.low = reach(f.value, -1, f);
  f.precision = precision_of(f.value, f.name);
  if (f.high > kWaves) leave_waves(f.value, 1, f);
  if (f.low < -kWaves) leave_waves(f.value, -1, f);
  f.smallest_matters = false;
  const bool single = f.precision > 0x1p-40;
  f.derivative_noise = single ? 3e-5 : 1e-10, f.second_noise = single ? 3e-3 : 1e-7;
  f.value_blur = 8 * f.precision, f.derivative_blur = single ? 1e-4 : 1e-10,
  f.second_blur = single ? 1e-2 : 1e-8;
  const std::vector<double> points = sampling_points(f.low, f.high, true);
  std::vector<Break> breaks = value_jumps(f.value, points, f.precision);
  const std::vector<double> even = evenly(f.low, f.high);
  if (single) {
    merge(breaks, kinks(f.value, even, 1e-6, 1e-6, 1e-3, 1e-4, 1));
  } else {
    merge(breaks, kinks(f.value, even, 1e-13, 1e-13, 1e-6, 1e-8, 1));
    // Jumps of f''; float32 has too few digits to see them.
    const Real slope = [&](double x) {
      const double h = 2e-5 * std::max(1.0, std::abs(x));
      return (f.value(std::min(x + h, f.high)) - f.value(std::max(x - h, f.low))) / (2 * h);
    };
    merge(breaks, kinks(slope, even, 1e-9, 1e-8, 1e-4, 1e-5, 2));
  }
  const auto differences = std::make_shared<Differences>(f.value, breaks, f.precision, f.low, f.high);
  measure(breaks, *differences, single);
  const auto final = std::make_shared<Differences>(f.value, breaks, f.precision, f.low, f.high);
  f.derivative = cached([final](double x) { return final->first(x); });
  f.second = cached([final](double x) { return final->second(x); });
  f.derivative_source =
      std::string("differences of fourth order of f, in ") + (single ? "float32" : "float64");
  if (derivative) {
    f.derivative = cached(finite(derivative, f.name + "'"));
    const auto of_slope = std::make_shared<Differences>(f.derivative, breaks, f.precision, f.low, f.high);
    f.second = cached([of_slope](double x) { return of_slope->first(x); });
    f.derivative_source = "the caller's; f'' by differences of fourth order of f'";
  }
  f.breaks = std::make_shared<const std::vector<Break>>(std::move(breaks));
  return f;
}

}  // namespace rheo::analysis
