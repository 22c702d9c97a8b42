// SPDX-License-Identifier: Apache-2.0
// slopes.cc: the record of a formula is walked between its kinks; there it has to be a line. At the kinks,
// and beside them, the derivative's own kernel says what it takes.
#include "src/masks/slopes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <vector>

#include "src/core/format16.h"
#include "src/core/trace.h"

namespace rheo {

namespace {

// A step's value and slope at one x; whether it is a line around it, as far as comparisons stay as they are.
struct Local {
  double value, slope;
  bool line;
  bool constant() const { return line && slope == 0; }
};

Local product(const Local& a, const Local& b) {
  return {a.value * b.value, a.constant() ? a.value * b.slope : a.slope * b.value,
          a.line && b.line && (a.constant() || b.constant())};
}

Local binary(const std::string& operation, const Local& a, const Local& b) {
  const bool lines = a.line && b.line;
  if (operation == "+") return {a.value + b.value, a.slope + b.slope, lines};
  if (operation == "-") return {a.value - b.value, a.slope - b.slope, lines};
  if (operation == "*") return product(a, b);
  if (operation == "/") return {a.value / b.value, a.slope / b.value, a.line && b.constant()};
  if (operation == "<") return {a.value < b.value ? 1.0 : 0.0, 0, lines};
  if (operation == ">") return {a.value > b.value ? 1.0 : 0.0, 0, lines};
  if (operation == "<=") return {a.value <= b.value ? 1.0 : 0.0, 0, lines};
  if (operation == ">=") return {a.value >= b.value ? 1.0 : 0.0, 0, lines};
  if (operation == "min" || operation == "max") {
    const Local& chosen = (operation == "min") == (a.value < b.value) ? a : b;
    return {chosen.value, chosen.slope, lines};
  }
  return {0, 0, false};
}

Local at(const Trace& trace, double x, const Info& info, const double* parameters) {
  std::vector<Local> steps;
  for (const Trace::Node& node : trace.nodes()) {
    const auto operand = [&](std::size_t i) { return steps[static_cast<std::size_t>(node.operands[i])]; };
    Local step{0, 0, false};
    if (node.operation == "number") {
      step = {std::strtod(node.text.c_str(), nullptr), 0, true};
    } else if (node.operation == "input") {
      step = {x, 1, true};
      for (std::size_t i = 0; i < info.parameters.size(); ++i)
        if (node.text == info.parameters[i].name) step = {parameters[i], 0, true};
    } else if (node.operation == "negate") {
      step = {-operand(0).value, -operand(0).slope, operand(0).line};
    } else if (node.operation == "select") {
      const Local chosen = operand(0).value != 0 ? operand(1) : operand(2);
      step = {chosen.value, chosen.slope, chosen.line && operand(0).line};
    } else if (node.operands.size() == 2) {
      step = binary(node.operation, operand(0), operand(1));
    }
    steps.push_back(step);
  }
  return steps[static_cast<std::size_t>(trace.result())];
}

// Three points inside each of the intervals that the kinks cut the line into.
std::vector<double> inside(const std::vector<double>& kinks) {
  if (kinks.empty()) return {-1, 0.5, 1};
  std::vector<double> points;
  const auto beyond = [&](double kink, double sign) {
    for (const double far : {1.0, 64.0, 4096.0})
      points.push_back(kink + sign * far * std::max(1.0, std::fabs(kink)));
  };
  beyond(kinks.front(), -1);
  for (std::size_t i = 1; i < kinks.size(); ++i)
    for (const double share : {0.25, 0.5, 0.75})
      points.push_back(kinks[i - 1] * (1 - share) + kinks[i] * share);
  beyond(kinks.back(), 1);
  return points;
}

// Whether it is one line on each interval: three points apart have the same slope.
bool is_lines(const Activation& a, const double* parameters, const std::vector<double>& points) {
  Trace trace;
  a.entry->record(trace);
  for (std::size_t i = 0; i < points.size(); i += 3) {
    const Local first = at(trace, points[i], *a.entry->info, parameters);
    for (std::size_t k = i; k < i + 3; ++k) {
      const Local here = at(trace, points[k], *a.entry->info, parameters);
      if (!here.line || here.slope != first.slope) return false;
    }
  }
  return true;
}

// The format's numbers around a kink, two on each side at least.
void surround(Format format, double kink, std::vector<double>& points) {
  const double unit = std::max(std::ldexp(std::fabs(kink), format == Format::kFloat64 ? -52
                                                           : is16(format)             ? -7
                                                                                      : -23),
                               std::numeric_limits<double>::denorm_min());
  for (int k = -3; k <= 3; ++k) points.push_back(rounded_to(format, kink + k * unit));
}

std::vector<double> probes(Format format, const std::vector<double>& kinks,
                           const std::vector<double>& inner) {
  std::vector<double> points;
  for (const double x : inner) points.push_back(rounded_to(format, x));
  for (const double kink : kinks) surround(format, kink, points);
  using Limits = std::numeric_limits<double>;
  const double smallest = format == Format::kFloat64 ? Limits::denorm_min()
                          : format == Format::kFloat32
                              ? static_cast<double>(std::numeric_limits<float>::denorm_min())
                          : format == Format::kFloat16 ? 0x1p-24
                                                       : 0x1p-133;
  for (const double x : {0.0, smallest, Limits::infinity()}) points.push_back(x), points.push_back(-x);
  return points;
}

std::vector<double> derivatives(const Activation& a, Format format, const std::vector<double>& x,
                                const double* parameters) {
  std::vector<double> y(x.size());
  if (format == Format::kFloat64) {
    a.kernel(format, Role::kDerivative)(x.data(), nullptr, y.data(), x.size(), parameters);
    return y;
  }
  const std::vector<float> narrow(x.begin(), x.end());
  std::vector<float> result(x.size());
  a.kernel(Format::kFloat32, Role::kDerivative)(narrow.data(), nullptr, result.data(), x.size(), parameters);
  return {result.begin(), result.end()};
}

// The place of one of the format's numbers among all of them: 0 has 0, -0 has -1.
std::int64_t place_of(Format format, double x) {
  if (is16(format)) return place16(narrowed(x, format16_of(format)));
  const std::int64_t size = format == Format::kFloat64
                                ? std::bit_cast<std::int64_t>(std::fabs(x))
                                : std::bit_cast<std::int32_t>(std::fabs(static_cast<float>(x)));
  return std::signbit(x) ? -1 - size : size;
}
double number_at(Format format, std::int64_t place) {
  const std::int64_t size = place < 0 ? -1 - place : place;
  double x = 0;
  if (is16(format)) {
    x = widened(static_cast<std::uint16_t>(size), format16_of(format));
  } else if (format == Format::kFloat64) {
    x = std::bit_cast<double>(size);
  } else {
    x = static_cast<double>(std::bit_cast<float>(static_cast<std::int32_t>(size)));
  }
  return place < 0 ? -x : x;
}

// Fills in the edges from what the derivative takes at x. False where comparisons with edges cannot say it.
bool find_edges(const Activation& a, Format format, const double* parameters, const std::vector<double>& x,
                const std::vector<double>& slopes, Slopes& result) {
  std::vector<std::int64_t> places;
  for (const double number : x) places.push_back(place_of(format, number));
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t k) { return places[i] < places[k]; });
  result.edges.first = slopes[order[0]] != result.slope[0];
  for (std::size_t i = 1; i < order.size(); ++i) {
    const double before = slopes[order[i - 1]];
    if (slopes[order[i]] == before) continue;
    std::int64_t low = places[order[i - 1]], high = places[order[i]];
    while (high - low > 1) {
      const std::int64_t middle = low + (high - low) / 2;
      (derivatives(a, format, {number_at(format, middle)}, parameters)[0] == before ? low : high) = middle;
    }
    // A comparison takes -0 for 0.
    if (high == 0 || result.edges.count == Edges<double>::kMost) return false;
    result.edges.at[result.edges.count++] = number_at(format, high);
  }
  return true;
}

}  // namespace

