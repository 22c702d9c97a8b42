// SPDX-License-Identifier: Apache-2.0
// launchers.cuh: makes the launchers of a file's activations.
#pragma once

#include "src/cuda/elementwise.cuh"

namespace rheo::one_lane {

template <class A, class Task, class AllTables>
int launch_call(const Request& r) {
  cudaError_t error = cudaErrorNotSupported;
  dispatch<A, Task>(r.format, r.parameters, AllTables(),
                    [&](auto format, const auto& body, const auto& exact) {
                      error = launch<decltype(format)>(body, exact, r);
                    });
  return error;
}

template <class A, class AllTables, std::size_t... I>
constexpr Launchers launchers_of(std::index_sequence<I...>) {
  return {{launch_call<A, Task<Role::kValue>, AllTables>, launch_call<A, Task<Role::kDerivative>, AllTables>,
           launch_call<A, Task<Role::kBackward>, AllTables>},
          {launch_call<A, Task<Role::kParameter, I>, AllTables>...}};
}

template <class... A, class AllTables>
constexpr LauncherList launchers(const char* file, Entries<A...>, AllTables) {
  return {file, {launchers_of<A, AllTables>(Indices<A>())...}};
}

}  // namespace rheo::one_lane
