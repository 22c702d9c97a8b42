// SPDX-License-Identifier: Apache-2.0
// dispatch.h: which body serves a call, by the choices of src/block/block-inl.h.
#pragma once

#include <string_view>

#include "src/cuda/format.h"
#include "src/cuda/request.h"

namespace rheo::one_lane {

// Whether a table serves A whatever the parameters are, because there are none.
template <class A, class Task, class Table>
constexpr bool has_table() {
  constexpr Role kRole = Task::kRole == Role::kBackward  ? Role::kDerivative
                         : Task::kRole == Role::kProduct ? Role::kValue
                                                         : Task::kRole;
  return Table::activation == std::string_view(A::info.name) && Table::role == kRole;
}
template <class A, class Task, class... Table>
constexpr bool always_has_table(Tables<Table...>) {
  return A::info.parameters.size() == 0 && (has_table<A, Task, Table>() || ...);
}

// Calls use(body) with the body that serves float32 with these parameters.
template <class A, class Task, class Use>
bool with_table(const double*, const Use&, Tables<>) {
  return false;
}
template <class A, class Task, class Use, class Table, class... Rest>
bool with_table(const double* p, const Use& use, Tables<Table, Rest...>) {
  if constexpr (has_table<A, Task, Table>()) {
    if (parameters_are<A>(p, [](std::size_t i) { return Table::parameters[i]; })) {
      use(TableBody<A, Task, Table>(p));
      return true;
    }
  }
  return with_table<A, Task>(p, use, Tables<Rest...>());
}

template <class A, class Task, class AllTables, class Use>
void with_body(const double* p, AllTables tables, const Use& use) {
  if (with_table<A, Task>(p, use, tables)) return;
  if constexpr (!always_has_table<A, Task>(AllTables())) {
    if constexpr (gains_by_defaults<A, Task>()) {
      if (are_defaults<A>(p)) return use(PlainBody<A, Task, true>(p));
    }
    if constexpr (is_plain<A, Task>()) {
      use(PlainBody<A, Task, false>(p));
    } else {
      use(FormulaBody<A, Task>(p));
    }
  }
}

// The same for float64 (walk_float64 of src/block/float64-inl.h).
template <class A, class Task, class Use>
void with_body64(const double* p, const Use& use) {
  if constexpr (Task::kRole != Role::kParameter) {
    using Any = Quick64<A, Task, false>;
    if constexpr (A::info.parameters.size() > 0 && !Any::kArithmetic) {
      if (are_defaults<A>(p)) return use(QuickBody<A, Task, true>(p));
    }
    if (quick_parameters<A>(p)) return use(QuickBody<A, Task, false>(p));
    if constexpr (A::info.parameters.size() == 0) return;
  }
  use(WideBody<A, Task>(p));
}

// Calls start(format, body).
template <class A, class Task, class AllTables, class Start>
void dispatch(Format format, const double* p, AllTables tables, const Start& start) {
  if (format == Format::kFloat64)
    return with_body64<A, Task>(p, [&](const auto& body) { start(Float64Format(), body); });
  with_body<A, Task>(p, tables, [&]<class Body>(const Body& body) {
    if (format == Format::kFloat32) return start(Float32(), body);
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
