// SPDX-License-Identifier: Apache-2.0
// forms.cc: forms as `show` and `list --forms` print them.
#include "src/cli/forms.h"

#include <fmt/format.h>

#include "src/cli/kinds.h"

namespace rheo::cli {

namespace {

std::string mask_text(const Json& mask) {
  if (!mask["possible"].get<bool>()) return "";
  return fmt::format("slopes {} and {}", number_text(mask["slopes"][0]), number_text(mask["slopes"][1]));
}

}  // namespace

std::vector<std::pair<std::string, std::string>> forms_of(const Json& info) {
  if (is_kind(info, "rows"))
    return {{"rows", "value, backward; any axis and strides"}, {"fused", "of scale x + mask"}};
  if (is_kind(info, "random"))
    return {{"random", "value, derivative, backward; in training and in evaluation"}};
  const Json& forms = info["forms"];
  const auto of = [&](const char* form, const char* text) {
    return std::pair<std::string, std::string>(form, forms[form].get<bool>() ? text : "");
  };
  return {of("gate", "f(a) b, and both gradients"),
          of("fused", "f(scale x + bias), and chains"),
          of("int8", "tables of 256 codes"),
          {"mask", mask_text(forms["mask"])}};
}

}  // namespace rheo::cli
