// SPDX-License-Identifier: Apache-2.0
// row-source-inl.h: a row's elements in memory, sixteen at a time: scaled, masked, the largest of them, their
// exponentials. Re-included per instruction set.
#if defined(RHEO_ROWS_ROW_SOURCE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_ROW_SOURCE_INL_H_
#undef RHEO_ROWS_ROW_SOURCE_INL_H_
#else
#define RHEO_ROWS_ROW_SOURCE_INL_H_
#endif

#include <type_traits>

#include "src/rows/operand-inl.h"
#include "src/rows/result-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// What is done with x first.
enum class RowFuse {
  kPlain,
  kScaled,
  kMasked  // scale x + mask, rounded to float64 once; both with the sign of scale
};

// Contiguous elements of a row: of T, or kNarrow, of a 16-bit format, and then T is float.
template <class T, RowFuse kFuse, bool kNarrow = false>
struct RowSource {
  using Number = std::conditional_t<kNarrow, RowBits, T>;
  using D = hn::ScalableTag<T>;
  const Number* x;
  const Number* mask;
  RowG scale;
  Format format = Format::kFloat32;  // if kNarrow

  HWY_INLINE RowG at(std::size_t i) const {
    const RowG v = load(x + i);
    if constexpr (kFuse == RowFuse::kMasked) return fuse(v, load(mask + i));
    return fuse(v, v);
  }
  // The last ones, followed by one that is infinitely far from the largest.
  HWY_INLINE RowG last(std::size_t i, std::size_t count) const {
    return filled(i, count, static_cast<T>(hn::GetLane(scale[0]) < 0 ? kInfinity : -kInfinity));
  }
  // The last ones, the first of them several times.
  HWY_INLINE RowG repeated(std::size_t i, std::size_t count) const {
    T first[kAtOnce];
    copy(x + i, 1, first);
    return filled(i, count, first[0]);
  }
  // A vector of T of x alone.
  HWY_INLINE hn::Vec<D> vector(std::size_t i) const {
    if constexpr (kNarrow) {
      const auto bits = hn::LoadU(hn::Rebind<RowBits, D>(), x + i);
      return format == Format::kBfloat16 ? widened<Format::kBfloat16>(D(), bits)
                                         : widened<Format::kFloat16>(D(), bits);
    } else {
      return hn::LoadU(D(), x + i);
    }
  }

 private:
  HWY_INLINE RowG load(const Number* from) const {
    if constexpr (kNarrow)
      return format == Format::kBfloat16 ? load16<Format::kBfloat16>(from) : load16<Format::kFloat16>(from);
    else
      return load16(from);
  }
  HWY_INLINE void copy(const Number* from, std::size_t count, T* to) const {
    if constexpr (kNarrow)
      widen(format, from, count, to);
    else
      std::copy_n(from, count, to);
  }
  HWY_INLINE RowG filled(std::size_t i, std::size_t count, T rest) const {
    T xs[kAtOnce]{}, masks[kAtOnce]{};
    copy(x + i, count, xs), std::fill(xs + count, xs + kAtOnce, rest);
    if constexpr (kFuse == RowFuse::kMasked) {
      copy(mask + i, count, masks), std::fill(masks + count, masks + kAtOnce, masks[0]);
      return fuse(load16(xs), load16(masks));
    }
    const RowG v = load16(xs);
    return fuse(v, v);
  }
  HWY_INLINE RowG fuse(const RowG& v, [[maybe_unused]] const RowG& add) const {
    if constexpr (kFuse == RowFuse::kPlain) return v;
    if constexpr (kFuse == RowFuse::kScaled) return v * scale;
    return fused(v, scale, flipped(add, scale));
  }
};

// Calls body(i, z, count, whole) for sixteen elements at a time; whole says that count is sixteen.
template <class Source, class Body>
HWY_INLINE void sixteens(const Source& source, std::size_t n, Body&& body) {
  const std::size_t even = n / kAtOnce * kAtOnce;
  for (std::size_t i = 0; i < even; i += kAtOnce) body(i, source.at(i), kAtOnce, std::true_type());
  if (even < n) body(even, source.last(even, n - even), n - even, std::false_type());
}

// The largest element of a row, or of a part (where there is NaN, any), and whether none of them is below the
// lowest distance.
struct RowRange {
  double high = -kInfinity;
  bool low_enough = false;
};

template <class T, class D, class V = hn::Vec<D>>
HWY_INLINE RowRange range_of(D d, V most, V least) {
  const auto lowest = hn::Set(d, static_cast<hn::TFromD<D>>(kLowestDistance<T>));
  return {static_cast<double>(hn::GetLane(hn::MaxOfLanes(d, most))), hn::AllTrue(d, hn::Ge(least, lowest))};
}

template <class T, RowFuse kFuse, bool kNarrow>
HWY_INLINE RowRange range_of_row(const RowSource<T, kFuse, kNarrow>& source, std::size_t n) {
  using D = hn::ScalableTag<T>;
  using G = Group<D, 4>;
  const D d;
  const std::size_t lanes = hn::Lanes(d), step = 4 * lanes;
  if (kFuse != RowFuse::kPlain || n < lanes) {
    const std::size_t even = n / kAtOnce * kAtOnce;
    RowG high(-kInfinity), low(kInfinity);
    const auto take = [&](const RowG& z) RHEO_PART { high = larger(high, z), low = smaller(low, z); };
    for (std::size_t i = 0; i < even; i += kAtOnce) take(source.at(i));
    if (even < n) take(source.repeated(even, n - even));
    auto most = high[0], least = low[0];
    for (int k = 1; k < RowG::kN; ++k) most = hn::Max(most, high[k]), least = hn::Min(least, low[k]);
    return range_of<T>(RowD(), most, least);
  }
  auto most = source.vector(0), least = most;
  std::size_t i = lanes;
  if (n >= step) {
    const auto group = [&](std::size_t at) RHEO_PART {
      return G::of([&](int k) RHEO_PART { return source.vector(at + static_cast<std::size_t>(k) * lanes); });
    };
    G high = group(0), low = high;
    for (i = step; i + step <= n; i += step) {
      const G v = group(i);
      high = larger(high, v), low = smaller(low, v);
    }
    most = hn::Max(hn::Max(high[0], high[1]), hn::Max(high[2], high[3]));
    least = hn::Min(hn::Min(low[0], low[1]), hn::Min(low[2], low[3]));
  }
  const auto take = [&](std::size_t at) RHEO_PART {
    const auto v = source.vector(at);
    most = hn::Max(most, v), least = hn::Min(least, v);
  };
  for (; i + lanes <= n; i += lanes) take(i);
  if (i < n) take(n - lanes);
  return range_of<T>(d, most, least);
}

// As zero_of(), of one row.
HWY_INLINE double zero_of(double m) { return m >= 0 && m <= kNear ? 0 : m; }

// Calls body(i, t, e, count) with all distances from zero and their exponentials.
template <class T, bool kInside, class Source, class Body>
HWY_INLINE void exponentials(const Source& source, std::size_t n, double zero, Body&& body) {
  const RowG from(zero);
  sixteens(source, n, [&](std::size_t i, const RowG& z, std::size_t count, auto whole) RHEO_PART {
    constexpr bool kWithin = kInside && decltype(whole)::value;
    const RowPair t = kWithin ? RowPair(z, RowG(0.0)) : distance<T>(z, from);
    body(i, row_exp<T, kWithin>(t), count);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
