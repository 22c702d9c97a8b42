// SPDX-License-Identifier: Apache-2.0
// arrays.h: where a thread finds a gate's factors and results, of all layouts: 16 bytes of each array at
// a time where they lie at multiples of 16 bytes.
//
// Made for the host too, so that tests see what threads read and write. `Memory` is how whole packs are
// moved.
#pragma once

#include <cstdint>
#include <cstring>

#include "hwy/highway.h"
#include "src/cuda/pack.h"
#include "src/cuda/request.h"

namespace rheo::one_lane {

// Elements [from, to) of a pack that begins at some address, which may lie before the array.
template <class T>
struct Part {
  static constexpr int kSize = Pack<T>::kSize;
  int from, to;

  HWY_INLINE bool has(int i) const { return i >= from && i < to; }
  HWY_INLINE bool whole(const T* at) const {
    return from == 0 && to == kSize && reinterpret_cast<std::uintptr_t>(at) % sizeof(Pack<T>) == 0;
  }
};

template <class Memory, class T>
HWY_INLINE Pack<T> load_part(const T* at, Part<T> part) {
  if (part.whole(at)) return Memory::load(at);
  Pack<T> p;
  for (int i = 0; i < p.kSize; ++i) p.v[i] = part.has(i) ? at[i] : T(0);
  return p;
}
template <class Memory, class T>
HWY_INLINE void store_part(const Pack<T>& p, T* at, Part<T> part) {
  if (part.whole(at)) return Memory::store(p, at);
  for (int i = 0; i < p.kSize; ++i)
    if (part.has(i)) at[i] = p.v[i];
}

// Of elements that lie in turn in one array: even ones first. Two packs lie where one of the result does.
template <class Memory, class T>
HWY_INLINE void load_pairs(const T* at, Part<T> part, Pack<T>& even, Pack<T>& odd) {
  constexpr int kSize = Pack<T>::kSize;
  T both[2 * kSize];
  if (part.whole(at)) {
    const Pack<T> low = Memory::load(at), high = Memory::load(at + kSize);
    for (int i = 0; i < kSize; ++i) both[i] = low.v[i], both[kSize + i] = high.v[i];
  } else {
    for (int i = 0; i < 2 * kSize; ++i) both[i] = part.has(i / 2) ? at[i] : T(0);
  }
  for (int i = 0; i < kSize; ++i) even.v[i] = both[2 * i], odd.v[i] = both[2 * i + 1];
}
template <class Memory, class T>
HWY_INLINE void store_pairs(const Pack<T>& even, const Pack<T>& odd, T* at, Part<T> part) {
  constexpr int kSize = Pack<T>::kSize;
  T both[2 * kSize];
  for (int i = 0; i < kSize; ++i) both[2 * i] = even.v[i], both[2 * i + 1] = odd.v[i];
  if (part.whole(at)) {
    Pack<T> low, high;
    for (int i = 0; i < kSize; ++i) low.v[i] = both[i], high.v[i] = both[kSize + i];
    Memory::store(low, at), Memory::store(high, at + kSize);
  } else {
    for (int i = 0; i < 2 * kSize; ++i)
      if (part.has(i / 2)) at[i] = both[i];
  }
}

// Rows of `width` elements. Both factors lie in rows of `pitch`, a's and b's own where these are not the same
// array, and so do da and db; grad and y have rows of `width`.
template <class T>
struct GateArrays {
  static constexpr int kSize = Pack<T>::kSize;

  const T *a, *b, *grad;
  T *y, *da, *db;
  std::int64_t rows, width, pitch;
  bool interleaved, swapped;  // b comes first
  int skip;                   // packs begin so many elements before a row
  std::int64_t packs_of_row;

  explicit GateArrays(const GateRequest& r)
      : a(static_cast<const T*>(r.a)),
        b(static_cast<const T*>(r.b)),
        grad(static_cast<const T*>(r.grad)),
        y(static_cast<T*>(r.y)),
        da(static_cast<T*>(r.da)),
        db(static_cast<T*>(r.db)),
        rows(r.halves ? r.n / r.width : 1),
        width(r.halves ? r.width : r.n),
        pitch(r.halves ? 2 * width : width),
        interleaved(r.interleaved),
        swapped(r.swapped) {
    const T* const written = y != nullptr ? y : da;
    const auto offset =
        static_cast<int>(reinterpret_cast<std::uintptr_t>(written) % sizeof(Pack<T>) / sizeof(T));
    // Pairs of an odd number of elements before a multiple of 16 bytes never meet one.
    skip = !interleaved || y != nullptr ? offset : offset % 2 == 0 ? offset / 2 : 0;
    packs_of_row = (skip + width + kSize - 1) / kSize;
    if (!r.halves) return;
    (swapped ? a : b) = static_cast<const T*>(r.a) + width;
    if (swapped) b = static_cast<const T*>(r.a);
    if (da == nullptr) return;
    (swapped ? da : db) = static_cast<T*>(r.da) + width;
    if (swapped) db = static_cast<T*>(r.da);
  }
  HWY_INLINE std::int64_t packs() const { return rows * packs_of_row; }

  // A pack's place: its row, and its first element there.
  struct Place {
    std::int64_t row, first;
    Part<T> part;
  };
  HWY_INLINE Place place(std::int64_t pack) const {
    Place at{0, pack, {}};
    // Division of 64 bits takes several times as long.
    if (rows > 1 && packs() <= 0xFFFFFFFF) {
      const auto row = static_cast<std::uint32_t>(pack) / static_cast<std::uint32_t>(packs_of_row);
      at.row = row;
    } else if (rows > 1) {
      at.row = pack / packs_of_row;
    }
    at.first = (pack - at.row * packs_of_row) * kSize - skip;
    const std::int64_t rest = width - at.first;
    at.part = {at.first < 0 ? static_cast<int>(-at.first) : 0, rest < kSize ? static_cast<int>(rest) : kSize};
    return at;
  }

  template <class Memory>
  HWY_INLINE void load_factors(const Place& at, Pack<T>& as, Pack<T>& bs) const {
    if (interleaved) {
      load_pairs<Memory>(a + 2 * at.first, at.part, as, bs);
      if (swapped) exchange(as, bs);
      return;
    }
    const std::int64_t offset = at.row * pitch + at.first;
    as = load_part<Memory>(a + offset, at.part), bs = load_part<Memory>(b + offset, at.part);
  }
  template <class Memory>
  HWY_INLINE Pack<T> load_gradients(const Place& at) const {
    return load_part<Memory>(grad + at.row * width + at.first, at.part);
  }
  template <class Memory>
  HWY_INLINE void store_values(const Place& at, const Pack<T>& ys) const {
    store_part<Memory>(ys, y + at.row * width + at.first, at.part);
  }
  template <class Memory>
  HWY_INLINE void store_gradients(const Place& at, Pack<T> das, Pack<T> dbs) const {
    if (interleaved) {
      if (swapped) exchange(das, dbs);
      return store_pairs<Memory>(das, dbs, da + 2 * at.first, at.part);
    }
    const std::int64_t offset = at.row * pitch + at.first;
    store_part<Memory>(das, da + offset, at.part), store_part<Memory>(dbs, db + offset, at.part);
  }

 private:
  HWY_INLINE static void exchange(Pack<T>& p, Pack<T>& q) {
    const Pack<T> old = p;
    p = q, q = old;
  }
};

}  // namespace rheo::one_lane
