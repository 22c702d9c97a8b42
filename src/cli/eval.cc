// SPDX-License-Identifier: Apache-2.0
// eval.cc: `rheobase eval NAME X...`, values and derivatives with the library's own kernels.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>

#include "src/cli/kinds.h"
#include "src/cli/verbs.h"

namespace rheo::cli {

namespace {

struct Options {
  std::string name;
  std::vector<std::string> x;
  std::vector<std::string> settings;
  std::string format = "float32";
  bool json = false, parameters = false;
};

// The shortest text that reads back as the same number of that format.
std::string result_text(double value, rheo_format format) {
  if (std::isnan(value)) return "nan";
  if (format == RHEO_BFLOAT16 || format == RHEO_FLOAT16) {
    for (int digits = 1; digits < 17; ++digits) {
      const std::string text = fmt::format("{:.{}g}", value, digits);
      const double read = std::strtod(text.c_str(), nullptr);
      if (rounded_to(read, format) >= value && rounded_to(read, format) <= value) return text;
    }
  }
  return format == RHEO_FLOAT32 ? fmt::format("{}", static_cast<float>(value)) : fmt::format("{}", value);
}

Json json_number(double value, rheo_format format) {
  if (!std::isfinite(value)) return result_text(value, format);
  const std::string text = result_text(value, format);
  // As a float even where it looks like an integer: JSON readers take -0 for 0.
  return Json::parse(text.find_first_of(".e") == std::string::npos ? text + ".0" : text);
}

// The points are one row.
void evaluate_row(const Options& o, const Json& info) {
  const rheo_format format = format_named(o.format);
  if (!o.settings.empty() || o.parameters)
    throw UserError{fmt::format("{} has no parameters", info["name"].get<std::string>())};
  std::vector<double> row;
  for (const std::string& text : o.x) row.push_back(rounded_to(parse_number(text, "X"), format));
  const std::vector<double> values = run_row(o.name, format, row);
  if (!o.json) {
    fmt::print("{:>24} {:>24}\n", "x", "value");
    for (std::size_t i = 0; i < row.size(); ++i)
      fmt::print("{:>24} {:>24}\n", result_text(row[i], format), result_text(values[i], format));
    return;
  }
  Json list = Json::array();
  for (std::size_t i = 0; i < row.size(); ++i)
    list.push_back({{"x", json_number(row[i], format)}, {"value", json_number(values[i], format)}});
  fmt::print("{}\n", Json{{"name", o.name}, {"format", o.format}, {"results", list}}.dump(2));
}

void evaluate(const Options& o) {
  const Json described = describe_any(o.name);
  if (is_kind(described, "rows")) return evaluate_row(o, described);
  if (is_kind(described, "random")) {
    const std::string name = described["name"];
    throw UserError{fmt::format("{} draws random numbers: rheobase random {} --seed S X...", name, name)};
  }
  const rheo_format format = format_named(o.format);
  const rheo_activation* activation = find(o.name);
  std::vector<Setting> settings;
  for (const std::string& s : o.settings) settings.push_back(parse_setting(s));
  std::vector<std::string> parameters;
  if (o.parameters) {
    const Json info = describe(activation);  // kept: a loop over a temporary's member outlives it
    for (const Json& p : info["parameters"]) parameters.push_back(p["name"]);
  }
  struct Row {
    double x, value, derivative;
    std::vector<double> parameters;
  };
  std::vector<Row> rows;  // all of them before the first is printed: an error leaves no half output
  for (const std::string& text : o.x) {
    const double given = parse_number(text, "X");
    const double x = rounded_to(given, format);
    rows.push_back({x,
                    run(activation, RHEO_VALUE, format, x, 0, settings),
                    run(activation, RHEO_DERIVATIVE, format, x, 0, settings),
                    {}});
    for (const std::string& name : parameters)
      rows.back().parameters.push_back(run(activation, RHEO_PARAMETER, format, x, 0, settings, name));
  }
  if (!o.json) {
    fmt::print("{:>24} {:>24} {:>24}", "x", "value", "derivative");
    for (const std::string& name : parameters) fmt::print(" {:>24}", std::string("d/d").append(name));
    fmt::print("\n");
    for (const Row& r : rows) {
      fmt::print("{:>24} {:>24} {:>24}", result_text(r.x, format), result_text(r.value, format),
                 result_text(r.derivative, format));
      for (const double d : r.parameters) fmt::print(" {:>24}", result_text(d, format));
      fmt::print("\n");
    }
    return;
  }
  Json list = Json::array();
  for (const Row& r : rows) {
    list.push_back({{"x", json_number(r.x, format)},
                    {"value", json_number(r.value, format)},
                    {"derivative", json_number(r.derivative, format)}});
    for (std::size_t k = 0; k < parameters.size(); ++k)
      list.back()["parameters"][parameters[k]] = json_number(r.parameters[k], format);
  }
  fmt::print("{}\n", Json{{"name", o.name}, {"format", o.format}, {"results", list}}.dump(2));
}

}  // namespace

std::vector<std::string> points_last(std::vector<std::string> arguments) {
  if (std::find(arguments.begin(), arguments.end(), "--") != arguments.end()) return arguments;
  const auto is_point = [](const std::string& text) {
    try {
      parse_number(text, "X");
      return true;
    } catch (const UserError&) {
      return false;
    }
  };
  const auto like_a_flag = [](const std::string& text) {
    return text.size() > 1 && text[0] == '-' && std::isdigit(static_cast<unsigned char>(text[1])) == 0;
  };
  if (std::none_of(arguments.begin(), arguments.end(),
                   [&](const std::string& text) { return like_a_flag(text) && is_point(text); })) {
    return arguments;
  }
  const auto points = std::stable_partition(arguments.begin(), arguments.end(),
                                            [&](const std::string& text) { return !is_point(text); });
  if (points != arguments.end()) arguments.insert(points, "--");
  return arguments;
}

void add_eval(CLI::App& app) {
  CLI::App* verb = app.add_subcommand(
      "eval", "Value and derivative at given points; of a row function, the values of a row");
  auto o = std::make_shared<Options>();
  verb->add_option("NAME", o->name, "Activation, preset, row function or alias")->required();
  verb->add_option("X", o->x, "Points: numbers, inf, -inf, nan")->required();
  verb->add_option("--set", o->settings,
                   "PARAMETER=NUMBER, once for each parameter that differs from its default")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  verb->add_option("--dtype", o->format, "Format of the computation")
      ->check(CLI::IsMember(format_names()))
      ->capture_default_str();
  verb->add_flag("--parameters", o->parameters, "The derivatives with respect to the parameters as well");
  verb->add_flag("--json", o->json, "As one JSON object");
  verb->footer(
      "Examples:\n  rheobase eval gelu -5.5 0 1\n  rheobase eval elu --set alpha=0.5 --dtype float64 "
      "-1e-9 -inf\n  rheobase eval swish --parameters -1 1");
  verb->callback([o] { evaluate(*o); });
}

}  // namespace rheo::cli
