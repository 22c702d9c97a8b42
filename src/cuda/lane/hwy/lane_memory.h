// SPDX-License-Identifier: Apache-2.0
// lane_memory.h: the part of highway.h that loads, stores and converts, and what loops over vectors name.
#pragma once

#include "hwy/highway.h"

namespace hwy {
namespace one_lane {

template <class D>
HWY_INLINE Vec<D> Load(D, const TFromD<D>* from) {
  return {*from};
}
template <class D>
HWY_INLINE Vec<D> LoadU(D, const TFromD<D>* from) {
  return {*from};
}
template <class D>
HWY_INLINE Vec<D> LoadN(D, const TFromD<D>* from, std::size_t n) {
  return {n > 0 ? *from : TFromD<D>(0)};
}
template <class D>
HWY_INLINE void Store(Vec<D> v, D, TFromD<D>* to) {
  *to = v.raw;
}
template <class D>
HWY_INLINE void StoreU(Vec<D> v, D, TFromD<D>* to) {
  *to = v.raw;
}
// There are no caches to go past.
template <class D>
HWY_INLINE void Stream(Vec<D> v, D, TFromD<D>* to) {
  *to = v.raw;
}
template <class D>
HWY_INLINE void StoreN(Vec<D> v, D, TFromD<D>* to, std::size_t n) {
  if (n > 0) *to = v.raw;
}
template <class D, class DI>
HWY_INLINE Vec<D> GatherIndex(D, const TFromD<D>* from, Vec1<DI> index) {
  return {from[index.raw]};
}
template <class D, class T>
HWY_INLINE Vec<D> PromoteTo(D, Vec1<T> v) {
  return {static_cast<TFromD<D>>(v.raw)};
}
template <class D, class T>
HWY_INLINE Vec<D> PromoteLowerTo(D, Vec1<T> v) {
  return {static_cast<TFromD<D>>(v.raw)};
}
template <class D, class T>
HWY_INLINE Vec<D> PromoteUpperTo(D, Vec1<T> v) {
  return {static_cast<TFromD<D>>(v.raw)};
}
template <class D, class T>
HWY_INLINE Vec<D> DemoteTo(D, Vec1<T> v) {
  return {static_cast<TFromD<D>>(v.raw)};
}
template <class D, class T>
HWY_INLINE Vec<D> TruncateTo(D, Vec1<T> v) {
  return {static_cast<TFromD<D>>(v.raw)};
}
template <class D, class DFrom, class T>
HWY_INLINE Mask<D> DemoteMaskTo(D, DFrom, Mask1<T> m) {
  return {m.on};
}
template <class D, class V>
HWY_INLINE V Combine(D, V, V low) {
  return low;
}

// Named by loops over vectors, which are not instantiated here.
template <class T>
HWY_INLINE Vec1<T> Compress(Vec1<T> v, Mask1<T>) {
  return v;
}
template <class D, class T>
HWY_INLINE std::size_t StoreMaskBits(D, Mask1<T> m, std::uint8_t* bits) {
  *bits = m.on ? 1 : 0;
  return 1;
}
template <class T>
HWY_INLINE T GetLane(Vec1<T> v) {
  return v.raw;
}
template <class D, class V>
HWY_INLINE V LowerHalf(D, V v) {
  return v;
}
template <class D, class V>
HWY_INLINE V UpperHalf(D, V v) {
  return v;
}
template <class D, class V>
HWY_INLINE V InterleaveLower(D, V a, V) {
  return a;
}
template <class D, class V>
HWY_INLINE V InterleaveUpper(D, V a, V) {
  return a;
}
template <class D, class V>
HWY_INLINE V IndicesFromVec(D, V v) {
  return v;
}
template <class V, class I>
HWY_INLINE V TableLookupLanes(V v, I) {
  return v;
}
template <class D, class V, class I>
HWY_INLINE V TwoTablesLookupLanes(D, V v, V, I) {
  return v;
}

}  // namespace one_lane
}  // namespace hwy
