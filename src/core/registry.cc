// SPDX-License-Identifier: Apache-2.0
// registry.cc: finding activations by name, and the choice of the instruction set.
#include "src/core/registry.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "hwy/targets.h"
#include "src/core/entry_lists.h"

namespace rheo {

namespace {

std::vector<Activation> collect() {
  std::vector<Activation> result;
  for (const EntryList* list : entry_lists()) {
    for (std::size_t i = 0; i < list->count; ++i) {
      const Entry& entry = list->items[i];
      result.push_back({entry.info->name, &entry, nullptr});
      for (const Preset& preset : entry.info->presets) result.push_back({preset.name, &entry, &preset});
    }
  }
  std::sort(result.begin(), result.end(),
            [](const Activation& a, const Activation& b) { return std::string_view(a.name) < b.name; });
  return result;
}

// Levenshtein's distance: insertions, deletions and substitutions.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

std::string list_of_targets() {
  std::string text;
  for (const char* name : available_targets()) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

// Forces the named instruction set by disabling all better ones (Highway's better targets have lower bits).
const char* force_target(const char* wanted, std::string& error) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    if (std::string_view(hwy::TargetName(target)) != wanted) continue;
    hwy::DisableTargets(target - 1);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    return hwy::TargetName(target);
  }
  error = "RHEOBASE_TARGET=" + std::string(wanted) + ": not available here; choose one of " + list_of_targets();
  return nullptr;
}

}  // namespace

double Activation::initial(std::size_t parameter) const {
  return preset != nullptr ? preset->values[parameter] : entry->info->parameters[parameter].initial;
}

const Kernel& Activation::kernel(Format format, Role role) const {
  return entry->kernels()[entry->index].table[static_cast<int>(format)][static_cast<int>(role)];
}

std::span<const Activation> all_activations() {
  static const std::vector<Activation> all = collect();
  return all;
}

const Activation* find_activation(std::string_view name) {
  const auto all = all_activations();
  const auto at = std::lower_bound(all.begin(), all.end(), name, [](const Activation& a, std::string_view n) {
    return std::string_view(a.name) < n;
  });
  if (at != all.end() && at->name == name) return &*at;
  for (const Activation& a : all) {
    if (a.preset != nullptr) continue;
    for (const char* alias : a.entry->info->aliases)
      if (alias == name) return &a;
  }
  return nullptr;
}

std::string nearest_of(std::string_view unknown, std::span<const std::string_view> candidates) {
  std::string_view best;
  std::size_t least = std::max<std::size_t>(2, unknown.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(unknown, candidate);
    if (distance < least) least = distance, best = candidate;
  }
  return std::string(best);
}

std::string nearest_name(std::string_view unknown) {
  std::vector<std::string_view> names;
  for (const Activation& a : all_activations()) {
    names.emplace_back(a.name);
    if (a.preset == nullptr)
      for (const char* alias : a.entry->info->aliases) names.emplace_back(alias);
  }
  return nearest_of(unknown, names);
}

std::vector<const char*> available_targets() {
  std::vector<const char*> names;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) names.push_back(hwy::TargetName(target));
  return names;
}

const char* target_in_use(std::string& error) {
  struct Choice {
    const char* name;
    std::string error;
  };
  static const Choice choice = [] {
    Choice c{};
    const char* wanted = std::getenv("RHEOBASE_TARGET");
    if (wanted != nullptr && *wanted != 0) {
      c.name = force_target(wanted, c.error);
    } else {
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      c.name = available_targets().front();
    }
    return c;
  }();
  error = choice.error;
  return choice.name;
}

}  // namespace rheo
