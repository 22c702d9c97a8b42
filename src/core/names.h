// SPDX-License-Identifier: Apache-2.0
// names.h: finding things of any kind by name or alias.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rheo {

// A thing's name and its aliases.
struct Named {
  std::string_view name;
  std::vector<std::string_view> aliases = {};
};

// The places of those that `name` may mean: the one of that name, else all with that alias, else the same
// without regard to case, hyphens, spaces and underscores.
std::vector<std::size_t> meant(std::string_view name, std::span<const Named> all);

// Why `name` does not mean one thing: a line that suggests the nearest name, or lists those meant. `noun`
// says what is looked for.
std::string unknown_name(std::string_view name, std::span<const Named> all, std::string_view noun);

}  // namespace rheo
