// SPDX-License-Identifier: Apache-2.0
// sums.cu: the kernels of exact sums that belong to no activation.
#include "src/cuda/learned/sums.h"

#include "src/cuda/learned/finish.h"
#include "src/cuda/learned/kernel.cuh"

namespace rheo {
namespace one_lane {
namespace {

template <class Wide>
__global__ void __launch_bounds__(kThreads) carry_kernel(std::int64_t* words, std::int64_t sums) {
  for (std::int64_t i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x; i < sums;
       i += std::int64_t{gridDim.x} * kThreads)
    carry_sum<Wide>(words + i * static_cast<std::int64_t>(TermsOf<Wide>::kWords));
}

template <class Wide>
__global__ void __launch_bounds__(kThreads)
    finish_kernel(const std::int64_t* words, std::int64_t sums, Format format, void* result) {
  for (std::int64_t i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x; i < sums;
       i += std::int64_t{gridDim.x} * kThreads) {
    const std::int64_t* const row = words + i * static_cast<std::int64_t>(TermsOf<Wide>::kWords);
    store_sum(finish_sum<Wide>(row, format), format, result, i);
  }
}

constexpr std::int64_t kMostBlocks = 4096;

unsigned blocks_of(std::int64_t sums) { return blocks_for((sums + kThreads - 1) / kThreads, kMostBlocks); }

}  // namespace
}  // namespace one_lane

int launch_plain_sum(const LearnedRequest& request) {
  const one_lane::LearnedOnDevice start(request);
  request.format == Format::kFloat64 ? start.plain_sum<double>() : start.plain_sum<float>();
  return start.error;
}

int launch_carry(Format format, std::int64_t* words, std::int64_t sums, void* stream) {
  auto* const on = static_cast<cudaStream_t>(stream);
  const unsigned blocks = one_lane::blocks_of(sums);
  if (format == Format::kFloat64) {
    one_lane::carry_kernel<double><<<blocks, one_lane::kThreads, 0, on>>>(words, sums);
  } else {
    one_lane::carry_kernel<float><<<blocks, one_lane::kThreads, 0, on>>>(words, sums);
  }
  return cudaGetLastError();
}

int launch_finish(Format format, const std::int64_t* words, std::int64_t sums, Format result_format,
                  void* result, void* stream) {
  auto* const on = static_cast<cudaStream_t>(stream);
  const unsigned blocks = one_lane::blocks_of(sums);
  if (format == Format::kFloat64) {
    one_lane::finish_kernel<double>
        <<<blocks, one_lane::kThreads, 0, on>>>(words, sums, result_format, result);
  } else {
    one_lane::finish_kernel<float><<<blocks, one_lane::kThreads, 0, on>>>(words, sums, result_format, result);
  }
  return cudaGetLastError();
}

}  // namespace rheo
