// SPDX-License-Identifier: Apache-2.0
// one_thread.h: one thread for a row, where rows are the columns of a matrix: neighbours read neighbouring
// elements, which half a warp for each would fetch one by one.
//
// It goes through the elements of one accumulator after the other, in the order in which a tree meets them:
// that of their numbers with the bits reversed. Sums of 1, 2, 4, ... accumulators wait for as many others.
#pragma once

#include "src/cuda/rows/team.h"

namespace rheo::one_lane {

struct OneThread {
  static constexpr int kMembers = 1, kThreads = 1;

  HWY_INLINE int number(int) const { return 0; }

  template <class T, int kAccumulators, class Load, class Term>
  HWY_INLINE RowPair sum(std::int64_t length, Load&& load, Term&& term) const {
    constexpr int kLevels = kAccumulators == 16 ? 4 : 5;
    RowPair waiting[kLevels], all;
    for (int j = 0; j < kAccumulators; ++j) {
      RowSum<T> sum;
      elements<kAccumulators>(reversed<kLevels>(j), length, load,
                              [&](std::int64_t, const auto& loaded) RHEO_PART { sum.add(term(loaded)); });
      all = sum.sum;
      bool carried = true;
#ifdef __CUDACC__
#pragma unroll
#endif
      for (int level = 0; level < kLevels; ++level) {
        if (!carried) continue;
        carried = (j >> level & 1) != 0;
        if (carried)
          all = tree_add<T>(waiting[level], all);
        else
          waiting[level] = all;
      }
    }
    return all;
  }
  template <class N, class Load>
  HWY_INLINE N largest(std::int64_t length, Load&& load) const {
    return largest_of_member<N>(*this, 0, length, load);
  }

 private:
  template <int kBits>
  HWY_INLINE static int reversed(int j) {
    int result = 0;
#ifdef __CUDACC__
#pragma unroll
#endif
    for (int bit = 0; bit < kBits; ++bit) result |= (j >> bit & 1) << (kBits - 1 - bit);
    return result;
  }
};

}  // namespace rheo::one_lane
