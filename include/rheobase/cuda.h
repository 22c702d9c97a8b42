/* SPDX-License-Identifier: Apache-2.0
 * cuda.h: activations on CUDA devices: the same names, parameters, roles, formats and bits as rheobase.h, in
 * a library of its own, librheobase_cuda. It loads without a driver; calls then fail with
 * RHEO_ERROR_DEVICE.
 *
 * Every function returns a rheo_status; on failure rheo_cuda_last_error() holds one line that names the
 * argument and the value, and nothing was started. All are safe to call from several threads at once, and
 * all may be called while a stream is captured but those that synchronise: rheo_cuda_run_patterns() and
 * those whose names end in _host. Errors stand behind each function as in rheobase.h; of those that every
 * function has, here there is RHEO_ERROR_UNSUPPORTED alone, when the host has no memory. NAME is also of what
 * has no kernels in this build, DEVICE of what the driver refuses and of memory on another device.
 */
#ifndef RHEOBASE_CUDA_H_
#define RHEOBASE_CUDA_H_

#include "rheobase/forms.h"
#include "rheobase/random.h"
#include "rheobase/rheobase.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Memory that 16-bit values and derivatives of so many elements and more may use (rheo_cuda_call.workspace),
 * in bytes. */
#define RHEO_CUDA_WORKSPACE 262144
#define RHEO_CUDA_WORKSPACE_FROM 1048576

typedef enum rheo_cuda_flags {
  RHEO_CUDA_UNCHECKED = 1 /* all memory is known to be of the current device, and is not looked up */
} rheo_cuda_flags;

/* A call. Zero-initialise it, then set struct_size = sizeof(rheo_cuda_call) and what is needed. */
typedef struct rheo_cuda_call {
  uint32_t struct_size;
  uint32_t role;                    /* rheo_role */
  uint32_t format;                  /* rheo_format of x, grad and y */
  uint32_t flags;                   /* rheo_cuda_flags */
  const rheo_parameter* parameters; /* those that differ from their defaults; may be null */
  size_t parameter_count;
  int64_t count;    /* elements of x, grad and y, which are contiguous; 0 allowed */
  const void* x;    /* device memory of the current device, at multiples of an element's size */
  const void* grad; /* for RHEO_BACKWARD, and if wanted RHEO_PARAMETER and RHEO_SECOND; else null */
  void* y;          /* may be x or grad; no other overlap */
  const char* with_respect_to; /* the parameter of RHEO_PARAMETER, otherwise null */
  void* stream;                /* a cudaStream_t of the current device; null for the default stream */
  void* workspace;        /* null, or RHEO_CUDA_WORKSPACE bytes of device memory at a multiple of 16 that no
                             other stream uses: from RHEO_CUDA_WORKSPACE_FROM elements on, 16-bit values and
                             derivatives are then looked up in a table of all 65,536 results that is made
                             there, on devices whose shared memory holds it */
  size_t workspace_bytes; /* of workspace */
} rheo_cuda_call;

/* The last error of this thread: one line, "" when there was none. Valid until this thread's next call. */
RHEO_API const char* rheo_cuda_last_error(void);

/* Whether there is a device to run on: its name, for example "NVIDIA H100 80GB HBM3", and compute capability
 * (90 for 9.0). Either may be null. Errors: DEVICE, and why. */
RHEO_API rheo_status rheo_cuda_device(char* name, size_t name_bytes, int* capability);

/* Checks the whole call, then starts it on the stream. Errors of the kernel itself appear at the stream's
 * synchronisation, as for all kernels. Errors: NULL, NAME, PARAMETER, FORMAT, ROLE, SHAPE, OVERLAP,
 * UNSUPPORTED, DEVICE. */
RHEO_API rheo_status rheo_cuda_run(const char* activation, const rheo_cuda_call* call);

/* The same for x, grad and y in host memory: copies in, runs, waits, looks for errors, copies out. For a
 * start; stream and workspace have to be null. y stays as it was when anything goes wrong. Errors: NULL,
 * NAME, PARAMETER, FORMAT, ROLE, SHAPE, OVERLAP, UNSUPPORTED, DEVICE. */
RHEO_API rheo_status rheo_cuda_run_host(const char* activation, const rheo_cuda_call* call);

