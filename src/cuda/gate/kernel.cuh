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

// A gradient's table lies first.
template <class Gate>
constexpr unsigned fours_before_product() {
  if constexpr (requires { typename Gate::Backward; }) return shared_fours<typename Gate::Backward>();
  return 0;
}
template <class Gate>
constexpr unsigned gate_bytes() {
  return (fours_before_product<Gate>() + shared_fours<typename Gate::Product>()) * sizeof(Four);
}

template <class Gate>
__device__ __forceinline__ void stage_tables() {
  using Product = typename Gate::Product;
  constexpr unsigned kBefore = fours_before_product<Gate>();
  if constexpr (kBefore > 0) Gate::Backward::Lookup::stage(Gate::Backward::rows());
  if constexpr (shared_fours<Product>() > 0) {
    // The table of expm1 is looked up at the beginning, so it can be no gate's second one.
    if constexpr (kBefore > 0) static_assert(Product::kFirstFour == kBefore);
    Product::Lookup::stage(Product::rows(), kBefore);
  }
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
