/* SPDX-License-Identifier: Apache-2.0
 * cuda_learned.h: activations on CUDA devices whose parameters are arrays in device memory, one number for
 * all elements or one for each channel, so that they can be learned without the host; and exact sums
 * (sums.h), which their gradients are.
 *
 * Included by cuda.h, whose rules hold: codes and rheo_cuda_last_error(), nothing started on failure, safe to
 * call from several threads at once.
 */
#ifndef RHEOBASE_CUDA_LEARNED_H_
#define RHEOBASE_CUDA_LEARNED_H_

#include "rheobase/sums.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Numbers in device memory. */
typedef struct rheo_cuda_numbers {
  const void* data;
  int64_t count; /* 1, or the number of channels */
} rheo_cuda_numbers;

/* A call. Zero-initialise it, then set struct_size = sizeof(rheo_cuda_learned) and what is needed. */
typedef struct rheo_cuda_learned {
  uint32_t struct_size;
  uint32_t role;             /* RHEO_VALUE, RHEO_BACKWARD or RHEO_PARAMETER */
  uint32_t format;           /* rheo_format of x, grad and y */
  uint32_t parameter_format; /* of parameters: that of x or, where that has 16 bits, RHEO_FLOAT32 */
  uint32_t flags;            /* rheo_cuda_flags */
  uint32_t reserved;
  int64_t outer, channels, inner;      /* x[outer][channels][inner], contiguous, as are grad and y */
  const rheo_cuda_numbers* parameters; /* all of the activation's, in its order; the list is host memory.
                                          The numbers are not looked at before: outside of a parameter's
                                          domain results are what the formula gives, and where one is NaN
                                          all of its channel are */
  size_t parameter_count;
  const char* with_respect_to; /* the parameter of RHEO_PARAMETER, otherwise null */
  const void* x;               /* as in rheo_cuda_call, as are grad, y and stream */
  const void* grad;
  void* y;
  void* stream;
} rheo_cuda_learned;

/* y = f(x), grad f'(x) or grad df/dp(x): for each channel the bits of rheo_run() with its numbers. Checks the
 * whole call, then starts it on the stream. Errors: NULL, NAME, PARAMETER, FORMAT, ROLE, SHAPE, OVERLAP,
 * UNSUPPORTED, DEVICE. */
RHEO_API rheo_status rheo_cuda_run_learned(const char* activation, const rheo_cuda_learned* call);

/* The same for x, grad, y and parameters in host memory: copies in, runs, waits, looks for errors, copies
 * out. For a start; the stream has to be null. y stays as it was when anything goes wrong. Errors: NULL,
 * NAME, PARAMETER, FORMAT, ROLE, SHAPE, OVERLAP, UNSUPPORTED, DEVICE. */
RHEO_API rheo_status rheo_cuda_run_learned_host(const char* activation, const rheo_cuda_learned* call);

/* Adds the terms grad df/dp(x) (RHEO_PARAMETER; grad may be null, for 1) of all elements to a workspace in
 * device memory, whose words are those of rheo_sums_add() on the host and may be merged with such; or, where
 * activation is null, x itself (RHEO_VALUE). y is null. The form's kind is RHEO_SUMS_TERMS, its format that
 * of x, and its channels are those of the call, or 1: one sum for all. Zeros are the workspace of no terms.
 * Starts kernels on the stream; the workspace belongs to one call at a time. Errors: NULL, NAME, PARAMETER,
 * FORMAT, ROLE, SHAPE, OVERLAP, UNSUPPORTED, DEVICE, WORKSPACE. */
RHEO_API rheo_status rheo_cuda_sums_add(const char* activation, const rheo_cuda_learned* call,
                                        const rheo_sums_form* form, int64_t* workspace, size_t words);

/* result[channel] = the sum, in device memory: rheo_sums_finish() of such a workspace. flags:
 * rheo_cuda_flags. Errors: NULL, FORMAT, ROLE, SHAPE, OVERLAP, UNSUPPORTED, DEVICE, WORKSPACE. */
RHEO_API rheo_status rheo_cuda_sums_finish(const rheo_sums_form* form, const int64_t* workspace, size_t words,
                                           uint32_t result_format, void* result, uint32_t flags,
                                           void* stream);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RHEOBASE_CUDA_LEARNED_H_ */
