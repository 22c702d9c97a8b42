// SPDX-License-Identifier: Apache-2.0
// launch.cuh: the kernel of all walks over rows, and its launch.
#pragma once

#include <cuda_runtime.h>

#include "src/cuda/launch.cuh"
#include "src/cuda/rows/block_team.h"
#include "src/cuda/rows/dispatch.h"
#include "src/cuda/rows/half_warp.h"
#include "src/cuda/rows/one_thread.h"

namespace rheo::one_lane {

// Kernels may have so many registers that two blocks of threads fit a multiprocessor: asked for more, ptxas
// keeps numbers in local memory.
inline constexpr unsigned kRowThreads = 256, kFewThreads = 32;
// From so many elements on, rows that are few get a block each.
inline constexpr std::int64_t kLongForFew = 1024;

// Each half of a warp takes a row, and goes on where all of them end.
template <class Walk>
__global__ void __launch_bounds__(kRowThreads, 2) walk_rows(const __grid_constant__ RowsWork work) {
  const unsigned teams = blockDim.x / kTeam;
  const std::int64_t step = std::int64_t{gridDim.x} * teams;
  for (std::int64_t row = std::int64_t{blockIdx.x} * teams + threadIdx.x / kTeam; row < work.r.rows;
       row += step)
    Walk::run(HalfWarp<DeviceLanes>(), work, row);
}

template <class Walk>
__global__ void __launch_bounds__(kBlockThreads, 2) walk_long_rows(const __grid_constant__ RowsWork work) {
  __shared__ double high[kBlockSlots], low[Walk::kPairs ? kBlockSlots : 1];
  const Block<DeviceThreads> team{{{high, low}}};
  for (std::int64_t row = blockIdx.x; row < work.r.rows; row += gridDim.x) Walk::run(team, work, row);
}

template <class Walk>
__global__ void __launch_bounds__(kRowThreads, 2) walk_columns(const __grid_constant__ RowsWork work) {
  const std::int64_t step = std::int64_t{gridDim.x} * blockDim.x;
  for (std::int64_t row = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x; row < work.r.rows; row += step)
    Walk::run(OneThread(), work, row);
}

// Whether rows are neighbours element by element, and enough for a thread each.
inline bool are_columns(const RowsRequest& r) {
  const std::int64_t enough = std::int64_t{r.multiprocessors} * kRowThreads;
  return r.x.along != 1 && r.x.across[r.dimensions - 1] == 1 && r.rows >= enough;
}

template <class Walk>
cudaError_t launch(const RowsRequest& r) {
  constexpr std::int64_t kMostBlocks = 1 << 20;
  const auto blocks = [&](std::int64_t rows_of_block) {
    return blocks_for((r.rows + rows_of_block - 1) / rows_of_block, kMostBlocks);
  };
  const auto stream = static_cast<cudaStream_t>(r.stream);
  const RowsWork work(r);
  // Few rows are spread over all multiprocessors.
  const bool few = r.rows < std::int64_t{r.multiprocessors} * (kRowThreads / kTeam);
  if (are_columns(r))
    walk_columns<Walk><<<blocks(kRowThreads), kRowThreads, 0, stream>>>(work);
  else if (few && r.length >= kLongForFew)
    walk_long_rows<Walk><<<blocks(1), kBlockThreads, 0, stream>>>(work);
  else if (few)
    walk_rows<Walk><<<blocks(kFewThreads / kTeam), kFewThreads, 0, stream>>>(work);
  else
    walk_rows<Walk><<<blocks(kRowThreads / kTeam), kRowThreads, 0, stream>>>(work);
  return cudaGetLastError();
}

}  // namespace rheo::one_lane
