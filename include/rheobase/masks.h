/* SPDX-License-Identifier: Apache-2.0
 * masks.h: training with one bit per element. Where a derivative takes two values only, backward needs no x:
 * a bit says which value it was. docs/masks.md says more. Included by rheobase.h.
 *
 * A mask has a bit for each element in row-major order of the indices, whatever the strides, beginning with
 * the lowest bit of the first byte. Bits behind the last element are 0 and are not looked at.
 */
#ifndef RHEOBASE_MASKS_H_
#define RHEOBASE_MASKS_H_

#include "rheobase/rheobase.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether the activation with these parameters, in this format (a rheo_format), can have a mask: 1 or 0 in
 * *supported. Then, if slopes is not null, slopes[0] and slopes[1] are what a bit of 0 and of 1 stand for:
 * the derivative's values, rounded to float32, or float64 for RHEO_FLOAT64; they are equal where there is but
 * one. Errors: NULL, NAME (of a parameter), PARAMETER, FORMAT. */
RHEO_API rheo_status rheo_mask_supported(const rheo_activation* activation, uint32_t format,
                                         const rheo_parameter* parameters, size_t count, int32_t* supported,
                                         double* slopes);

/* The bytes of a mask for so many elements. Errors: NULL, SHAPE (elements is negative). */
RHEO_API rheo_status rheo_mask_size(int64_t elements, size_t* bytes);

/* y = f(x), as rheo_run gives it for the same call (of RHEO_VALUE), and the mask. The bit of a NaN is 1,
 * which is the steeper side's. Errors: those of rheo_run, which are NULL, NAME, PARAMETER, FORMAT, ROLE,
 * SHAPE, OVERLAP, UNSUPPORTED, THREADS; UNSUPPORTED also where there can be no mask; and WORKSPACE when bytes
 * is not what rheo_mask_size says. */
RHEO_API rheo_status rheo_mask_forward(const rheo_activation* activation, const rheo_call* call,
                                       uint8_t* mask, size_t bytes);

/* y = grad f'(x) from the mask that forward wrote: a call of RHEO_BACKWARD whose x is null. The same bits as
 * rheo_run gives with x and the same parameters, 0 for a NaN gradient included where f' is 0; except that a
 * NaN in x, for which rheo_run gives NaN, counts as a number of the steeper side. Strides of grad and y need
 * not be those of x. Errors: NULL, NAME, PARAMETER, FORMAT, ROLE (x is given too), SHAPE, OVERLAP,
 * UNSUPPORTED, THREADS, WORKSPACE. */
RHEO_API rheo_status rheo_mask_backward(const rheo_activation* activation, const rheo_call* call,
                                        const uint8_t* mask, size_t bytes);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* RHEOBASE_MASKS_H_ */
