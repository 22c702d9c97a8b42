// SPDX-License-Identifier: Apache-2.0
// request.h: from a checked walk over a tensor's rows to what a kernel is given.
#pragma once

#include "src/capi/rows_call.h"
#include "src/cuda/rows/kernel.h"

namespace rheo {

// But for the stream and the device. Throws Failure where more dimensions are left than kernels walk.
RowsRequest rows_request(const RowStep& step, RowResult result);

}  // namespace rheo
