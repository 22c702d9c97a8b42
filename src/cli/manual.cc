// SPDX-License-Identifier: Apache-2.0
// manual.cc: `rheobase manual`: the manual page, as troff for man(1), made of the help texts.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "rheobase/rheobase.h"
#include "src/cli/verbs.h"
#include "src/cli/words.h"

namespace rheo::cli {

namespace {

// A hyphen that is meant literally is \-, and a line must not begin with a dot or an apostrophe.
std::string troff(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool first = result.empty() || result.back() == '\n';
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      if (first && (c == '.' || c == '\'')) result += "\\&";
      result += c;
    }
  }
  return result;
}

std::string synopsis(const VerbWords& verb) {
  std::string text = ".B rheobase";
  if (!verb.name.empty()) text += " " + troff(verb.name);
  for (const OptionWords& option : verb.options) {
    if (!option.positional) continue;
    const std::string word =
        fmt::format("\\fI{}\\fR{}", troff(option.names.front()), option.several ? " ..." : "");
    text += option.required ? "\n" + word : "\n[" + word + "]";
  }
  return text + "\n[options]\n";
}

std::string options(const VerbWords& verb) {
  std::string text;
  for (const OptionWords& option : verb.options) {
    std::string names;
    for (const std::string& name : option.names)
      names +=
          fmt::format("{}\\f{}{}\\fR", names.empty() ? "" : ", ", option.positional ? 'I' : 'B', troff(name));
    text += fmt::format(".TP\n{}\n{}\n", names, troff(option.meaning));
    if (!option.choices.empty())
      text += fmt::format(".br\nOne of {}.\n", troff(fmt::format("{}", fmt::join(option.choices, ", "))));
  }
  return text;
}

// The examples and notes below a verb's help, as they are.
std::string verbatim(const std::string& text) {
  return text.empty() ? "" : fmt::format(".PP\n.nf\n{}\n.fi\n", troff(text));
}

std::string page(const CLI::App& app) {
  const auto verbs = words_of(app);
  std::string text = fmt::format(
      ".TH RHEOBASE 1 \"\" \"rheobase {}\" \"User Commands\"\n.SH NAME\nrheobase \\- {}\n.SH SYNOPSIS\n",
      rheo_version(), troff(first_line(verbs.front().meaning).substr(std::string("rheobase: ").size())));
  for (const VerbWords& verb : verbs) text += synopsis(verb) + ".br\n";
  text += ".SH OPTIONS\n" + options(verbs.front());
  for (const VerbWords& verb : verbs) {
    if (verb.name.empty()) continue;
    text += fmt::format(".SH rheobase {}\n{}\n{}{}", troff(verb.name), troff(verb.meaning), options(verb),
                        verbatim(verb.footer));
  }
  text +=
      ".SH OTHER VERBS\nAn unknown verb V runs the program rheobase\\-V beside this one or on PATH, and "
      "rheobase V \\-\\-help explains it.\n";
  for (const std::string& external : external_verbs())
    text += fmt::format(".TP\n.B rheobase {}\n{}\n", troff(external), troff(external_meaning(external)));
  text +=
      ".SH ENVIRONMENT\n.TP\n.B RHEOBASE_TARGET\nForces an instruction set; rheobase \\-\\-targets lists "
      "them.\n"
      ".TP\n.B RHEOBASE_NUM_THREADS\nThe number of the library's threads, 1 to 1024.\n"
      ".TP\n.B RHEOBASE_PROOFS\nThe folder of the recorded proofs, for show and verify.\n"
      ".TP\n.B RHEOBASE_VERBS\nA folder of programs rheobase\\-VERB, looked into before PATH.\n"
      ".SH EXIT STATUS\n0: done. 1: verify found a difference. 2: the request was wrong; one line on stderr "
      "says why.\n";
  return text;
}

}  // namespace

void add_manual(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("manual", "The manual page, for man");
  verb->footer("Example:\n  rheobase manual | man -l -");
  verb->callback([&app] { fmt::print("{}", page(app)); });
}

}  // namespace rheo::cli
