// SPDX-License-Identifier: Apache-2.0
// random_on_host.h: what a device's threads do with functions that draw random numbers, done on the host.
#pragma once

#include "src/cuda/random/body.h"

namespace rheo::one_lane {

// What launch_random() calls. Packs begin where y has a multiple of 16 bytes, as on the device.
struct RandomOnHost {
  const RandomRequest& request;
  int error = 0;

  explicit RandomOnHost(const RandomRequest& r) : request(r) {}

  template <class Body>
  void operator()(const Body& body) const {
    using T = typename Body::T;
    const auto* const x = static_cast<const T*>(request.x);
    const auto* const grad = static_cast<const T*>(request.grad);
    auto* const y = static_cast<T*>(request.y);
    const auto skip = static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(y) % 16 / sizeof(T));
    for (std::int64_t first = -skip; first < request.n; first += Pack<T>::kSize) {
      const auto inside = [&](std::int64_t i) { return i >= 0 && i < request.n; };
      Pack<T> xs{}, gs{};
      for (std::int64_t i = 0; i < Pack<T>::kSize; ++i) {
        xs.v[i] = inside(first + i) ? x[first + i] : T(0);
        gs.v[i] = inside(first + i) && grad != nullptr ? grad[first + i] : Body::Format::kNone;
      }
      const Pack<T> ys = body(xs, gs, first);
      for (std::int64_t i = 0; i < Pack<T>::kSize; ++i)
        if (inside(first + i)) y[first + i] = ys.v[i];
    }
  }
};

}  // namespace rheo::one_lane
