// SPDX-License-Identifier: Apache-2.0
// rows-inl.h: looks up the numbers of a table's intervals. Re-included per instruction set.
//
// A table has a row for each kind of number, with an entry for each interval: the center, kTerms coefficients
// of a polynomial, the lowest first, and perhaps a slope.
#if defined(RHEO_MATH_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_ROWS_INL_H_
#undef RHEO_MATH_ROWS_INL_H_
#else
#define RHEO_MATH_ROWS_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "src/math/group-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// Where a vector is as long as half a row or a row, a row is looked up by one permutation. Shorter vectors
// fetch the numbers of each lane's interval, which lie together in a copy of the table, and transpose them.
template <class D>
inline constexpr bool kByRow = hn::MaxLanes(D()) >= 16;

// Few and short rows, of functions: a row is looked up by permutations of any vectors.
template <int kEntries, int kTerms>
inline constexpr bool kFewRows = kEntries <= 16 && kTerms <= 2;

// Entries 0 to 7 of a row, or to 15, by the last bits of each lane of index.
template <int kEntries, class D, class VI>
HWY_INLINE hn::Vec<D> permuted(D d, const float* row, VI index) {
  constexpr int kLanes = static_cast<int>(hn::MaxLanes(D()));
  const hn::DFromV<VI> di;
  // Where permutations look at more bits than they need, and for Highway's assertions.
  const auto of = [&](int entries) RHEO_PART {
    const bool mask = kLanes < 8 || HWY_IS_DEBUG_BUILD;
    return hn::IndicesFromVec(d, mask ? hn::And(index, hn::Set(di, entries - 1)) : index);
  };
  if constexpr (kLanes > kEntries) {
    const hn::Half<D> dh;
    const auto half = hn::LoadU(dh, row);
    return hn::TableLookupLanes(hn::Combine(d, half, half), of(kLanes));
  } else if constexpr (kLanes == kEntries) {
    return hn::TableLookupLanes(hn::LoadU(d, row), of(kEntries));
  } else if constexpr (kLanes * 2 == kEntries) {
    return hn::TwoTablesLookupLanes(d, hn::LoadU(d, row), hn::LoadU(d, row + kLanes), of(kEntries));
  } else {
    static_assert(kLanes * 4 == kEntries);
    const auto first = permuted<kEntries / 2>(d, row, index);
    const auto second = permuted<kEntries / 2>(d, row + kEntries / 2, index);
    const auto bit = hn::And(index, hn::Set(di, kEntries / 2));
    return hn::IfThenElse(hn::RebindMask(d, hn::Ne(bit, hn::Zero(di))), second, first);
  }
}

// The numbers of an interval side by side, in the order in which they are used: four at a time are fetched.
template <int kEntries, int kTerms, bool kSloped>
struct ByEntry {
  static constexpr int kRows = 1 + kTerms + (kSloped ? 1 : 0);
  static constexpr int kStride = kRows <= 8 ? 8 : 16;
  alignas(64) float numbers[kEntries * kStride]{};

  // Where a row's number stands: center, coefficients from the highest down, slope.
  static constexpr int place(int row) { return row == 0 || row > kTerms ? row : kTerms + 1 - row; }
  constexpr explicit ByEntry(const float* rows) {
    for (int row = 0; row < kRows; ++row)
      for (int i = 0; i < kEntries; ++i) numbers[i * kStride + place(row)] = rows[row * kEntries + i];
  }
};

// Four vectors of four numbers each per 128 bits, transposed.
template <class V>
HWY_INLINE void transpose(V* v) {
  const hn::DFromV<V> d;
  const hn::RepartitionToWide<decltype(d)> dw;
  const auto wide = [&](V a) RHEO_PART { return hn::BitCast(dw, a); };
  const auto low01 = wide(hn::InterleaveLower(d, v[0], v[1])),
             low23 = wide(hn::InterleaveLower(d, v[2], v[3]));
  const auto high01 = wide(hn::InterleaveUpper(d, v[0], v[1])),
             high23 = wide(hn::InterleaveUpper(d, v[2], v[3]));
  v[0] = hn::BitCast(d, hn::InterleaveLower(dw, low01, low23));
  v[1] = hn::BitCast(d, hn::InterleaveUpper(dw, low01, low23));
  v[2] = hn::BitCast(d, hn::InterleaveLower(dw, high01, high23));
  v[3] = hn::BitCast(d, hn::InterleaveUpper(dw, high01, high23));
}

