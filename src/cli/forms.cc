// SPDX-License-Identifier: Apache-2.0
// forms.cc: forms as `show` and `list --forms` print them.
#include "src/cli/forms.h"

#include <fmt/format.h>

#include <cstdint>

#include "src/cli/kinds.h"

namespace rheo::cli {

namespace {

FormText mask_text(const Json& mask) {
  if (!mask["possible"].get<bool>()) return {"mask", "", mask["reason"].get<std::string>()};
  return {"mask",
          fmt::format("slopes {} and {}", number_text(mask["slopes"][0]), number_text(mask["slopes"][1])),
          ""};
}

FormText second_text(const rheo_activation* activation) {
  rheo_call call{};  // of no elements
  const std::int64_t shape[] = {0};
  call.struct_size = sizeof call, call.role = RHEO_SECOND, call.format = RHEO_FLOAT32;
  call.rank = 1, call.shape = shape;
  const bool possible = rheo_run(activation, &call) == RHEO_OK;
  return {"second", possible ? "f''(x), and times a gradient" : "", possible ? "" : rheo_last_error()};
}

FormText output_text(const rheo_activation* activation) {
  std::int32_t possible = 0;
  const char* reason = nullptr;
  check(rheo_output_supported(activation, RHEO_FLOAT32, nullptr, 0, &possible, &reason));
  return {"output", possible != 0 ? "derivative and backward from f(x)" : "", possible != 0 ? "" : reason};
}

}  // namespace

std::vector<FormText> forms_of(const Json& info) {
  if (is_kind(info, "rows"))
    return {{"rows", "value, backward; any axis and strides", ""}, {"fused", "of scale x + mask", ""}};
  if (is_kind(info, "random"))
    return {{"random", "value, derivative, backward; in training and in evaluation", ""}};
  const Json& forms = info["forms"];
  const auto of = [&](const char* form, const char* text) {
    return FormText{form, forms[form].get<bool>() ? text : "", ""};
  };
  const rheo_activation* const activation = find(info["name"].get<std::string>());
  return {of("gate", "f(a) b, and both gradients"),
          of("fused", "f(scale x + bias), and chains"),
          of("int8", "tables of 256 codes"),
          mask_text(forms["mask"]),
          second_text(activation),
          output_text(activation)};
}

}  // namespace rheo::cli
