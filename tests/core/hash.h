// SPDX-License-Identifier: Apache-2.0
// hash.h: FNV-1a over results, for the digest programs.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "src/proofs/forms/hash.h"
#include "tests/core/sample.h"

namespace rheo::test {

using proofs::hash_byte, proofs::kHashStart;

// Of the results' bits; NaN is a class.
template <class T>
std::uint64_t hash(std::uint64_t state, const std::vector<T>& y) {
  for (const T v : y) {
    const Bits<T> b = std::isnan(v) ? bits(std::numeric_limits<T>::quiet_NaN()) : bits(v);
    for (unsigned i = 0; i < 8 * sizeof b; i += 8) state = hash_byte(state, b >> i);
  }
  return state;
}

}  // namespace rheo::test
