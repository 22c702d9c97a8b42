// SPDX-License-Identifier: Apache-2.0
// names.cc: finding things of any kind by name or alias.
#include "src/core/names.h"

#include <algorithm>

#include "src/core/registry.h"

namespace rheo {

namespace {

std::string folded(std::string_view name) {
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

}  // namespace

std::vector<std::size_t> meant(std::string_view name, std::span<const Named> all) {
  std::vector<std::size_t> by_alias, loosely;
  const std::string wanted = folded(name);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].name == name) return {i};
    const auto& aliases = all[i].aliases;
    if (std::find(aliases.begin(), aliases.end(), name) != aliases.end()) by_alias.push_back(i);
    if (folded(all[i].name) == wanted ||
        std::any_of(aliases.begin(), aliases.end(), [&](std::string_view a) { return folded(a) == wanted; }))
      loosely.push_back(i);
  }
  return by_alias.empty() ? loosely : by_alias;
}

std::string unknown_name(std::string_view name, std::span<const Named> all, std::string_view noun) {
  const std::vector<std::size_t> found = meant(name, all);
  std::string text;
  if (found.size() > 1) {
    text.append("'").append(name).append("' is ambiguous: ");
    for (std::size_t i = 0; i < found.size(); ++i)
      text.append(i > 0 ? " or " : "").append(all[found[i]].name);
    return text;
  }
  std::vector<std::string_view> candidates;
  for (const Named& named : all) {
    candidates.push_back(named.name);
    candidates.insert(candidates.end(), named.aliases.begin(), named.aliases.end());
  }
  text.append("no ").append(noun).append(" named '").append(name).append("'");
  const std::string nearest = nearest_of(name, candidates);
  if (!nearest.empty()) text.append("; did you mean '").append(nearest).append("'?");
  return text;
}

}  // namespace rheo
