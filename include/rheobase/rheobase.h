/* SPDX-License-Identifier: Apache-2.0
 * rheobase.h: the C ABI. Activations are found by name and run through one call descriptor.
 *
 * Every function returns a rheo_status; on failure rheo_last_error() holds one line that names the argument
 * and the value, and no output was written. No function prints, aborts or throws. All functions are safe to
 * call from several threads at once.
 *
 * What can go wrong stands behind each function, without RHEO_ERROR_: "Errors: NULL, NAME." Besides, all
 * functions with a rheo_status return RHEO_ERROR_TARGET and RHEO_ERROR_THREADS where the environment is bad,
 * and RHEO_ERROR_UNSUPPORTED when memory cannot be had. Nothing that a function gives out is to be freed; how
 * long it lives is said there as well.
 *
 * Environment expected of the caller: round to nearest, no flush-to-zero. The environment variable
 * RHEOBASE_TARGET (for example AVX2) forces an instruction set, RHEOBASE_NUM_THREADS (1 to 1024) sets the
 * number of the library's threads; both are read once, at the first call, and a bad value is an error of
 * every call.
 */
#ifndef RHEOBASE_RHEOBASE_H_
#define RHEOBASE_RHEOBASE_H_

#include <stddef.h>
#include <stdint.h>

/* On Windows, define RHEO_STATIC to link the static library. */
#if defined(_WIN32) && defined(RHEO_STATIC)
#define RHEO_API
#elif defined(_WIN32) && defined(RHEO_BUILDING)
#define RHEO_API __declspec(dllexport)
#elif defined(_WIN32)
#define RHEO_API __declspec(dllimport)
#else
#define RHEO_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Grows when a function or a field is added; a descriptor of an older version stays valid. */
#define RHEO_ABI_VERSION 3

typedef enum rheo_status {
  RHEO_OK = 0,
  RHEO_ERROR_NULL = 1,        /* a required pointer is null */
  RHEO_ERROR_NAME = 2,        /* unknown activation or parameter; the message suggests the nearest name */
  RHEO_ERROR_PARAMETER = 3,   /* NaN, or outside what the mathematics allows, or given twice */
  RHEO_ERROR_FORMAT = 4,      /* a format that this version does not support */
  RHEO_ERROR_ROLE = 5,        /* a role that this version does not support */
  RHEO_ERROR_SHAPE = 6,       /* negative extent, too many dimensions, overflow */
  RHEO_ERROR_OVERLAP = 7,     /* output overlaps an input without being the same memory, or overlaps itself */
  RHEO_ERROR_UNSUPPORTED = 8, /* descriptor from a newer version, or a field that must be zero is not */
  RHEO_ERROR_TARGET = 9,      /* RHEOBASE_TARGET names an instruction set that is unknown or not available */
  RHEO_ERROR_THREADS = 10,    /* threads, or RHEOBASE_NUM_THREADS, is not a number from 1 to 1024 */
  RHEO_ERROR_DEVICE = 11,     /* cuda.h: no driver, no device, or what the device refused */
  RHEO_ERROR_WORKSPACE = 12   /* a workspace of another size, or at an odd address */
} rheo_status;

typedef enum rheo_format {
  RHEO_FLOAT32 = 1,
  RHEO_FLOAT64 = 2,
  RHEO_BFLOAT16 = 3, /* 16 bits each, as uint16_t; parameters are rounded to float32 */
  RHEO_FLOAT16 = 4   /* IEEE 754 binary16; the same */
} rheo_format;

typedef enum rheo_role {
  RHEO_VALUE = 1,      /* y = f(x) */
  RHEO_DERIVATIVE = 2, /* y = f'(x) */
  RHEO_BACKWARD = 3,   /* y = grad * f'(x); 0 for every grad, NaN too, where f' is 0 by definition */
  RHEO_PARAMETER = 4,  /* y = grad * df/dp(x), p the parameter with_respect_to; grad may be null, for 1 */
  RHEO_SECOND = 5      /* y = grad * f''(x); grad may be null, for 1; 0 for every grad where f'' is 0 */
} rheo_role;

/* An activation, or a preset of one (fixed parameters under a name of its own). Lives as long as the process.
 */
typedef struct rheo_activation rheo_activation;

/* One named parameter, for example {"alpha", 0.5}. Rounded to the format's precision before use. */
typedef struct rheo_parameter {
  const char* name;
  double value;
} rheo_parameter;

/* A part of the work: elements [begin, end) of the flattened range. */
typedef void (*rheo_task)(int64_t begin, int64_t end, void* context);

/* The caller's threads. run() must call task on pieces that cover [0, n) once, whose bounds are multiples of
 * grain (the last one may end at n), and return when all are done. The result's bits do not depend on how it
 * does so. */
