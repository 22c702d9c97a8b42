// SPDX-License-Identifier: Apache-2.0
// words.cc: asks the parser what it would accept.
#include "src/cli/words.h"

#include <CLI/CLI.hpp>
#include <regex>

namespace rheo::cli {

namespace {

// CLI11 tells a list of allowed values by a type name such as TEXT:{tflite,onnx,torch}.
std::vector<std::string> choices_of(const std::string& type) {
  std::vector<std::string> choices;
  std::smatch list;
  if (!std::regex_search(type, list, std::regex(R"(\{([^{}]+)\})"))) return choices;
  const std::string inside = list[1];
  const std::regex word("[^,]+");
  for (std::sregex_iterator i(inside.begin(), inside.end(), word), end; i != end; ++i)
    choices.push_back(i->str());
  return choices;
}

OptionWords words_of(const CLI::Option& option) {
  OptionWords w;
  w.positional = option.get_positional();
  if (w.positional) {
    w.names.push_back(option.get_name(true));
  } else {
    for (const std::string& name : option.get_snames()) w.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) w.names.push_back("--" + name);
  }
  w.meaning = option.get_description();
  w.has_value = option.get_items_expected_max() > 0;
  w.several = option.get_items_expected_max() > 1;
  w.required = option.get_required();
  w.choices = choices_of(option.get_type_name());
  return w;
}

VerbWords words_of_verb(const CLI::App& app, const std::string& name) {
  VerbWords verb{.name = name, .meaning = app.get_description(), .footer = app.get_footer(), .options = {}};
  for (const CLI::Option* option : app.get_options({})) {
    verb.options.push_back(words_of(*option));
    if (option->get_positional() && option->get_name(true) == "NAME") verb.takes_name = true;
  }
  return verb;
}

}  // namespace

std::vector<VerbWords> words_of(const CLI::App& app) {
  std::vector<VerbWords> verbs{words_of_verb(app, "")};
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    verbs.push_back(words_of_verb(*sub, sub->get_name()));
  return verbs;
}

std::string first_line(const std::string& text) {
  const std::string line = text.substr(0, text.find('\n'));
  return line.substr(0, line.find(". "));
}

}  // namespace rheo::cli