double rounded_to(Format format, double x) {
  if (format == Format::kFloat64) return x;
  if (format == Format::kFloat32) return static_cast<double>(static_cast<float>(x));
  const Format16 layout = format16_of(format);
  return widened(narrowed(x, layout), layout);
}

Slopes slopes_of(const Activation& a, Format format, const double* parameters) {
  Slopes result{};
  const Facts facts = a.entry->facts(parameters);
  std::vector<double> kinks(facts.kinks.begin(), facts.kinks.end());
  std::sort(kinks.begin(), kinks.end());
  kinks.erase(std::unique(kinks.begin(), kinks.end()), kinks.end());
  if (!std::all_of(kinks.begin(), kinks.end(), [](double kink) { return std::isfinite(kink); }))
    return result;
  const std::vector<double> inner = inside(kinks);
  if (!is_lines(a, parameters, inner)) return result;
  const std::vector<double> x = probes(format, kinks, inner), slopes = derivatives(a, format, x, parameters);
  std::size_t found = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(slopes[i])) return result;
    const bool known =
        (found > 0 && slopes[i] == result.slope[0]) || (found > 1 && slopes[i] == result.slope[1]);
    if (known) continue;
    if (found == 2) return result;
    result.slope[found] = slopes[i], result.x[found] = x[i];
    ++found;
  }
  if (found == 1) result.slope[1] = result.slope[0], result.x[1] = result.x[0];
  if (std::fabs(result.slope[0]) > std::fabs(result.slope[1])) {
    std::swap(result.slope[0], result.slope[1]);
    std::swap(result.x[0], result.x[1]);
  }
  result.two = find_edges(a, format, parameters, x, slopes, result);
  return result;
}

}  // namespace rheo
