// SPDX-License-Identifier: Apache-2.0
// forms.h: which forms a function has, in words.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "src/cli/library.h"

namespace rheo::cli {

// Names of forms, with what each is of this function; "" where it does not have it.
std::vector<std::pair<std::string, std::string>> forms_of(const Json& info);

}  // namespace rheo::cli
