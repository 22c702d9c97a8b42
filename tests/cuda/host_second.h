// SPDX-License-Identifier: Apache-2.0
// host_second.h: second derivatives as a device's threads evaluate them, done on the host.
#pragma once

#include <cstdint>

#include "src/second/program.h"

namespace rheo {

// As launch_second(), with so many threads. False where one wrote to slots that are not its own.
bool walk_second(Format format, const Program& program, const void* x, const void* grad, void* y,
                 std::int64_t n, const double* parameters, std::int64_t threads);

}  // namespace rheo
