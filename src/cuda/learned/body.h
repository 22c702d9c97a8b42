// SPDX-License-Identifier: Apache-2.0
// body.h: which body serves a channel, found out by the thread that has it from the parameters in memory: the
// choices of ../dispatch.h, so that the bits are those of a call with the same numbers.
#pragma once

#include <algorithm>
#include <type_traits>

#include "src/cuda/dispatch.h"

namespace rheo::one_lane {

// Shared memory: the table of a function, if a body looks one up, then those of the Task, one behind the
// other.
template <class A, class Task>
constexpr unsigned fours_of_function() {
  return std::max(shared_fours<Chosen<A, Task, Defaults, Tables<>>>(),
                  shared_fours<Chosen<A, Task, Anything, Tables<>>>());
}
template <class A, class Task, class Wanted>
constexpr unsigned fours_before(Tables<>) {
  return 0;
}
template <class A, class Task, class Wanted, class Table, class... Rest>
constexpr unsigned fours_before(Tables<Table, Rest...>) {
  if constexpr (std::is_same_v<Table, Wanted>) {
    return 0;
  } else if constexpr (has_table<A, Task, Table>()) {
    return TableBody<A, Task, Table>::Lookup::kShared + fours_before<A, Task, Wanted>(Tables<Rest...>());
  } else {
    return fours_before<A, Task, Wanted>(Tables<Rest...>());
  }
}
// Behind which the Table lies; all of them where it is void.
template <class A, class Task, class AllTables, class Table = void>
constexpr unsigned first_four() {
  return fours_of_function<A, Task>() + fours_before<A, Task, Table>(AllTables());
}

#ifdef __CUDACC__
template <class Body>
__device__ __forceinline__ void stage_body(unsigned first) {
  if constexpr (shared_fours<Body>() > 0) Body::Lookup::stage(Body::rows(), first);
}
template <class A, class Task, class AllTables, class... Table>
__device__ __forceinline__ void stage_all(Tables<Table...>) {
  if constexpr (first_four<A, Task, AllTables>() > 0) {
    using WithDefaults = Chosen<A, Task, Defaults, Tables<>>;
    using WithAny = Chosen<A, Task, Anything, Tables<>>;
    stage_body<std::conditional_t<(shared_fours<WithDefaults>() > 0), WithDefaults, WithAny>>(0);
    const auto stage = [&]<class T>(std::type_identity<T>) {
      if constexpr (has_table<A, Task, T>())
        stage_body<TableBody<A, Task, T>>(first_four<A, Task, AllTables, T>());
    };
    (stage(std::type_identity<Table>()), ...);
    __syncthreads();
  }
}
#endif

// Calls use(body) for the parameters: one of float32 that also rounds to 16 bits, or one of float64.
template <class A, class Task, class AllTables, class Use>
HWY_INLINE void with_body(const double* p, const Use& use) {
  with_known<A, Task>(p, AllTables(), [&]<class Known>(Known) {
    use(NarrowBody<A, Chosen<A, Task, Known, AllTables, first_four<A, Task, AllTables, Known>()>>(p));
  });
}
template <class A, class Task, class Use>
HWY_INLINE void with_body64(const double* p, const Use& use) {
  with_known64<A>(p, [&]<class Known>(Known) { use(Chosen64<A, Task, Known>(p)); });
}

}  // namespace rheo::one_lane
