// SPDX-License-Identifier: Apache-2.0
// numpy_loops.h: the inner loops of ufuncs. Steps are in bytes, `data` is a Callee::Typed.
#pragma once

#include "numpy_callee.h"

namespace rheo::numpy {

using Loop = void (*)(char** operands, const std::intptr_t* dimensions, const std::intptr_t* steps,
                      void* data);

// That of the kind.
Loop loop_of(const Callee& callee);

}  // namespace rheo::numpy
