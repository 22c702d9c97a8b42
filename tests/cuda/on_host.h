// SPDX-License-Identifier: Apache-2.0
// on_host.h: what a device's threads do, done on the host one after the other.
#pragma once

#include "src/cuda/dispatch.h"

namespace rheo::one_lane {

// What dispatch() calls.
struct OnHost {
  const Request& request;
  int error = 0;

  explicit OnHost(const Request& r) : request(r) {}

  template <class Format, class Body>
  void operator()(Format, const Body& body) const {
    using T = typename Format::T;
    constexpr std::int64_t kSize = Pack<T>::kSize;
    const auto* const x = static_cast<const T*>(request.x);
    const auto* const grad = static_cast<const T*>(request.grad);
    for (std::int64_t begin = 0; begin < request.n; begin += kSize) {
      Pack<T> xs{}, gs{};
      for (std::int64_t i = 0; i < kSize; ++i) {
        const bool inside = begin + i < request.n;
        xs.v[i] = inside ? x[begin + i] : T(0);
        gs.v[i] = inside && grad != nullptr ? grad[begin + i] : Format::kNone;
      }
      const Pack<T> ys = Format::evaluate(body, xs, gs);
      for (std::int64_t i = 0; i < kSize && begin + i < request.n; ++i)
        static_cast<T*>(request.y)[begin + i] = ys.v[i];
    }
  }
};

}  // namespace rheo::one_lane
