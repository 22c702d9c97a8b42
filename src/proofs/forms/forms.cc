// SPDX-License-Identifier: Apache-2.0
// forms.cc: all forms.
#include "src/proofs/forms/forms.h"

#include <algorithm>

#include "src/proofs/forms/calls.h"

namespace rheo::proofs {

namespace {

constexpr const char* kAllFormats[] = {"float32", "float64", "bfloat16", "float16"};
constexpr const char* kCodes[] = {"int8", "uint8"};
constexpr const char* kWords[] = {"bits"};

std::vector<std::string> activations() { return names_of(rheo_names); }
std::vector<std::string> row_functions() { return names_of(rheo_rows_names); }
std::vector<std::string> random_functions() { return names_of(rheo_random_names); }

}  // namespace

std::span<const Form> forms() {
  static constexpr Form kForms[] = {
      {"gate", activations, kAllFormats, gate_digest},
      {"fused", activations, kAllFormats, fused_digest},
      {"mask", activations, kAllFormats, mask_digest},
      {"int8", activations, kCodes, int8_digest},
      {"rows", row_functions, kAllFormats, rows_digest},
      {"random", random_functions, kAllFormats, random_digest},
      {"numbers", [] { return std::vector<std::string>{"words", "uniforms", "normals"}; }, kWords,
       numbers_digest},
      {"sums", [] { return std::vector<std::string>{"terms", "statistics"}; }, kAllFormats, sums_digest},
      {"gradient", activations, kAllFormats, gradient_digest},
      {"second", activations, kAllFormats, second_digest},
      {"output", activations, kAllFormats, output_digest},
  };
  return kForms;
}

std::vector<FormDigest> form_digests(const Form& form, const std::vector<std::string>& names) {
  std::vector<FormDigest> digests;
  for (const std::string& name : form.names()) {
    if (!names.empty() && std::find(names.begin(), names.end(), name) == names.end()) continue;
    for (const char* format : form.formats) {
      std::string digest = form.digest(name, format);
      if (!digest.empty()) digests.push_back({form.name, name, format, std::move(digest)});
    }
  }
  return digests;
}

}  // namespace rheo::proofs
