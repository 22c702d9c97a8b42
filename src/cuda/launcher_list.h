// SPDX-License-Identifier: Apache-2.0
// launcher_list.h: what the generated list of files with device kernels offers.
#pragma once

#include <span>

#include "src/cuda/request.h"

namespace rheo {

std::span<const LauncherList* const> launcher_lists();

}  // namespace rheo
