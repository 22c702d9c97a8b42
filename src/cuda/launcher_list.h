// SPDX-License-Identifier: Apache-2.0
// launcher_list.h: what the generated lists of files with device kernels offer.
#pragma once

#include <span>

#include "src/cuda/request.h"

namespace rheo {

std::span<const LauncherList* const> launcher_lists();
std::span<const RandomLauncherList* const> random_launcher_lists();

}  // namespace rheo
