/* SPDX-License-Identifier: Apache-2.0
 * cuda_rows.h: functions of whole rows on CUDA devices: the names, roles, formats and bits of rows.h.
 *
 * Included by cuda.h, whose rules hold: codes and rheo_cuda_last_error(), nothing started on failure, safe to
 * call from several threads at once.
 */
#ifndef RHEOBASE_CUDA_ROWS_H_
#define RHEOBASE_CUDA_ROWS_H_

#include "rheobase/rows.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A call. Zero-initialise it, then set struct_size = sizeof(rheo_cuda_rows) and what is needed. */
typedef struct rheo_cuda_rows {
  uint32_t struct_size;
  uint32_t flags;             /* rheo_cuda_flags */
  const rheo_rows_call* rows; /* as for rheo_rows_run(), but for: operands are device memory of the current
                                 device, at multiples of an element's size; threads is 0 and executor null.
                                 Beside the axis there may be six dimensions that do not lie together. Read
                                 before the function returns */
  void* stream;               /* a cudaStream_t of the current device; null for the default stream */
} rheo_cuda_rows;

/* Checks the whole call, then starts it on the stream; does not wait. `function` is a name or alias. Backward
 * from x in float32 and float64 starts two kernels: if the second one cannot be launched, y holds the value.
 * Errors: NULL, NAME, PARAMETER (of scale), FORMAT, ROLE, SHAPE, OVERLAP, UNSUPPORTED, THREADS, DEVICE. */
RHEO_API rheo_status rheo_cuda_run_rows(const char* function, const rheo_cuda_rows* call);

/* The same for operands in host memory: copies in, runs, waits, looks for errors, copies out. For a start;
 * the stream has to be null. y stays as it was when anything goes wrong. Errors: NULL, NAME, PARAMETER (of
 * scale), FORMAT, ROLE, SHAPE, OVERLAP, UNSUPPORTED, THREADS, DEVICE. */
RHEO_API rheo_status rheo_cuda_run_rows_host(const char* function, const rheo_cuda_rows* call);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RHEOBASE_CUDA_ROWS_H_ */
