/* SPDX-License-Identifier: Apache-2.0
 * outputs.h: backward from y = f(x) instead of x, so that training need not keep x where y is kept anyway.
 * docs/outputs.md says which activations can, and how far the results are from those of x. Included by
 * rheobase.h.
 *
 *   rheo_run(tanh, &forward);            // RHEO_VALUE, y may be x's memory
 *   call.role = RHEO_BACKWARD, call.x = y, call.grad = grad, call.y = dx;
 *   rheo_output_run(tanh, &call);        // dx = grad (1 - y^2)
 */
#ifndef RHEOBASE_OUTPUTS_H_
#define RHEOBASE_OUTPUTS_H_

#include "rheobase/rheobase.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether the activation with these parameters, in this format (a rheo_format), has a derivative that its
 * output tells: 1 or 0 in *supported. If reason is not null, *reason is then null, or says in one line why
 * not; the text lives as long as the process. Errors: NULL, NAME (of a parameter), PARAMETER, FORMAT. */
RHEO_API rheo_status rheo_output_supported(const rheo_activation* activation, uint32_t format,
                                           const rheo_parameter* parameters, size_t count, int32_t* supported,
                                           const char** reason);

/* A call of RHEO_DERIVATIVE or RHEO_BACKWARD whose x is the output f(x) that RHEO_VALUE gave for the same
 * format and parameters: y = f' there, or grad f'. f' is that of the real number whose value f's output is,
 * within 2^-50 of itself, and the product is rounded once. 0 for every gradient, NaN too, where f' is 0 by
 * definition; NaN where the output is NaN. An output that f never has counts as the nearest one in f's range.
 * y may be x or grad. Errors: NULL, NAME (of a parameter), PARAMETER, FORMAT, ROLE (for other roles), SHAPE,
 * OVERLAP, UNSUPPORTED (also with the reason above), THREADS. */
RHEO_API rheo_status rheo_output_run(const rheo_activation* activation, const rheo_call* call);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RHEOBASE_OUTPUTS_H_ */
