// SPDX-License-Identifier: Apache-2.0
// describe.h: an activation's declarations as JSON; docs/describe.md lists the fields.
#pragma once

#include <string>

#include "src/core/number_text.h"  // IWYU pragma: export
#include "src/core/registry.h"

namespace rheo {

std::string describe(const Activation& activation);

// "finite", "positive", ...
const char* domain_name(Domain domain);

}  // namespace rheo
