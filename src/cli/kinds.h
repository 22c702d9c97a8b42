// SPDX-License-Identifier: Apache-2.0
// kinds.h: the kinds of functions that the program lists, shows and evaluates.
//
// A further kind is a further row of kinds(): the field "kind" of its descriptions says which it is.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "src/cli/library.h"

namespace rheo::cli {

struct Kind {
  const char* name;  // as in the field "kind"
  rheo_status (*names)(const char* const**, size_t*);
  Json (*describe)(const std::string& name);  // by name or alias; throws UserError
};

std::span<const Kind> kinds();

// All that there is, of any kind, sorted by name.
std::vector<Json> describe_everything();

// One of any kind, by name or alias. Throws UserError, with the nearest of all their names.
Json describe_any(const std::string& name);

bool is_kind(const Json& info, const char* kind);

// Row functions (rows.cc).
Json describe_row_function(const std::string& name);
std::vector<double> run_row(const std::string& name, rheo_format format, const std::vector<double>& row);

// Functions that draw random numbers (random.cc).
Json describe_random(const std::string& name);

}  // namespace rheo::cli
