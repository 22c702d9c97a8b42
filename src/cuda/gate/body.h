// SPDX-License-Identifier: Apache-2.0
// body.h: what a thread computes of a gate's pack, by the steps of src/block/gate.cc.
#pragma once

#include <cmath>

#include "src/cuda/format.h"
#include "src/cuda/gate/arrays.h"

namespace rheo::one_lane {

// A gate's numbers. Without a limit it is infinite, and nothing is held.
template <class Wide>
struct Holds {
  Wide limit, offset;
  bool exact_product, exact_backward;  // in float32, of 16-bit formats

  HWY_INLINE Wide first(Wide a) const { return a > limit ? limit : a; }
  HWY_INLINE Wide second(Wide b) const {
    const Wide held = b > limit ? limit : b < -limit ? -limit : b;
    return offset == 0 ? held : held + offset;  // adding 0 would change -0
  }
  // Where a factor is held, its gradient is 0. That of NaN is not.
  HWY_INLINE bool stops_first(Wide a) const { return a > limit; }
  HWY_INLINE bool stops_second(Wide b) const { return b > limit || b < -limit; }
};

// act(a) b. Product: the body of Role::kProduct.
template <class TheFormat, class TheProduct>
struct GateValue {
  using Format = TheFormat;
  using Product = TheProduct;
  using T = typename Format::T;
  using Wide = typename Format::Wide;
  static constexpr int kSize = Format::kSize;

  Format format;
  Product product;
  Holds<Wide> holds;

  HWY_INLINE Pack<T> operator()(const Pack<T>& a, const Pack<T>& b) const {
    Wide as[kSize], bs[kSize], results[kSize];
    format.widen(a, as), format.widen(b, bs);
    for (int i = 0; i < kSize; ++i) as[i] = holds.first(as[i]), bs[i] = holds.second(bs[i]);
    format.run(product, as, bs, results);
    return format.settled(product, as, bs, results, holds.exact_product);
  }
};

// Both gradients.
template <class TheFormat, class TheProduct, class TheBackward>
struct GateBackward {
  using Format = TheFormat;
  using Product = TheProduct;
  using Backward = TheBackward;
  using T = typename Format::T;
  using Wide = typename Format::Wide;
  static constexpr int kSize = Format::kSize;

  Format format;
  Product product;
  Backward backward;
  Holds<Wide> holds;

  HWY_INLINE void operator()(const Pack<T>& a, const Pack<T>& b, const Pack<T>& grad, Pack<T>& da,
                             Pack<T>& db) const {
    Wide as[kSize], bs[kSize], grads[kSize], held[kSize], results[kSize];
    format.widen(a, as), format.widen(b, bs), format.widen(grad, grads);
    for (int i = 0; i < kSize; ++i) held[i] = holds.first(as[i]);
    format.run(product, held, grads, results);
    for (int i = 0; i < kSize; ++i) results[i] = holds.stops_second(bs[i]) ? Wide(0) : results[i];
    db = format.settled(product, held, grads, results, holds.exact_product);
    // A result of 0 is in doubt unless its gradient is 0 too.
    for (int i = 0; i < kSize; ++i)
      grads[i] = holds.stops_first(as[i]) ? Wide(0) : grads[i] * holds.second(bs[i]);
    format.run(backward, held, grads, results);
    for (int i = 0; i < kSize; ++i) results[i] = holds.stops_first(as[i]) ? Wide(0) : results[i];
    da = format.settled(backward, held, grads, results, holds.exact_backward);
  }
};

// Both directions of one pack.
template <class Memory, class Format, class Product>
HWY_INLINE void gate_pack(const GateValue<Format, Product>& gate,
                          const GateArrays<typename Format::T>& arrays, std::int64_t pack) {
  using T = typename Format::T;
  const auto at = arrays.place(pack);
  Pack<T> a, b;
  arrays.template load_factors<Memory>(at, a, b);
  arrays.template store_values<Memory>(at, gate(a, b));
}
template <class Memory, class Format, class Product, class Backward>
HWY_INLINE void gate_pack(const GateBackward<Format, Product, Backward>& gate,
                          const GateArrays<typename Format::T>& arrays, std::int64_t pack) {
  using T = typename Format::T;
  const auto at = arrays.place(pack);
  Pack<T> a, b, da, db;
  arrays.template load_factors<Memory>(at, a, b);
  gate(a, b, arrays.template load_gradients<Memory>(at), da, db);
  arrays.template store_gradients<Memory>(at, da, db);
}

}  // namespace rheo::one_lane
