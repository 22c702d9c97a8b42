// SPDX-License-Identifier: Apache-2.0
// settings.h: `--set PARAMETER=NUMBER`, which several verbs take.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace rheo::cli {

// The words are for parse_settings(). A word behind that of an option is no further setting, but a name or a
// point.
inline void add_settings(CLI::App& verb, std::vector<std::string>& words,
                         const char* spellings = "-p,--set") {
  verb.add_option(spellings, words, "PARAMETER=NUMBER, once for each parameter that differs from its default")
      ->expected(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

}  // namespace rheo::cli
