// SPDX-License-Identifier: Apache-2.0
// main.cc: the program rheobase-analyze, which `rheobase analyze` runs. Exit code 2: the request was wrong
// (one line on stderr).
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "rheobase/analysis.h"
#include "src/analysis/program/page.h"
#include "src/cli/settings.h"

namespace rheo::analysis {

namespace {

using cli::UserError;

struct Request {
  std::vector<std::string> names, settings;
  std::string interval, normal, sigma_w, sigma_b;
  bool json = false, table = false;
};

void check(rheo_status status) {
  if (status != RHEO_OK) throw UserError{rheo_analysis_last_error()};
}

// "A,B" as two numbers.
void read_pair(const std::string& text, const char* argument, double& first, double& second) {
  if (text.empty()) return;
  const auto comma = text.find(',');
  if (comma == std::string::npos)
    throw UserError{
        fmt::format("{} is '{}'; expected two numbers with a comma between them", argument, text)};
  first = cli::parse_number(text.substr(0, comma), argument);
  second = cli::parse_number(text.substr(comma + 1), argument);
}

rheo_analysis_options options_of(const Request& request) {
  rheo_analysis_options o;
  check(rheo_analysis_defaults(&o));
  read_pair(request.interval, "--interval", o.low, o.high);
  read_pair(request.normal, "--normal", o.mean, o.deviation);
  if (!request.sigma_w.empty()) o.sigma_w = cli::parse_number(request.sigma_w, "--sigma-w");
  if (!request.sigma_b.empty()) o.sigma_b = cli::parse_number(request.sigma_b, "--sigma-b");
  return o;
}

// Functions of rows and those that draw random numbers have names too, but no graph.
void require_one_number(const std::string& name) {
  const rheo_row_function* rows = nullptr;
  const rheo_random* random = nullptr;
  const rheo_activation* unary = nullptr;
  if (rheo_find(name.c_str(), &unary) == RHEO_OK) return;
  if (rheo_rows_find(name.c_str(), &rows) == RHEO_OK)
    throw UserError{name + " is a function of rows; analyze takes functions of one number"};
  if (rheo_random_find(name.c_str(), &random) == RHEO_OK)
    throw UserError{name + " draws random numbers; analyze takes functions of one number"};
}

Json analysis_of(const std::string& name, const Request& request, const rheo_analysis_options& options) {
  require_one_number(name);
  const std::vector<cli::Setting> settings = cli::parse_settings(request.settings);
  const std::vector<rheo_parameter> parameters = cli::parameters_of(settings);
  const char* json = nullptr;
  check(rheo_analyze(name.c_str(), parameters.data(), parameters.size(), &options, &json));
  return Json::parse(json);
}

// All of them first: an error leaves no half output.
void print(const Request& request) {
  const rheo_analysis_options options = options_of(request);
  std::vector<Json> all;
  for (const std::string& name : request.names) all.push_back(analysis_of(name, request, options));
  if (request.json) {
    fmt::print("{}\n", all.size() == 1 ? all[0].dump(2) : Json(all).dump(2));
  } else if (request.table) {
    print_table(all);
  } else {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i > 0) fmt::print("\n\n");
      print_page(all[i]);
    }
  }
}

int run(int argc, char** argv) {
  CLI::App app{
      "What functions are like: range, zeros, extrema, kinks, saturation, moments, wide random layers.",
      "rheobase analyze"};
  Request r;
  app.add_option("NAME", r.names, "Activations, presets or aliases")->required();
  cli::add_settings(app, r.settings);
  app.add_option("--interval", r.interval,
                 "A,B: shares of [A, B] where the gradient vanishes or explodes; -5,5");
  app.add_option("--normal", r.normal, "MU,SIGMA: inputs are N(MU, SIGMA^2); 0,1");
  app.add_option("--sigma-w", r.sigma_w, "Weights have the variance sigma_w^2 / fan-in; 1");
  app.add_option("--sigma-b", r.sigma_b, "Biases have the variance sigma_b^2; 0");
  auto* json =
      app.add_flag("--json", r.json, "As one JSON object; of several names an array (docs/analyze.md)");
  app.add_flag("--table", r.table, "A line for each name")->excludes(json);
  app.footer(
      "Examples:\n"
      "  rheobase analyze gelu\n"
      "  rheobase analyze elu -p alpha=0.5 --interval=-3,3 --normal 0,2\n"
      "  rheobase analyze selu --json | jq .self_normalising\n"
      "  rheobase analyze relu gelu tanh --table");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& e) {
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    throw UserError{e.what()};
  }
  print(r);
  return 0;
}

}  // namespace

}  // namespace rheo::analysis

int main(int argc, char** argv) { return rheo::cli::run_program(rheo::analysis::run, argc, argv); }
