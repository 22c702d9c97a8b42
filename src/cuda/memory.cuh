// SPDX-License-Identifier: Apache-2.0
// memory.cuh: 16 bytes of an array at a time, whatever its alignment and length.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <cstring>

#include "src/cuda/pack.h"

namespace rheo {

// Where packs begin so that they lie at multiples of 16 bytes: `skip` elements before the arrays. Where the
// arrays differ, they do not, and elements are moved one by one.
struct Alignment {
  bool aligned;
  int skip;

  template <class T>
  Alignment(const T* x, const T* grad, const T* y) {
    const auto offset = [](const void* p) { return reinterpret_cast<std::uintptr_t>(p) % 16; };
    aligned = offset(x) == offset(y) && (grad == nullptr || offset(grad) == offset(y));
    skip = aligned ? static_cast<int>(offset(y) / sizeof(T)) : 0;
  }
};

// At a multiple of 16 bytes. Data is used once: it is the first to leave the caches.
template <class T>
__device__ __forceinline__ Pack<T> load_whole(const T* from) {
  Pack<T> p;
  const int4 bits = __ldcs(reinterpret_cast<const int4*>(from));
  memcpy(&p, &bits, sizeof p);
  return p;
}
template <class T>
__device__ __forceinline__ void store_whole(const Pack<T>& p, T* to) {
  int4 bits;
  memcpy(&bits, &p, sizeof p);
  __stcs(reinterpret_cast<int4*>(to), bits);
}

// A pack that begins at element `first`, which may lie before the array; of n elements.
template <class T>
__device__ __forceinline__ Pack<T> load_pack(const T* from, std::int64_t first, std::int64_t n, bool whole) {
  if (whole) return load_whole(from + first);
  Pack<T> p;
#pragma unroll
  for (int i = 0; i < Pack<T>::kSize; ++i) p.v[i] = first + i >= 0 && first + i < n ? from[first + i] : T(0);
  return p;
}

template <class T>
__device__ __forceinline__ void store_pack(const Pack<T>& p, T* to, std::int64_t first, std::int64_t n,
                                           bool whole) {
  if (whole) return store_whole(p, to + first);
#pragma unroll
  for (int i = 0; i < Pack<T>::kSize; ++i)
    if (first + i >= 0 && first + i < n) to[first + i] = p.v[i];
}

}  // namespace rheo
