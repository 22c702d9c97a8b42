// SPDX-License-Identifier: Apache-2.0
// verify_forms.h: the digests of forms on this machine against the recorded ones.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "src/cli/library.h"

namespace rheo::cli {

struct FormsVerdict {
  std::size_t same = 0, all = 0;
  Json rows = Json::array();  // {name, form, format, state}
};

// Makes all digests of forms, or those of these names, and prints a line for each form, and for each digest
// that differs or is not recorded; nothing with `quiet`. A record that is missing is a line like these, but
// with `required` an error. Throws UserError for it, for a corrupt record or one of other calls, and for
// names that no form has.
FormsVerdict verify_forms(const std::filesystem::path& folder, const std::vector<std::string>& names,
                          bool required, bool quiet);

}  // namespace rheo::cli
