// SPDX-License-Identifier: Apache-2.0
// settle.cc: balls over intervals.
#include "src/prover/settle.h"

#include <bit>
#include <cmath>

#include "src/prover/ulp.h"

namespace rheo::oracle {

namespace {

// The smallest ball around all inputs from a to b.
Ball interval(float a, float b) {
  arf_t low, high;
  arf_init(low), arf_init(high);
  arf_set_d(low, static_cast<double>(std::min(a, b)));
  arf_set_d(high, static_cast<double>(std::max(a, b)));
  Ball ball;
  arb_set_interval_arf(ball.get(), low, high, precision);
  arf_clear(low), arf_clear(high);
  return ball;
}

// |ball| < 2^-151 for certain: rounds to zero, and is in error by less than a quarter of an ulp.
bool vanishing(const Ball& ball) {
  mag_t bound, limit;
  mag_init(bound), mag_init(limit);
  arb_get_mag(bound, ball.get());
  mag_set_ui_2exp_si(limit, 1, -151);
  const bool result = mag_cmp(bound, limit) < 0;
  mag_clear(bound), mag_clear(limit);
  return result;
}

// Whether a ball over the whole interval shows that all results are right.
bool shown(const Subject& s, std::uint32_t first, std::span<const float> y) {
  precision = 128;
  try {
    const Ball x = interval(std::bit_cast<float>(first),
                            std::bit_cast<float>(first + static_cast<std::uint32_t>(y.size() - 1)));
    const Ball exact = (s.role == Role::kValue ? s.formula->value : s.formula->derivative)(x, s.parameters);
    const bool negative = arb_is_negative(exact.get()) != 0;
    if (!vanishing(exact) || (!negative && arb_is_positive(exact.get()) == 0)) return false;
    for (const float v : y)
      if (v != 0 || std::signbit(v) != negative) return false;
    return true;
  } catch (const Undecided&) {
    return false;
  }
}

}  // namespace

void settle(const Subject& s, std::uint32_t first, std::span<const float> y, Findings& findings) {
  if (shown(s, first, y)) {
    findings.settled += static_cast<std::int64_t>(y.size());
  } else if (y.size() == 1) {
    findings.open.push_back(first);
  } else {
    const std::size_t half = y.size() / 2;
    settle(s, first, y.first(half), findings);
    settle(s, first + static_cast<std::uint32_t>(half), y.subspan(half), findings);
  }
}

}  // namespace rheo::oracle
