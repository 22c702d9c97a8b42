// SPDX-License-Identifier: Apache-2.0
// random.cc: finding functions that draw random numbers by name.
#include "src/core/random.h"

#include <algorithm>
#include <vector>

#include "src/core/registry.h"

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

}  // namespace rheo
