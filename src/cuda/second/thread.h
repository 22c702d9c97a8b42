// SPDX-License-Identifier: Apache-2.0
// thread.h: a second derivative of one element, as a device's thread evaluates it: the steps of src/second.
#pragma once

#include <cstdint>

#include "src/cuda/second/work.h"
#include "src/second/product-inl.h"

namespace rheo::one_lane {

// A thread's own slots, in memory that threads share: `stride` numbers lie between two of a thread's, those
// of its neighbours, so that they never wait for one bank.
struct OwnSlots {
  double* first;
  unsigned stride;
};

template <class N>
class ThreadSlots {
 public:
  static constexpr std::size_t kVectors = 1;

  HWY_INLINE ThreadSlots(const double* constants, const OwnSlots& own) : constants_(constants), own_(own) {}

  HWY_INLINE N get(std::size_t slot, std::size_t) const {
    if (slot >= kConstantSlots) return load_number<N>(constant(slot), 1);
    return load_number<N>(own(slot), own_.stride);
  }
  HWY_INLINE void put(std::size_t slot, std::size_t, const N& a) { store_number(a, own(slot), own_.stride); }
  HWY_INLINE MWide get_condition(std::size_t slot, std::size_t) const {
    return slot >= kConstantSlots ? load_condition(constant(slot)) : load_condition(own(slot));
  }
  HWY_INLINE void put_condition(std::size_t slot, std::size_t, MWide a) { store_condition(a, own(slot)); }

 private:
  HWY_INLINE const double* constant(std::size_t slot) const {
    return constants_ + (slot - kConstantSlots) * kParts<N>;
  }
  HWY_INLINE double* own(std::size_t slot) const { return own_.first + slot * kParts<N> * own_.stride; }

  const double* constants_;
  OwnSlots own_;
};

// How many numbers a thread's slots take. Formats that float64 may do for need the others too.
inline int own_numbers(const SecondWork& work) { return static_cast<int>(kParts<Full>) * work.slots; }

// grad f''(given) for the formats that are float64, or smaller.
template <bool kFloat64>
HWY_INLINE VWide second_of_lane(const SecondWork& work, const OwnSlots& own, VWide given, VWide grad) {
  const DWide d;
  const VWide x = hn::IfThenElse(hn::IsFinite(given), given, hn::Set(d, 1.0));
  VWide y = hn::Zero(d);
  bool right = false;
  if (!kFloat64 && work.lanes) {
    Steps<Quick, ThreadSlots<Quick>> quick(work.quick, own);
    quick.set_noted(0, hn::FirstN(d, 0));
    quick.put(0, 0, number_of<Quick>(x));
    quick.run(work.steps, work.count);
    const Quick result = quick.get(work.result, 0);
    right = quick_serves(x, result, quick.noted(0)).on;
    y = quick_product(grad, result);
  }
  if (!right) {
    Steps<Full, ThreadSlots<Full>> full(work.full, own);
    full.put(0, 0, number_of<Full>(x));
    full.run(work.steps, work.count);
    y = full_product(grad, full.get(work.result, 0));
  }
  return with_special(given, grad, y, {work.left, work.right});
}

// Element i of y, of arrays of a format; grad may be null.
template <Format kFormat>
HWY_INLINE void second_element(const SecondWork& work, const OwnSlots& own,
                               const typename Element<kFormat>::T* x,
                               const typename Element<kFormat>::T* grad, typename Element<kFormat>::T* y,
                               std::int64_t i) {
  using E = Element<kFormat>;
  const VWide factor = grad != nullptr ? load_wide_lanes<E>(grad + i) : hn::Set(DWide(), 1.0);
  const VWide result =
      second_of_lane<kFormat == Format::kFloat64>(work, own, load_wide_lanes<E>(x + i), factor);
  hn::StoreU(E::narrow(result), typename E::D(), y + i);
}

// The same where f'' is 0 everywhere.
template <Format kFormat>
HWY_INLINE void zero_element(const typename Element<kFormat>::T* x, typename Element<kFormat>::T* y,
                             std::int64_t i) {
  using E = Element<kFormat>;
  hn::StoreU(E::narrow(zero_but_nan(load_wide_lanes<E>(x + i))), typename E::D(), y + i);
}

}  // namespace rheo::one_lane
