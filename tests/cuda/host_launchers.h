// SPDX-License-Identifier: Apache-2.0
// host_launchers.h: what a device's threads do, done on the host one after the other.
#pragma once

#include "src/cuda/dispatch.h"

namespace rheo::one_lane {

template <class Format, class Body, class Exact>
void walk(const Body& body, const Exact& exact, const Request& r) {
  using T = typename Format::T;
  constexpr std::int64_t kSize = Pack<T>::kSize;
  const float* rows = nullptr;
  if constexpr (requires { Body::rows(); }) rows = Body::rows();
  const auto* const x = static_cast<const T*>(r.x);
  const auto* const grad = static_cast<const T*>(r.grad);
  for (std::int64_t begin = 0; begin < r.n; begin += kSize) {
    Pack<T> xs{}, gs{};
    for (std::int64_t i = 0; i < kSize; ++i) {
      const bool inside = begin + i < r.n;
      xs.v[i] = inside ? x[begin + i] : T(0);
      gs.v[i] = inside && grad != nullptr ? grad[begin + i] : Format::kNone;
    }
    const Pack<T> ys = Format::evaluate(body, exact, rows, xs, gs);
    for (std::int64_t i = 0; i < kSize && begin + i < r.n; ++i) static_cast<T*>(r.y)[begin + i] = ys.v[i];
  }
}

template <class A, class Task, class AllTables>
int host_call(const Request& r) {
  dispatch<A, Task>(
      r.format, r.parameters, AllTables(),
      [&](auto format, const auto& body, const auto& exact) { walk<decltype(format)>(body, exact, r); });
  return 0;
}

template <class A, class AllTables, std::size_t... I>
constexpr Launchers host_launchers_of(std::index_sequence<I...>) {
  return {{host_call<A, Task<Role::kValue>, AllTables>, host_call<A, Task<Role::kDerivative>, AllTables>,
           host_call<A, Task<Role::kBackward>, AllTables>},
          {host_call<A, Task<Role::kParameter, I>, AllTables>...}};
}

template <class... A, class AllTables>
constexpr LauncherList host_launchers(const char* file, Entries<A...>, AllTables) {
  return {file, {host_launchers_of<A, AllTables>(Indices<A>())...}};
}

}  // namespace rheo::one_lane
