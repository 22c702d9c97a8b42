// SPDX-License-Identifier: Apache-2.0
// entry_lists.h: what the generated list of activation files offers to the registry.
#pragma once

#include <span>

#include "src/core/registry.h"

namespace rheo {

// One list per file. A generated array, because a static archive would drop objects that register themselves.
std::span<const EntryList* const> entry_lists();

}  // namespace rheo