// The numbers of the intervals that kN vectors of indices name; only the indices' low bits count. `rows` is
// what layout() gives. Ask for them in the order of ByEntry.
template <int kEntries, int kTerms, bool kSloped, class D, int kN>
struct Rows {
  using G = Group<D, kN>;
  using DI = hn::RebindToSigned<D>;
  using Laid = ByEntry<kEntries, kTerms, kSloped>;
  static constexpr int kLanes = static_cast<int>(hn::MaxLanes(D()));
  const float* HWY_RESTRICT rows;
  Lanes<hn::Vec<DI>, kN> index;

  HWY_INLINE Rows(const float* r, const G& indices)
      : rows(r), index(each<hn::Vec<DI>, kN>([&](int i) RHEO_PART {
          const auto all = hn::BitCast(DI(), indices[i]);
          // A permutation looks at as many bits as it needs; Highway's assertions at all.
          return HWY_IS_DEBUG_BUILD ? hn::And(all, hn::Set(DI(), kEntries - 1)) : all;
        })) {}
  template <int kRow>
  HWY_INLINE G row() {
    const D d;
    const float* const row = rows + kRow * kEntries;
    return G::of([&](int i) RHEO_PART {
      const auto lanes = hn::IndicesFromVec(d, index[i]);
      if constexpr (kLanes == kEntries) return hn::TableLookupLanes(hn::LoadU(d, row), lanes);
      return hn::TwoTablesLookupLanes(d, hn::LoadU(d, row), hn::LoadU(d, row + kLanes), lanes);
    });
  }
};

template <int kEntries, int kTerms, bool kSloped, class D, int kN>
  requires(kFewRows<kEntries, kTerms>)
struct Rows<kEntries, kTerms, kSloped, D, kN> {
  using G = Group<D, kN>;
  using DI = hn::RebindToSigned<D>;
  const float* HWY_RESTRICT rows;
  Lanes<hn::Vec<DI>, kN> index;

  HWY_INLINE Rows(const float* r, const G& indices)
      : rows(r),
        index(each<hn::Vec<DI>, kN>([&](int i) RHEO_PART { return hn::BitCast(DI(), indices[i]); })) {}
  template <int kRow>
  HWY_INLINE G row() {
    return G::of([&](int i) RHEO_PART { return permuted<kEntries>(D(), rows + kRow * kEntries, index[i]); });
  }
};

template <int kEntries, int kTerms, bool kSloped, class D, int kN>
  requires(!kByRow<D> && !kFewRows<kEntries, kTerms>)
struct Rows<kEntries, kTerms, kSloped, D, kN> {
  using G = Group<D, kN>;
  using V = hn::Vec<D>;
  using Laid = ByEntry<kEntries, kTerms, kSloped>;
  static constexpr int kLanes = static_cast<int>(hn::MaxLanes(D()));
  const float* HWY_RESTRICT numbers;
  HWY_ALIGN std::uint32_t place[kN * kLanes];
  V four[kN][4];

  HWY_INLINE Rows(const float* entries, const G& indices) : numbers(entries) {
    const hn::RebindToUnsigned<D> di;
    constexpr int kShift = Laid::kStride == 8 ? 3 : 4;
    for (int i = 0; i < kN; ++i) {
      const auto entry = hn::And(hn::BitCast(di, indices[i]), hn::Set(di, kEntries - 1));
      hn::Store(hn::ShiftLeft<kShift>(entry), di, place + i * kLanes);
    }
  }
  template <int kRow>
  HWY_INLINE G row() {
    constexpr int kPlace = Laid::place(kRow);
    if constexpr (kPlace % 4 == 0) {
      for (int i = 0; i < kN; ++i) {
        for (int j = 0; j < 4; ++j) four[i][j] = fetch(place + i * kLanes + j, kPlace);
        transpose(four[i]);
      }
    }
    return G::of([&](int i) RHEO_PART { return four[i][kPlace % 4]; });
  }

 private:
  // Read back from memory: else compilers take the lanes apart, on the one port that permutes, too.
  HWY_INLINE V fetch(const volatile std::uint32_t* lane, std::size_t first) const {
    const D d;
    if constexpr (kLanes == 4) return hn::Load(d, numbers + *lane + first);
    const hn::Half<D> dh;
    return hn::Combine(d, hn::Load(dh, numbers + lane[4] + first), hn::Load(dh, numbers + *lane + first));
  }
};

// How Rows wants the rows of a table.
template <const float* kRows, class Lookup>
HWY_INLINE const float* layout() {
  if constexpr (!requires { typename Lookup::Laid; }) {
    return kRows;
  } else if constexpr (kByRow<typename Lookup::G::D>) {
    return kRows;
  } else {
    static constexpr typename Lookup::Laid laid(kRows);
    return laid.numbers;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
