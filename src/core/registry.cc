// SPDX-License-Identifier: Apache-2.0
// registry.cc: finding activations by name, and the choice of the instruction set.
#include "src/core/registry.h"

#include <algorithm>
#include <cstdlib>

#include "hwy/targets.h"
#include "src/core/entry_lists.h"
#include "src/core/names.h"

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

double Activation::initial(std::size_t parameter) const {
  return preset != nullptr ? preset->values[parameter] : entry->info->parameters[parameter].initial;
}

const Kernel& Activation::kernel(Format format, Role role) const {
  return entry->kernels()[entry->index].table[static_cast<int>(format)][static_cast<int>(role)];
}

const Streamed& Activation::streamed(Role role) const {
  return entry->kernels()[entry->index].streamed[static_cast<int>(role)];
}

VariedKernel Activation::varied_kernel(Role role) const {
  return entry->kernels()[entry->index].varied[static_cast<int>(role)];
}

const Kernel& Activation::parameter_kernel(Format format, std::size_t parameter) const {
  return entry->kernels()[entry->index].parameter[static_cast<int>(format)][parameter];
}

const Kernel& Activation::product_kernel(Format format) const {
  return entry->kernels()[entry->index].product[static_cast<int>(format)];
}

bool Activation::plain(Role role) const {
  return entry->kernels()[entry->index].plain[static_cast<int>(role)];
}

bool Activation::plain_product() const { return entry->kernels()[entry->index].plain_product; }

namespace {

// What takes longer than to look it up: not what float32 decides, nor one operation, a product or a sum of x
// and a number, or of a gradient and one of few slopes.
Remembered16 remembered_of(const Kernels& kernels, Role role, int digits, bool decided) {
  if (decided) return Remembered16::kNothing;
  const bool quick = kernels.streamed[static_cast<int>(role)].quick;
  const bool sum = role == Role::kValue && kernels.slope.of16 == 1;
  if ((digits < Arithmetic::kManyDigits && quick) || sum) return Remembered16::kNothing;
  return role == Role::kBackward ? Remembered16::kFactors : Remembered16::kResults;
}

}  // namespace

Kernels16 Activation::kernels16(Role role, Factors16 given) const {
  const Kernels& kernels = entry->kernels()[entry->index];
  const int digits = (role == Role::kValue ? kernels.value : kernels.slope).of(given.x);
  const bool exact =
      fits_float32(role == Role::kBackward ? Arithmetic::digits_of_product(digits, given.grad) : digits);
  return {kernel(Format::kFloat32, role),
          kernel(Format::kFloat64, role),
          !plain(role),
          exact,
          role == Role::kValue ? TieOf::kValue : TieOf::kSlope,
          kernels.same && role == Role::kValue,
          {kernels.direct[0][static_cast<int>(role)], kernels.direct[1][static_cast<int>(role)]},
          remembered_of(kernels, role, digits, exact),
          entry->info->parameters.size()};
}

Kernels16 Activation::parameter_kernels16(std::size_t parameter) const {
  return {parameter_kernel(Format::kFloat32, parameter), parameter_kernel(Format::kFloat64, parameter), true,
          false, TieOf::kSlope};
}

Kernels16 Activation::product_kernels16(Factors16 given) const {
  const int digits = entry->kernels()[entry->index].value.of(given.x);
  const bool exact = fits_float32(Arithmetic::digits_of_product(digits, given.grad));
  // Of plain arithmetic, a product is as quick as a value.
  const auto remembered = exact || plain_product() ? Remembered16::kNothing : Remembered16::kFactors;
  return {product_kernel(Format::kFloat32),
          product_kernel(Format::kFloat64),
          false,
          exact,
          TieOf::kProduct,
          false,
          {},
          remembered,
          entry->info->parameters.size()};
}

std::span<const Activation> all_activations() {
  static const std::vector<Activation> all = collect();
  return all;
}

namespace {

const std::vector<Named>& names() {
  static const std::vector<Named> all = [] {
    std::vector<Named> list;
    for (const Activation& a : all_activations()) {
      list.push_back({a.name});
      if (a.preset == nullptr)
        list.back().aliases = {a.entry->info->aliases.begin(), a.entry->info->aliases.size()};
    }
    return list;
  }();
  return all;
}

}  // namespace

const Activation* find_activation(std::string_view name) {
  const auto found = meant(name, names());
  return found.size() == 1 ? &all_activations()[found.front()] : nullptr;
}

std::string name_error(std::string_view name) { return unknown_name(name, names(), "activation"); }

std::string nearest_name(std::string_view unknown) { return nearest_name(unknown, names()); }

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
