// SPDX-License-Identifier: Apache-2.0
// cursor.h: strided memory, whatever the number of operands: a place in it, the steps from there, and
// dimensions that are one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

#include "src/core/run.h"

namespace rheo {

// Position in the dimensions, with each operand's offset in elements. D has an extent, and as many strides as
// there are operands.
template <class D>
struct StridedCursor {
  static constexpr int kCount = std::extent_v<decltype(D::stride)>;
  std::int64_t index[kMaxRank];
  std::int64_t offset[kCount];

  StridedCursor(const std::vector<D>& dimensions, std::int64_t position) : index{}, offset{} {
    for (std::size_t i = dimensions.size(); i-- > 0;) {
      const D& d = dimensions[i];
      index[i] = position % d.extent;
      position /= d.extent;
      for (int o = 0; o < kCount; ++o) offset[o] += index[i] * d.stride[o];
    }
  }
  // What is left of the innermost run.
  std::int64_t rest(const std::vector<D>& dimensions) const {
    return dimensions.back().extent - index[dimensions.size() - 1];
  }
  // Moves by `step` elements within the innermost dimension, then carries.
  void advance(const std::vector<D>& dimensions, std::int64_t step) {
    std::size_t i = dimensions.size() - 1;
    index[i] += step;
    for (int o = 0; o < kCount; ++o) offset[o] += step * dimensions[i].stride[o];
    while (i > 0 && index[i] == dimensions[i].extent) {
      for (int o = 0; o < kCount; ++o) {
        offset[o] += dimensions[i - 1].stride[o] - dimensions[i].extent * dimensions[i].stride[o];
      }
      index[i] = 0;
      ++index[--i];
    }
  }
};

using Cursor = StridedCursor<Dimension>;

// Calls body(cursor, done, n) for the runs that the next `count` elements lie in: n elements, `done` before
// them. The cursor ends behind the last one.
template <class D, class Body>
void each_run(const std::vector<D>& dimensions, StridedCursor<D>& cursor, std::int64_t count, Body&& body) {
  for (std::int64_t done = 0; done < count;) {
    const std::int64_t n = std::min(count - done, cursor.rest(dimensions));
    body(cursor, done, n);
    cursor.advance(dimensions, n);
    done += n;
  }
}

// n elements, `stride` of them apart on one side; at any address.
template <class T>
void gather(const char* from, std::int64_t stride, std::int64_t n, T* to) {
  if (stride == 1) return static_cast<void>(std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T)));
  for (std::int64_t i = 0; i < n; ++i)
    std::memcpy(to + i, from + i * stride * std::int64_t{sizeof(T)}, sizeof(T));
}

template <class T>
void scatter(const T* from, std::int64_t n, std::int64_t stride, char* to) {
  if (stride == 1) return static_cast<void>(std::memcpy(to, from, static_cast<std::size_t>(n) * sizeof(T)));
  for (std::int64_t i = 0; i < n; ++i)
    std::memcpy(to + i * stride * std::int64_t{sizeof(T)}, from + i, sizeof(T));
}

// A job's next `count` elements, to buffers: x, and grad where there is one.
template <class J, class D, class T>
void fetch(const J& job, StridedCursor<D>& cursor, std::int64_t count, T* x, T* grad) {
  const auto& stride = job.dimensions.back().stride;
  constexpr std::int64_t kSize = sizeof(T);
  each_run(job.dimensions, cursor, count, [&](const auto& c, std::int64_t done, std::int64_t n) {
    gather(job.x + c.offset[kX] * kSize, stride[kX], n, x + done);
    if (job.grad != nullptr) gather(job.grad + c.offset[kGrad] * kSize, stride[kGrad], n, grad + done);
  });
}

// From a buffer to its output.
template <class J, class D, class T>
void put_back(const J& job, StridedCursor<D>& cursor, std::int64_t count, const T* y) {
  each_run(job.dimensions, cursor, count, [&](const auto& c, std::int64_t done, std::int64_t n) {
    scatter(y + done, n, job.dimensions.back().stride[kY], job.y + c.offset[kY] * std::int64_t{sizeof(T)});
  });
}

// Number of elements; -1 when it does not fit.
template <class D>
std::int64_t product_of_extents(const std::vector<D>& dimensions) {
  std::int64_t n = 1;
  for (const D& d : dimensions)
    if (d.extent == 0) return 0;
  for (const D& d : dimensions)
    if (__builtin_mul_overflow(n, d.extent, &n)) return -1;
  return n;
}

// Drops extents of 1, and merges neighbours that lie together for all operands. One dimension is left at
// least.
template <class D>
void merge_dimensions(std::vector<D>& dimensions) {
  const auto mergeable = [](const D& outer, const D& inner) {
    return std::equal(std::begin(outer.stride), std::end(outer.stride), std::begin(inner.stride),
                      [&](std::int64_t o, std::int64_t i) { return o == i * inner.extent; });
  };
  std::vector<D> merged;
  for (const D& d : dimensions) {
    if (d.extent == 1) continue;
    if (!merged.empty() && mergeable(merged.back(), d)) {
      const std::int64_t extent = merged.back().extent * d.extent;
      merged.back() = d;
      merged.back().extent = extent;
    } else {
      merged.push_back(d);
    }
  }
  if (merged.empty()) {
    merged.push_back({1, {}});
    std::fill(std::begin(merged[0].stride), std::end(merged[0].stride), 1);
  }
  dimensions = std::move(merged);
}

// Orders the dimensions as the output lies in memory first.
template <class D>
void simplify_dimensions(std::vector<D>& dimensions) {
  std::stable_sort(dimensions.begin(), dimensions.end(), [](const D& a, const D& b) {
    return std::llabs(a.stride[kY]) > std::llabs(b.stride[kY]);
  });
  merge_dimensions(dimensions);
}

}  // namespace rheo
