// SPDX-License-Identifier: Apache-2.0
// dispatch.h: which bodies serve a gate, by the choices of src/block/block-inl.h.
//
// A gate's gradients need two bodies, whose choices depend on the same parameters: what is known of these
// while compiling decides both, so that no pair is compiled that no call can have.
#pragma once

#include <type_traits>

#include "src/block/block-inl.h"
#include "src/cuda/dispatch.h"
#include "src/cuda/gate/body.h"

namespace rheo::one_lane {

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

// And of float64.
template <class A, class Task, class Known>
constexpr auto chosen64() {
  if constexpr (std::is_same_v<Known, Anything> && A::info.parameters.size() > 0) {
    return std::type_identity<WideBody<A, Task>>();
  } else {
    constexpr bool kDefaults = std::is_same_v<Known, Defaults> && A::info.parameters.size() > 0 &&
                               !Quick64<A, Task, false>::kArithmetic;
    return std::type_identity<QuickBody<A, Task, kDefaults>>();
  }
}
template <class A, class Task, class Known>
using Chosen64 = typename decltype(chosen64<A, Task, Known>())::type;

using Product = Task<Role::kProduct>;
using Backward = Task<Role::kBackward>;

// Calls use(what is known of the parameters), for float32.
template <class A, class Use>
void with_known(const double* p, Tables<>, const Use& use) {
  if constexpr (gains_by_defaults<A, Product>() || gains_by_defaults<A, Backward>()) {
    if (are_defaults<A>(p)) return use(Defaults());
  }
  use(Anything());
}
template <class A, class Use, class Table, class... Rest>
void with_known(const double* p, Tables<Table, Rest...>, const Use& use) {
  if constexpr (A::info.parameters.size() > 0 &&
                (has_table<A, Product, Table>() || has_table<A, Backward, Table>())) {
    if (parameters_are<A>(p, [](std::size_t i) { return Table::parameters[i]; })) return use(Table());
  }
  with_known<A>(p, Tables<Rest...>(), use);
}
template <class A, class Use>
void with_known64(const double* p, const Use& use) {
  if constexpr (A::info.parameters.size() > 0) {
    if (are_defaults<A>(p)) return use(Defaults());
    if (quick_parameters<A>(p)) return use(QuickOnes());
  }
  use(Anything());
}

// The numbers of a gate, of which the limit is one of the format that it is computed in.
template <class Wide, class A>
Holds<Wide> holds_of(const GateRequest& r) {
  const bool limited = r.limit < HUGE_VAL, plain = !limited && r.offset == 0;
  const int of_a = limited ? kDigits32 : kDigits16, of_b = plain ? kDigits16 : kDigits32;
  const auto exact = [](Digits digits, int x, int factor) {
    return Arithmetic::digits_of_product(digits.of(x), factor) <= kDigits32;
  };
  return {static_cast<Wide>(r.limit), static_cast<Wide>(r.offset),
          exact(digits_of<A, Task<Role::kValue>>(), of_a, of_b),
          exact(digits_of<A, Task<Role::kDerivative>>(), of_a, kDigits32)};
}

template <class Body>
constexpr unsigned shared_fours() {
  if constexpr (requires { Body::Lookup::kShared; }) {
    return Body::Lookup::kShared;
  } else {
    return 0;
  }
}

// Calls start(a GateValue or GateBackward of the format), with the bodies that these parameters have.
template <bool kBackward, class A, class Body, class Other, class Format, class Start>
void start_gate(const Format& format, const GateRequest& r, const Start& start) {
  const auto holds = holds_of<typename Format::Wide, A>(r);
  if constexpr (kBackward) {
    start(GateBackward<Format, Body, Other>{format, Body(r.parameters), Other(r.parameters), holds});
  } else {
    start(GateValue<Format, Body>{format, Body(r.parameters), holds});
  }
}

template <bool kBackward, class A, class AllTables, class Start>
void dispatch_gate(const GateRequest& r, const Start& start) {
  if (r.format == Format::kFloat64) {
    return with_known64<A>(r.parameters, [&]<class Known>(Known) {
      using Other = Chosen64<A, Backward, Known>;
      start_gate<kBackward, A, Chosen64<A, Product, Known>, Other>(Float64Format(), r, start);
    });
  }
  with_known<A>(r.parameters, AllTables(), [&]<class Known>(Known) {
    using Other = Chosen<A, Backward, Known, AllTables>;
    using Body = Chosen<A, Product, Known, AllTables, kBackward ? shared_fours<Other>() : 0>;
    if (r.format == Format::kFloat32) return start_gate<kBackward, A, Body, Other>(Float32(), r, start);
    const Either16 format{r.format == Format::kBfloat16};
    start_gate<kBackward, A, NarrowBody<A, Body>, NarrowBody<A, Other>>(format, r, start);
  });
}

// What Launchers have: Start(request) is called with the gate and has the error.
template <class Start, bool kBackward, class A, class AllTables>
int launch_gate(const GateRequest& r) {
  const Start start(r);
  dispatch_gate<kBackward, A, AllTables>(r, start);
  return start.error;
}

}  // namespace rheo::one_lane
