// SPDX-License-Identifier: Apache-2.0
// random.cc: `rheobase random NAME X... --seed S`, functions that draw random numbers.
#include "rheobase/random.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <memory>

#include "src/cli/kinds.h"
#include "src/cli/results.h"
#include "src/cli/settings.h"
#include "src/cli/verbs.h"

namespace rheo::cli {

namespace {

struct Options {
  std::string name;
  std::vector<std::string> x, settings;
  std::string format = "float32";
  std::uint64_t seed = 0, offset = 0, first = 0;
  bool training = false, json = false;
};

// As `rheobase list --json` has them.
void list_functions(bool json) {
  const std::vector<std::string> names = listed(rheo_random_names);
  if (!json) return fmt::print("{}\n", fmt::join(names, "\n"));
  Json all = Json::array();
  for (const std::string& name : names) all.push_back(describe_random(name));
  fmt::print("{}\n", all.dump(2));
}

// All points in one call, so that each has an index of its own.
template <class T>
std::vector<T> run_all(const Options& o, rheo_format format, rheo_role role, const std::vector<T>& x) {
  const rheo_random* function = nullptr;
  check(rheo_random_find(o.name.c_str(), &function));
  const std::vector<Setting> settings = parse_settings(o.settings);
  const std::vector<rheo_parameter> parameters = parameters_of(settings);
  const auto extent = static_cast<std::int64_t>(x.size());
  std::vector<T> y(x.size());
  rheo_random_call call{};
  call.struct_size = sizeof call;
  call.role = role, call.format = format, call.training = o.training ? 1 : 0;
  call.parameters = parameters.data(), call.parameter_count = parameters.size();
  call.rank = 1, call.shape = &extent;
  call.x = x.data(), call.y = y.data();
  call.seed = o.seed, call.offset = o.offset, call.first = o.first;
  check(rheo_random_run(function, &call));
  return y;
}

template <class T>
void print_results(const Options& o, rheo_format format) {
  std::vector<T> x;
  for (const std::string& text : o.x) x.push_back(static_cast<T>(parse_number(text, "X")));
  const std::vector<T> values = run_all(o, format, RHEO_VALUE, x),
                       derivatives = run_all(o, format, RHEO_DERIVATIVE, x);
  Results results{{"x", "value", "derivative"}, {}, {}, format};
  for (std::size_t i = 0; i < x.size(); ++i) results.rows.push_back({x[i], values[i], derivatives[i]});
  if (!o.json) return print_table(results);
  Json all{{"name", o.name}, {"format", o.format}, {"training", o.training}};
  if (o.training) all["seed"] = o.seed, all["offset"] = o.offset, all["first"] = o.first;
  all["results"] = json_of(results);
  fmt::print("{}\n", all.dump(2));
}

void evaluate(const Options& o) {
  if (o.name.empty()) return list_functions(o.json);
  if (o.x.empty()) throw UserError{"X is missing: expected numbers after " + o.name};
  const rheo_format format = format_named(o.format);
  if (format == RHEO_FLOAT64)
    print_results<double>(o, format);
  else
    print_results<float>(o, format);
}

}  // namespace

Json describe_random(const std::string& name) {
  const rheo_random* function = nullptr;
  const char* text = nullptr;
  check(rheo_random_find(name.c_str(), &function));
  check(rheo_random_describe(function, &text));
  return Json::parse(text);
}

void add_random(CLI::App& app) {
  CLI::App* verb =
      app.add_subcommand("random", "Functions that draw random numbers: names, or values at given points");
  auto o = std::make_shared<Options>();
  verb->add_option("NAME", o->name, "Function; without it, all names are listed");
  verb->add_option("X", o->x, "Points, in the order of their indices: numbers, inf, nan; after -- also -inf");
  const auto number = [&](const char* option, std::uint64_t& value, const char* meaning) {
    return verb->add_option(option, value, meaning)->check(CLI::NonNegativeNumber);
  };
  CLI::Option* seed = number("--seed", o->seed, "Training: each point draws a number of this seed");
  number("--offset", o->offset, "Other numbers of the same seed")->needs(seed);
  number("--first", o->first, "Index of the first point")->needs(seed);
  add_settings(*verb, o->settings);
  verb->add_option("--dtype", o->format, "Format of the computation")
      ->check(CLI::IsMember({"float32", "float64"}))
      ->capture_default_str();
  verb->add_flag("--json", o->json,
                 "As one JSON object; without NAME an array with everything that the files declare");
  verb->footer(
      "Examples:\n  rheobase random\n  rheobase random rrelu --seed 7 -1 -1 2\n  rheobase random "
      "alpha_dropout --seed 7 --offset 1 --set p=0.1 --json 0.5 1");
  verb->callback([o, seed] {
    o->training = seed->count() > 0;
    evaluate(*o);
  });
}

}  // namespace rheo::cli
