/* SPDX-License-Identifier: Apache-2.0
 * int8.h: activations of quantized numbers: a table of 256 codes, and whole arrays through it.
 *
 * A code q stands for the number scale * (q - zero). The table has, for every code of x, the code of f(x)
 * that a framework's own rounding gives: docs/int8.md says which, and what it was compared with. Everything
 * said in rheobase.h about errors, threads and environment holds here too.
 */
#ifndef RHEOBASE_INT8_H_
#define RHEOBASE_INT8_H_

#include "rheobase/rheobase.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum rheo_codes {
  RHEO_INT8 = 1, /* -128 to 127 */
  RHEO_UINT8 = 2 /* 0 to 255 */
} rheo_codes;

/* How a result y becomes a code; all in float32. What is beyond the last code becomes the last code. */
typedef enum rheo_convention {
  RHEO_TFLITE = 1, /* y * (1 / scale), rounded with ties away from zero, + zero */
  RHEO_ONNX = 2,   /* y / scale, rounded with ties to even, + zero */
  RHEO_TORCH = 3   /* y * (1 / scale), rounded with ties to even, + zero */
} rheo_convention;

/* Of what a table is made. Zero-initialise it, then set struct_size = sizeof(rheo_quantization) and what is
 * needed. */
typedef struct rheo_quantization {
  uint32_t struct_size;
  uint32_t codes;      /* rheo_codes, of x and of the result */
  uint32_t convention; /* rheo_convention */
  uint32_t flags;      /* 0 */
  float in_scale;      /* of x: positive, finite */
  int32_t in_zero;     /* the code of 0, one of the codes */
  float out_scale;     /* of the result: positive, finite, and 1 / out_scale finite unless RHEO_ONNX */
  int32_t out_zero;
  const rheo_parameter*
      parameters; /* those that differ from their defaults, rounded to float32; may be null */
  size_t parameter_count;
} rheo_quantization;

/* Writes the table: table[i] is the result's code for the code whose byte is i. An int8 code's byte is its
 * two's complement: -1 is at 255. Errors: NULL, NAME (of a parameter), PARAMETER (a scale, a zero, or NaN at
 * some code too), FORMAT (of codes), UNSUPPORTED. */
RHEO_API rheo_status rheo_int8_table(const rheo_activation* activation, const rheo_quantization* quantization,
                                     uint8_t table[256]);

/* y[i] = table[x[i]] for n bytes, at any addresses. y may be x; any other overlap, with the table too, is an
 * error. The threads are those of rheo_call: executor's if it is not null, else the library's, at most as
 * many as threads says (0: its own choice); for fewer than 262,144 bytes the calling thread alone. Any table
 * of 256 bytes will do. Errors: NULL, SHAPE, OVERLAP, THREADS. */
RHEO_API rheo_status rheo_int8_apply(const uint8_t table[256], const void* x, void* y, int64_t n,
                                     int32_t threads, const rheo_executor* executor);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RHEOBASE_INT8_H_ */
