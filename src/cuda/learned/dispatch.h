// SPDX-License-Identifier: Apache-2.0
// dispatch.h: the launchers of an activation whose parameters are arrays.
#pragma once

#include "src/cuda/learned/walk.h"

namespace rheo::one_lane {

// Start(request) has what a kind of call is started by, and the error: map() for values and gradients,
// terms() for derivatives with respect to a parameter, which are stored or summed.
template <class Start, class A, class Task, class AllTables>
int launch_learned(const LearnedRequest& r) {
  const Start start(r);
  const auto with = [&]<class Wide>(Wide) {
    if constexpr (Task::kRole == Role::kParameter) {
      start.template terms<A, Task, AllTables, Wide>();
    } else {
      start.template map<A, Task, AllTables, Wide>();
    }
  };
  r.format == Format::kFloat64 ? with(double()) : with(float());
  return start.error;
}

template <class Start, class A, class AllTables, std::size_t... I>
constexpr LearnedLaunchers learned_launchers(std::index_sequence<I...>) {
  if constexpr (sizeof...(I) == 0) {
    return {};
  } else {
    return {launch_learned<Start, A, Task<Role::kValue>, AllTables>,
            launch_learned<Start, A, Task<Role::kBackward>, AllTables>,
            {launch_learned<Start, A, Task<Role::kParameter, I>, AllTables>...}};
  }
}

}  // namespace rheo::one_lane
