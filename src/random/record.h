// SPDX-License-Identifier: Apache-2.0
// record.h: makes registry entries from a file of activations/random.
#pragma once

#include <utility>

#include "src/core/record.h"
#include "src/math/constant.h"
#include "src/random/random.h"

namespace rheo::recorded {

template <class A>
constexpr RandomEntry random_entry(const char* file, const RandomKernels* (*kernels)(), std::size_t index) {
  using Indices = std::make_index_sequence<A::info.parameters.size()>;
  return {file, &A::info, kernels, index, [](const double* p) { return call_objection<A>(p, Indices()); }};
}

template <class... A>
constexpr RandomEntryList random_entries(const char* file, Entries<A...>, const RandomKernels* (*kernels)()) {
  static_assert(sizeof...(A) <= 8, "more functions in one file than RandomEntryList holds");
  std::size_t index = 0;
  return {{random_entry<A>(file, kernels, index++)...}, sizeof...(A)};
}

}  // namespace rheo::recorded
