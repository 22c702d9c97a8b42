// SPDX-License-Identifier: Apache-2.0
// torch_channels.h: strided tensors channel by channel, in boxes of rows that stay in cache.
#ifndef RHEOBASE_PYTHON_NATIVE_TORCH_CHANNELS_H_
#define RHEOBASE_PYTHON_NATIVE_TORCH_CHANNELS_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <vector>

namespace rheobase_torch {

inline constexpr int64_t kTileRows = 512, kGroup = 16;  // of channels that are neighbours: 32 KiB of float32

// Elements from one channel to the next in a buffer. Were it a power of two, neighbours would fall into few
// sets of the cache.
inline constexpr int64_t kPitch = kTileRows + 16;

// A dimension, and its strides in x, grad and y.
struct Dimension {
  int64_t extent, x, grad, y;
};

// What the rows of one channel are made of. Neighbouring channels are best taken together, a tile of rows at
// a time, as they share cache lines.
struct Walk {
  std::vector<Dimension> rows;  // outermost first
  Dimension channel{1, 0, 0, 0};
  bool columns = false;

  int64_t count() const {
    return std::accumulate(rows.begin(), rows.end(), int64_t{1},
                           [](int64_t n, const Dimension& d) { return n * d.extent; });
  }
};

template <class Step>
void visit(const std::vector<Dimension>& rows, std::vector<Dimension>& box, size_t at, size_t split,
           int64_t chunk, Dimension offset, Step& step) {
  const Dimension& d = rows[at];
  const int64_t by = at == split ? chunk : 1;
  for (int64_t i = 0; i < d.extent; i += by) {
    box[at].extent = std::min(by, d.extent - i);
    const Dimension here{0, offset.x + i * d.x, offset.grad + i * d.grad, offset.y + i * d.y};
    at == split ? step(here, box) : visit(rows, box, at + 1, split, chunk, here, step);
  }
}

// step(first row's offset as a Dimension, rows) for boxes of about kTileRows rows, or for all rows at once.
template <class Step>
void for_boxes(const Walk& walk, Step step) {
  std::vector<Dimension> box = walk.rows;
  size_t split = box.size();
  int64_t inner = 1;
  if (walk.columns)
    while (split > 0 && inner * box[split - 1].extent <= kTileRows) inner *= box[--split].extent;
  if (!walk.columns || split == 0) return step(Dimension{}, box);
  const int64_t chunk = std::max<int64_t>(1, kTileRows / inner);
  visit(walk.rows, box, 0, split - 1, chunk, Dimension{}, step);
}

// A box's shape and strides as the C ABI takes them.
struct Layout {
  std::vector<int64_t> shape, x, grad, y;
  explicit Layout(const std::vector<Dimension>& box) {
    for (const Dimension& d : box)
      shape.push_back(d.extent), x.push_back(d.x), grad.push_back(d.grad), y.push_back(d.y);
  }
};

// Moves a box of some neighbouring channels to or from buffers in which each channel's rows lie together. A
// strided call for each channel would read every cache line once for each of them.
template <bool kBack, class U>
void turn_as(const std::vector<Dimension>& box, int64_t Dimension::* stride, char* memory, int64_t between,
             int64_t width, int64_t rows, char* buffer) {
  std::array<int64_t, 64> index{};
  for (int64_t r = 0, offset = 0; r < rows; ++r) {
    for (int64_t c = 0; c < width; ++c) {
      U* const lies = reinterpret_cast<U*>(memory) + offset + c * between;
      U* const kept = reinterpret_cast<U*>(buffer) + c * kPitch + r;
      kBack ? * lies = *kept : * kept = *lies;
    }
    for (size_t d = box.size(); d-- > 0;) {
      offset += box[d].*stride;
      if (++index[d] < box[d].extent) break;
      offset -= box[d].extent * box[d].*stride, index[d] = 0;
    }
  }
}

}  // namespace rheobase_torch

#endif  // RHEOBASE_PYTHON_NATIVE_TORCH_CHANNELS_H_
