// SPDX-License-Identifier: Apache-2.0
// launch.cuh: how many blocks of threads a kernel is started with. Blocks go through the arrays in turn, so
// that a table is brought to shared memory once a block.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace rheo::one_lane {

inline constexpr unsigned kThreads = 256;

// Of a multiprocessor.
template <class Kernel>
int blocks_at_once(Kernel kernel, unsigned shared_bytes) {
  int blocks = 0;
  cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel, kThreads, shared_bytes);
  return blocks > 0 ? blocks : 1;
}

inline unsigned blocks_for(std::int64_t needed, std::int64_t most) {
  return static_cast<unsigned>(needed < most ? needed : most);
}

}  // namespace rheo::one_lane
