// SPDX-License-Identifier: Apache-2.0
// exact_sum.h: sums in Arb's floating point of any precision, where adding never rounds: the oracle of sums.
#pragma once

#include <arf.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "rheobase/rheobase.h"

namespace rheo::test {

// How a format rounds: bits, the smallest positive number, and where infinity begins.
struct Precision {
  int bits, lowest, overflow;
};
inline Precision precision_of(std::uint32_t format) {
  if (format == RHEO_FLOAT64) return {53, -1074, 1024};
  if (format == RHEO_FLOAT32) return {24, -149, 128};
  return format == RHEO_BFLOAT16 ? Precision{8, -133, 128} : Precision{11, -24, 16};
}

class ExactSum {
 public:
  ExactSum() { arf_init(sum_), arf_init(term_); }
  ExactSum(const ExactSum&) = delete;
  ~ExactSum() { arf_clear(sum_), arf_clear(term_); }

  void add(double x) {
    arf_set_d(term_, x);
    arf_add(sum_, sum_, term_, ARF_PREC_EXACT, ARF_RND_DOWN);
  }
  void add_square(double x) {
    arf_set_d(term_, x);
    arf_addmul(sum_, term_, term_, ARF_PREC_EXACT, ARF_RND_DOWN);
  }
  double rounded(std::uint32_t format) const { return rounded(sum_, format); }

  // sum / count, and (count squares - sum^2) / (count divisor).
  double mean(std::int64_t count) const {
    arf_t n, quotient;
    arf_init(n), arf_init(quotient);
    arf_set_si(n, count);
    arf_div(quotient, sum_, n, 53, ARF_RND_NEAR);
    const double result = arf_get_d(quotient, ARF_RND_NEAR);
    arf_clear(n), arf_clear(quotient);
    return result;
  }
  double variance(const ExactSum& squares, std::int64_t count, std::int64_t divisor) const {
    arf_t top, bottom;
    arf_init(top), arf_init(bottom);
    arf_set_si(bottom, count);
    arf_mul(top, squares.sum_, bottom, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_submul(top, sum_, sum_, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_mul_si(bottom, bottom, divisor, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_div(top, top, bottom, 53, ARF_RND_NEAR);
    const double result = arf_get_d(top, ARF_RND_NEAR);
    arf_clear(top), arf_clear(bottom);
    return result;
  }

 private:
  static double rounded(const arf_t exact, std::uint32_t format) {
    if (arf_is_zero(exact)) return 0;
    const Precision p = precision_of(format);
    const slong exponent = arf_abs_bound_lt_2exp_si(exact);  // |exact| < 2^exponent
    const slong unit = std::max<slong>(exponent - p.bits, p.lowest);
    arf_t nearest;
    arf_init(nearest);
    if (exponent - unit >= 2) {
      arf_set_round(nearest, exact, exponent - unit, ARF_RND_NEAR);
    } else {  // a unit or two; what is summed leaves fewer than 53 bits of it
      arf_mul_2exp_si(nearest, exact, -unit);
      arf_set_d(nearest, std::nearbyint(arf_get_d(nearest, ARF_RND_NEAR)));
      arf_mul_2exp_si(nearest, nearest, unit);
    }
    const bool infinite = arf_cmpabs_2exp_si(nearest, p.overflow) >= 0;
    const double size = infinite ? std::numeric_limits<double>::infinity()
                                 : std::fabs(arf_get_d(nearest, ARF_RND_DOWN));  // exact
    const double result = arf_sgn(exact) < 0 ? -size : size;
    arf_clear(nearest);
    return result;
  }

  arf_t sum_, term_;
};

}  // namespace rheo::test
