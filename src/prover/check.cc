// SPDX-License-Identifier: Apache-2.0
// check.cc: kernels against balls.
#include "src/prover/check.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <mutex>
#include <random>

#include "src/core/describe.h"
#include "src/proofs/parallel.h"
#include "src/prover/oracle.h"
#include "src/prover/sample.h"
#include "src/prover/ulp.h"

namespace rheo::oracle {

namespace {

using Numbers = std::vector<double>;

bool of_value(const Request& r) { return r.role == Role::kValue || r.role == Role::kProduct; }

bool has_grad(const Request& r) { return r.role != Role::kValue && r.role != Role::kDerivative; }

const Kernel& kernel_of(const Request& r) {
  if (r.role == Role::kParameter) return r.activation->parameter_kernel(r.format, r.parameter);
  if (r.role == Role::kProduct) return r.activation->product_kernel(r.format);
  return r.activation->kernel(r.format, r.role);
}

template <class T>
Numbers run_as(const Request& r, const Numbers& x, const Numbers& grad) {
  const std::vector<T> in(x.begin(), x.end()), g(grad.begin(), grad.end());
  std::vector<T> out(x.size());
  kernel_of(r)(in.data(), has_grad(r) ? g.data() : nullptr, out.data(), in.size(), r.parameters.data());
  return {out.begin(), out.end()};
}

Numbers run(const Request& r, const Numbers& x, const Numbers& grad) {
  return r.format == Format::kFloat32 ? run_as<float>(r, x, grad) : run_as<double>(r, x, grad);
}

bool same_bits(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || std::bit_cast<std::int64_t>(a) == std::bit_cast<std::int64_t>(b);
}

Facts facts(const Request& r) { return r.activation->entry->facts(r.parameters.data()); }

// Gradients for backward: of all magnitudes that leave the product within the format.
Numbers gradients(const Request& r, std::size_t n) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> mantissa(1, 2);
  const int range = r.format == Format::kFloat32 ? 20 : 200;
  std::uniform_int_distribution<int> exponent(-range, range);
  Numbers g(n);
  for (double& v : g) {
    v = std::ldexp(mantissa(random), exponent(random)) * (random() % 2 == 0 ? 1 : -1);
    if (r.format == Format::kFloat32) v = static_cast<double>(static_cast<float>(v));
  }
  return g;
}

Ball exact_result(const Request& r, const Formula& formula, double x, double grad) {
  if (r.role == Role::kParameter)
    return Ball(grad) * exact_parameter(formula, r.parameter, x, r.parameters.data());
  Ball truth = exact(formula, !of_value(r), x, r.parameters.data());
  return has_grad(r) ? Ball(grad) * truth : truth;
}

// The error for the best x within one ulp of the given one: what is left when the neighbours' results enclose
// y.
double error_for_best_x(const Request& r, const Formula& formula, double x, double grad, double y,
                        const Layout& layout) {
  const std::int64_t at = to_ordinal(x, r.format);
  Ball results[2] = {exact_result(r, formula, from_ordinal(at - 1, r.format), grad),
                     exact_result(r, formula, from_ordinal(at + 1, r.format), grad)};
  precision = 160;
  const Ball below = results[0] - Ball(y), above = results[1] - Ball(y);
  const bool enclosed = (arb_is_negative(below.get()) != 0) != (arb_is_negative(above.get()) != 0);
  if (enclosed) return 0;
  return std::min(error_in_ulp(y, results[0], layout), error_in_ulp(y, results[1], layout));
}

double bound_of(const Request& r) {
  const Info& info = *r.activation->entry->info;
  const Bound bound = r.format == Format::kFloat32 ? info.float32 : info.float64;
  if (r.role == Role::kProduct) return 1;  // of any (docs/forms.md)
  if (r.role == Role::kValue) return bound.value;
  // The product with the gradient rounds once more.
  return r.role == Role::kDerivative ? bound.derivative : bound.derivative + 0.5;
}

std::string fault_text(const char* what, double x, double got) {
  return std::string(what) + " at " + number_text(x) + ": " + number_text(got);
}

// What balls cannot say: NaN, infinities, signs of zeros, range.
std::string special_fault(const Request& r, const Numbers& x, const Numbers& y) {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  const Facts f = facts(r);
  const bool value = of_value(r);
  const Numbers special{std::numeric_limits<double>::quiet_NaN(), -kInf, kInf, 0.0, -0.0};
  const Numbers got = run(r, special, Numbers(special.size(), 1.0));
  const auto rounded = [&](double v) {
    return r.format == Format::kFloat32 ? static_cast<double>(static_cast<float>(v)) : v;
  };
  const ParameterLimit of_parameter =
      r.role == Role::kParameter ? f.parameters[r.parameter] : ParameterLimit{};
  const bool backward = has_grad(r);  // where only the number counts, not the sign of its zero
  const double left = rounded(value                        ? f.left.value
                              : r.role == Role::kParameter ? of_parameter.left
                                                           : f.left.derivative);
  const double right = rounded(value                        ? f.right.value
                               : r.role == Role::kParameter ? of_parameter.right
                                                            : f.right.derivative);
  if (!std::isnan(got[0])) return fault_text("not NaN", special[0], got[0]);
  if (!same_bits(got[1], left) && !(backward && got[1] == left))
    return fault_text("not the limit", -kInf, got[1]);
  if (!same_bits(got[2], right) && !(backward && got[2] == right))
    return fault_text("not the limit", kInf, got[2]);
  if (value && got[3] == 0 && (std::signbit(got[3]) || !std::signbit(got[4]))) {
    return fault_text("zero without the sign of x", -0.0, got[4]);
  }
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (r.role == Role::kValue && (y[i] < rounded(f.low) || y[i] > rounded(f.high)))
      return fault_text("outside the range", x[i], y[i]);
  }
  return "";
}

}  // namespace

