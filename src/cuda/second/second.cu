// SPDX-License-Identifier: Apache-2.0
// second.cu: the kernels of second derivatives, and their launch.
//
// The program is a kernel's parameter, whose memory serves all threads of a warp at once, as they are at the
// same step; a thread's slots lie in shared memory. Nothing is allocated.
#include "src/cuda/launch.cuh"
#include "src/cuda/second/second.h"
#include "src/cuda/second/thread.h"

namespace rheo {

namespace one_lane {
namespace {

extern __shared__ double second_slots[];

// A block has as much shared memory on every device, without asking for more.
constexpr unsigned kSharedBytes = 48 << 10;
static_assert(sizeof(double) * kParts<Full> * kSlots * 32 <= kSharedBytes);
constexpr std::int64_t kMostBlocks = 1 << 20;

__device__ __forceinline__ std::int64_t first_of_thread() {
  return std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
}
__device__ __forceinline__ std::int64_t threads_of_all() { return std::int64_t{gridDim.x} * blockDim.x; }

// Three blocks of threads fit a multiprocessor with so many registers; left to itself, ptxas takes fewer on
// some devices and keeps a number in local memory.
template <Format kFormat, class T = typename Element<kFormat>::T>
__global__ void __launch_bounds__(kThreads, 3)
    second_kernel(const __grid_constant__ SecondWork work, const T* x, const T* grad, T* y, std::int64_t n) {
  const OwnSlots own{second_slots + threadIdx.x, blockDim.x};
  for (std::int64_t i = first_of_thread(); i < n; i += threads_of_all())
    second_element<kFormat>(work, own, x, grad, y, i);
}

template <Format kFormat, class T = typename Element<kFormat>::T>
__global__ void __launch_bounds__(kThreads) zero_kernel(const T* x, T* y, std::int64_t n) {
  for (std::int64_t i = first_of_thread(); i < n; i += threads_of_all()) zero_element<kFormat>(x, y, i);
}

// As many threads of a block as have room for their slots.
unsigned threads_for(unsigned bytes_of_thread) {
  unsigned threads = kThreads;
  while (threads * bytes_of_thread > kSharedBytes) threads /= 2;
  return threads;
}

template <Format kFormat>
cudaError_t launch(const Request& r, const Program& program) {
  using T = typename Element<kFormat>::T;
  const auto* const x = static_cast<const T*>(r.x);
  auto* const y = static_cast<T*>(r.y);
  const auto stream = static_cast<cudaStream_t>(r.stream);
  const auto blocks = [&](unsigned threads) {
    return blocks_for((r.n + threads - 1) / threads, kMostBlocks);
  };
  if (program.zero) {
    zero_kernel<kFormat><<<blocks(kThreads), kThreads, 0, stream>>>(x, y, r.n);
    return cudaGetLastError();
  }
  const SecondWork& work = known_work(program, r.parameters);
  const auto bytes = static_cast<unsigned>(own_numbers(work) * sizeof(double));
  const unsigned threads = threads_for(bytes);
  second_kernel<kFormat>
      <<<blocks(threads), threads, threads * bytes, stream>>>(work, x, static_cast<const T*>(r.grad), y, r.n);
  return cudaGetLastError();
}

}  // namespace
}  // namespace one_lane

int launch_second(const Request& request, const Program& program) {
  if (request.format == Format::kFloat64) return one_lane::launch<Format::kFloat64>(request, program);
  if (request.format == Format::kBfloat16) return one_lane::launch<Format::kBfloat16>(request, program);
  if (request.format == Format::kFloat16) return one_lane::launch<Format::kFloat16>(request, program);
  return one_lane::launch<Format::kFloat32>(request, program);
}

}  // namespace rheo
