// SPDX-License-Identifier: Apache-2.0
// team.h: threads that walk a row together.
//
// A walk is written for the `kMembers` of a team's threads that run it: one on the device, all of them on the
// host. What a thread reads and writes of a row no other one does; threads meet only where numbers are added
// up, in the order of a CPU (src/rows/number-inl.h), or the largest is sought. A team has
//   sum<T, kAccumulators>(length, load, term)   the sum of term(load(i)) in 16 or 32 accumulators
//   largest<N>(length, load)                    of load(i), beside NaN
// and every thread gets the result.
#pragma once

#include "src/rows/slope-inl.h"

namespace rheo::one_lane {

// One value for each member that runs the walk.
template <class Team, class V>
struct Each {
  V v[Team::kMembers];
  HWY_INLINE V& operator[](int k) { return v[k]; }
  HWY_INLINE const V& operator[](int k) const { return v[k]; }
};

// Calls use(i, load(i)) for the elements of one of kThreads threads, from its number on. Several are loaded
// before the first is used.
template <int kThreads, class Load, class Use>
HWY_INLINE void elements(int number, std::int64_t length, Load&& load, Use&& use) {
  constexpr int kFlight = 4;
  std::int64_t i = number;
  for (; i + (kFlight - 1) * kThreads < length; i += kFlight * kThreads) {
    decltype(load(i)) loaded[kFlight];
#ifdef __CUDACC__
#pragma unroll
#endif
    for (int k = 0; k < kFlight; ++k) loaded[k] = load(i + k * kThreads);
#ifdef __CUDACC__
#pragma unroll
#endif
    for (int k = 0; k < kFlight; ++k) use(i + k * kThreads, loaded[k]);
  }
  for (; i < length; i += kThreads) use(i, load(i));
}

// The same for all elements of a row, each in the thread whose it is.
template <class Team, class Load, class Use>
HWY_INLINE void each_of_row(const Team& team, std::int64_t length, Load&& load, Use&& use) {
  for (int k = 0; k < Team::kMembers; ++k) elements<Team::kThreads>(team.number(k), length, load, use);
}

// The largest of a member's own elements.
template <class N, class Team, class Load>
HWY_INLINE N largest_of_member(const Team& team, int k, std::int64_t length, Load&& load) {
  using V = hn::Vec1<N>;
  V high{-static_cast<N>(HUGE_VAL)};
  elements<Team::kThreads>(team.number(k), length, load,
                           [&](std::int64_t, N v) RHEO_PART { high = hn::Max(high, V{v}); });
  return high.raw;
}

}  // namespace rheo::one_lane
