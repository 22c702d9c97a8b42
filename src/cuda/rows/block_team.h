// SPDX-License-Identifier: Apache-2.0
// block_team.h: a block of threads for a row, where rows are few and long.
//
// All of them evaluate the terms of a sum, chunk by chunk, and put them to shared memory; the first 16 or 32
// have an accumulator each and add what is theirs, in its order, while the others are at the next chunk.
#pragma once

#include "src/cuda/rows/team.h"

namespace rheo::one_lane {

inline constexpr int kBlockThreads = 256, kTermsOfThread = 4, kChunk = kBlockThreads * kTermsOfThread;
inline constexpr int kBlockSlots = 2 * kChunk;  // numbers that `Threads` keep, of each part of a pair

// `Threads` has put(slot, pair), get(slot), and meet(), where all wait for each other.
template <class Threads>
struct Block : Threads {
  static constexpr int kThreads = kBlockThreads, kMembers = Threads::kMembers;

  template <class T, int kAccumulators, class Load, class Term>
  HWY_INLINE RowPair sum(std::int64_t length, Load&& load, Term&& term) const {
    Each<Threads, RowSum<T>> sums;
    int half = 0;  // of the memory
    for (std::int64_t begin = 0; begin < length; begin += kChunk, half = kChunk - half) {
      const auto count = static_cast<int>(length - begin < kChunk ? length - begin : kChunk);
      each_of_row(
          *this, count, [&](std::int64_t i) RHEO_PART { return load(begin + i); },
          [&](std::int64_t i, const auto& loaded)
              RHEO_PART { this->template put<T>(half + static_cast<int>(i), term(loaded)); });
      this->meet();
      for (int k = 0; k < kMembers; ++k)
        if (this->number(k) < kAccumulators)
          for (int i = this->number(k); i < count; i += kAccumulators)
            sums[k].add(this->template get<T>(half + i));
    }
    this->meet();
    for (int k = 0; k < kMembers; ++k)
      if (this->number(k) < kAccumulators) this->template put<T>(this->number(k), sums[k].sum);
    return met<T, kAccumulators>([](const RowPair& a, const RowPair& b)
                                     RHEO_PART { return tree_add<T>(a, b); });
  }
  template <class N, class Load>
  HWY_INLINE N largest(std::int64_t length, Load&& load) const {
    using V = hn::Vec1<double>;
    for (int k = 0; k < kMembers; ++k) {
      const N most = largest_of_member<N>(*this, k, length, load);
      this->template put<float>(this->number(k), {RowG(static_cast<double>(most)), RowG(0.0)});
    }
    return static_cast<N>(met<float, kThreads>([](const RowPair& a, const RowPair& b) RHEO_PART {
                            return RowPair(RowG(hn::Max(V{a.high[0].raw}, V{b.high[0].raw})), RowG(0.0));
                          })
                              .high[0]
                              .raw);
  }

 private:
  // What the first kCount slots come to, as a tree. Pairs of T that are no float64 have a part alone.
  template <class T, int kCount, class Meet>
  HWY_INLINE RowPair met(Meet&& meet) const {
    for (int half = kCount / 2; half >= 1; half /= 2) {
      this->meet();
      for (int k = 0; k < kMembers; ++k) {
        const int i = this->number(k);
        if (i < half)
          this->template put<T>(i, meet(this->template get<T>(i), this->template get<T>(i + half)));
      }
    }
    this->meet();
    const RowPair result = this->template get<T>(0);
    this->meet();
    return result;
  }
};

// Slots of pairs.
struct Slots {
  double *high, *low;

  template <class T>
  HWY_INLINE void put(int slot, const RowPair& v) const {
    high[slot] = v.high[0].raw;
    if constexpr (kPaired<T>) low[slot] = v.low[0].raw;
  }
  template <class T>
  HWY_INLINE RowPair get(int slot) const {
    return {RowG(high[slot]), RowG(kPaired<T> ? low[slot] : 0.0)};
  }
};

#ifdef __CUDACC__
struct DeviceThreads : Slots {
  static constexpr int kMembers = 1;

  HWY_INLINE int number(int) const {
#ifdef __CUDA_ARCH__
    return static_cast<int>(threadIdx.x);
#else
    return 0;
#endif
  }
  HWY_INLINE void meet() const {
#ifdef __CUDA_ARCH__
    __syncthreads();
#endif
  }
};
#else
struct HostThreads : Slots {
  static constexpr int kMembers = kBlockThreads;

  int number(int k) const { return k; }
  void meet() const {}
};
#endif

}  // namespace rheo::one_lane
