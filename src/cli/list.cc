// SPDX-License-Identifier: Apache-2.0
// list.cc: `rheobase list`, all activations and presets, and functions of other kinds.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "src/cli/forms.h"
#include "src/cli/kinds.h"
#include "src/cli/verbs.h"

namespace rheo::cli {

namespace {

std::string parameters_text(const Json& info) {
  std::string text;
  if (!info.contains("parameters")) return text;
  for (const Json& p : info["parameters"]) {
    text += (text.empty() ? "" : ", ") + p["name"].get<std::string>() + "=" + number_text(p["default"]);
  }
  return text;
}

void print_table(const Json& all) {
  std::size_t name_width = 0, parameter_width = 0;
  for (const Json& info : all) {
    name_width = std::max(name_width, info["name"].get<std::string>().size());
    parameter_width = std::max(parameter_width, parameters_text(info).size());
  }
  for (const Json& info : all) {
    fmt::print("{:{}}  {:{}}  {}\n", info["name"].get<std::string>(), name_width, parameters_text(info),
               parameter_width, info["formula"].get<std::string>());
  }
}

// A column for each form of functions of one number; other kinds have one form of their own.
void print_forms(const Json& all) {
  std::size_t width = 0;
  for (const Json& info : all) width = std::max(width, info["name"].get<std::string>().size());
  for (const Json& info : all) {
    std::string text, slopes;
    for (const auto& [form, meaning, reason] : forms_of(info)) {
      if (is_kind(info, "unary"))
        text += fmt::format("  {:<6}", meaning.empty() ? "-" : form);
      else
        text += fmt::format("  {}: {}", form, meaning);
      if (form == "mask" && !meaning.empty()) slopes = "  (mask: " + meaning + ")";
    }
    text += slopes;
    text.erase(text.find_last_not_of(' ') + 1);
    fmt::print("{:{}}  {:<6}{}\n", info["name"].get<std::string>(), width, info["kind"].get<std::string>(),
               text);
  }
}

// What print_forms prints, and why the forms that are missing are.
Json forms_as_json(const Json& all) {
  Json list = Json::array();
  for (const Json& info : all) {
    Json forms = Json::object();
    for (const auto& [form, meaning, reason] : forms_of(info)) {
      forms[form] = {{"possible", !meaning.empty()}};
      if (!meaning.empty()) forms[form]["meaning"] = meaning;
      if (!reason.empty()) forms[form]["reason"] = reason;
    }
    list.push_back({{"name", info["name"]}, {"kind", info["kind"]}, {"forms", forms}});
  }
  return list;
}

}  // namespace

void add_list(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("list", "All activations: name, parameters and formula");
  auto json = std::make_shared<bool>(false);
  verb->add_flag("--json", *json,
                 "One JSON array with everything that the files declare; with --forms of forms alone");
  auto forms = std::make_shared<bool>(false);
  verb->add_flag("--forms", *forms,
                 "Which forms each has: gate, fused, int8, mask, second, output; rows and random numbers");
  verb->footer("Examples:\n  rheobase list\n  rheobase list --forms\n  rheobase list --json | jq '.[].name'");
  verb->callback([json, forms] {
    Json all = Json::array();
    for (const Json& info : describe_everything()) all.push_back(info);
    if (*json) {
      fmt::print("{}\n", (*forms ? forms_as_json(all) : all).dump(2));
    } else if (*forms) {
      print_forms(all);
    } else {
      print_table(all);
    }
  });
}

}  // namespace rheo::cli
