/* SPDX-License-Identifier: Apache-2.0
 * rows.h: functions of whole rows, such as softmax, over any axis of a tensor. docs/rows.md has their
 * promises.
 *
 * Included by rheobase.h, whose rules hold: codes and rheo_last_error(), nothing written on failure, safe to
 * call from several threads at once.
 */
#ifndef RHEOBASE_ROWS_H_
#define RHEOBASE_ROWS_H_

#include "rheobase/rheobase.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A row function. Lives as long as the process. */
typedef struct rheo_row_function rheo_row_function;

/* A call. Zero-initialise it, then set struct_size = sizeof(rheo_rows_call) and what is needed.
 *
 * RHEO_VALUE: y = f(scale x + mask), row by row. The sum is rounded once, to float64.
 * RHEO_BACKWARD: y = the gradient with respect to x, for the gradient grad with respect to the value, from
 *   either the value, in `result`, or x (and mask). From x it computes the value first, in y's memory, which
 *   therefore must not be grad's; of 16-bit formats it does not round the value in between. */
typedef struct rheo_rows_call {
  uint32_t struct_size;
  uint32_t role;                 /* RHEO_VALUE or RHEO_BACKWARD */
  uint32_t format;               /* a rheo_format, of all operands */
  uint32_t flags;                /* 0 */
  int32_t rank;                  /* number of dimensions, 0 (one element) to 64 */
  int32_t axis;                  /* the rows' dimension, 0 to rank - 1; a negative one counts from the end */
  int32_t threads;               /* as in rheo_call */
  int32_t unused;                /* 0 */
  double scale;                  /* positive; 0 stands for 1. Rounded to float32, but for RHEO_FLOAT64 */
  const int64_t* shape;          /* extents, rank of them */
  const int64_t* x_strides;      /* in elements, any sign, 0 allowed; null: row-major contiguous */
  const int64_t* mask_strides;   /* as above; 0 along a dimension gives all its places the same mask */
  const int64_t* grad_strides;   /* as above */
  const int64_t* result_strides; /* as above */
  const int64_t* y_strides;      /* as above; no two elements may share memory */
  const void* x;                 /* null where result is given */
  const void* mask;              /* what is added to scale x, or null */
  const void* grad;              /* for RHEO_BACKWARD, otherwise null */
  const void* result;            /* for RHEO_BACKWARD, otherwise null */
  void* y;                       /* may be x, mask, grad or result (same address, same strides): in place */
  const rheo_executor* executor; /* as in rheo_call; its range is that of rows */
} rheo_rows_call;

/* All names, sorted; aliases are not listed. List and texts live as long as the process. Errors: NULL. */
RHEO_API rheo_status rheo_rows_names(const char* const** names, size_t* count);

/* The row function of that name or alias; it lives as long as the process. Errors: NULL, NAME. */
RHEO_API rheo_status rheo_rows_find(const char* name, const rheo_row_function** function);

/* All that its file declares, as one JSON object (UTF-8); docs/describe.md lists the fields. The text lives
 * as long as the process. Errors: NULL. */
RHEO_API rheo_status rheo_rows_describe(const rheo_row_function* function, const char** json);

/* Checks the whole call, then runs it. Errors: NULL, PARAMETER (of scale), FORMAT, ROLE, SHAPE, OVERLAP,
 * UNSUPPORTED, THREADS. */
RHEO_API rheo_status rheo_rows_run(const rheo_row_function* function, const rheo_rows_call* call);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RHEOBASE_ROWS_H_ */
