// SPDX-License-Identifier: Apache-2.0
// registry.cc: finding functions that draw random numbers by name, and their descriptions.
#include "src/random/registry.h"

#include <vector>

#include "src/core/names.h"
#include "src/core/writer.h"

namespace rheo {

namespace {

const std::vector<Named>& names() {
  static const std::vector<Named> all = names_of(all_random_functions());
  return all;
}

}  // namespace

std::span<const RandomEntry> all_random_functions() {
  static const auto all = entries_of<RandomEntry>(random_entry_lists());
  return all;
}

const RandomEntry* find_random_function(std::string_view name) {
  const auto found = meant(name, names());
  return found.size() == 1 ? &all_random_functions()[found.front()] : nullptr;
}

std::string random_name_error(std::string_view name) {
  return unknown_name(name, names(), "function of random numbers");
}

std::string describe(const RandomEntry& function) {
  const RandomInfo& info = *function.info;
  Writer w;
  w.open('{');
  w.field("name", info.name), w.field("kind", "random"), w.field("file", function.file);
  w.field("title", info.title), w.field("summary", info.summary), w.field("formula", info.formula);
  w.field("draws", info.draws == Draws::kUniform ? "uniform" : "normal");
  w.key("parameters"), w.open('[');
  for (const Parameter& p : info.parameters) write_parameter(w, p, p.initial);
  w.close(']');
  write_aliases(w, info.aliases);
  write_torch_names(w, info.torch);
  write_references(w, info.references);
  w.close('}');
  return w.take();
}

}  // namespace rheo
