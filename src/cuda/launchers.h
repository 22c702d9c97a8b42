// SPDX-License-Identifier: Apache-2.0
// launchers.h: the launchers of a file's activations.
#pragma once

#include "src/cuda/dispatch.h"
#include "src/cuda/gate/dispatch.h"

namespace rheo::one_lane {

// Start and StartGate are what dispatch() and dispatch_gate() call.
template <class Start, class StartGate, class A, class AllTables, std::size_t... I>
constexpr Launchers launchers_of(std::index_sequence<I...>) {
  return {{launch_call<Start, A, Task<Role::kValue>, AllTables>,
           launch_call<Start, A, Task<Role::kDerivative>, AllTables>,
           launch_call<Start, A, Task<Role::kBackward>, AllTables>},
          {launch_call<Start, A, Task<Role::kParameter, I>, AllTables>...},
          {launch_gate<StartGate, false, A, AllTables>, launch_gate<StartGate, true, A, AllTables>}};
}

template <class Start, class StartGate, class... A, class AllTables>
constexpr LauncherList launchers(const char* file, Entries<A...>, AllTables) {
  return {file, {launchers_of<Start, StartGate, A, AllTables>(Indices<A>())...}};
}

}  // namespace rheo::one_lane
