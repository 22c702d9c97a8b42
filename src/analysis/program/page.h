// SPDX-License-Identifier: Apache-2.0
// page.h: analyses as pages and tables for people.
#pragma once

#include <string>
#include <vector>

#include "src/cli/library.h"

namespace rheo::analysis {

using cli::Json;

// Six digits; "inf", "-inf"; "-" for null.
std::string short_number(const Json& value);

// 0.25 as "25 %".
std::string percent(const Json& share);

// A range as "[0, inf)".
std::string interval(const Json& range);

// One analysis.
void print_page(const Json& analysis);

// A line for each.
void print_table(const std::vector<Json>& analyses);

}  // namespace rheo::analysis
