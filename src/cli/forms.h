// SPDX-License-Identifier: Apache-2.0
// forms.h: which forms a function has, in words.
#pragma once

#include <string>
#include <vector>

#include "src/cli/library.h"

namespace rheo::cli {

struct FormText {
  std::string form, meaning;  // "" where the function does not have it
  std::string reason;         // why it does not, where that is known
};

// All forms, with the default (or the preset's) parameters in float32.
std::vector<FormText> forms_of(const Json& info);

}  // namespace rheo::cli
