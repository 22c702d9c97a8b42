/* SPDX-License-Identifier: Apache-2.0
 * sums.h: sums that depend on nothing but their terms: gradients of parameters, and statistics.
 *
 * All terms are added without rounding, in accumulators of fixed size that the caller keeps, and the result
 * is rounded once. So it is the same for any layout, number of threads and order of calls, and for any number
 * of processes that merge their accumulators. docs/sums.md says more. Included by rheobase.h.
 */
#ifndef RHEOBASE_SUMS_H_
#define RHEOBASE_SUMS_H_

#include "rheobase/rheobase.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum rheo_sums_kind {
  RHEO_SUMS_TERMS = 1,     /* sums alone, of x or of an activation's terms */
  RHEO_SUMS_STATISTICS = 2 /* of x: rheo_statistics */
} rheo_sums_kind;

/* What a workspace holds. Its words are int64_t, at an address that is a multiple of 8. */
typedef struct rheo_sums_form {
  uint32_t kind;    /* rheo_sums_kind */
  uint32_t format;  /* rheo_format of x; 16-bit formats have the words of RHEO_FLOAT32 */
  int64_t channels; /* sums side by side, 1 or more */
} rheo_sums_form;

/* The number of words of a workspace, and how many of them are merged by adding; those after them are merged
 * by the maximum, as signed integers. Other programs may merge so as well: torch.distributed's all_reduce
 * with SUM and MAX, for up to 2^31 workspaces at once, none of which was merged so before, or rheo_sums_merge
 * was called in between. added may be null. Errors: NULL, FORMAT, ROLE (of kind), SHAPE (of channels). */
RHEO_API rheo_status rheo_sums_size(const rheo_sums_form* form, size_t* words, size_t* added);

/* The workspace of no terms. Has to come first. Errors: those of rheo_sums_size, which are NULL, FORMAT,
 * ROLE, SHAPE; and WORKSPACE when words is not what that says, or the address is odd. */
RHEO_API rheo_status rheo_sums_clear(const rheo_sums_form* form, int64_t* workspace, size_t words);

/* A call. Zero-initialise it, then set struct_size = sizeof(rheo_sums_call) and what is needed. */
typedef struct rheo_sums_call {
  uint32_t struct_size;
  int32_t threads; /* as in rheo_call */
  rheo_sums_form form;
  int32_t rank;         /* of shape, 0 to 64 */
  int32_t axis;         /* the dimension of the channels, 0 to rank - 1; -1: all elements are one channel's */
  const int64_t* shape; /* extents; that of the axis is form.channels */
  const int64_t* x_strides;    /* in elements, any; null: row-major contiguous */
  const int64_t* grad_strides; /* as above */
  const void* x;
  const void* grad;                  /* may be null, for 1; only with an activation */
  const rheo_activation* activation; /* terms are grad df/dp(x); null: they are x */
  const rheo_parameter* parameters;  /* as in rheo_call, rounded to float32 for 16-bit formats */
  size_t parameter_count;
  const char* with_respect_to; /* the parameter p; null without an activation */
  int64_t* workspace;
  size_t words;
  const rheo_executor* executor; /* as in rheo_call */
} rheo_sums_call;

/* Adds the terms of all elements to the workspace. A term grad df/dp(x) is rounded once, as RHEO_PARAMETER
 * rounds it: to float64 for RHEO_FLOAT64, else to float32, as no 16-bit number could hold it. The workspace
 * must not overlap x or grad, and belongs to one call at a time. Errors: NULL, NAME (of a parameter),
 * PARAMETER, FORMAT, ROLE, SHAPE, OVERLAP, UNSUPPORTED, THREADS, WORKSPACE. */
RHEO_API rheo_status rheo_sums_add(const rheo_sums_call* call);

/* Adds all that is in from to into, which may have come about by adding words (see rheo_sums_size). Errors:
 * NULL, FORMAT, ROLE, SHAPE, OVERLAP, WORKSPACE. */
RHEO_API rheo_status rheo_sums_merge(const rheo_sums_form* form, int64_t* into, const int64_t* from,
                                     size_t words);

/* result[channel] = the sum, rounded once to result_format (a rheo_format). NaN if a term was, or if there
 * were infinities of both signs; infinite if a term was, or where the format ends. A sum of 0 is +0, whatever
 * the signs of its terms. The workspace stays as it is. Errors: NULL, FORMAT (of the result too), ROLE,
 * SHAPE, WORKSPACE. */
RHEO_API rheo_status rheo_sums_finish(const rheo_sums_form* form, const int64_t* workspace, size_t words,
                                      uint32_t result_format, void* result);

/* Of one channel. The numbers in float64 are the exact sums' own, each rounded once: nothing before is
 * rounded, squares included. NaN as above; a variance is NaN as well where an element was infinite. */
typedef struct rheo_statistics {
  int64_t count; /* of elements, whatever they are */
  int64_t nan, infinite, minus_infinite;
  int64_t zeros;           /* of either sign */
  int64_t negatives;       /* below 0 */
  double minimum, maximum; /* of those that are numbers; NaN where there are none; a zero is +0 */
  double sum, sum_of_squares;
  double mean;            /* NaN where count is 0 */
  double variance;        /* mean square distance from the mean; NaN where count is 0 */
  double sample_variance; /* the same, divided by count - 1; NaN where count is below 2 */
} rheo_statistics;

/* result[channel], for RHEO_SUMS_STATISTICS. Errors: NULL, FORMAT, ROLE (of RHEO_SUMS_TERMS too), SHAPE,
 * WORKSPACE. */
RHEO_API rheo_status rheo_sums_statistics(const rheo_sums_form* form, const int64_t* workspace, size_t words,
                                          rheo_statistics* result);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RHEOBASE_SUMS_H_ */
