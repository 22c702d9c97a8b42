// SPDX-License-Identifier: Apache-2.0
// eval.cc: `rheobase eval NAME X...`, values and derivatives with the library's own kernels.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>

#include "src/cli/kinds.h"
#include "src/cli/results.h"
#include "src/cli/settings.h"
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

// All of them at once: an error leaves no half output.
void print(const Options& o, const Results& results) {
  if (!o.json) return print_table(results);
  fmt::print("{}\n", Json{{"name", o.name}, {"format", o.format}, {"results", json_of(results)}}.dump(2));
}

// The points are one row.
void evaluate_row(const Options& o, const Json& info) {
  const rheo_format format = format_named(o.format);
  if (!o.settings.empty() || o.parameters)
    throw UserError{fmt::format("{} has no parameters", info["name"].get<std::string>())};
  std::vector<double> row;
  for (const std::string& text : o.x) row.push_back(rounded_to(parse_number(text, "X"), format));
  const std::vector<double> values = run_row(o.name, format, row);
  Results results{{"x", "value"}, {}, {}, format};
  for (std::size_t i = 0; i < row.size(); ++i) results.rows.push_back({row[i], values[i]});
  print(o, results);
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
  const std::vector<Setting> settings = parse_settings(o.settings);
  Results results{{"x", "value", "derivative"}, {}, {}, format};
  if (o.parameters)
    for (const Json& p : described["parameters"]) results.parameters.push_back(p["name"]);
  for (const std::string& text : o.x) {
    const double x = rounded_to(parse_number(text, "X"), format);
    std::vector<double>& row = results.rows.emplace_back();
    row = {x, run(activation, RHEO_VALUE, format, x, 0, settings),
           run(activation, RHEO_DERIVATIVE, format, x, 0, settings)};
    for (const std::string& name : results.parameters)
      row.push_back(run(activation, RHEO_PARAMETER, format, x, 0, settings, name));
  }
  print(o, results);
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
  add_settings(*verb, o->settings);
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
