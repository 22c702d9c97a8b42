// SPDX-License-Identifier: Apache-2.0
// json.cc: an analysis as JSON; docs/analyze.md lists the fields.
#include <cmath>
#include <nlohmann/json.hpp>

#include "src/analysis/analysis.h"

namespace rheo::analysis {

namespace {

using Json = nlohmann::ordered_json;

// JSON has no infinities; what is NaN does not exist.
Json number(double value) {
  if (std::isnan(value)) return nullptr;
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value == 0 ? 0.0 : value;
}

Json numbers(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(number(value));
  return list;
}

Json bound(const Bound& b) {
  return {{"value", number(b.value)}, {"attained", b.attained}, {"at", number(b.at)}};
}

Json range(const Analysis& a) {
  const bool below = std::isfinite(a.low.value), above = std::isfinite(a.high.value);
  const char* bounded = below && above ? "both" : below ? "below" : above ? "above" : "neither";
  return {{"low", bound(a.low)}, {"high", bound(a.high)}, {"bounded", bounded}};
}

Json zeros(const Analysis& a) {
  Json intervals = Json::array();
  for (const Stretch& s : a.value.stretches)
    if (s.sign == 0) intervals.push_back({number(s.from), number(s.to)});
  return {{"points", numbers(a.zeros)}, {"intervals", intervals}};
}

Json extrema(const Analysis& a) {
  Json list = Json::array();
  for (const Extremum& e : a.extrema) {
    list.push_back({{"x", number(e.x)},
                    {"to", number(e.to)},
                    {"value", number(e.value)},
                    {"kind", e.maximum ? "maximum" : "minimum"},
                    {"global", e.global}});
  }
  return list;
}

// Stretches cut where cut(break) holds, with a word for each sign.
template <class Cut>
Json intervals(const Signs& signs, const std::vector<Break>& breaks, Cut cut, const char* positive,
               const char* negative, const char* zero) {
  Json list = Json::array();
  const auto add = [&](double from, double to, int sign) {
    list.push_back({{"from", number(from)},
                    {"to", number(to)},
                    {"kind", sign > 0   ? positive
                             : sign < 0 ? negative
                                        : zero}});
  };
  for (const Stretch& s : signs.stretches) {
    double from = s.from;
    for (const Break& k : breaks)
      if (k.x > from && k.x < s.to && cut(k, s.sign)) add(from, k.x, s.sign), from = k.x;
    add(from, s.to, s.sign);
  }
  return list;
}

Json monotone(const Analysis& a) {
  const auto against = [](const Break& k, int sign) { return k.value_jump != 0 && k.value_jump * sign <= 0; };
  return {{"kind", a.monotone},
          {"intervals", intervals(a.slope, a.breaks, against, "increasing", "decreasing", "constant")}};
}

Json convexity(const Analysis& a) {
  const auto sharp = [](const Break& k, int sign) {
    return k.value_jump != 0 || (k.slope_jump != 0 && k.slope_jump * sign <= 0);
  };
  return {{"kind", a.convexity},
          {"intervals", intervals(a.curvature, a.breaks, sharp, "convex", "concave", "linear")},
          {"inflections", numbers(a.inflections)}};
}

Json breaks(const Analysis& a) {
  Json list = Json::array();
  for (const Break& k : a.breaks) {
    list.push_back({{"x", number(k.x)},
                    {"value_jump", number(k.value_jump)},
                    {"slope_jump", number(k.slope_jump)},
                    {"curvature_jump", number(k.curvature_jump)},
                    {"order", k.order}});
  }
  return list;
}

Json kinks(const Analysis& a) {
  Json list = Json::array();
  for (const Break& k : a.breaks)
    if (k.order <= 1) list.push_back(number(k.x));
  return list;
}

const char* smoothness(int order) {
  constexpr const char* kWords[] = {"discontinuous", "C0", "C1", "C2", "Cinf"};
  return kWords[order + 1];
}

Json limits(const Analysis& a) {
  const auto side = [](const Side& s) {
    return Json{{"value", number(s.limit)}, {"derivative", number(s.slope)}};
  };
  return {{"left", side(a.left)}, {"right", side(a.right)}};
}

Json asymptotes(const Analysis& a) {
  const auto side = [](const Side& s) {
    if (!std::isfinite(s.slope) || !std::isfinite(s.intercept)) return Json(nullptr);
    return Json{{"slope", number(s.slope)}, {"intercept", number(s.intercept)}};
  };
  return {{"left", side(a.left)}, {"right", side(a.right)}};
}

Json rate(const Side& s) {
  const Json none = nullptr;
  const bool hard = s.rate == Rate::kHard, fast = s.rate == Rate::kExponential;
  const char* word = hard ? "hard" : fast ? "exponential" : "algebraic";
  return {{"saturates", s.saturates},
          {"rate", s.rate == Rate::kNone ? none : Json(word)},
          {"speed", fast ? number(s.speed) : none},
          {"power", fast || s.rate == Rate::kAlgebraic ? number(s.power) : none},
          {"from", hard ? number(s.hard_from) : none},
          {"vanishes_from", number(s.vanishes_from)}};
}

Json saturation(const Analysis& a) {
  const bool left = a.left.saturates, right = a.right.saturates;
  return {{"sides", left && right ? "both"
                    : left        ? "left"
                    : right       ? "right"
                                  : "none"},
          {"left", rate(a.left)},
          {"right", rate(a.right)}};
}

Json shares(const Shares& s) {
  return {{"vanishing", number(s.vanishing)}, {"exploding", number(s.exploding)}, {"zero", number(s.zero)}};
}

Json moments(const Moments& m) {
  return {{"mean", number(m.mean)},
          {"variance", number(m.variance)},
          {"second_moment", number(m.second)},
          {"derivative_mean", number(m.slope)},
          {"derivative_second_moment", number(m.slope_second)}};
}

Json mean_field(const Analysis& a) {
  Json points = Json::array();
  for (const FixedPoint& p : a.mean_field.fixed_points) {
    const char* phase = std::abs(p.chi - 1) < 1e-9 ? "critical" : p.chi < 1 ? "ordered" : "chaotic";
    points.push_back({{"q", number(p.q)},
                      {"slope", number(p.slope)},
                      {"stable", p.stable},
                      {"chi", number(p.chi)},
                      {"phase", phase}});
  }
  return {{"sigma_w", number(a.options.sigma_w)},
          {"sigma_b", number(a.options.sigma_b)},
          {"every_q", a.mean_field.every_q},
          {"fixed_points", points}};
}

Json critical(const std::vector<Critical>& points) {
  Json list = Json::array();
  for (const Critical& c : points)
    list.push_back({{"q", number(c.q)}, {"sigma_w", number(c.sigma_w)}, {"sigma_b", number(c.sigma_b)}});
  return list;
}

Json self_normalising(const Analysis& a) {
  Json points = Json::array();
  bool zero_one = false;
  for (const SelfNormal& p : a.mean_field.self_normalising) {
    zero_one |= std::abs(p.mean) < 1e-6 && std::abs(p.variance - 1) < 1e-6;
    points.push_back({{"mean", number(p.mean)},
                      {"variance", number(p.variance)},
                      {"jacobian", {{0, number(p.mean_slope)}, {0, number(p.variance_slope)}}},
                      {"stable", p.stable}});
  }
  return {{"every_variance", a.mean_field.every_variance}, {"fixed_points", points}, {"zero_one", zero_one}};
}

}  // namespace

std::string to_json(const Analysis& a) {
  const Options& o = a.options;
  Json parameters = Json::object();
  for (const auto& [name, value] : a.parameters) parameters[name] = number(value);
  const MeanField& field = a.mean_field;
  const Json json{{"name", a.name},
                  {"kind", a.registered ? "registered" : "callable"},
                  {"parameters", parameters},
                  {"options",
                   {{"interval", {number(o.low), number(o.high)}},
                    {"normal", {number(o.mean), number(o.deviation)}},
                    {"sigma_w", number(o.sigma_w)},
                    {"sigma_b", number(o.sigma_b)}}},
                  {"method",
                   {{"derivative", a.derivative_source},
                    {"looked", {number(a.looked_low), number(a.looked_high)}},
                    {"notes", a.notes}}},
                  {"range", range(a)},
                  {"zeros", zeros(a)},
                  {"extrema", extrema(a)},
                  {"monotone", monotone(a)},
                  {"convexity", convexity(a)},
                  {"breaks", breaks(a)},
                  {"kinks", kinks(a)},
                  {"smoothness", smoothness(a.smoothness)},
                  {"symmetry", a.symmetry},
                  {"centre", a.centre ? number(*a.centre) : Json(nullptr)},
                  {"zero_centred", std::abs(a.standard_mean) < 1e-9},
                  {"standard_mean", number(a.standard_mean)},
                  {"limits", limits(a)},
                  {"asymptotes", asymptotes(a)},
                  {"lipschitz",
                   {{"value", {{"constant", number(a.lipschitz.value)}, {"at", number(a.lipschitz.at)}}},
                    {"derivative",
                     {{"constant", number(a.lipschitz_slope.value)}, {"at", number(a.lipschitz_slope.at)}}}}},
                  {"saturation", saturation(a)},
                  {"shares", {{"interval", shares(a.on_interval)}, {"normal", shares(a.under_normal)}}},
                  {"sparsity", number(a.under_normal.zero)},
                  {"moments", moments(a.moments)},
                  {"mean_field", mean_field(a)},
                  {"edge_of_chaos",
                   {{"at_sigma_b", critical(field.at_sigma_b)},
                    {"every_q", field.every_critical},
                    {"curve", critical(field.edge)}}},
                  {"self_normalising", self_normalising(a)}};
  return json.dump();
}

}  // namespace rheo::analysis
