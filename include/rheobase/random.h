/* SPDX-License-Identifier: Apache-2.0
 * random.h: functions that draw random numbers in training: randomised slopes, noise, dropout.
 *
 * The number of an element follows from the seed, the call's offset and the element's index alone. So the
 * result has the same bits for any number of threads, layout, splitting into calls and instruction set, and
 * RHEO_BACKWARD draws again what RHEO_VALUE drew: nothing is stored in between. docs/random.md says how
 * numbers are made.
 */
#ifndef RHEOBASE_RANDOM_H_
#define RHEOBASE_RANDOM_H_

#include "rheobase/rheobase.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A function that draws random numbers. Lives as long as the process. */
typedef struct rheo_random rheo_random;

/* A call. Zero-initialise it, then set struct_size = sizeof(rheo_random_call) and what is needed. Fields that
 * rheo_call has too mean the same here. */
typedef struct rheo_random_call {
  uint32_t struct_size;
  uint32_t role;     /* RHEO_VALUE, RHEO_DERIVATIVE or RHEO_BACKWARD */
  uint32_t format;   /* rheo_format of x, grad and y */
  uint32_t training; /* 1: draws random numbers; 0: what the function is afterwards, which draws none */
  const rheo_parameter* parameters;
  size_t parameter_count;
  int32_t rank;
  int32_t threads;
  const int64_t* shape;
  const int64_t* x_strides;
  const int64_t* grad_strides;
  const int64_t* y_strides;
  const void* x;
  const void* grad;
  void* y;
  const rheo_executor* executor;
  uint64_t seed;
  uint64_t offset; /* calls with one seed that shall not draw the same numbers differ here */
  uint64_t first;  /* index of the first element; 0, but for those who split a call themselves. Elements count
                    * in the order of the shape's indices, the last one fastest, whatever the strides are;
                    * their indices have to be below 2^63 */
} rheo_random_call;

/* Numbers that an element may draw. */
typedef enum rheo_number {
  RHEO_WORDS = 1,    /* uint32_t: Philox4x32-10's */
  RHEO_UNIFORMS = 2, /* double: multiples of 2^-24 in [0, 1) */
  RHEO_NORMALS = 3   /* double: mean 0, variance 1, at most 8.3 in size */
} rheo_number;

/* The names of all functions that draw random numbers, sorted; aliases are not listed. The list and its texts
 * live as long as the process. Errors: NULL. */
RHEO_API rheo_status rheo_random_names(const char* const** names, size_t* count);

/* The function of that name or alias; the message suggests the nearest one. It lives as long as the process.
 * Errors: NULL, NAME. */
RHEO_API rheo_status rheo_random_find(const char* name, const rheo_random** function);

/* All that its file declares, as one JSON object (UTF-8); docs/describe.md lists the fields. The text lives
 * as long as the process. Errors: NULL. */
RHEO_API rheo_status rheo_random_describe(const rheo_random* function, const char** json);

/* Checks the whole call, then runs it. Errors: NULL, NAME (of a parameter), PARAMETER, FORMAT, ROLE, SHAPE
 * (of indices too), OVERLAP, UNSUPPORTED, THREADS. */
RHEO_API rheo_status rheo_random_run(const rheo_random* function, const rheo_random_call* call);

/* Writes the numbers of the elements first, first + 1, ... themselves; kind is a rheo_number. Errors: NULL,
 * FORMAT (of kind), SHAPE (an index reaches 2^63). */
RHEO_API rheo_status rheo_random_numbers(uint32_t kind, uint64_t seed, uint64_t offset, uint64_t first,
                                         void* numbers, size_t count);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RHEOBASE_RANDOM_H_ */
