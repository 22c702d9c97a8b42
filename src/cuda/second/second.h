// SPDX-License-Identifier: Apache-2.0
// second.h: second derivatives on a device: the same kernels for all activations.
#pragma once

#include "src/cuda/request.h"
#include "src/second/program.h"

namespace rheo {

// Starts y = f''(x), or grad f''(x) where grad is not null; a cudaError_t.
int launch_second(const Request& request, const Program& program);

}  // namespace rheo
