// SPDX-License-Identifier: Apache-2.0
// kernel.cuh: the kernels of calls whose parameters are arrays, and their launch.
#pragma once

#include "src/cuda/learned/dispatch.h"
#include "src/cuda/launch.cuh"

namespace rheo::one_lane {

__device__ __forceinline__ Thread this_thread() { return {blockIdx.x, blockIdx.y, threadIdx.x}; }

template <class A, class Task, class AllTables, class Wide>
__global__ void __launch_bounds__(kThreads) map_kernel(const __grid_constant__ LearnedArrays arrays) {
  stage_all<A, Task, AllTables>(AllTables());
  map_thread<A, Task, AllTables, Wide>(arrays, this_thread());
}

// What any kernel may have of shared memory without asking.
inline constexpr unsigned kMostShared = 48 * 1024;

template <class Wide>
constexpr unsigned bytes_of_rows() {
  return TermsOf<Wide>::kThreads * TermsOf<Wide>::kWords * sizeof(std::int64_t);
}

// Adds the rows of a block to the accumulators.
template <class Wide>
__device__ __forceinline__ void collect_block(const LearnedArrays& a, const std::int64_t* rows,
                                              std::int64_t* words, std::int64_t sums) {
  __syncthreads();
  collect<Wide>(a.columns, a.share, this_thread(), TermsOf<Wide>::kThreads, rows, sums,
                [words](std::int64_t word, std::int64_t number) {
                  atomicAdd(reinterpret_cast<unsigned long long*>(words + word),
                            static_cast<unsigned long long>(number));
                });
}

// The rows lie behind the tables.
template <class A, class Task, class AllTables, class Wide>
__global__ void __launch_bounds__(TermsOf<Wide>::kThreads)
    term_kernel(const __grid_constant__ LearnedArrays arrays, std::int64_t* words, std::int64_t sums) {
  stage_all<A, Task, AllTables>(AllTables());
  const bool stored = arrays.y != nullptr;
  auto* const rows = reinterpret_cast<std::int64_t*>(shared_rows + first_four<A, Task, AllTables>());
  Terms<Wide> terms(stored ? nullptr : rows + threadIdx.x, TermsOf<Wide>::kThreads);
  term_thread<A, Task, AllTables>(arrays, this_thread(), terms);
  if (!stored) collect_block<Wide>(arrays, rows, words, sums);
}

template <class Wide>
__global__ void __launch_bounds__(TermsOf<Wide>::kThreads)
    plain_sum_kernel(const __grid_constant__ LearnedArrays arrays, std::int64_t* words, std::int64_t sums) {
  auto* const rows = reinterpret_cast<std::int64_t*>(shared_rows);
  Terms<Wide> terms(rows + threadIdx.x, TermsOf<Wide>::kThreads);
  plain_sum_thread(arrays, this_thread(), terms);
  collect_block<Wide>(arrays, rows, words, sums);
}

// What the launchers call.
struct LearnedOnDevice {
  const LearnedRequest& request;
  mutable cudaError_t error = cudaErrorNotSupported;

  explicit LearnedOnDevice(const LearnedRequest& r) : request(r) {}

  template <class A, class Task, class AllTables, class Wide>
  void map() const {
    constexpr unsigned kBytes = first_four<A, Task, AllTables>() * sizeof(Four);
    static_assert(kBytes <= kMostShared);
    start<Wide>(map_kernel<A, Task, AllTables, Wide>, kThreads, kBytes);
  }
  template <class A, class Task, class AllTables, class Wide>
  void terms() const {
    constexpr unsigned kBytes = first_four<A, Task, AllTables>() * sizeof(Four) + bytes_of_rows<Wide>();
    static_assert(kBytes <= kMostShared);
    start<Wide>(term_kernel<A, Task, AllTables, Wide>, TermsOf<Wide>::kThreads, kBytes, request.words,
                request.sums);
  }
  template <class Wide>
  void plain_sum() const {
    start<Wide>(plain_sum_kernel<Wide>, TermsOf<Wide>::kThreads, bytes_of_rows<Wide>(), request.words,
                request.sums);
  }

 private:
  template <class Wide, class Kernel, class... More>
  void start(Kernel kernel, unsigned threads, unsigned bytes, More... more) const {
    static const int at_once = blocks_at_once(kernel, bytes, threads);
    const LearnedArrays arrays(request, threads, Steps<Wide>::kSize,
                               std::int64_t{request.multiprocessors} * at_once);
    const dim3 blocks(static_cast<unsigned>(arrays.share.blocks_x),
                      static_cast<unsigned>(arrays.share.blocks_y));
    kernel<<<blocks, threads, bytes, static_cast<cudaStream_t>(request.stream)>>>(arrays, more...);
    error = cudaGetLastError();
  }
};

}  // namespace rheo::one_lane
