// SPDX-License-Identifier: Apache-2.0
// numpy_direct.h: the simplest arrays, and numbers, go to a ufunc's loop without the ufunc.
//
// NumPy needs much longer to find out what 16 elements are, and what their result has to be, than they take
// to compute. Nearly all calls are such, though, that a few comparisons settle both: of numbers, and of
// NumPy's own arrays of one dtype, one shape and no gaps.
#pragma once

#include "numpy_api.h"
#include "numpy_callee.h"

namespace rheo::numpy {

// As many elements as NumPy itself computes without releasing the interpreter's lock.
inline constexpr npy_intp kMostLocked = 500;

// Learns NumPy's dtypes, when the module is started, after bfloat16_type; false with an exception set.
bool prepare_direct();

// 0 for a dtype that is none of ours, or ours with something special about it.
int format_of(const PyArray_Descr* dtype);

// Does what the callee's ufunc would do with these inputs, which an output may follow: its result, or null
// with an exception set. False where that is left to the ufunc.
bool run_direct(const Callee& callee, PyObject* const* args, Py_ssize_t count, PyObject** result);

}  // namespace rheo::numpy
