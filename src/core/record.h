// SPDX-License-Identifier: Apache-2.0
// record.h: makes registry entries from a file's activations; its formulas are recorded as traces.
#pragma once

#include <utility>

#include "src/core/registry.h"
#include "src/core/trace.h"

namespace rheo::recorded {

template <class A, std::size_t... I>
Facts call_facts(const double* p, std::index_sequence<I...>) {
  return A::facts(p[I]...);
}

template <class A, std::size_t... I>
void call_formula(Trace& trace, std::index_sequence<I...>) {
  const Step x = trace.input("x");
  const Step p[kMaxParameters + 1] = {trace.input(A::info.parameters[I].name)...};
  trace.finish(A::formula(x, p[I]...));
}

// The derivative as the file writes it down, where it does.
template <class A, std::size_t... I>
constexpr auto call_derivative(std::index_sequence<I...>) -> void (*)(Trace&) {
  if constexpr (requires(Step x, const Step* p) { A::derivative(x, p[I]...); }) {
    return [](Trace& trace) {
      const Step x = trace.input("x");
      const Step p[kMaxParameters + 1] = {trace.input(A::info.parameters[I].name)...};
      trace.finish(A::derivative(x, p[I]...));
    };
  } else {
    return nullptr;
  }
}

// Files may refuse parameters that make sense alone but not together.
template <class A, std::size_t... I>
const char* call_objection([[maybe_unused]] const double* p, std::index_sequence<I...>) {
  if constexpr (requires { A::objection(p[I]...); }) {
    return A::objection(p[I]...);
  } else {
    return nullptr;
  }
}

template <class A, std::size_t... I>
constexpr bool states_parameter_limits(std::index_sequence<I...>) {
  return A::facts(A::info.parameters[I].initial...).parameters.size() == sizeof...(I);
}

template <class A>
constexpr Entry entry(const char* file, const Kernels* (*kernels)(), std::size_t index) {
  using Indices = std::make_index_sequence<A::info.parameters.size()>;
  static_assert(states_parameter_limits<A>(Indices()),
                "facts: .parameters needs {limit at -infinity, at +infinity} of each parameter's derivative");
  return {file,
          &A::info,
          [](const double* p) { return call_facts<A>(p, Indices()); },
          [](Trace& trace) { call_formula<A>(trace, Indices()); },
          kernels,
          index,
          [](const double* p) { return call_objection<A>(p, Indices()); },
          call_derivative<A>(Indices())};
}

template <class... A>
constexpr EntryList entries(const char* file, Entries<A...>, const Kernels* (*kernels)()) {
  static_assert(sizeof...(A) <= 8, "more activations in one file than EntryList holds");
  std::size_t index = 0;
  return {{entry<A>(file, kernels, index++)...}, sizeof...(A)};
}

}  // namespace rheo::recorded