double error_at(const Request& r, const Formula& formula, double x, double grad, double y) {
  const Layout& layout = r.format == Format::kFloat32 ? kLayout32 : kLayout64;
  const Ball truth = exact_result(r, formula, x, grad);
  if (arb_is_zero(truth.get()) != 0) return y == 0 ? 0 : std::numeric_limits<double>::infinity();
  const double error = error_in_ulp(y, truth, layout);
  // Float32 is held to the strict count (docs/accuracy.md). Below kOrdinary the question does not arise.
  constexpr double kOrdinary = 0.8;
  if (error > kOrdinary && r.format == Format::kFloat64) {
    return std::min(error, error_for_best_x(r, formula, x, grad, y, layout));
  }
  return error;
}

Result check(const Request& r) {
  const Formula* formula = find_formula(r.activation->entry->info->name);
  Result result;
  result.bound = bound_of(r);
  const auto one = [&](double x) { return run(r, {x}, {1.0})[0]; };
  const Numbers x = sample(r.format, facts(r), r.points, one);
  const Numbers grad = gradients(r, x.size());
  std::vector<Numbers> y;
  for (const char* target : r.targets) {
    use_target(target);
    y.push_back(run(r, x, grad));
    if (result.fault.empty()) result.fault = special_fault(r, x, y.back());
  }
  result.points = static_cast<std::int64_t>(x.size());
  std::mutex mutex;
  const auto compare = [&](std::size_t i) {
    for (std::size_t t = 0; t < y.size(); ++t) {
      const bool repeated = t > 0 && same_bits(y[t][i], y[0][i]);
      if (repeated) continue;
      const double error = error_at(r, *formula, x[i], grad[i], y[t][i]);
      const std::lock_guard lock(mutex);
      if (t > 0) ++result.different_bits;
      if (error > result.worst) {
        result.worst = error, result.at = x[i], result.grad = grad[i], result.got = y[t][i];
        result.target = r.targets[t];
      }
    }
  };
  proofs::parallel(r.threads, x.size(), compare, flint_cleanup);
  return result;
}

}  // namespace rheo::oracle
