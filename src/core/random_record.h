// SPDX-License-Identifier: Apache-2.0
// random_record.h: makes registry entries from a file of activations/random.
#pragma once

#include <utility>

#include "src/core/random.h"
#include "src/math/constant.h"

namespace rheo::recorded {

template <class A, std::size_t... I>
const char* random_objection([[maybe_unused]] const double* p, std::index_sequence<I...>) {
  return A::objection(p[I]...);
}

template <class A>
constexpr RandomEntry random_entry(const char* file, const RandomKernels* (*kernels)(), std::size_t index) {
  using Indices = std::make_index_sequence<A::info.parameters.size()>;
  return {file, &A::info, kernels, index, [](const double* p) { return random_objection<A>(p, Indices()); }};
}

template <class... A>
constexpr RandomList random_entries(const char* file, Entries<A...>, const RandomKernels* (*kernels)()) {
  static_assert(sizeof...(A) <= 8, "more functions in one file than RandomList holds");
  std::size_t index = 0;
  return {{random_entry<A>(file, kernels, index++)...}, sizeof...(A)};
}

}  // namespace rheo::recorded
