// SPDX-License-Identifier: Apache-2.0
// kernel.cuh: the kernel of functions that draw random numbers, and its launch.
#pragma once

#include "src/cuda/launch.cuh"
#include "src/cuda/memory.cuh"
#include "src/cuda/random/body.h"

namespace rheo::one_lane {

// Each pack's numbers follow from the elements' indices, whichever thread it falls to.
template <class Body>
__global__ void __launch_bounds__(kThreads)
    random_kernel(const __grid_constant__ Body body, const typename Body::T* x, const typename Body::T* grad,
                  typename Body::T* y, std::int64_t n, int skip, bool aligned) {
  using T = typename Body::T;
  constexpr int kSize = Pack<T>::kSize;
  const std::int64_t step = std::int64_t{gridDim.x} * kThreads * kSize;
  for (std::int64_t first = (std::int64_t{blockIdx.x} * kThreads + threadIdx.x) * kSize - skip; first < n;
       first += step) {
    const bool whole = aligned && first >= 0 && first + kSize <= n;
    const Pack<T> xs = load_pack(x, first, n, whole);
    Pack<T> gs;
    if (Body::kHasGrad && grad != nullptr) {
      gs = load_pack(grad, first, n, whole);
    } else {
#pragma unroll
      for (int i = 0; i < kSize; ++i) gs.v[i] = Body::Format::kNone;
    }
    store_pack(body(xs, gs, first), y, first, n, whole);
  }
}

// What launch_random() calls.
struct RandomOnDevice {
  const RandomRequest& request;
  mutable cudaError_t error = cudaErrorNotSupported;

  explicit RandomOnDevice(const RandomRequest& r) : request(r) {}

  template <class Body>
  void operator()(const Body& body) const {
    const auto kernel = random_kernel<Body>;
    static const int at_once = blocks_at_once(kernel, 0);
    error = launch_over<typename Body::T, 1>(kernel, body, request, at_once, 0);
  }
};

}  // namespace rheo::one_lane
