// SPDX-License-Identifier: Apache-2.0
// completion.cc: `rheobase completion SHELL`: what a shell needs to complete verbs, options, values and
// names.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "src/cli/kinds.h"
#include "src/cli/verbs.h"
#include "src/cli/words.h"

namespace rheo::cli {

namespace {

// All that scripts are made of.
struct Vocabulary {
  std::vector<VerbWords> verbs;        // the program itself first
  std::vector<std::string> externals;  // verbs of other programs
  std::string names;                   // of all functions, and their aliases, with blanks between

  explicit Vocabulary(const CLI::App& app) : verbs(words_of(app)), externals(external_verbs()) {
    std::vector<std::string> all;
    for (const Json& info : describe_everything()) {
      all.push_back(info["name"]);
      for (const Json& alias : info["aliases"]) all.push_back(alias);
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    names = fmt::format("{}", fmt::join(all, " "));
  }
};

// Text between single quotes, for all three shells; a quote inside becomes a typographic one.
std::string quotable(const std::string& text) {
  std::string result;
  for (const char c : first_line(text)) {
    if (c == '\'') {
      result += "\u2019";
    } else if (c == '[' || c == ']' || c == ':' || c == '\\') {
      result += ' ';  // zsh would read them
    } else {
      result += c;
    }
  }
  return result;
}

std::string words(const std::vector<OptionWords>& options) {
  std::string text;
  for (const OptionWords& option : options)
    if (!option.positional) text += fmt::format("{} ", fmt::join(option.names, " "));
  return text;
}

// Of verbs that other programs bring, the shells read the help: lines that begin with an option, as CLI11 and
// argparse write them. bash also reads the values there are, {between,braces}.
constexpr const char* kBashHelp = R"bash(_rheobase_help() {
  local lines
  lines=$("${COMP_WORDS[0]}" "$1" --help 2>/dev/null </dev/null | sed -nE 's/^ {1,4}(-[^ ].*)/\1/p' | sed 's/  .*//')
  case $3 in
    -*) grep -oE -- '--?[A-Za-z][A-Za-z0-9-]*' <<<"$lines" ;;
    *) sed -nE "s/^(-.*[ ,])?$2[ =][^{]*[{]([^}]*)[}].*/\2/p" <<<"$lines" | tr , ' ' ;;
  esac
}
)bash";

constexpr const char* kZshHelp = R"zsh(_rheobase_help() {
  rheobase $1 --help 2>/dev/null </dev/null | sed -nE 's/^ {1,4}(-[^ ].*)/\1/p' | sed 's/  .*//' |
    grep -oE -- '--?[A-Za-z][A-Za-z0-9-]*'
}
)zsh";

constexpr const char* kFishHelp = R"fish(function __rheobase_help
  string match -q -- '-*' (commandline -ct); or return
  rheobase $argv[1] --help 2>/dev/null </dev/null | string match -r '^ {1,4}-.*' | \
    string replace -r '^ +' '' | string replace -r '  .*' '' | \
    string match -ra -- '--?[A-Za-z][A-Za-z0-9-]*'
end
)fish";

std::string bash(const Vocabulary& v) {
  std::string verbs, values, cases;
  for (const VerbWords& verb : v.verbs) {
    if (!verb.name.empty()) verbs += verb.name + " ";
    for (const OptionWords& option : verb.options) {
      for (const std::string& name : option.names) {
        if (option.choices.empty() || option.positional) continue;
        values +=
            fmt::format("    '{} {}') words='{}' ;;\n", verb.name, name, fmt::join(option.choices, " "));
      }
      if (option.positional && !option.choices.empty() && !verb.takes_name)
        cases += fmt::format("    {}) words='{} {}' ;;\n", verb.name, words(verb.options),
                             fmt::join(option.choices, " "));
    }
    if (!verb.name.empty())
      cases += fmt::format("    {}) words=\"{}{}\" ;;\n", verb.name, words(verb.options),
                           verb.takes_name ? "$names" : "");
  }
  return fmt::format(
      R"bash(# Completion of rheobase for bash, made by `rheobase completion bash`.
{6}
_rheobase() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} verb=${{COMP_WORDS[1]}} words=
  local names='{0}'
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='{1}{2} {3}'
  else
    case "$verb $before" in
{4}    esac
    [ -n "$words" ] || case $verb in
{5}    *)
      case "$before $word" in
        -* | *\ -*) words=$(_rheobase_help "$verb" "$before" "$word") ;;
      esac
      [ -n "$words" ] || words=$names ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o default -F _rheobase rheobase
)bash",
      v.names, verbs, fmt::join(v.externals, " "), words(v.verbs.front().options), values, cases, kBashHelp);
}

