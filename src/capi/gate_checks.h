// SPDX-License-Identifier: Apache-2.0
// gate_checks.h: what gates on a CPU and on a device check in the same way. Of both descriptors, whose fields
// have the same names.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "rheobase/forms.h"
#include "src/capi/call.h"
#include "src/core/number_text.h"

namespace rheo {

// Whether one array holds both factors.
template <class G>
bool packed(const G& g) {
  return g.layout != RHEO_TWO_ARRAYS;
}
template <class G>
bool halved(const G& g) {
  return g.layout == RHEO_HALVES || g.layout == RHEO_HALVES_SWAPPED;
}
// Whether b comes first.
template <class G>
bool swapped(const G& g) {
  return g.layout == RHEO_HALVES_SWAPPED || g.layout == RHEO_INTERLEAVED_SWAPPED;
}

// Role, layout, and which arrays are given. Throws Failure.
template <class G>
void check_gate(const G& g) {
  if (g.reserved != 0)
    fail(RHEO_ERROR_UNSUPPORTED, "reserved is " + std::to_string(g.reserved) + "; expected 0");
  if (g.role != RHEO_VALUE && g.role != RHEO_BACKWARD) {
    fail(RHEO_ERROR_ROLE, "role is " + std::to_string(g.role) + "; a gate has RHEO_VALUE and RHEO_BACKWARD");
  }
  if (g.layout < RHEO_TWO_ARRAYS || g.layout > RHEO_INTERLEAVED_SWAPPED) {
    fail(RHEO_ERROR_SHAPE, "layout is " + std::to_string(g.layout) +
                               "; expected RHEO_TWO_ARRAYS, RHEO_HALVES, " +
                               "RHEO_HALVES_SWAPPED, RHEO_INTERLEAVED or RHEO_INTERLEAVED_SWAPPED");
  }
  const bool backward = g.role == RHEO_BACKWARD;
  if (!backward && (g.grad != nullptr || g.da != nullptr || g.db != nullptr))
    fail(RHEO_ERROR_ROLE, "grad, da or db is given, but role is not RHEO_BACKWARD");
  if (backward && g.y != nullptr) fail(RHEO_ERROR_ROLE, "y is given, but role is not RHEO_VALUE");
}

// Of one array for both, the other is not given; `strides` are those of the other's. Throws Failure.
template <class G>
void check_single(const G& g, bool strides) {
  if (packed(g) && (g.b != nullptr || g.db != nullptr || strides))
    fail(RHEO_ERROR_SHAPE, "b, db or strides of them are given, but layout puts both in one array");
}

// In the format that the kernels work in. Throws Failure.
inline double gate_number(const char* name, double value, Format format, const char* need, bool wrong) {
  const double result = format == Format::kFloat64 ? value : static_cast<double>(static_cast<float>(value));
  if (wrong || std::isnan(value) || std::isinf(result) || (value != 0 && result == 0))
    fail(RHEO_ERROR_PARAMETER, std::string(name) + " is " + number_text(value) + "; expected " + need);
  return result;
}

// Limit, infinite where there is none, and offset. Throws Failure.
struct GateNumbers {
  double limit = std::numeric_limits<double>::infinity();
  double offset = 0;
};
template <class G>
GateNumbers gate_numbers(const G& g, Format format) {
  GateNumbers numbers;
  const double limit =
      gate_number("limit", g.limit, format, "0, or a positive finite number in the format of a", g.limit < 0);
  if (limit > 0) numbers.limit = limit;
  numbers.offset = gate_number("offset", g.offset, format, "a finite number in the format of a", false);
  return numbers;
}

}  // namespace rheo
