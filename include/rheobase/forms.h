/* SPDX-License-Identifier: Apache-2.0
 * forms.h: gates and fused calls, made of any activation; part of rheobase.h. docs/forms.md explains them.
 *
 * Threads, formats and strides are those of rheo_run, and all that rheobase.h says of errors holds. Nothing
 * is allocated for a call's elements.
 */
#ifndef RHEOBASE_FORMS_H_
#define RHEOBASE_FORMS_H_

#include "rheobase/rheobase.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where a and b of a gate lie. In one array, its last axis holds both and is 2 d long. */
typedef enum rheo_layout {
  RHEO_TWO_ARRAYS = 1,
  RHEO_HALVES = 2,             /* a0 a1 .. b0 b1 .. */
  RHEO_HALVES_SWAPPED = 3,     /* b0 b1 .. a0 a1 .. */
  RHEO_INTERLEAVED = 4,        /* a0 b0 a1 b1 .. */
  RHEO_INTERLEAVED_SWAPPED = 5 /* b0 a0 b1 a1 .. */
} rheo_layout;

/* A gate, and its gradients:
 *   RHEO_VALUE:    y = act(a) b, rounded once
 *   RHEO_BACKWARD: da = (grad b) act'(a) and db = grad act(a), in one pass
 * With a limit, a is held below it and b within [-limit, limit]; then b + offset takes the place of b, and
 * gradients are 0 where a or b was held. Zero-initialise it, then set struct_size = sizeof(rheo_gate) and
 * what is needed. */
typedef struct rheo_gate {
  uint32_t struct_size;
  uint32_t role;   /* RHEO_VALUE or RHEO_BACKWARD */
  uint32_t format; /* rheo_format of all arrays */
  uint32_t layout; /* rheo_layout of a and b, and of da and db */
  uint32_t flags;  /* 0 */
  int32_t threads; /* as in rheo_call */
  int32_t rank;    /* 0 to 64; at least 1 where one array holds both */
  uint32_t reserved;
  const int64_t*
      shape; /* of a: where one array holds both, its last extent is 2 d, and that of y and grad d */
  const rheo_parameter* parameters; /* of the activation, as in rheo_call */
  size_t parameter_count;
  double limit;             /* positive; 0: none. Rounded to float32, or to float64 for RHEO_FLOAT64 */
  double offset;            /* finite; rounded likewise */
  const int64_t* a_strides; /* in elements; null: row-major contiguous */
  const int64_t* b_strides; /* null where one array holds both */
  const int64_t* grad_strides;
  const int64_t* y_strides;
  const int64_t* da_strides;
  const int64_t* db_strides; /* null where one array holds both */
  const void* a;             /* or the array that holds both */
  const void* b;             /* null where one array holds both */
  const void* grad;          /* for RHEO_BACKWARD, otherwise null */
  void* y;                   /* for RHEO_VALUE, otherwise null; may be a or b (same address, same strides) */
  void* da;                  /* for RHEO_BACKWARD; or what holds both gradients; may be a, b or grad */
  void* db;                  /* for RHEO_BACKWARD, null where one array holds both; may be b or grad */
  const rheo_executor* executor; /* as in rheo_call */
} rheo_gate;

/* Checks all of it, then runs it. Errors: NULL, NAME (of a parameter), PARAMETER, FORMAT, ROLE, SHAPE,
 * OVERLAP, UNSUPPORTED, THREADS. */
RHEO_API rheo_status rheo_run_gate(const rheo_activation* activation, const rheo_gate* gate);

typedef enum rheo_term_kind {
  RHEO_NUMBER = 1,  /* the same for all elements */
  RHEO_CHANNEL = 2, /* one for each index of an axis */
  RHEO_ELEMENT = 3  /* one for each element */
} rheo_term_kind;

/* What scales x, or is added to it. */
typedef struct rheo_term {
  uint32_t kind;          /* rheo_term_kind */
  int32_t axis;           /* of RHEO_CHANNEL; from the end when negative */
  uint32_t format;        /* of data: that of x, or RHEO_FLOAT32 with a 16-bit x; 0: that of x */
  uint32_t reserved;      /* 0 */
  double number;          /* of RHEO_NUMBER; rounded to float32, or to float64 for RHEO_FLOAT64 */
  const void* data;       /* of the other kinds */
  const int64_t* strides; /* of RHEO_CHANNEL one, of RHEO_ELEMENT as many as dimensions; null: contiguous */
} rheo_term;

/* One activation of a chain. */
typedef struct rheo_stage {
  const rheo_activation* activation;
  const rheo_parameter* parameters;
  size_t parameter_count;
} rheo_stage;

/* y = actn(.. act1(scale x + bias)) in one pass over memory. scale x + bias is rounded once, and so is the
 * result of each stage: to float64 for RHEO_FLOAT64, else to float32; the last one to the format. */
typedef struct rheo_fused {
  uint32_t struct_size;
  uint32_t format; /* rheo_format of x and y */
  uint32_t flags;  /* 0 */
  int32_t threads; /* as in rheo_call */
  int32_t rank;
  uint32_t stage_count; /* 1 to 16 */
  const rheo_stage* stages;
  const int64_t* shape;
  const int64_t* x_strides;
  const int64_t* y_strides;
  const rheo_term* scale; /* null: none */
  const rheo_term* bias;  /* null: none */
  const void* x;
  void* y;                       /* may be x, or an array with a term for each element (same strides) */
  const rheo_executor* executor; /* as in rheo_call */
} rheo_fused;

/* Checks all of it, then runs it. Errors: NULL, NAME (of a parameter), PARAMETER, FORMAT, SHAPE, OVERLAP,
 * UNSUPPORTED, THREADS. */
RHEO_API rheo_status rheo_run_fused(const rheo_fused* fused);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RHEOBASE_FORMS_H_ */