std::string zsh_arguments(const VerbWords& verb) {
  std::string text;
  for (const OptionWords& option : verb.options) {
    std::string action;
    if (!option.choices.empty()) {
      action = fmt::format("({})", fmt::join(option.choices, " "));
    } else if (option.positional && option.names.front() == "NAME") {
      action = "($names)";
    }
    if (option.positional) {
      text += fmt::format(" \"{}:{}:{}\"", option.several ? "*" : "", option.names.front(), action);
      continue;
    }
    for (const std::string& name : option.names)
      text += fmt::format(" '{}[{}]{}'", name, quotable(option.meaning),
                          option.has_value ? ":value:" + action : "");
  }
  return text;
}

std::string zsh(const Vocabulary& v) {
  std::string verbs, cases;
  for (const VerbWords& verb : v.verbs) {
    if (verb.name.empty()) continue;
    verbs += fmt::format(" '{}:{}'", verb.name, quotable(verb.meaning));
    cases += fmt::format("    {}) _arguments{} ;;\n", verb.name, zsh_arguments(verb));
  }
  for (const std::string& external : v.externals)
    verbs += fmt::format(" '{}:{}'", external, quotable(external_meaning(external)));
  return fmt::format(
      R"zsh(#compdef rheobase
# Completion of rheobase for zsh, made by `rheobase completion zsh`.
{4}
_rheobase() {{
  local names='{0}'
  local -a verbs
  verbs=({1})
  if (( CURRENT == 2 )); then
    _describe verb verbs
    _arguments{2}
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
{3}    *)
      if [[ $PREFIX == -* ]]; then
        compadd -- ${{(f)"$(_rheobase_help $words[1])"}}
      else
        _alternative "names:activation:($names)" 'files:file:_files'
      fi ;;
  esac
}}
if [ "$funcstack[1]" = _rheobase ]; then
  _rheobase "$@"
else
  compdef _rheobase rheobase
fi
)zsh",
      v.names, verbs, zsh_arguments(v.verbs.front()), cases, kZshHelp);
}

std::string fish(const Vocabulary& v) {
  std::string text =
      "# Completion of rheobase for fish, made by `rheobase completion fish`.\ncomplete -c rheobase -f\n";
  for (const VerbWords& verb : v.verbs) {
    const std::string when =
        verb.name.empty() ? "__fish_use_subcommand" : "__fish_seen_subcommand_from " + verb.name;
    if (!verb.name.empty())
      text += fmt::format("complete -c rheobase -n __fish_use_subcommand -a {} -d '{}'\n", verb.name,
                          quotable(verb.meaning));
    if (verb.takes_name) text += fmt::format("complete -c rheobase -n '{}' -a '{}'\n", when, v.names);
    for (const OptionWords& option : verb.options) {
      const std::string choices = fmt::format("{}", fmt::join(option.choices, " "));
      if (option.positional) {
        if (!choices.empty()) text += fmt::format("complete -c rheobase -n '{}' -a '{}'\n", when, choices);
        continue;
      }
      for (const std::string& name : option.names) {
        text += fmt::format("complete -c rheobase -n '{}' {} {}", when, name.starts_with("--") ? "-l" : "-s",
                            name.substr(name.find_first_not_of('-')));
        if (option.has_value) text += choices.empty() ? " -r" : fmt::format(" -x -a '{}'", choices);
        text += fmt::format(" -d '{}'\n", quotable(option.meaning));
      }
    }
  }
  text += kFishHelp;
  for (const std::string& external : v.externals) {
    text += fmt::format("complete -c rheobase -n __fish_use_subcommand -a {} -d '{}'\n", external,
                        quotable(external_meaning(external)));
    text += fmt::format(
        "complete -c rheobase -n '__fish_seen_subcommand_from {0}' -F -a '{1} (__rheobase_help {0})'\n",
        external, v.names);
  }
  return text;
}

}  // namespace

void add_completion(CLI::App& app) {
  CLI::App* verb = app.add_subcommand(
      "completion", "What a shell needs to complete verbs, options and names of activations");
  auto shell = std::make_shared<std::string>();
  verb->add_option("SHELL", *shell, "Which shell")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  verb->footer(
      "Examples:\n  source <(rheobase completion bash)      # this shell; in ~/.bashrc: all\n"
      "  rheobase completion zsh > \"${fpath[1]}/_rheobase\"\n"
      "  rheobase completion fish > ~/.config/fish/completions/rheobase.fish");
  verb->callback([shell, &app] {
    const Vocabulary v(app);
    fmt::print("{}", *shell == "bash" ? bash(v) : *shell == "zsh" ? zsh(v) : fish(v));
  });
}

}  // namespace rheo::cli
