// SPDX-License-Identifier: Apache-2.0
// terms.h: a thread's row of bins (src/sums/row.h), and how the rows of a block are brought together.
//
// Each thread of a block has a row of its own in shared memory, word by word beside those of the others, so
// that no thread waits for another one. At the end the rows of each channel are added, and the sums added to
// the accumulators in memory. All of it is adding integers, so that no order matters.
#pragma once

#include "src/cuda/learned/columns.h"
#include "src/sums/row.h"

namespace rheo::one_lane {

inline constexpr std::size_t kTermCounts =
    3;  // NaN, infinities, and minus infinities, as in src/sums/reduce.h

template <class Wide>
struct TermsOf {
  static constexpr bool kDouble = sizeof(Wide) == 8;
  static constexpr int kBase = kDouble ? kSums64.base : kSums32.base;
  static constexpr std::size_t kBins = kDouble ? kSums64.bins : kSums32.bins;
  static constexpr std::size_t kWords = kBins + kSumCounts;
  // So many threads that their rows fit into 48 KiB, which any kernel may have.
  static constexpr unsigned kThreads = kDouble ? 64 : 256;

  HWY_INLINE static BinScale scale() { return {kBase, kBins}; }
};

// The row of a thread: word i is row[i * stride].
template <class Wide>
struct Terms : TermsOf<Wide> {
  using Of = TermsOf<Wide>;
  Bins row;

  // Without memory for a row (null) there is nothing to add.
  HWY_INLINE Terms(std::int64_t* first, std::size_t stride) : row{first, stride} {
    if (first == nullptr) return;
    for (std::size_t i = 0; i < Of::kWords; ++i) row[i] = 0;
  }
  HWY_INLINE void add(Wide term) {
    const Wide size = term < 0 ? -term : term;
    if (size < Wide(HUGE_VAL)) {
      if constexpr (Of::kDouble) {
        deposit(Of::scale(), row, term);
      } else {
        deposit(row, term);
      }
    } else {
      row[Of::kBins + (term != term ? kNan : term > 0 ? kInfinite : kMinusInfinite)] += 1;
    }
  }
  HWY_INLINE void carry() { rheo::carry(Of::scale(), row); }
};

// Adds the rows of a block of `threads` to the accumulators: this thread's share of that, once all rows are
// there. add(word, number) adds to memory; `sums` is 1, or as many as there are channels.
template <class Wide, class Add>
HWY_INLINE void collect(const Columns& c, const Share& s, Thread thread, unsigned threads,
                        const std::int64_t* rows, std::int64_t sums, const Add& add) {
  constexpr std::int64_t kWords = TermsOf<Wide>::kWords;
  const std::int64_t begin = thread.block_x * s.wide;
  const std::int64_t end = begin + s.wide < c.positions() ? begin + s.wide : c.positions();
  const std::int64_t first = sums == 1 ? 0 : c.channel(begin);
  const std::int64_t channels = sums == 1 ? 1 : c.channel(end - 1) - first + 1;
  // Threads that are left over share a channel's word.
  const std::int64_t tasks = channels * kWords, parts = tasks < threads ? threads / tasks : 1;
  for (std::int64_t task = thread.number; task < tasks * parts; task += threads) {
    const std::int64_t word = task % kWords, channel = first + task / kWords % channels;
    std::int64_t low = begin, high = end;
    if (sums != 1) {
      if (channel * c.width > low) low = channel * c.width;
      if ((channel + 1) * c.width < high) high = (channel + 1) * c.width;
    }
    std::int64_t sum = 0;
    const std::int64_t count = (high - low) * s.deep;
    for (std::int64_t i = task / tasks; i < count; i += parts) {
      const std::int64_t of = i / (high - low) * s.wide + (low - begin) + i % (high - low);
      sum += rows[word * threads + of];
    }
    if (sum != 0) add(channel * kWords + word, sum);
  }
}

}  // namespace rheo::one_lane
