// SPDX-License-Identifier: Apache-2.0
// gradients.cu: the kernels of row functions' gradients, from results and, in 16-bit formats, from x.
#include "src/cuda/rows/launch.cuh"

namespace rheo {

int launch_row_gradients(const RowsRequest& request) {
  cudaError_t error = cudaErrorNotSupported;
  one_lane::with_gradient_walk(request, [&]<class Walk>(Walk) { error = one_lane::launch<Walk>(request); });
  return error;
}

int launch_row_gradients_from_x(const RowsRequest& request) {
  cudaError_t error = cudaErrorNotSupported;
  one_lane::with_gradient_walk_from_x(request,
                                      [&]<class Walk>(Walk) { error = one_lane::launch<Walk>(request); });
  return error;
}

}  // namespace rheo
