// SPDX-License-Identifier: Apache-2.0
// kinds.cc: the kinds of functions that the program knows.
#include "src/cli/kinds.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "src/core/names.h"

namespace rheo::cli {

namespace {

// What a function is found by.
struct Words {
  std::string name;
  std::vector<std::string> texts;
  std::vector<const char*> aliases;  // which point into the texts

  explicit Words(const Json& info) : name(info["name"]), texts(info["aliases"]) {
    for (const std::string& text : texts) aliases.push_back(text.c_str());
  }
};

std::optional<Json> described(const Kind& kind, const std::string& name) {
  try {
    return kind.describe(name);
  } catch (const UserError&) {
    return std::nullopt;
  }
}

}  // namespace

std::span<const Kind> kinds() {
  static constexpr Kind kKinds[] = {
      {"unary", rheo_names, [](const std::string& name) { return describe(find(name)); }},
      {"rows", rheo_rows_names, describe_row_function},
      {"random", rheo_random_names, describe_random},
  };
  return kKinds;
}

std::vector<Json> describe_everything() {
  std::vector<Json> all;
  for (const Kind& kind : kinds())
    for (const std::string& name : listed(kind.names)) all.push_back(kind.describe(name));
  std::stable_sort(all.begin(), all.end(), [](const Json& a, const Json& b) {
    return a["name"].get<std::string>() < b["name"].get<std::string>();
  });
  return all;
}

Json describe_any(const std::string& name) {
  for (const Kind& kind : kinds())
    if (std::optional<Json> info = described(kind, name)) return *std::move(info);
  std::vector<Words> words;  // the nearest one may be of any kind
  for (const Json& info : describe_everything()) words.emplace_back(info);
  std::vector<Named> all;
  for (const Words& w : words) all.push_back({w.name, w.aliases});
  throw UserError{unknown_name(name, all, "activation")};
}

bool is_kind(const Json& info, const char* kind) { return info["kind"].get<std::string>() == kind; }

}  // namespace rheo::cli
