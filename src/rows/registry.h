// SPDX-License-Identifier: Apache-2.0
// registry.h: all row functions by name. Made from the files in activations/rows/ by the generated list.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "src/rows/rows.h"

namespace rheo {

// One list per file.
std::span<const RowEntryList* const> row_entry_lists();

// Sorted by name.
std::span<const RowEntry> all_row_functions();

// By name or alias, null when there is none; spelling as for activations (src/core/names.h).
const RowEntry* find_row_function(std::string_view name);

// Why find_row_function found nothing, in one line that suggests the nearest name.
std::string row_name_error(std::string_view name);

// All that its file declares, as one JSON object; docs/describe.md lists the fields.
std::string describe(const RowEntry& function);

}  // namespace rheo
