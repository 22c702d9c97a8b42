// SPDX-License-Identifier: Apache-2.0
// registry.h: all functions that draw random numbers by name. Made from the files in activations/random/ by
// the generated list.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "src/random/random.h"

namespace rheo {

// One list per file.
std::span<const RandomEntryList* const> random_entry_lists();

// Sorted by name.
std::span<const RandomEntry> all_random_functions();

// By name or alias, null when there is none; spelling as for activations (src/core/names.h).
const RandomEntry* find_random_function(std::string_view name);

// Why find_random_function found nothing, in one line that suggests the nearest name.
std::string random_name_error(std::string_view name);

// All that its file declares, as one JSON object; docs/describe.md lists the fields.
std::string describe(const RandomEntry& function);

}  // namespace rheo
