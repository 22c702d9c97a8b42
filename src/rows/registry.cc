// SPDX-License-Identifier: Apache-2.0
// registry.cc: finding row functions by name, and their descriptions.
#include "src/rows/registry.h"

#include <vector>

#include "src/core/names.h"
#include "src/core/writer.h"

namespace rheo {

namespace {

const std::vector<Named>& names() {
  static const std::vector<Named> all = names_of(all_row_functions());
  return all;
}

void write_bound(Writer& w, const char* name, RowBound bound) {
  w.key(name), w.open('{');
  w.field("value", bound.value), w.field("backward", bound.backward);
  w.close('}');
}

}  // namespace

std::span<const RowEntry> all_row_functions() {
  static const auto all = entries_of<RowEntry>(row_entry_lists());
  return all;
}

const RowEntry* find_row_function(std::string_view name) {
  const auto found = meant(name, names());
  return found.size() == 1 ? &all_row_functions()[found.front()] : nullptr;
}

std::string row_name_error(std::string_view name) { return unknown_name(name, names(), "row function"); }

std::string describe(const RowEntry& function) {
  const RowInfo& info = *function.info;
  Writer w;
  w.open('{');
  w.field("name", info.name), w.field("kind", "rows"), w.field("file", function.file);
  w.field("title", info.title), w.field("summary", info.summary), w.field("formula", info.formula);
  write_aliases(w, info.aliases);
  write_torch_names(w, info.torch);
  w.key("bounds"), w.open('{');
  write_bound(w, "float32", info.float32), write_bound(w, "float64", info.float64);
  w.close('}');
  write_references(w, info.references);
  w.close('}');
  return w.take();
}

}  // namespace rheo
