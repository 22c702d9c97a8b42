// SPDX-License-Identifier: Apache-2.0
// random.cc: finding functions that draw random numbers by name.
#include "src/core/random.h"

#include <algorithm>
#include <vector>

#include "src/core/describe.h"
#include "src/core/registry.h"
#include "src/core/writer.h"

namespace rheo {

namespace {

std::vector<const RandomEntry*> collect() {
  std::vector<const RandomEntry*> result;
  for (const RandomList* list : random_lists())
    for (std::size_t i = 0; i < list->count; ++i) result.push_back(&list->items[i]);
  std::sort(result.begin(), result.end(), [](const RandomEntry* a, const RandomEntry* b) {
    return std::string_view(a->info->name) < b->info->name;
  });
  return result;
}

}  // namespace

RandomKernel RandomEntry::kernel(Format format, Role role, bool training) const {
  const RandomKernels& all = kernels()[index];
  const auto& of_role = role == Role::kValue ? all.value : all.backward;
  return of_role[static_cast<int>(format)][training ? 1 : 0];
}

std::span<const RandomEntry* const> all_random() {
  static const std::vector<const RandomEntry*> all = collect();
  return all;
}

const RandomEntry* find_random(std::string_view name) {
  const std::string wanted = folded_name(name);
  const RandomEntry* loose = nullptr;
  for (const RandomEntry* entry : all_random()) {
    if (entry->info->name == name) return entry;
    if (folded_name(entry->info->name) == wanted) loose = entry;
  }
  return loose;
}

std::string random_name_error(std::string_view name) {
  std::vector<std::string_view> names;
  for (const RandomEntry* entry : all_random()) names.emplace_back(entry->info->name);
  std::string text = "no function of random numbers named '" + std::string(name) + "'";
  const std::string nearest = nearest_of(name, names);
  return nearest.empty() ? text : text + "; did you mean '" + nearest + "'?";
}

std::string describe(const RandomEntry& entry) {
  const RandomInfo& info = *entry.info;
  Writer w;
  w.open('{');
  w.field("name", info.name), w.field("kind", "random"), w.field("file", entry.file);
  w.field("title", info.title), w.field("summary", info.summary), w.field("formula", info.formula);
  w.field("draws", info.draws == Draws::kUniform ? "uniform" : "normal");
  w.key("parameters"), w.open('[');
  for (const Parameter& p : info.parameters) {
    w.open('{');
    w.field("name", p.name), w.field("default", p.initial);
    w.field("domain", domain_name(p.domain)), w.field("meaning", p.meaning);
    w.close('}');
  }
  w.close(']');
  w.key("aliases"), w.open('['), w.close(']');
  w.key("torch"), w.open('[');
  for (const TorchName& t : info.torch)
    w.open('{'), w.field("module", t.module), w.field("function", t.function), w.close('}');
  w.close(']');
  w.key("references"), w.open('[');
  for (const Reference& r : info.references)
    w.open('{'), w.field("text", r.text), w.field("url", r.url), w.close('}');
  w.close(']');
  w.close('}');
  return w.take();
}

}  // namespace rheo
