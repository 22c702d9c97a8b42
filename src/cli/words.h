// SPDX-License-Identifier: Apache-2.0
// words.h: what can be typed after `rheobase`, as data: for completion and for the manual page.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace rheo::cli {

struct OptionWords {
  std::vector<std::string> names;  // "--dtype"; of a positional argument what stands for it, "NAME"
  std::string meaning;
  std::vector<std::string> choices;  // all values that it takes; empty: any
  bool positional = false, has_value = false, required = false, several = false;
};

struct VerbWords {
  std::string name, meaning, footer;
  std::vector<OptionWords> options;
  bool takes_name = false;  // of an activation
};

// The program itself, under the name "", then its own verbs. Those that other programs bring are
// external_verbs().
std::vector<VerbWords> words_of(const CLI::App& app);

// The first sentence or line.
std::string first_line(const std::string& text);

}  // namespace rheo::cli
