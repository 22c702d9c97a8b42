// SPDX-License-Identifier: Apache-2.0
// walk.h: what all walks over rows have: formats, where a row lies, its elements scaled and masked, sums.
#pragma once

#include "src/cuda/format.h"
#include "src/cuda/rows/kernel.h"
#include "src/cuda/rows/team.h"

namespace rheo::one_lane {

// A request with what is made of its scale once.
struct RowsWork {
  RowsRequest r;
  RowFactor<float> factor;
  TrustedSums sums;

  explicit RowsWork(const RowsRequest& request)
      : r(request), factor(request.scale), sums(request.length, request.scale) {}
};

// Numbers in memory: read as T, which evaluates them, and written with one rounding of a float64.
template <class T_>
struct WideRows {
  using Stored = T_;
  using T = T_;
  static constexpr bool kNarrow = false;

  HWY_INLINE static T read(Stored v) { return v; }
  HWY_INLINE static Stored rounded(double v) { return static_cast<T>(v); }
  HWY_INLINE static Stored rounded_result(T v) { return v; }
};

template <class One>
struct NarrowRows {
  using Stored = std::uint16_t;
  using T = float;
  static constexpr bool kNarrow = true;

  HWY_INLINE static float read(Stored v) { return One::widen(v); }
  HWY_INLINE static Stored rounded(double v) { return One::narrow(rounded_to_odd(v)); }
  // Of what float32 was asked for.
  HWY_INLINE static Stored rounded_result(float v) { return One::narrow(v); }
};

// One operand of one row.
template <class Format>
struct RowMemory {
  using Stored = typename Format::Stored;
  Stored* first;
  std::int64_t along;

  HWY_INLINE RowMemory(const RowsRequest& r, const RowsOperand& operand, std::int64_t row)
      : first(reinterpret_cast<Stored*>(operand.data)), along(operand.along) {
    if (first == nullptr) return;
    std::int64_t rest = row, offset = 0;
    for (int d = r.dimensions; d-- > 1;) {
      const std::int64_t next = rest / r.extent[d];
      offset += (rest - next * r.extent[d]) * operand.across[d];
      rest = next;
    }
    first += offset + rest * operand.across[0];
  }
  HWY_INLINE typename Format::T read(std::int64_t i) const { return Format::read(first[i * along]); }
  HWY_INLINE void write(std::int64_t i, const RowG& v) const { first[i * along] = Format::rounded(v[0].raw); }
  HWY_INLINE void write_result(std::int64_t i, typename Format::T v) const {
    first[i * along] = Format::rounded_result(v);
  }
};

// The elements scale x + mask of a row, rounded to float64 once; scale has the function's sign.
template <class Format>
struct RowElements {
  using T = typename Format::T;
  RowMemory<Format> x, mask;
  std::int64_t length;
  double scale;
  bool masked;

  HWY_INLINE RowElements(const RowsRequest& r, std::int64_t row)
      : x(r, r.x, row),
        mask(r, r.other, row),
        length(r.length),
        scale(r.scale),
        masked(r.other.data != nullptr) {}

  HWY_INLINE RowG operator()(std::int64_t i) const {
    const RowG v(static_cast<double>(x.read(i))), times(scale);
    if (!masked) return v * times;
    return fused(v, times, flipped(RowG(static_cast<double>(mask.read(i))), times));
  }
  // Any number where there is NaN. A product with the scale keeps the order of what it is made of.
  template <class Team>
  HWY_INLINE double largest(const Team& team) const {
    if (masked)
      return team.template largest<double>(length,
                                           [&](std::int64_t i) RHEO_PART { return (*this)(i)[0].raw; });
    const bool mirrored = scale < 0;
    const T most = team.template largest<T>(
        length, [&](std::int64_t i) RHEO_PART { return mirrored ? -x.read(i) : x.read(i); });
    return static_cast<double>(most) * fabs(scale);
  }
};

}  // namespace rheo::one_lane
