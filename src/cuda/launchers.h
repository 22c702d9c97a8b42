// SPDX-License-Identifier: Apache-2.0
// launchers.h: the launchers of a file's activations.
#pragma once

#include "src/cuda/dispatch.h"
#include "src/cuda/gate/dispatch.h"
#include "src/cuda/learned/dispatch.h"

namespace rheo::one_lane {

// Start, StartGate and StartLearned are what dispatch(), dispatch_gate() and launch_learned() call.
template <class Start, class StartGate, class StartLearned, class A, class AllTables, std::size_t... I>
constexpr Launchers launchers_of(std::index_sequence<I...> parameters) {
  return {{launch_call<Start, A, Task<Role::kValue>, AllTables>,
           launch_call<Start, A, Task<Role::kDerivative>, AllTables>,
           launch_call<Start, A, Task<Role::kBackward>, AllTables>},
          {launch_call<Start, A, Task<Role::kParameter, I>, AllTables>...},
          {launch_gate<StartGate, false, A, AllTables>, launch_gate<StartGate, true, A, AllTables>},
          learned_launchers<StartLearned, A, AllTables>(parameters)};
}

template <class Start, class StartGate, class StartLearned, class... A, class AllTables>
constexpr LauncherList launchers(const char* file, Entries<A...>, AllTables) {
  return {file, {launchers_of<Start, StartGate, StartLearned, A, AllTables>(Indices<A>())...}};
}

}  // namespace rheo::one_lane
