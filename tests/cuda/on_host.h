// SPDX-License-Identifier: Apache-2.0
// on_host.h: what a device's threads do, done on the host one after the other.
#pragma once

#include <cstdlib>
#include <cstring>

#include "src/cuda/launchers.h"

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

// Whole packs, which have to lie at multiples of 16 bytes.
struct Checked {
  template <class T>
  static Pack<T> load(const T* from) {
    Pack<T> p;
    std::memcpy(&p, aligned(from), sizeof p);
    return p;
  }
  template <class T>
  static void store(const Pack<T>& p, T* to) {
    std::memcpy(aligned(to), &p, sizeof p);
  }

 private:
  template <class P>
  static P* aligned(P* address) {
    if (reinterpret_cast<std::uintptr_t>(address) % 16 != 0) std::abort();
    return address;
  }
};

// What dispatch_gate() calls.
struct GateOnHost {
  const GateRequest& request;
  int error = 0;

  explicit GateOnHost(const GateRequest& r) : request(r) {}

  template <class Gate>
  void operator()(const Gate& gate) const {
    const GateArrays<typename Gate::T> arrays(request);
    for (std::int64_t pack = 0; pack < arrays.packs(); ++pack) gate_pack<Checked>(gate, arrays, pack);
  }
};

}  // namespace rheo::one_lane
