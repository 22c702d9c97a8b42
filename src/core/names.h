// SPDX-License-Identifier: Apache-2.0
// names.h: finding functions of any kind by name or alias.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rheo {

// A thing's name and its aliases.
struct Named {
  std::string_view name;
  std::span<const char* const> aliases = {};
};

// The places of those that `name` may mean: the one of that name, else all with that alias, else the same
// without regard to case, hyphens, spaces and underscores.
std::vector<std::size_t> meant(std::string_view name, std::span<const Named> all);

// Why `name` does not mean one thing: a line that suggests the nearest name, or lists those meant. `noun`
// says what is looked for.
std::string unknown_name(std::string_view name, std::span<const Named> all, std::string_view noun);

// The name or alias that is nearest to an unknown one, "" when none is near.
std::string nearest_name(std::string_view unknown, std::span<const Named> all);

// The candidate with the smallest edit distance, "" when all are farther than a third of the word.
std::string nearest_of(std::string_view unknown, std::span<const std::string_view> candidates);

// The entries of all files' lists, sorted by name.
template <class Entry, class EntryList>
std::vector<Entry> entries_of(std::span<const EntryList* const> lists) {
  std::vector<Entry> all;
  for (const EntryList* list : lists) all.insert(all.end(), list->items, list->items + list->count);
  std::sort(all.begin(), all.end(),
            [](const Entry& a, const Entry& b) { return std::string_view(a.info->name) < b.info->name; });
  return all;
}

// What they are found by.
template <class Entry>
std::vector<Named> names_of(std::span<const Entry> entries) {
  std::vector<Named> names;
  for (const Entry& entry : entries)
    names.push_back({entry.info->name, {entry.info->aliases.begin(), entry.info->aliases.size()}});
  return names;
}

}  // namespace rheo
