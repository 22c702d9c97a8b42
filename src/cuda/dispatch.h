// SPDX-License-Identifier: Apache-2.0
// dispatch.h: which body serves a call, by the choices of src/block/block-inl.h.
//
// What is known of the parameters while compiling decides the body, and where a call has two, both: so that
// no pair is compiled that no call can have.
#pragma once

#include <string_view>
#include <type_traits>

#include "src/cuda/format.h"
#include "src/cuda/request.h"

namespace rheo::one_lane {

// Whether a table is of A in that role; of its parameters it serves one setting.
template <class A, class Task, class Table>
constexpr bool has_table() {
  constexpr Role kRole = Task::kRole == Role::kBackward  ? Role::kDerivative
                         : Task::kRole == Role::kProduct ? Role::kValue
                                                         : Task::kRole;
  return Table::activation == std::string_view(A::info.name) && Table::role == kRole;
}

// What parameters are known to be: nothing, the defaults, small enough for pairs of float64, or (a Table)
// those of a table.
struct Anything {};
struct Defaults {};
struct QuickOnes {};

template <class A, class Known>
constexpr double known_value(std::size_t i) {
  if constexpr (std::is_same_v<Known, Defaults>) {
    return A::info.parameters[i].initial;
  } else {
    return Known::parameters[i];
  }
}
template <class A, class Known>
constexpr bool are_known(auto&& wanted) {
  if constexpr (A::info.parameters.size() == 0) {
    return true;
  } else if constexpr (std::is_same_v<Known, Anything>) {
    return false;
  } else {
    for (std::size_t i = 0; i < A::info.parameters.size(); ++i)
      if (known_value<A, Known>(i) < wanted(i) || known_value<A, Known>(i) > wanted(i)) return false;
    return true;
  }
}
template <class A, class Known, class Table>
constexpr bool are_table() {
  return are_known<A, Known>([](std::size_t i) { return Table::parameters[i]; });
}
template <class A, class Known>
constexpr bool are_initial() {
  return are_known<A, Known>([](std::size_t i) { return A::info.parameters[i].initial; });
}

// The body of float32, as a type.
template <class A, class Task, class Known, unsigned kFirst>
constexpr auto chosen(Tables<>) {
  if constexpr (gains_by_defaults<A, Task>() && are_initial<A, Known>()) {
    return std::type_identity<PlainBody<A, Task, true>>();
  } else if constexpr (is_plain<A, Task>()) {
    return std::type_identity<PlainBody<A, Task, false>>();
  } else {
    return std::type_identity<FormulaBody<A, Task>>();
  }
}
template <class A, class Task, class Known, unsigned kFirst, class Table, class... Rest>
constexpr auto chosen(Tables<Table, Rest...>) {
  if constexpr (has_table<A, Task, Table>() && are_table<A, Known, Table>()) {
    return std::type_identity<TableBody<A, Task, Table, kFirst>>();
  } else {
    return chosen<A, Task, Known, kFirst>(Tables<Rest...>());
  }
}
template <class A, class Task, class Known, class AllTables, unsigned kFirst = 0>
using Chosen = typename decltype(chosen<A, Task, Known, kFirst>(AllTables()))::type;

// And of float64 (walk_float64 of src/block/float64-inl.h).
template <class A, class Task, class Known>
constexpr auto chosen64() {
  if constexpr (Task::kRole == Role::kParameter ||
                (std::is_same_v<Known, Anything> && A::info.parameters.size() > 0)) {
    return std::type_identity<WideBody<A, Task>>();
  } else {
    constexpr bool kDefaults = std::is_same_v<Known, Defaults> && A::info.parameters.size() > 0 &&
                               !Quick64<A, Task, false>::kArithmetic;
    return std::type_identity<QuickBody<A, Task, kDefaults>>();
  }
}
template <class A, class Task, class Known>
using Chosen64 = typename decltype(chosen64<A, Task, Known>())::type;

// A parameter of a table: a constant of its own, as a GPU's code cannot refer to the table's.
template <class Table, std::size_t kParameter>
inline constexpr double kTableParameter = Table::parameters[kParameter];

// Whether parameters are those of a table, or the defaults. NaN is none of both: only a device meets it,
// where parameters are arrays.
HWY_INLINE bool is_number(double given, double wanted) { return given <= wanted && given >= wanted; }
template <class Table, std::size_t... I>
HWY_INLINE bool are_of_table(const double* p, std::index_sequence<I...>) {
  return (true && ... && is_number(p[I], kTableParameter<Table, I>));
}
template <class A, std::size_t... I>
HWY_INLINE bool are_certainly_defaults(const double* p, std::index_sequence<I...>) {
  return (true && ... && is_number(p[I], kInitial<A, I>));
}

// Calls use(what is known of the parameters), for float32 and the Tasks.
RHEO_CALLS_ANYTHING
template <class A, class... Tasks, class Use>
HWY_INLINE void with_known(const double* p, Tables<>, const Use& use) {
  if constexpr ((gains_by_defaults<A, Tasks>() || ...)) {
    if (are_certainly_defaults<A>(p, Indices<A>())) return use(Defaults());
  }
  use(Anything());
}
RHEO_CALLS_ANYTHING
template <class A, class... Tasks, class Use, class Table, class... Rest>
HWY_INLINE void with_known(const double* p, Tables<Table, Rest...>, const Use& use) {
  if constexpr (A::info.parameters.size() > 0 && (has_table<A, Tasks, Table>() || ...)) {
    if (are_of_table<Table>(p, Indices<A>())) return use(Table());
  }
  with_known<A, Tasks...>(p, Tables<Rest...>(), use);
}
// And for float64.
RHEO_CALLS_ANYTHING
template <class A, class Use>
HWY_INLINE void with_known64(const double* p, const Use& use) {
  if constexpr (A::info.parameters.size() > 0) {
    if (are_certainly_defaults<A>(p, Indices<A>())) return use(Defaults());
    if (quick_parameters<A>(p)) return use(QuickOnes());
  }
  use(Anything());
}

// Calls start(format, body).
template <class A, class Task, class AllTables, class Start>
void dispatch(Format format, const double* p, AllTables tables, const Start& start) {
  if (format == Format::kFloat64) {
    return with_known64<A>(p,
                           [&]<class Known>(Known) { start(Float64Format(), Chosen64<A, Task, Known>(p)); });
  }
  with_known<A, Task>(p, tables, [&]<class Known>(Known) {
    using Body = Chosen<A, Task, Known, AllTables>;
    if (format == Format::kFloat32) return start(Float32(), Body(p));
    const NarrowBody<A, Body> narrow(p);
    if (format == Format::kBfloat16) return start(Bfloat16(), narrow);
    start(Float16(), narrow);
  });
}

// Start(request) is called with a format and a body, and has the error.
template <class Start, class A, class Task, class AllTables>
int launch_call(const Request& r) {
  const Start start(r);
  dispatch<A, Task>(r.format, r.parameters, AllTables(), start);
  return start.error;
}

}  // namespace rheo::one_lane
