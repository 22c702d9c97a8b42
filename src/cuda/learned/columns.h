// SPDX-License-Identifier: Apache-2.0
// columns.h: which elements of x[outer][channels][inner] a thread takes: all of one channel.
//
// Threads that are neighbours take neighbouring positions in memory, and each of them the steps from one
// position to the next that is like it: to the next outer index or, in channels of many elements that lie
// together, to the next part of these.
#pragma once

#include <cstdint>

#include "src/cuda/request.h"

namespace rheo::one_lane {

struct Columns {
  static constexpr std::int64_t kWidest = 1024;

  std::int64_t outer, channels, inner;
  std::int64_t width, parts;  // inner = parts of `width`, of which the last may be shorter

  explicit Columns(const LearnedRequest& r)
      : outer(r.outer),
        channels(r.channels),
        inner(r.inner),
        width(r.inner < kWidest ? r.inner : kWidest),
        parts((r.inner + width - 1) / width) {}

  HWY_INLINE std::int64_t positions() const { return channels * width; }
  HWY_INLINE std::int64_t steps() const { return outer * parts; }
  HWY_INLINE std::int64_t channel(std::int64_t position) const { return position / width; }

  // Where the element of a position and step lies; -1 where there is none.
  HWY_INLINE std::int64_t place(std::int64_t position, std::int64_t step) const {
    if (step >= steps()) return -1;
    if (parts == 1) return step * channels * inner + position;
    const std::int64_t row = step / parts, inside = step % parts * width + position % width;
    return inside < inner ? (row * channels + position / width) * inner + inside : -1;
  }
};

// How the threads of a grid share the positions and steps: a block has `wide` neighbouring positions, and
// `deep` threads for each of them; blocks that differ in y share positions.
struct Share {
  std::int64_t wide, deep;
  std::int64_t blocks_x, blocks_y;

  // kSize steps at a time; most: blocks.
  Share(const Columns& c, std::int64_t threads, std::int64_t size, std::int64_t most) {
    wide = c.positions() < threads ? c.positions() : threads;
    deep = threads / wide;
    blocks_x = (c.positions() + wide - 1) / wide;
    const std::int64_t needed = (c.steps() + deep * size - 1) / (deep * size);
    const std::int64_t wanted = most / blocks_x > 1 ? most / blocks_x : 1;
    constexpr std::int64_t kMost = 65535;  // of a grid
    blocks_y = wanted < needed ? wanted : needed;
    if (blocks_y > kMost) blocks_y = kMost;
  }
};

// A thread's.
struct Thread {
  std::int64_t block_x, block_y, number;
};
struct Column {
  std::int64_t position, first, between, turn;  // steps first + turn k + between i, i < kSize
  bool used;

  HWY_INLINE Column(const Columns& c, const Share& s, Thread t, std::int64_t size)
      : position(t.block_x * s.wide + t.number % s.wide),
        first(t.block_y * s.deep * size + t.number / s.wide),
        between(s.deep),
        turn(s.blocks_y * s.deep * size),
        used(t.number < s.wide * s.deep && position < c.positions()) {}
};

}  // namespace rheo::one_lane