/* f, f' or f'' of the `count` float32 numbers whose bits are first, first + 1, ..., to y in host memory: what
 * `rheobase verify --device cuda` asks for. x, grad, stream and workspace have to be null, and the format
 * RHEO_FLOAT32. Waits; each thread keeps memory of the largest count it asked for. Errors: NULL, NAME,
 * PARAMETER, FORMAT, ROLE, SHAPE, UNSUPPORTED, DEVICE. */
RHEO_API rheo_status rheo_cuda_run_patterns(const char* activation, const rheo_cuda_call* call,
                                            uint32_t first);

/* A gate, and its gradients, as rheo_gate (forms.h) has them: the same bits. All arrays are contiguous device
 * memory of the current device, at multiples of an element's size. Zero-initialise it, then set struct_size =
 * sizeof(rheo_cuda_gate) and what is needed. */
typedef struct rheo_cuda_gate {
  uint32_t struct_size;
  uint32_t role;   /* RHEO_VALUE or RHEO_BACKWARD */
  uint32_t format; /* rheo_format of all arrays */
  uint32_t layout; /* rheo_layout of a and b, and of da and db */
  uint32_t flags;  /* rheo_cuda_flags */
  uint32_t reserved;
  const rheo_parameter* parameters; /* of the activation, as in rheo_cuda_call */
  size_t parameter_count;
  double limit, offset; /* as in rheo_gate */
  int64_t count;        /* elements of the result; an array that holds both factors has twice as many */
  int64_t width;    /* of RHEO_HALVES and RHEO_HALVES_SWAPPED, d: elements of a row of the result. Others do
                       not look at it */
  const void* a;    /* or the array that holds both */
  const void* b;    /* null where one array holds both */
  const void* grad; /* for RHEO_BACKWARD, otherwise null */
  void* y;          /* for RHEO_VALUE, otherwise null; may be a or b of two arrays */
  void* da;     /* for RHEO_BACKWARD; or what holds both gradients; may be a, and of two arrays b or grad */
  void* db;     /* for RHEO_BACKWARD, null where one array holds both; may be b or grad */
  void* stream; /* as in rheo_cuda_call */
} rheo_cuda_gate;

/* As rheo_cuda_run() and rheo_cuda_run_host(); of the latter, y, da and db stay as they were when anything
 * goes wrong. Errors: NULL, NAME, PARAMETER, FORMAT, ROLE, SHAPE, OVERLAP, UNSUPPORTED, DEVICE. */
RHEO_API rheo_status rheo_cuda_run_gate(const char* activation, const rheo_cuda_gate* gate);
RHEO_API rheo_status rheo_cuda_run_gate_host(const char* activation, const rheo_cuda_gate* gate);

/* A call of a function that draws random numbers, as rheo_random_call (random.h) has it: the same numbers and
 * bits. Zero-initialise it, then set struct_size = sizeof(rheo_cuda_random) and what is needed. */
typedef struct rheo_cuda_random {
  uint32_t struct_size;
  uint32_t role;     /* RHEO_VALUE, RHEO_DERIVATIVE or RHEO_BACKWARD */
  uint32_t format;   /* rheo_format of x, grad and y */
  uint32_t training; /* 1: draws random numbers; 0: what the function is afterwards, which draws none */
  uint32_t flags;    /* rheo_cuda_flags */
  uint32_t reserved;
  const rheo_parameter* parameters;
  size_t parameter_count;
  int64_t count; /* as in rheo_cuda_call, as are x, grad, y and stream */
  const void* x;
  const void* grad; /* for RHEO_BACKWARD, otherwise null */
  void* y;
  void* stream;
  uint64_t seed, offset, first; /* as in rheo_random_call */
} rheo_cuda_random;

/* As rheo_cuda_run() and rheo_cuda_run_host(), with the name of a function of random numbers. Errors: NULL,
 * NAME, PARAMETER, FORMAT, ROLE, SHAPE, OVERLAP, UNSUPPORTED, DEVICE. */
RHEO_API rheo_status rheo_cuda_run_random(const char* function, const rheo_cuda_random* call);
RHEO_API rheo_status rheo_cuda_run_random_host(const char* function, const rheo_cuda_random* call);

#ifdef __cplusplus
} /* extern "C" */
#endif

#include "rheobase/cuda_learned.h"
#include "rheobase/cuda_rows.h"

#endif /* RHEOBASE_CUDA_H_ */
