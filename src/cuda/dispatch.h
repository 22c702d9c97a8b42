// SPDX-License-Identifier: Apache-2.0
// dispatch.h: which body serves a call: the choices of src/block/block-inl.h.
#pragma once

#include <string_view>

#include "src/cuda/format.h"
#include "src/cuda/request.h"

namespace rheo::one_lane {

// Whether a table serves A whatever the parameters are, because there are none.
template <class A, class Task, class Table>
constexpr bool has_table() {
  constexpr Role kRole = Task::kRole == Role::kBackward ? Role::kDerivative : Task::kRole;
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

// Calls launch(format, body, exact): exact evaluates 16-bit results that float32 does not decide.
template <class A, class Task, class AllTables, class Launch>
void dispatch(Format format, const double* p, AllTables tables, const Launch& launch) {
  if (format == Format::kFloat64) {
    with_body64<A, Task>(p, [&](const auto& body) { launch(Float64Format(), body, body); });
  } else if (format == Format::kFloat32) {
    with_body<A, Task>(p, tables, [&](const auto& body) { launch(Float32(), body, body); });
  } else {
    const ExactBody<A, Task> exact(p);
    with_body<A, Task>(p, tables, [&](const auto& body) {
      if (format == Format::kBfloat16) return launch(Bfloat16(), body, exact);
      launch(Float16(), body, exact);
    });
  }
}

}  // namespace rheo::one_lane
