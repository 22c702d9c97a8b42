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

// Asked once: disabling targets would shorten Highway's own list.
const std::vector<std::int64_t>& generated_targets() {
  static const std::vector<std::int64_t> targets = hwy::SupportedAndGeneratedTargets();
  return targets;
}

}  // namespace

std::string folded_name(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') {
      result += static_cast<char>(c - 'A' + 'a');
    } else if (c != '_' && c != '-' && c != ' ') {
      result += c;
    }
  }
  return result;
}

double Activation::initial(std::size_t parameter) const {
  return preset != nullptr ? preset->values[parameter] : entry->info->parameters[parameter].initial;
}

const Kernel& Activation::kernel(Format format, Role role) const {
  return entry->kernels()[entry->index].table[static_cast<int>(format)][static_cast<int>(role)];
}

const Kernel& Activation::parameter_kernel(Format format, std::size_t parameter) const {
  return entry->kernels()[entry->index].parameter[static_cast<int>(format)][parameter];
}

const Kernel& Activation::product_kernel(Format format) const {
  return entry->kernels()[entry->index].product[static_cast<int>(format)];
}

Kernels16 Activation::kernels16(Role role) const {
  const bool plain = entry->kernels()[entry->index].plain[static_cast<int>(role)];
  return {kernel(Format::kFloat32, role), kernel(Format::kFloat64, role), !plain, role == Role::kValue};
}

Kernels16 Activation::parameter_kernels16(std::size_t parameter) const {
  return {parameter_kernel(Format::kFloat32, parameter), parameter_kernel(Format::kFloat64, parameter), true,
          false};
}

Kernels16 Activation::product_kernels16() const {
  return {product_kernel(Format::kFloat32), product_kernel(Format::kFloat64), false, false, true};
}

std::span<const Activation> all_activations() {
  static const std::vector<Activation> all = collect();
  return all;
}

namespace {

// Those that `name` may mean: one of that name, else all with that alias, else the same with loose spelling.
std::vector<const Activation*> meant(std::string_view name) {
  const auto all = all_activations();
  const auto at = std::lower_bound(all.begin(), all.end(), name, [](const Activation& a, std::string_view n) {
    return std::string_view(a.name) < n;
  });
  if (at != all.end() && at->name == name) return {&*at};
  std::vector<const Activation*> by_alias, loosely;
  const std::string wanted = folded_name(name);
  for (const Activation& a : all) {
    bool exact = false, loose = folded_name(a.name) == wanted;
    if (a.preset == nullptr) {
      for (const char* alias : a.entry->info->aliases)
        exact |= alias == name, loose |= folded_name(alias) == wanted;
    }
    if (exact) by_alias.push_back(&a);
    if (loose) loosely.push_back(&a);
  }
  return by_alias.empty() ? loosely : by_alias;
}

}  // namespace

const Activation* find_activation(std::string_view name) {
  const auto found = meant(name);
  return found.size() == 1 ? found.front() : nullptr;
}

std::string name_error(std::string_view name) {
  const auto found = meant(name);
  std::string text;
  if (found.size() > 1) {
    text.append("'").append(name).append("' is ambiguous: ");
    for (std::size_t i = 0; i < found.size(); ++i) text.append(i > 0 ? " or " : "").append(found[i]->name);
    return text;
  }
  text.append("no activation named '").append(name).append("'");
  const std::string nearest = nearest_name(name);
  if (!nearest.empty()) text.append("; did you mean '").append(nearest).append("'?");
  return text;
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

const std::vector<const char*>& available_targets() {
  static const std::vector<const char*> names = [] {
    std::vector<const char*> list;
    for (const std::int64_t target : generated_targets()) list.push_back(hwy::TargetName(target));
    return list;
  }();
  return names;
}

bool use_target(std::string_view name) {
  for (const std::int64_t target : generated_targets()) {
    if (hwy::TargetName(target) != name) continue;
    hwy::DisableTargets(target - 1);  // all better ones, which have lower bits
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    return true;
  }
  return false;
}

const char* target_in_use(std::string& error) {
  struct Choice {
    const char* name;
    std::string error;
  };
  static const Choice choice = []() -> Choice {
    const auto& available = available_targets();
    const char* wanted = std::getenv("RHEOBASE_TARGET");
    // Unless one is forced nothing is disabled: src/block/lookup.cc is built for one that is better still.
    if (wanted == nullptr || *wanted == 0) return {available.front(), ""};
    for (const char* name : available)
      if (std::string_view(name) == wanted && use_target(name)) return {name, ""};
    return {nullptr, "RHEOBASE_TARGET is '" + std::string(wanted) + "'; here there are " + list_of_targets()};
  }();
  error = choice.error;
  return choice.name;
}

}  // namespace rheo
