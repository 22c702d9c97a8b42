// SPDX-License-Identifier: Apache-2.0
// torch_channels.h: strided tensors channel by channel, in boxes of rows that stay in cache.
#ifndef RHEOBASE_PYTHON_NATIVE_TORCH_CHANNELS_H_
#define RHEOBASE_PYTHON_NATIVE_TORCH_CHANNELS_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <utility>
#include <vector>

namespace rheobase_torch {

// Rows, and channels that are neighbours, in a buffer: 128 KiB of float32. In L2; smaller ones would fit L1,
// but every channel of a tile costs a call, some 0.3 microseconds.
inline constexpr int64_t kTileRows = 1024, kGroup = 32;

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

// A box's rows: where each of them begins.
inline void row_offsets(const std::vector<Dimension>& box, int64_t Dimension::* stride, int64_t rows,
                        int64_t* offsets) {
  std::array<int64_t, 64> index{};
  for (int64_t r = 0, offset = 0; r < rows; ++r) {
    offsets[r] = offset;
    for (size_t d = box.size(); d-- > 0;) {
      offset += box[d].*stride;
      if (++index[d] < box[d].extent) break;
      offset -= box[d].extent * box[d].*stride, index[d] = 0;
    }
  }
}

// Sixteen bytes, and as many of them as have as many rows as columns.
template <class U>
using Vector [[gnu::vector_size(16)]] = U;
template <class U>
inline constexpr int64_t kSquare = 16 / sizeof(U);

template <class U, size_t... i>
void interleave(const Vector<U>& a, const Vector<U>& b, Vector<U>* to, std::index_sequence<i...>) {
  constexpr size_t n = sizeof...(i);
  to[0] = __builtin_shufflevector(a, b, (i / 2 + i % 2 * n)...);
  to[1] = __builtin_shufflevector(a, b, (n / 2 + i / 2 + i % 2 * n)...);
}

// Each round brings row i and row i + n / 2 together; after log2(n) of them rows are columns.
template <class U>
void transpose(const U* from, const int64_t* rows_from, U* to, const int64_t* rows_to) {
  constexpr int64_t n = kSquare<U>;
  Vector<U> lines[n], next[n];
  for (int64_t i = 0; i < n; ++i) std::memcpy(&lines[i], from + rows_from[i], 16);
  for (int64_t round = 1; round < n; round *= 2) {
    for (int64_t i = 0; i < n / 2; ++i)
      interleave<U>(lines[i], lines[i + n / 2], next + 2 * i, std::make_index_sequence<n>());
    std::copy(next, next + n, lines);
  }
  for (int64_t i = 0; i < n; ++i) std::memcpy(to + rows_to[i], &lines[i], 16);
}

// Moves a box of some neighbouring channels to or from buffers in which each channel's rows lie together. A
// strided call for each channel would read every cache line once for each of them. Rows that lie far apart
// are out of the prefetcher's reach, so they are asked for ahead.
template <bool kBack, class U>
void turn_as(const std::vector<Dimension>& box, int64_t Dimension::* stride, char* memory, int64_t between,
             int64_t width, int64_t rows, char* buffer) {
  constexpr int64_t n = kSquare<U>, kAhead = 16;
  U *const lies = reinterpret_cast<U*>(memory), *const kept = reinterpret_cast<U*>(buffer);
  std::vector<int64_t> offsets(static_cast<size_t>(rows));
  row_offsets(box, stride, rows, offsets.data());
  std::array<int64_t, n> pitches;
  for (int64_t i = 0; i < n; ++i) pitches[static_cast<size_t>(i)] = i * kPitch;
  const int64_t squares = between == 1 ? width / n * n : 0;
  const auto one = [&](int64_t r, int64_t c) {
    U* const there = lies + offsets[static_cast<size_t>(r)] + c * between;
    U* const here = kept + c * kPitch + r;
    kBack ? * there = *here : * here = *there;
  };
  int64_t r = 0;
  for (; r + n <= rows; r += n) {
    const int64_t* const at = offsets.data() + r;
    for (int64_t i = 0; i < n && r + i + kAhead < rows; ++i) __builtin_prefetch(lies + at[i + kAhead], kBack);
    for (int64_t c = 0; c < squares; c += n)
      kBack ? transpose(kept + c * kPitch + r, pitches.data(), lies + c, at)
            : transpose(lies + c, at, kept + c * kPitch + r, pitches.data());
    for (int64_t i = 0; i < n; ++i)
      for (int64_t c = squares; c < width; ++c) one(r + i, c);
  }
  for (; r < rows; ++r)
    for (int64_t c = 0; c < width; ++c) one(r, c);
}

}  // namespace rheobase_torch

#endif  // RHEOBASE_PYTHON_NATIVE_TORCH_CHANNELS_H_