typedef struct rheo_executor {
  void (*run)(void* self, int64_t n, int64_t grain, rheo_task task, void* context);
  void* self;
} rheo_executor;

/* A call. Zero-initialise it, then set struct_size = sizeof(rheo_call) and what is needed. */
typedef struct rheo_call {
  uint32_t struct_size;
  uint32_t role;                    /* rheo_role */
  uint32_t format;                  /* rheo_format of x, grad and y */
  uint32_t flags;                   /* 0 */
  const rheo_parameter* parameters; /* those that differ from their defaults; may be null */
  size_t parameter_count;
  int32_t rank;                /* number of dimensions, 0 (one element) to 64 */
  int32_t threads;             /* at most so many, 1 to 1024; 0: the library's choice; see below */
  const int64_t* shape;        /* extents, rank of them */
  const int64_t* x_strides;    /* in elements, any sign, 0 allowed; null: row-major contiguous */
  const int64_t* grad_strides; /* as above */
  const int64_t* y_strides;    /* as above; no two elements may share memory */
  const void* x;
  const void* grad; /* for RHEO_BACKWARD; if wanted, for RHEO_PARAMETER and RHEO_SECOND; otherwise null */
  void* y;          /* may be x or grad (same address, same strides): in place */
  const rheo_executor* executor; /* null: the library's threads, as many as the field threads says */
  const char* with_respect_to;   /* the parameter of RHEO_PARAMETER, otherwise null */
} rheo_call;

/* Threads of a call without an executor. The library's own threads are started by the first call that needs
 * them and sleep between calls. With threads = 0 there are RHEOBASE_NUM_THREADS of them, else as many as the
 * process has CPUs to run on; with threads = 1 the call stays on the calling thread. It does so as well
 *   - for fewer than 65,536 elements,
 *   - while another call has the library's threads: calls at once from the caller's own threads do not wait
 *     for each other, and there are never more threads at work than that,
 *   - when the system refuses to start a thread.
 * A child made by fork starts threads of its own. The result's bits never depend on any of this. */

/* The version of the library, for example "0.1.0". The text lives as long as the process. */
RHEO_API const char* rheo_version(void);

/* RHEO_ABI_VERSION of the library. */
RHEO_API uint32_t rheo_abi_version(void);

/* The last error of this thread: one line, "" when there was none. Valid until this thread's next call. */
RHEO_API const char* rheo_last_error(void);

/* All names, activations and presets, sorted; aliases are not listed. The list and its texts live as long as
 * the process. Errors: NULL. */
RHEO_API rheo_status rheo_names(const char* const** names, size_t* count);

/* The activation (or preset) of that name or alias; it lives as long as the process. Errors: NULL, NAME. */
RHEO_API rheo_status rheo_find(const char* name, const rheo_activation** activation);

/* All that its file declares, as one JSON object (UTF-8); docs/describe.md lists the fields. The text lives
 * as long as the process. Errors: NULL. */
RHEO_API rheo_status rheo_describe(const rheo_activation* activation, const char** json);

/* Checks parameters without a call: that there are such, that each is in its domain once rounded to the
 * format (a rheo_format), and that they make sense together. Errors: NULL, NAME, PARAMETER, FORMAT. */
RHEO_API rheo_status rheo_check_parameters(const rheo_activation* activation, uint32_t format,
                                           const rheo_parameter* parameters, size_t count);

/* Checks the whole call, then runs it. Errors: NULL, NAME, PARAMETER, FORMAT, ROLE (also where there is no
 * second derivative), SHAPE, OVERLAP, UNSUPPORTED, THREADS. */
RHEO_API rheo_status rheo_run(const rheo_activation* activation, const rheo_call* call);

/* The instruction set in use, for example "AVX3"; and those that this machine could be forced to, best first.
 * Texts and list live as long as the process. Errors: NULL. */
RHEO_API rheo_status rheo_target(const char** target);
RHEO_API rheo_status rheo_targets(const char* const** targets, size_t* count);

#ifdef __cplusplus
} /* extern "C" */
#endif

/* Forms of activations, each in a header of its own. */
#include "rheobase/arrays.h"  /* NOLINT: parameters that are arrays */
#include "rheobase/forms.h"   /* NOLINT: gates and fused calls */
#include "rheobase/int8.h"    /* NOLINT */
#include "rheobase/masks.h"   /* NOLINT */
#include "rheobase/outputs.h" /* NOLINT */
#include "rheobase/random.h"  /* NOLINT */
#include "rheobase/rows.h"    /* NOLINT */
#include "rheobase/sums.h"    /* NOLINT */

#endif /* RHEOBASE_RHEOBASE_H_ */
