// SPDX-License-Identifier: Apache-2.0
// half_warp.h: sixteen threads for a row, each of which has an accumulator, or two: element i is thread i mod
// 16's, as it is accumulator i mod 16's. On the device their numbers meet by shuffles.
#pragma once

#include "src/cuda/rows/team.h"

namespace rheo::one_lane {

inline constexpr int kTeam = static_cast<int>(kAtOnce);

// `Lanes` has what its own elements came to, and lets all threads meet in pairs.
template <class Lanes>
struct HalfWarp : Lanes {
  static constexpr int kThreads = kTeam;

  template <class T, int kAccumulators, class Load, class Term>
  HWY_INLINE RowPair sum(std::int64_t length, Load&& load, Term&& term) const {
    Each<Lanes, RowPair> sums;
    for (int k = 0; k < Lanes::kMembers; ++k) {
      RowSum<T> even, odd;
      bool is_odd = false;
      elements<kThreads>(this->number(k), length, load, [&](std::int64_t, const auto& loaded) RHEO_PART {
        if (is_odd)
          odd.add(term(loaded));
        else
          even.add(term(loaded));
        is_odd = kAccumulators > kTeam && !is_odd;
      });
      sums[k] = kAccumulators > kTeam ? tree_add<T>(even.sum, odd.sum) : even.sum;
    }
    return Lanes::template total<T>(sums);
  }
  template <class N, class Load>
  HWY_INLINE N largest(std::int64_t length, Load&& load) const {
    Each<Lanes, N> most;
    for (int k = 0; k < Lanes::kMembers; ++k) most[k] = largest_of_member<N>(*this, k, length, load);
    return Lanes::template largest_of<N>(most);
  }
};

#ifdef __CUDACC__
struct DeviceLanes {
  static constexpr int kMembers = 1;

  HWY_INLINE int number(int) const {
#ifdef __CUDA_ARCH__
    return static_cast<int>(threadIdx.x) % kTeam;
#else
    return 0;
#endif
  }
  // The accumulators' total, added as a tree.
  template <class T>
  HWY_INLINE RowPair total(const Each<DeviceLanes, RowPair>& sums) const {
    RowPair sum = sums[0];
#pragma unroll
    for (int apart = kTeam / 2; apart >= 1; apart /= 2) {
      RowPair other(RowG(from(sum.high[0].raw, apart)), RowG(0.0));
      if constexpr (kPaired<T>) other.low = RowG(from(sum.low[0].raw, apart));
      sum = tree_add<T>(sum, other);
    }
    return sum;
  }
  template <class N>
  HWY_INLINE N largest_of(const Each<DeviceLanes, N>& all) const {
    using V = hn::Vec1<N>;
    N most = all[0];
#pragma unroll
    for (int apart = kTeam / 2; apart >= 1; apart /= 2) most = hn::Max(V{most}, V{from(most, apart)}).raw;
    return most;
  }

 private:
  // The number of the thread that is so far apart. The other half of the warp need not be at the same place.
  template <class N>
  HWY_INLINE static N from(N mine, [[maybe_unused]] int apart) {
#ifdef __CUDA_ARCH__
    const unsigned half = 0xFFFFU << (threadIdx.x & kTeam);
    return __shfl_xor_sync(half, mine, apart);
#else
    return mine;
#endif
  }
};
#else
struct HostLanes {
  static constexpr int kMembers = kTeam;

  int number(int k) const { return k; }

  template <class T>
  RowPair total(const Each<HostLanes, RowPair>& sums) const {
    return met(sums, [](const RowPair& a, const RowPair& b) { return tree_add<T>(a, b); });
  }
  template <class N>
  N largest_of(const Each<HostLanes, N>& all) const {
    using V = hn::Vec1<N>;
    return met(all, [](N a, N b) { return hn::Max(V{a}, V{b}).raw; });
  }

 private:
  // What the last thread has in the end; a device relies on its being the same for all.
  template <class V, class Meet>
  static V met(Each<HostLanes, V> mine, Meet meet) {
    for (int apart = kTeam / 2; apart >= 1; apart /= 2) {
      const Each<HostLanes, V> all = mine;
      for (int k = 0; k < kTeam; ++k) mine[k] = meet(all[k], all[k ^ apart]);
    }
    return mine[kTeam - 1];
  }
};
#endif

}  // namespace rheo::one_lane
