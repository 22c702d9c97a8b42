// SPDX-License-Identifier: Apache-2.0
// oracle.cc: raises the precision until a result is known.
#include "src/prover/oracle.h"

#include <stdexcept>

namespace rheo::oracle {

namespace {

// |ball| < 2^exponent for certain.
bool below(const Ball& ball, slong exponent) {
  mag_t bound, limit;
  mag_init(bound), mag_init(limit);
  arb_get_mag(bound, ball.get());
  mag_set_ui_2exp_si(limit, 1, exponent);
  const bool result = mag_cmp(bound, limit) < 0;
  mag_clear(bound), mag_clear(limit);
  return result;
}

constexpr slong kBits = 100;
constexpr slong kTiny = -2000;
constexpr slong kFirst = 160, kLast = 160 << 8;

}  // namespace

const Formula* find_formula(std::string_view name) {
  for (const FormulaList* list : formula_lists())
    for (std::size_t i = 0; i < list->count; ++i)
      if (list->items[i].name == name) return &list->items[i];
  return nullptr;
}

namespace {

template <class Evaluate>
Ball raised_until_known(const Formula& formula, double x, Evaluate&& evaluate) {
  for (precision = kFirst; precision <= kLast; precision *= 2) {
    bool decided = true;
    Ball result;
    try {
      result = evaluate(Ball(x));
    } catch (const Undecided&) {
      decided = false;  // more bits will tell
    }
    if (!decided) continue;
    if (arb_is_zero(result.get()) != 0 || arb_rel_accuracy_bits(result.get()) >= kBits ||
        below(result, kTiny)) {
      return result;
    }
  }
  throw std::runtime_error(std::string(formula.name) + ": no decision at x = " + std::to_string(x));
}

}  // namespace

Ball exact(const Formula& formula, bool derivative, double x, const double* parameters) {
  return raised_until_known(formula, x, [&](const Ball& at) {
    return (derivative ? formula.derivative : formula.value)(at, parameters);
  });
}

Ball exact_parameter(const Formula& formula, std::size_t which, double x, const double* parameters) {
  return raised_until_known(formula, x,
                            [&](const Ball& at) { return formula.parameter(at, parameters, which); });
}

}  // namespace rheo::oracle
