// SPDX-License-Identifier: Apache-2.0
// elementwise.cuh: the kernel of all bodies, and its launch.
//
// A thread takes 16 bytes of each operand at a time, and loads kPacks of them before it uses the first.
#pragma once

#include "src/cuda/dispatch.h"
#include "src/cuda/launch.cuh"
#include "src/cuda/memory.cuh"

namespace rheo::one_lane {

inline constexpr int kPacks = 2;

template <class Format, class Body>
__global__ void __launch_bounds__(kThreads)
    elementwise(const __grid_constant__ Body body, const typename Format::T* x,
                const typename Format::T* grad, typename Format::T* y, std::int64_t n, int skip,
                bool aligned) {
  using T = typename Format::T;
  constexpr int kSize = Pack<T>::kSize;
  constexpr std::int64_t kTile = std::int64_t{kThreads} * kPacks * kSize;
  const bool has_grad = Body::Task::kHasGrad && grad != nullptr;  // kParameter may do without
  bool staged = shared_fours<Body>() == 0;
  for (std::int64_t begin = blockIdx.x * kTile - skip; begin < n; begin += gridDim.x * kTile) {
    Pack<T> xs[kPacks], gs[kPacks];
    bool whole[kPacks];
#pragma unroll
    for (int k = 0; k < kPacks; ++k) {
      const std::int64_t first = begin + (k * std::int64_t{kThreads} + threadIdx.x) * kSize;
      whole[k] = aligned && first >= 0 && first + kSize <= n;
      xs[k] = load_pack(x, first, n, whole[k]);
      if (has_grad) {
        gs[k] = load_pack(grad, first, n, whole[k]);
      } else {
#pragma unroll
        for (int i = 0; i < kSize; ++i) gs[k].v[i] = Format::kNone;
      }
    }
    if constexpr (shared_fours<Body>() > 0) {
      if (!staged) {  // while the first loads are under way
        Body::Lookup::stage(Body::rows());
        __syncthreads();
        staged = true;
      }
    }
#pragma unroll
    for (int k = 0; k < kPacks; ++k) {
      const std::int64_t first = begin + (k * std::int64_t{kThreads} + threadIdx.x) * kSize;
      if (first >= n) break;
      store_pack(Format::evaluate(body, xs[k], gs[k]), y, first, n, whole[k]);
    }
  }
}

// What dispatch() calls.
struct OnDevice {
  const Request& request;
  mutable cudaError_t error = cudaErrorNotSupported;

  explicit OnDevice(const Request& r) : request(r) {}

  template <class Format, class Body>
  void operator()(Format, const Body& body) const {
    const auto kernel = elementwise<Format, Body>;
    constexpr unsigned kBytes = shared_fours<Body>() * sizeof(Four);
    static const int at_once = blocks_at_once(kernel, kBytes);
    error = launch_over<typename Format::T, kPacks>(kernel, body, request, at_once, kBytes);
  }
};

}  // namespace rheo::one_lane
