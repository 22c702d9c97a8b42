// SPDX-License-Identifier: Apache-2.0
// registry.cc: finding row functions by name, and their descriptions.
#include "src/rows/registry.h"

#include <algorithm>
#include <vector>

#include "src/core/names.h"
#include "src/core/writer.h"

namespace rheo {

namespace {

std::vector<RowEntry> collect() {
  std::vector<RowEntry> result;
  for (const RowEntryList* list : row_entry_lists())
    result.insert(result.end(), list->items, list->items + list->count);
  std::sort(result.begin(), result.end(), [](const RowEntry& a, const RowEntry& b) {
    return std::string_view(a.info->name) < b.info->name;
  });
  return result;
}

const std::vector<Named>& row_names() {
  static const std::vector<Named> names = [] {
    std::vector<Named> list;
    for (const RowEntry& e : all_row_functions()) {
      list.push_back({e.info->name});
      for (const char* alias : e.info->aliases) list.back().aliases.emplace_back(alias);
    }
    return list;
  }();
  return names;
}

void write_bound(Writer& w, const char* name, RowBound bound) {
  w.key(name), w.open('{');
  w.field("value", bound.value), w.field("backward", bound.backward);
  w.close('}');
}

}  // namespace

std::span<const RowEntry> all_row_functions() {
  static const std::vector<RowEntry> all = collect();
  return all;
}

const RowEntry* find_row_function(std::string_view name) {
  const auto found = meant(name, row_names());
  return found.size() == 1 ? &all_row_functions()[found.front()] : nullptr;
}

std::string row_name_error(std::string_view name) { return unknown_name(name, row_names(), "row function"); }

std::string describe(const RowEntry& function) {
  const RowInfo& info = *function.info;
  Writer w;
  w.open('{');
  w.field("name", info.name), w.field("kind", "rows"), w.field("file", function.file);
  w.field("title", info.title), w.field("summary", info.summary), w.field("formula", info.formula);
  w.key("aliases"), w.open('[');
  for (const char* alias : info.aliases) w.string(alias);
  w.close(']');
  w.key("torch"), w.open('[');
  for (const TorchName& t : info.torch)
    w.open('{'), w.field("module", t.module), w.field("function", t.function), w.close('}');
  w.close(']');
  w.key("bounds"), w.open('{');
  write_bound(w, "float32", info.float32), write_bound(w, "float64", info.float64);
  w.close('}');
  w.key("references"), w.open('[');
  for (const Reference& r : info.references)
    w.open('{'), w.field("text", r.text), w.field("url", r.url), w.close('}');
  w.close(']');
  w.close('}');
  return w.take();
}

}  // namespace rheo
