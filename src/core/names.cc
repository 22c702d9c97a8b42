// SPDX-License-Identifier: Apache-2.0
// names.cc: finding functions of any kind by name or alias.
#include "src/core/names.h"

#include <numeric>

namespace rheo {

namespace {

// For comparison without case, hyphens, spaces and underscores.
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

}  // namespace

std::vector<std::size_t> meant(std::string_view name, std::span<const Named> all) {
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].name == name) return {i};
  std::vector<std::size_t> by_alias, loosely;
  const std::string wanted = folded(name);
  for (std::size_t i = 0; i < all.size(); ++i) {
    bool exact = false, loose = folded(all[i].name) == wanted;
    for (const char* alias : all[i].aliases) exact |= alias == name, loose |= folded(alias) == wanted;
    if (exact) by_alias.push_back(i);
    if (loose) loosely.push_back(i);
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
  text.append("no ").append(noun).append(" named '").append(name).append("'");
  const std::string nearest = nearest_name(name, all);
  if (!nearest.empty()) text.append("; did you mean '").append(nearest).append("'?");
  return text;
}

std::string nearest_name(std::string_view unknown, std::span<const Named> all) {
  std::vector<std::string_view> candidates;
  for (const Named& named : all) {
    candidates.push_back(named.name);
    candidates.insert(candidates.end(), named.aliases.begin(), named.aliases.end());
  }
  return nearest_of(unknown, candidates);
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

}  // namespace rheo
