// SPDX-License-Identifier: Apache-2.0
// values.cu: the kernels of row functions' values.
#include "src/cuda/rows/launch.cuh"

namespace rheo {

int launch_row_values(const RowsRequest& request) {
  cudaError_t error = cudaErrorNotSupported;
  one_lane::with_value_walk(request, [&]<class Walk>(Walk) { error = one_lane::launch<Walk>(request); });
  return error;
}

}  // namespace rheo
