// SPDX-License-Identifier: Apache-2.0
// table_rows.h: looks up the numbers of a table's intervals, one lane at a time (src/math/rows-inl.h: for
// vectors).
//
// An interval's numbers lie together, in the order of ByEntry, and are fetched four at a time. On the GPU a
// block of threads has them in shared memory eight times: 16 bytes a thread are fetched for eight threads at
// a time, and with a copy each these never wait for the same bank.
#pragma once

#include <cstdint>

#include "src/math/rows-inl.h"

namespace rheo::one_lane {

inline constexpr unsigned kCopies = 8;

struct alignas(16) Four {
  float v[4];
};

#ifdef __CUDACC__
extern __shared__ Four shared_rows[];
#endif

// What a table's body tells Rows in the place of a pointer: the rows themselves, or on the GPU how far behind
// the beginning of shared memory they are. The table of a function, which formulas look up without a body's
// word, has no more than kFunctionTerms and lies at the beginning.
inline constexpr int kFunctionTerms = 2;
template <unsigned kFirst>
HWY_INLINE const float* place_of_rows([[maybe_unused]] const float* rows) {
#ifdef __CUDA_ARCH__
  return reinterpret_cast<const float*>(std::uintptr_t{kFirst});
#else
  return rows;
#endif
}

template <int kEntries, int kTerms, bool kSloped, int kN>
struct Rows<kEntries, kTerms, kSloped, hn::ScalableTag<float>, kN> {
  using D = hn::ScalableTag<float>;
  using G = Group<D, kN>;
  using Laid = ByEntry<kEntries, kTerms, kSloped>;
  static constexpr unsigned kStride = Laid::kStride / 4;            // of intervals in Laid, in fours
  static constexpr unsigned kFours = (Laid::kRows + 3) / 4;         // of an interval that are used
  static constexpr unsigned kShared = kEntries * kFours * kCopies;  // of the table in shared memory

  const Four* fours;
  std::uint32_t place[kN];
  Four four[kN];

  HWY_INLINE Rows(const float* numbers, const G& indices) : fours(reinterpret_cast<const Four*>(numbers)) {
    for (int i = 0; i < kN; ++i) {
      const std::uint32_t entry = hn::as<std::uint32_t>(indices[i].raw) & (kEntries - 1);
#ifdef __CUDA_ARCH__
      const auto first =
          kTerms <= kFunctionTerms ? 0U : static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(numbers));
      place[i] = first + entry * (kFours * kCopies) + threadIdx.x % kCopies;
#else
      place[i] = entry * kStride;
#endif
    }
  }
  template <int kRow>
  HWY_INLINE G row() {
    constexpr int kPlace = Laid::place(kRow);
    if constexpr (kPlace % 4 == 0) {
      for (int i = 0; i < kN; ++i) {
#ifdef __CUDA_ARCH__
        four[i] = shared_rows[place[i] + kCopies * (kPlace / 4)];
#else
        four[i] = fours[place[i] + kPlace / 4];
#endif
      }
    }
    return G::of([&](int i) RHEO_PART { return hn::Vec1<float>{four[i].v[kPlace % 4]}; });
  }
#ifdef __CUDACC__
  // Copies a table, as layout() gives it, to shared memory behind `first` fours; the block has to be
  // synchronised afterwards.
  static __device__ __forceinline__ void stage(const float* numbers, unsigned first = 0) {
    const Four* const from = reinterpret_cast<const Four*>(numbers);
    for (unsigned i = threadIdx.x; i < kShared; i += blockDim.x) {
      const unsigned four = i / kCopies;
      shared_rows[first + i] = from[four / kFours * kStride + four % kFours];
    }
  }
#endif
};

// How many fours of shared memory a body's table takes.
template <class Body>
constexpr unsigned shared_fours() {
  if constexpr (requires { Body::Lookup::kShared; }) {
    return Body::Lookup::kShared;
  } else {
    return 0;
  }
}

}  // namespace rheo::one_lane
