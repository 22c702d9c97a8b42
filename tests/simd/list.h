// SPDX-License-Identifier: Apache-2.0
// list.h: what all the headers for vectors in registers have, for the instruction set in use.
#pragma once

#include <vector>

#include "tests/simd/calls.h"

namespace rheo::test {

std::vector<const SimdCallList*> simd_calls();

}  // namespace rheo::test
