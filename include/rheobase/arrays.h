/* SPDX-License-Identifier: Apache-2.0
 * arrays.h: parameters that are arrays: a slope for each channel, for example, or for each element. Included
 * by rheobase.h.
 */
#ifndef RHEOBASE_ARRAYS_H_
#define RHEOBASE_ARRAYS_H_

#include "rheobase/rheobase.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A parameter that has a value for each element. */
typedef struct rheo_parameter_array {
  const char* name;
  const void* values;     /* double where the call's format is RHEO_FLOAT64, otherwise float */
  const int64_t* strides; /* in values, as many as the call's rank, any sign; 0 along dimensions in which it
                             does not change; null: row-major contiguous, a value for each element */
} rheo_parameter_array;

/* rheo_run with parameters that differ from element to element; the others are those of the call. Each
 * element has the bits that rheo_run gives with its parameters, and all values are checked before anything is
 * written. What a value for each channel or each element costs: docs/c.md#parameters-that-are-arrays.
 *
 * Errors: those of rheo_run, which are NULL, NAME, PARAMETER, FORMAT, ROLE, SHAPE, OVERLAP, UNSUPPORTED,
 * THREADS; PARAMETER also where a parameter is given twice; OVERLAP where y overlaps an array, unless the two
 * are the same numbers (the same memory, strides and size of a number) or, of one size, never meet. */
RHEO_API rheo_status rheo_run_arrays(const rheo_activation* activation, const rheo_call* call,
                                     const rheo_parameter_array* arrays, size_t count);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RHEOBASE_ARRAYS_H_ */
