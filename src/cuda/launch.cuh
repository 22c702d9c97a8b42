// SPDX-License-Identifier: Apache-2.0
// launch.cuh: with how many blocks of threads a kernel is started, and how. Blocks go through the arrays in
// turn, so that a table is brought to shared memory once a block.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>

#include "src/cuda/memory.cuh"

namespace rheo::one_lane {

inline constexpr unsigned kThreads = 256;

// Of a multiprocessor.
template <class Kernel>
int blocks_at_once(Kernel kernel, unsigned shared_bytes, unsigned threads = kThreads) {
  int blocks = 0;
  cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel, static_cast<int>(threads), shared_bytes);
  return blocks > 0 ? blocks : 1;
}

inline unsigned blocks_for(std::int64_t needed, std::int64_t most) {
  return static_cast<unsigned>(needed < most ? needed : most);
}

// Starts kernel(body, x, grad, y, n, skip, aligned), whose threads take kPacks packs of T at a time; `at_once`
// blocks of a multiprocessor. A cudaError_t.
template <class T, int kPacks, class Kernel, class Body, class Request>
cudaError_t launch_over(Kernel kernel, const Body& body, const Request& r, int at_once,
                        unsigned shared_bytes) {
  const auto* const x = static_cast<const T*>(r.x);
  const auto* const grad = static_cast<const T*>(r.grad);
  auto* const y = static_cast<T*>(r.y);
  const Alignment alignment(x, grad, y);
  constexpr std::int64_t kTile = std::int64_t{kThreads} * kPacks * Pack<T>::kSize;
  const unsigned blocks = blocks_for((r.n + alignment.skip + kTile - 1) / kTile,
                                     std::int64_t{r.multiprocessors} * at_once);
  kernel<<<blocks, kThreads, shared_bytes, static_cast<cudaStream_t>(r.stream)>>>(
      body, x, grad, y, r.n, alignment.skip, alignment.aligned);
  return cudaGetLastError();
}

}  // namespace rheo::one_lane
