// SPDX-License-Identifier: Apache-2.0
// exact.cc: balls to pairs of float64, on several threads.
#include "src/prover/exact.h"

#include <cmath>
#include <limits>

#include "src/proofs/parallel.h"
#include "src/prover/oracle.h"

namespace rheo::oracle {

namespace {

Pair pair_of(const Ball& ball) {
  const double high = arf_get_d(arb_midref(ball.get()), ARF_RND_NEAR);
  if (std::isinf(high)) return {high, 0};
  if (high == 0) return {arb_is_negative(ball.get()) != 0 ? -0.0 : 0.0, 0};
  arf_t rest;
  arf_init(rest);
  arf_set_d(rest, high);
  arf_sub(rest, arb_midref(ball.get()), rest, 160, ARF_RND_NEAR);
  const double low = arf_get_d(rest, ARF_RND_NEAR);
  arf_clear(rest);
  return {high, low};
}

Pair at_special(const ExactRequest& r, double x, double grad) {
  if (std::isnan(x) || std::isnan(grad)) return {std::numeric_limits<double>::quiet_NaN(), 0};
  const Facts facts = r.activation->entry->facts(r.parameters.data());
  const auto& limits = x < 0 ? facts.left : facts.right;
  if (r.role == Role::kValue) return {limits.value, 0};
  // As the kernels: a derivative that is 0 by definition gives 0 for every gradient.
  if (r.role == Role::kBackward && limits.derivative != 0) return {grad * limits.derivative, 0};
  return {limits.derivative, 0};
}

Pair at(const ExactRequest& r, const Formula& formula, double x, double grad) {
  if (!std::isfinite(x) || !std::isfinite(grad)) return at_special(r, x, grad);
  Ball result = exact(formula, r.role != Role::kValue, x, r.parameters.data());
  precision = 160;
  if (r.role == Role::kBackward) result = Ball(grad) * result;
  arb_mul_2exp_si(result.get(), result.get(), r.exponent);
  return pair_of(result);
}

}  // namespace

std::vector<Pair> exact_pairs(const ExactRequest& r, std::span<const double> x,
                              std::span<const double> grad) {
  const Formula* formula = find_formula(r.activation->entry->info->name);
  std::vector<Pair> result(x.size());
  const auto evaluate = [&](std::size_t i) {
    result[i] = at(r, *formula, x[i], grad.empty() ? 1.0 : grad[i]);
  };
  proofs::parallel(r.threads, x.size(), evaluate, flint_cleanup);
  return result;
}

}  // namespace rheo::oracle
