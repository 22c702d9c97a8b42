// SPDX-License-Identifier: Apache-2.0
// sums.h: exact sums on a device that belong to no activation.
#pragma once

#include "src/cuda/request.h"

namespace rheo {

// Adds x itself: of a request without parameters. A cudaError_t, as of the others.
int launch_plain_sum(const LearnedRequest& request);

// Afterwards: carries, so that the words depend on the terms alone.
int launch_carry(Format format, std::int64_t* words, std::int64_t sums, void* stream);

// result[i] = sum i, rounded once to result_format.
int launch_finish(Format format, const std::int64_t* words, std::int64_t sums, Format result_format,
                  void* result, void* stream);

}  // namespace rheo
