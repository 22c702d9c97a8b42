// SPDX-License-Identifier: Apache-2.0
// main.cc: the program `rheobase`. Exit codes: 0 done, 1 verify found a difference, 2 the request was
// wrong (one line on stderr).
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "rheobase/rheobase.h"
#include "src/cli/library.h"
#include "src/cli/verbs.h"
#include "src/core/names.h"

namespace rheo::cli {

namespace {

std::string footer() {
  const std::string verbs = fmt::format("{}", fmt::join(external_verbs(), ", "));
  std::string text;
  if (!verbs.empty()) text += "Also installed: " + verbs + " (rheobase VERB --help explains each).\n";
  return text +
         "Examples:\n"
         "  rheobase list\n"
         "  rheobase show gelu\n"
         "  rheobase eval gelu -5.5 0 1\n"
         "  rheobase verify gelu\n"
         "  rheobase verify --forms\n"
         "RHEOBASE_TARGET=NAME forces an instruction set; rheobase --targets lists them.";
}

void print_targets(bool json) {
  const char* const* targets = nullptr;
  size_t count = 0;
  const char* chosen = nullptr;
  check(rheo_target(&chosen));
  check(rheo_targets(&targets, &count));
  if (json) {
    fmt::print(
        "{}\n",
        Json{{"targets", std::vector<std::string>(targets, targets + count)}, {"in_use", chosen}}.dump(2));
    return;
  }
  for (size_t i = 0; i < count; ++i) {
    fmt::print("{}{}\n", targets[i], std::string_view(targets[i]) == chosen ? "  (in use)" : "");
  }
}

bool is_own(const CLI::App& app, const std::string& verb) {
  const auto verbs = app.get_subcommands([](const CLI::App*) { return true; });
  return std::any_of(verbs.begin(), verbs.end(), [&](const CLI::App* v) { return v->get_name() == verb; });
}

// Own verbs and all that could be run, the nearest of them first.
std::string unknown_verb(const CLI::App& app, const std::string& verb) {
  std::vector<std::string> known;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(sub->get_name());
  for (const std::string& external : external_verbs()) known.push_back(external);
  const std::string nearest = nearest_of(verb, std::vector<std::string_view>(known.begin(), known.end()));
  return fmt::format("no verb '{}', and no program rheobase-{} beside this one or on PATH; {} {}", verb, verb,
                     nearest.empty() ? "there are:" : fmt::format("did you mean '{}'? There are:", nearest),
                     fmt::join(known, " "));
}

int rheobase(int argc, char** argv) {
  CLI::App app{"rheobase: every activation function, forward and backward, right to the last bit.",
               "rheobase"};
  app.footer(footer);
  app.set_version_flag("--version", std::string("rheobase ") + rheo_version());
  bool targets = false;
  app.add_flag("--targets", targets, "The instruction sets that this machine can run, best first");
  bool json = false;
  app.add_flag("--json", json, "With --targets: as one JSON object");
  add_list(app);
  add_show(app);
  add_eval(app);
  add_random(app);
  add_lut(app);
  int exit_code = 0;
  add_verify(app, exit_code);
  add_completion(app);
  add_manual(app);
  app.require_subcommand(0, 1);
  if (argc > 1 && argv[1][0] != '-' && !is_own(app, argv[1])) {
    run_external(argv[1], {argv + 2, argv + argc});
    throw UserError{unknown_verb(app, argv[1])};
  }
  try {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    if (argc > 1 && std::string_view(argv[1]) == "eval") arguments = points_last(std::move(arguments));
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes a list
    app.parse(std::move(arguments));
    if (json && !targets) throw UserError{"--json goes with --targets, or behind a verb"};
    if (targets) {
      print_targets(json);
    } else if (app.get_subcommands().empty()) {
      fmt::print("{}", app.help());
    }
  } catch (const CLI::Success& e) {
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    throw UserError{e.what()};
  }
  return exit_code;
}

}  // namespace

}  // namespace rheo::cli

int main(int argc, char** argv) { return rheo::cli::run_program(rheo::cli::rheobase, argc, argv); }
