/* SPDX-License-Identifier: Apache-2.0
 * analysis.h: what a function of one number is like: range, zeros, extrema, kinks, saturation, moments, and
 * how means and variances pass through wide layers of it. A library of its own, librheobase_analysis, over
 * rheobase.h. docs/analyze.md lists what the JSON holds, methods and tolerances.
 *
 * Every function but rheo_analysis_last_error returns a rheo_status; on failure rheo_analysis_last_error()
 * holds one line that names the argument and the value. No function prints, aborts or throws. All are safe to
 * call from several threads at once. Errors stand behind each function as in rheobase.h.
 *
 *   const char* json;
 *   if (rheo_analyze("gelu", NULL, 0, NULL, &json) != RHEO_OK) puts(rheo_analysis_last_error());
 */
#ifndef RHEOBASE_ANALYSIS_H_
#define RHEOBASE_ANALYSIS_H_

#include "rheobase/rheobase.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is asked for. rheo_analysis_defaults fills it in. */
typedef struct rheo_analysis_options {
  uint32_t struct_size;
  uint32_t flags;   /* 0 */
  double low, high; /* the interval of shares, finite, low < high; -5 and 5 */
  double mean,
      deviation;  /* the normal distribution of shares, sparsity and moments, deviation > 0; 0 and 1 */
  double sigma_w; /* weights have the variance sigma_w^2 / fan-in, sigma_w > 0; 1 */
  double sigma_b; /* biases have the variance sigma_b^2, sigma_b >= 0; 0 */
} rheo_analysis_options;

/* A function of the caller's. Zero-initialise it, then set struct_size and what is needed. */
typedef struct rheo_analysis_function {
  uint32_t struct_size;
  uint32_t flags;   /* 0 */
  const char* name; /* how results and messages call it; null: "f" */
  /* *y = f(x), in float64; returns 0. Anything else: there is no result at x, and *y stays as it is. Called
   * on the calling thread only, some 10^5 times, never twice for one x, first at 0, then anywhere in [-16,
   * 16], then as far out as there are results. */
  int (*value)(double x, double* y, void* context);
  /* The same for f'; null: by differences of fourth order that do not reach across kinks. */
  int (*derivative)(double x, double* y, void* context);
  void* context;
} rheo_analysis_function;

/* The last error of this thread in this library: one line, "" when there was none. Valid until this thread's
 * next call of this library. */
RHEO_API const char* rheo_analysis_last_error(void);

/* Sets struct_size and all other fields. Errors: NULL. */
RHEO_API rheo_status rheo_analysis_defaults(rheo_analysis_options* options);

/* An activation or preset, by name or alias; parameters: those that differ from their defaults. options: null
 * for the defaults. *json: one JSON object (UTF-8), valid until this thread's next call of this library.
 * Errors: NULL, NAME, PARAMETER (of options too), UNSUPPORTED, and TARGET, THREADS where the environment is
 * bad. */
RHEO_API rheo_status rheo_analyze(const char* name, const rheo_parameter* parameters, size_t parameter_count,
                                  const rheo_analysis_options* options, const char** json);

/* A function of the caller's; *json as above. Errors: NULL, PARAMETER (of options too; where it has no finite
 * value in [-16, 16], or where its values have fewer bits than float32's), UNSUPPORTED. */
RHEO_API rheo_status rheo_analyze_function(const rheo_analysis_function* function,
                                           const rheo_analysis_options* options, const char** json);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RHEOBASE_ANALYSIS_H_ */
