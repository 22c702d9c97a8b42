// SPDX-License-Identifier: Apache-2.0
// lookup.cu: many 16-bit results looked up in a table of all 65,536, in shared memory.
#include "src/cuda/lookup.h"

#include "src/cuda/memory.cuh"

namespace rheo {

namespace {

using Bits = std::uint16_t;

constexpr unsigned kPatterns = 65536, kBlock = 1024;
constexpr int kPacks = 4;  // of a thread in flight
constexpr unsigned kTableBytes = kPatterns * sizeof(Bits);

extern __shared__ int4 shared_table[];

__global__ void count_up(Bits* to) {
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  to[i] = static_cast<Bits>(i);
}

__global__ void __launch_bounds__(kBlock)
    look_up(const int4* table, const Bits* x, Bits* y, std::int64_t n, int skip, bool aligned) {
  constexpr int kSize = Pack<Bits>::kSize;
  for (unsigned i = threadIdx.x; i < kTableBytes / sizeof(int4); i += kBlock) shared_table[i] = table[i];
  __syncthreads();
  const auto* const results = reinterpret_cast<const Bits*>(shared_table);
  constexpr std::int64_t kTile = std::int64_t{kBlock} * kPacks * kSize;
  for (std::int64_t begin = blockIdx.x * kTile - skip; begin < n; begin += gridDim.x * kTile) {
    Pack<Bits> packs[kPacks];
    bool whole[kPacks];
#pragma unroll
    for (int k = 0; k < kPacks; ++k) {
      const std::int64_t first = begin + (k * std::int64_t{kBlock} + threadIdx.x) * kSize;
      whole[k] = aligned && first >= 0 && first + kSize <= n;
      packs[k] = load_pack(x, first, n, whole[k]);
    }
#pragma unroll
    for (int k = 0; k < kPacks; ++k) {
      const std::int64_t first = begin + (k * std::int64_t{kBlock} + threadIdx.x) * kSize;
      if (first >= n) break;
#pragma unroll
      for (int i = 0; i < kSize; ++i) packs[k].v[i] = results[packs[k].v[i]];
      store_pack(packs[k], y, first, n, whole[k]);
    }
  }
}

__global__ void bit_patterns(float* to, std::int64_t n, std::uint32_t first) {
  const std::int64_t i = std::int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i < n) to[i] = __uint_as_float(first + static_cast<std::uint32_t>(i));
}

}  // namespace

int launch_patterns(float* to, std::int64_t n, std::uint32_t first, void* stream) {
  const auto blocks = static_cast<unsigned>((n + 255) / 256);
  bit_patterns<<<blocks, 256, 0, static_cast<cudaStream_t>(stream)>>>(to, n, first);
  return cudaGetLastError();
}

bool lookup_fits(int device) {
  int bytes = 0;
  return cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device) == cudaSuccess &&
         bytes >= static_cast<int>(kTableBytes);
}

int launch_lookup(Launcher make, const Request& r, void* workspace) {
  auto* const patterns = static_cast<Bits*>(workspace);
  Bits* const table = patterns + kPatterns;
  const auto stream = static_cast<cudaStream_t>(r.stream);
  // Of the current device, and not part of what a capture records.
  cudaError_t error = cudaFuncSetAttribute(look_up, cudaFuncAttributeMaxDynamicSharedMemorySize, kTableBytes);
  if (error != cudaSuccess) return error;
  count_up<<<kPatterns / 256, 256, 0, stream>>>(patterns);
  error = cudaGetLastError();
  if (error != cudaSuccess) return error;
  Request of_all = r;
  of_all.x = patterns, of_all.y = table, of_all.n = kPatterns;
  if (const int failure = make(of_all); failure != cudaSuccess) return failure;
  const auto* const x = static_cast<const Bits*>(r.x);
  auto* const y = static_cast<Bits*>(r.y);
  const Alignment alignment(x, static_cast<const Bits*>(nullptr), y);
  constexpr std::int64_t kTile = std::int64_t{kBlock} * kPacks * Pack<Bits>::kSize;
  const std::int64_t tiles = (r.n + alignment.skip + kTile - 1) / kTile;
  const auto blocks = static_cast<unsigned>(tiles < r.multiprocessors ? tiles : r.multiprocessors);
  look_up<<<blocks, kBlock, kTableBytes, stream>>>(reinterpret_cast<const int4*>(table), x, y, r.n,
                                                   alignment.skip, alignment.aligned);
  return cudaGetLastError();
}

}  // namespace rheo
