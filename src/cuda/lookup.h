// SPDX-License-Identifier: Apache-2.0
// lookup.h: 16-bit values and derivatives of many elements.
#pragma once

#include "src/cuda/request.h"

namespace rheo {

// Whether a block of threads of the device can have the table in shared memory.
bool lookup_fits(int device);

// As `make` does, which is of a 16-bit format and has no gradient. workspace: RHEO_CUDA_WORKSPACE bytes.
int launch_lookup(Launcher make, const Request& request, void* workspace);

// to[i] = the float32 whose bits are first + i, for n elements of device memory.
int launch_patterns(float* to, std::int64_t n, std::uint32_t first, void* stream);

}  // namespace rheo
