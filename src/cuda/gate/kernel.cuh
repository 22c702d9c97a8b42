// SPDX-License-Identifier: Apache-2.0
// kernel.cuh: the kernel of all gates, and its launch. One for all layouts: they differ in numbers alone.
#pragma once

#include "src/cuda/gate/dispatch.h"
#include "src/cuda/launch.cuh"
#include "src/cuda/memory.cuh"

namespace rheo::one_lane {

// How threads move whole packs.
struct Streamed {
  template <class T>
  static __device__ __forceinline__ Pack<T> load(const T* from) {
    return load_whole(from);
  }
  template <class T>
  static __device__ __forceinline__ void store(const Pack<T>& p, T* to) {
    store_whole(p, to);
  }
};

template <class Gate>
constexpr unsigned fours_of_backward() {
  if constexpr (requires { typename Gate::Backward; }) return shared_fours<typename Gate::Backward>();
  return 0;
}
template <class Gate>
constexpr unsigned gate_bytes() {
  return (fours_of_backward<Gate>() + shared_fours<typename Gate::Product>()) * sizeof(Four);
}

template <class Body>
__device__ __forceinline__ void stage_table() {
  if constexpr (shared_fours<Body>() > 0) Body::Lookup::stage(Body::rows(), Body::kFirstFour);
}
template <class Gate>
__device__ __forceinline__ void stage_tables() {
  using Product = typename Gate::Product;
  if constexpr (fours_of_backward<Gate>() > 0) {
    using Backward = typename Gate::Backward;
    if constexpr (shared_fours<Product>() > 0)
      static_assert(Product::kFirstFour == fours_of_backward<Gate>() ||
                    Backward::kFirstFour == shared_fours<Product>());
    stage_table<Backward>();
  }
  stage_table<Product>();
  if constexpr (gate_bytes<Gate>() > 0) __syncthreads();
}

// A thread takes a pack of each array at a time: as many bytes are under way as in elementwise().
template <class Gate>
__global__ void __launch_bounds__(kThreads)
    gate_kernel(const __grid_constant__ Gate gate,
                const __grid_constant__ GateArrays<typename Gate::T> arrays) {
  stage_tables<Gate>();
  const std::int64_t packs = arrays.packs(), step = std::int64_t{gridDim.x} * kThreads;
  for (std::int64_t pack = std::int64_t{blockIdx.x} * kThreads + threadIdx.x; pack < packs; pack += step)
    gate_pack<Streamed>(gate, arrays, pack);
}

// What dispatch_gate() calls.
struct GateOnDevice {
  const GateRequest& request;
  mutable cudaError_t error = cudaErrorNotSupported;

  explicit GateOnDevice(const GateRequest& r) : request(r) {}

  template <class Gate>
  void operator()(const Gate& gate) const {
    const GateArrays<typename Gate::T> arrays(request);
    constexpr unsigned kBytes = gate_bytes<Gate>();
    const auto kernel = gate_kernel<Gate>;
    static const int at_once = blocks_at_once(kernel, kBytes);
    const unsigned blocks = blocks_for((arrays.packs() + kThreads - 1) / kThreads,
                                       std::int64_t{request.multiprocessors} * at_once);
    kernel<<<blocks, kThreads, kBytes, static_cast<cudaStream_t>(request.stream)>>>(gate, arrays);
    error = cudaGetLastError();
  }
};

}  // namespace rheo::one_lane
