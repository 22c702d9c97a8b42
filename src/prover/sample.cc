// SPDX-License-Identifier: Apache-2.0
// sample.cc: where to look.
#include "src/prover/sample.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace rheo::oracle {

namespace {

class Collector {
 public:
  Collector(Format format, std::vector<double>& points) : format_(format), points_(points) {}

  void add(double x) {
    if (format_ == Format::kFloat32) x = static_cast<double>(static_cast<float>(x));
    if (std::isfinite(x)) points_.push_back(x);
  }
  // The numbers next to x, then ever farther ones.
  void around(double x) {
    const std::int64_t centre = to_ordinal(x, format_);
    for (std::int64_t i = -64; i <= 64; ++i) step(centre, i);
    for (int k = 7; k < (format_ == Format::kFloat32 ? 31 : 62); ++k) {
      for (const std::int64_t part : {0, 1, 2, 3}) {
        const std::int64_t distance = (std::int64_t{1} << k) + part * (std::int64_t{1} << (k - 2));
        step(centre, distance), step(centre, -distance);
      }
    }
  }

 private:
  void step(std::int64_t centre, std::int64_t distance) {
    const std::int64_t last = to_ordinal(std::numeric_limits<double>::infinity(), format_);
    std::int64_t at = 0;
    if (__builtin_add_overflow(centre, distance, &at)) return;
    if (at < last && at > -last - 1) add(from_ordinal(at, format_));
  }

  Format format_;
  std::vector<double>& points_;
};

// What changes at places worth a look: sign, and whether a result is 0, subnormal, ordinary or equal to a
// limit.
int kind(double y, Format format, const Facts& facts) {
  const double smallest = format == Format::kFloat32 ? 0x1p-126 : 0x1p-1022;
  if (std::isnan(y)) return 0;
  int k = y == 0 ? 1 : std::fabs(y) < smallest ? 2 : std::isinf(y) ? 3 : 4;
  if (y == facts.left.value || y == facts.right.value || y == facts.left.derivative ||
      y == facts.right.derivative)
    k = 5;
  return std::signbit(y) ? -k : k;
}

// Numbers where `result` changes its kind, found by halving between points of a grid.
std::vector<double> changes(Format format, const Facts& facts, const std::function<double(double)>& result) {
  const std::int64_t end = to_ordinal(std::numeric_limits<double>::infinity(), format) - 1;
  std::vector<std::int64_t> grid;
  for (int i = 0; i <= 4000; ++i) {
    grid.push_back(static_cast<std::int64_t>(static_cast<double>(end) * (i / 2000.0 - 1)));
    grid.push_back(to_ordinal(-20 + i * 0.01, format));
  }
  std::sort(grid.begin(), grid.end());
  std::vector<double> found;
  for (std::size_t i = 1; i < grid.size(); ++i) {
    std::int64_t low = grid[i - 1], high = grid[i];
    const int left = kind(result(from_ordinal(low, format)), format, facts);
    if (kind(result(from_ordinal(high, format)), format, facts) == left) continue;
    while (high - low > 1) {
      const std::int64_t middle = low + (high - low) / 2;
      (kind(result(from_ordinal(middle, format)), format, facts) == left ? low : high) = middle;
    }
    found.push_back(from_ordinal(high, format));
  }
  return found;
}

void add_random(Collector& collector, Format format, std::int64_t count) {
  std::mt19937_64 random(20261121);  // fixed, so that a reported maximum can be found again
  std::uniform_real_distribution<double> unit(-1, 1);
  for (const double range : {2.0, 10.0, 30.0, 120.0, 800.0})
    for (std::int64_t i = 0; i < count / 6; ++i) collector.add(range * unit(random));
  const int low = format == Format::kFloat32 ? -149 : -1074, high = format == Format::kFloat32 ? 127 : 1023;
  const std::int64_t each = std::max<std::int64_t>(1, count / 6 / (high - low + 1));
  for (int e = low; e <= high; ++e) {
    for (std::int64_t i = 0; i < each; ++i) {
      const double x = std::ldexp(1 + std::fabs(unit(random)), e);
      collector.add(x), collector.add(-x);
    }
  }
}

}  // namespace

std::int64_t to_ordinal(double value, Format format) {
  if (format == Format::kFloat32) {
    const auto bits = std::bit_cast<std::int32_t>(static_cast<float>(value));
    return bits >= 0 ? bits : -1 - static_cast<std::int64_t>(bits & 0x7fffffff);
  }
  const auto bits = std::bit_cast<std::int64_t>(value);
  return bits >= 0 ? bits : -1 - (bits & std::numeric_limits<std::int64_t>::max());
}

double from_ordinal(std::int64_t ordinal, Format format) {
  const bool negative = ordinal < 0;
  const std::int64_t magnitude = negative ? -1 - ordinal : ordinal;
  const double value = format == Format::kFloat32
                           ? static_cast<double>(std::bit_cast<float>(static_cast<std::int32_t>(magnitude)))
                           : std::bit_cast<double>(magnitude);
  return negative ? -value : value;
}

std::vector<double> sample(Format format, const Facts& facts, std::int64_t count,
                           const std::function<double(double)>& result) {
  std::vector<double> points;
  Collector collector(format, points);
  const double largest = format == Format::kFloat32 ? 0x1.fffffep127 : std::numeric_limits<double>::max();
  const double normal = format == Format::kFloat32 ? 0x1p-126 : 0x1p-1022;
  for (const double x : {0.0, 1.0, -1.0, largest, -largest, normal, -normal}) collector.around(x);
  for (const double kink : facts.kinks) collector.around(kink);
  for (const double x : changes(format, facts, result)) collector.around(x);
  add_random(collector, format, count);
  std::sort(points.begin(), points.end(),
            [&](double a, double b) { return to_ordinal(a, format) < to_ordinal(b, format); });
  const auto same = [](double a, double b) { return a == b && std::signbit(a) == std::signbit(b); };
  points.erase(std::unique(points.begin(), points.end(), same), points.end());
  return points;
}

}  // namespace rheo::oracle
