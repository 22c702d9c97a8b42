// SPDX-License-Identifier: Apache-2.0
// kinds.cc: the kinds of functions that the program knows.
#include "src/cli/kinds.h"

#include <algorithm>

namespace rheo::cli {

std::span<const Kind> kinds() {
  static constexpr Kind kKinds[] = {
      {"unary", names, [](const std::string& name) { return describe(find(name)); }},
      {"rows", row_names, describe_row_function},
      {"random", random_names, describe_random},
  };
  return kKinds;
}

std::vector<Json> describe_everything() {
  std::vector<Json> all;
  for (const Kind& kind : kinds())
    for (const std::string& name : kind.names()) all.push_back(kind.describe(name));
  std::stable_sort(all.begin(), all.end(), [](const Json& a, const Json& b) {
    return a["name"].get<std::string>() < b["name"].get<std::string>();
  });
  return all;
}

Json describe_any(const std::string& name) {
  std::vector<UserError> errors;
  for (const Kind& kind : kinds()) {
    try {
      return kind.describe(name);
    } catch (const UserError& error) {
      errors.push_back(error);
    }
  }
  const auto helps = [](const UserError& e) { return e.message.find('?') != std::string::npos; };
  const auto best = std::find_if(errors.begin(), errors.end(), helps);
  throw UserError{best != errors.end() ? best->message : errors.front().message};
}

bool is_kind(const Json& info, const char* kind) { return info["kind"].get<std::string>() == kind; }

}  // namespace rheo::cli
