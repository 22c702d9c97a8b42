// SPDX-License-Identifier: Apache-2.0
// registry.cc: finding functions that draw random numbers by name.
#include "src/random/registry.h"

#include <vector>

#include "src/core/names.h"

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

}  // namespace rheo
