// SPDX-License-Identifier: Apache-2.0
// analyze.cc: all the findings, in the order in which one needs the other.
#include <algorithm>
#include <cmath>
#include <limits>

#include "src/analysis/analysis.h"
#include "src/analysis/mean_field.h"
#include "src/analysis/normal.h"
#include "src/analysis/shape.h"
#include "src/analysis/sides.h"
#include "src/analysis/signs.h"
#include "src/core/number_text.h"

namespace rheo::analysis {

namespace {

constexpr double kVanishing = 1e-3, kExploding = 1e3;

void require(bool condition, const std::string& message) {
  if (!condition) throw Error{RHEO_ERROR_PARAMETER, message};
}

struct Levels {
  Signs vanishing, exploding;  // of 1e-3 - |f'| and |f'| - 1e3
};

double measure(const std::vector<Stretch>& parts, const Options& o, bool normal) {
  double sum = 0;
  for (const Stretch& s : parts)
    sum += normal ? probability(s.from, s.to, o.mean, o.deviation) : (s.to - s.from) / (o.high - o.low);
  return std::min(sum, 1.0);
}

Shares shares(const Levels& levels, const Signs& value, const Options& o, bool normal) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double low = normal ? -infinity : o.low, high = normal ? infinity : o.high;
  Signs zeros;
  for (const Stretch& s : value.stretches) zeros.stretches.push_back({s.from, s.to, s.sign == 0 ? 1 : 0});
  const auto part = [&](const Signs& s) { return measure(positive(s, low, high), o, normal); };
  return {part(levels.vanishing), part(levels.exploding), part(zeros)};
}

Moments moments(const Function& f, const Normal& normal, const Options& o) {
  const auto expect = [&](const Real& g) { return normal.expect(g, o.mean, o.deviation); };
  Moments m{};
  m.mean = expect(f.value);
  m.second = expect([&](double x) { return f.value(x) * f.value(x); });
  m.variance = expect([&](double x) { return (f.value(x) - m.mean) * (f.value(x) - m.mean); });
  m.slope = expect(f.derivative);
  m.slope_second = expect([&](double x) { return f.derivative(x) * f.derivative(x); });
  if (std::abs(m.mean) <= 8 * f.precision * std::sqrt(m.second)) m.mean = 0;
  return m;
}

// Where integrands are split: breaks, and where f, f' and f'' change their signs.
std::vector<double> splits(const Analysis& a) {
  std::vector<double> places = a.zeros;
  for (const Break& k : a.breaks) places.push_back(k.x);
  for (const Extremum& e : a.extrema) places.push_back(e.x);
  places.insert(places.end(), a.inflections.begin(), a.inflections.end());
  std::sort(places.begin(), places.end());
  if (places.size() > 64) places.clear();  // of a function that oscillates: quadrature adapts by itself
  return places;
}

}  // namespace

void check(const Options& o) {
  const auto pair = [](double a, double b) { return number_text(a) + "," + number_text(b); };
  require(std::isfinite(o.low) && std::isfinite(o.high) && o.low < o.high,
          "interval is " + pair(o.low, o.high) + "; expected two finite numbers, the first below the second");
  require(std::isfinite(o.mean), "normal is " + pair(o.mean, o.deviation) + "; expected a finite mean");
  require(std::isfinite(o.deviation) && o.deviation > 0,
          "normal is " + pair(o.mean, o.deviation) + "; expected a finite standard deviation greater than 0");
  require(std::isfinite(o.sigma_w) && o.sigma_w > 0,
          "sigma_w is " + number_text(o.sigma_w) + "; expected a finite number greater than 0");
  require(std::isfinite(o.sigma_b) && o.sigma_b >= 0,
          "sigma_b is " + number_text(o.sigma_b) + "; expected a finite number, 0 or greater");
}

Analysis analyze(const Function& f, const Options& options) {
  check(options);
  Analysis a;
  a.name = f.name, a.registered = f.registered, a.parameters = f.parameters;
  a.options = options, a.notes = f.notes, a.derivative_source = f.derivative_source;
  a.looked_low = f.low, a.looked_high = f.high;
  const std::vector<double> points = sampling_points(f.low, f.high, !f.smallest_matters);
  a.breaks = find_breaks(f, points);
  a.value = signs(f.value, points, a.breaks, f.smallest_matters ? 0 : 2 * f.precision, f.value_blur);
  a.slope =
      signs(f.derivative, points, a.breaks, f.smallest_matters ? 0 : f.derivative_noise, f.derivative_blur);
  a.curvature = signs(f.second, points, a.breaks, f.smallest_matters ? 0 : f.second_noise, f.second_blur);
  const Real below = [&](double x) { return kVanishing - std::abs(f.derivative(x)); };
  const Real above = [&](double x) { return std::abs(f.derivative(x)) - kExploding; };
  const Levels levels{signs(below, points, a.breaks, 0, f.derivative_blur),
                      signs(above, points, a.breaks, 0, f.derivative_blur)};
  a.left = side(f, -1, a.slope, levels.vanishing, a.breaks),
  a.right = side(f, 1, a.slope, levels.vanishing, a.breaks);
  find_shape(f, points, a);
  const Normal normal(splits(a), f);
  a.on_interval = shares(levels, a.value, options, false);
  a.under_normal = shares(levels, a.value, options, true);
  a.moments = moments(f, normal, options);
  a.standard_mean = normal.expect(f.value, 0, 1);
  if (std::abs(a.standard_mean) <= 8 * f.precision) a.standard_mean = 0;
  a.mean_field = mean_field(f, a.breaks, a.smoothness >= 0, options);
  return a;
}

}  // namespace rheo::analysis
