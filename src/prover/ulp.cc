// SPDX-License-Identifier: Apache-2.0
// ulp.cc: errors in ulp of the exact result.
#include "src/prover/ulp.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rheo::oracle {

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

// The exponent e with 2^(e-1) <= |mid| < 2^e, kept within what matters to any format.
slong binary_exponent(const Ball& ball) {
  constexpr slong kLimit = 100000;
  if (arf_is_zero(arb_midref(ball.get()))) return -kLimit;
  fmpz_t e;
  fmpz_init(e);
  arf_abs_bound_lt_2exp_fmpz(e, arb_midref(ball.get()));
  const slong clamped = fmpz_cmp_si(e, kLimit) > 0    ? kLimit
                        : fmpz_cmp_si(e, -kLimit) < 0 ? -kLimit
                                                      : fmpz_get_si(e);
  fmpz_clear(e);
  return clamped;
}

double overflow_error(double result, const Ball& exact, const Layout& layout) {
  Ball threshold(layout.largest);  // largest + half an ulp rounds to infinity
  Ball half(0.5);
  arb_mul_2exp_si(half.get(), half.get(), binary_exponent(threshold) - layout.precision);
  threshold = threshold + half;
  const bool overflows =
      result > 0 ? arb_ge(exact.get(), threshold.get()) != 0 : arb_le(exact.get(), (-threshold).get()) != 0;
  return overflows ? 0.5 : kInfinite;
}

}  // namespace

double error_in_ulp(double result, const Ball& exact, const Layout& layout) {
  if (std::isnan(result)) return kInfinite;
  precision = 160;
  if (std::isinf(result)) return overflow_error(result, exact, layout);
  const bool sign_known = arb_is_positive(exact.get()) != 0 || arb_is_negative(exact.get()) != 0;
  if (sign_known && std::signbit(result) != (arb_is_negative(exact.get()) != 0)) return kInfinite;
  const slong unit = std::max<slong>(binary_exponent(exact) - layout.precision, layout.lowest);
  Ball difference = Ball(result) - exact;
  arb_abs(difference.get(), difference.get());
  arb_mul_2exp_si(difference.get(), difference.get(), -unit);
  arf_t upper;
  arf_init(upper);
  arb_get_ubound_arf(upper, difference.get(), 60);
  const double error = arf_get_d(upper, ARF_RND_UP);
  arf_clear(upper);
  return error;
}

}  // namespace rheo::oracle
