// SPDX-License-Identifier: Apache-2.0
// second_formulas.cc: the papers' and torch.nn's definitions, in forms that share no step with activations/:
// other functions of Arb, other identities, comparisons of exact numbers.
//
// A new activation gets a line in kFormulas.
#include "tests/prover/second_formulas.h"

#include <cmath>

namespace rheo::oracle {

namespace {

using P = const double*;
using B = const Ball&;

template <class Function>
Ball arb(Function function, const Ball& a) {
  Ball r;
  function(r.get(), a.get(), precision);
  return r;
}

Ball pi() {
  Ball r;
  arb_const_pi(r.get(), precision);
  return r;
}
// Of a number that is known exactly, as those that are given to the oracle are.
bool positive(const Ball& a) {
  if (arb_is_positive(a.get()) == 0 && arb_is_nonpositive(a.get()) == 0) throw Undecided{};
  return arb_is_positive(a.get()) != 0;
}
Ball smaller(B a, B b) { return positive(b - a) ? a : b; }
Ball larger(B a, B b) { return positive(b - a) ? b : a; }
Ball absolute(B a) { return positive(a) ? a : -a; }
Ball square(B a) { return a * a; }

Ball e_to(B a) { return Ball(1.0) / arb(arb_exp, -a); }
Ball e_to_minus_one(B a) {  // 2 e^(a/2) sinh(a/2)
  const Ball half = a / Ball(2.0);
  return Ball(2.0) * arb(arb_exp, half) * arb(arb_sinh, half);
}
Ball log_sum_exp(B a) { return arb(arb_log, Ball(1.0) + e_to(a)); }
Ball logistic(B a) { return (Ball(1.0) + arb(arb_tanh, a / Ball(2.0))) / Ball(2.0); }
Ball tangent(B a) {  // (e^2a - 1) / (e^2a + 1)
  const Ball e = e_to(a + a);
  return (e - Ball(1.0)) / (e + Ball(1.0));
}
// The normal distribution function by Kummer's function, Phi(x) = 1/2 + x / sqrt(2 pi) M(1/2, 3/2, -x^2 / 2):
// DLMF 7.11.4 with erf(x / sqrt 2) = 2 Phi(x) - 1.
Ball normal_distribution(B x) {
  const Ball a(0.5), b(1.5), z = -(square(x) / Ball(2.0));
  Ball m;
  arb_hypgeom_m(m.get(), a.get(), b.get(), z.get(), 0, precision);
  return Ball(0.5) + x * m / arb(arb_sqrt, Ball(2.0) * pi());
}

Ball gelu(B x, P) { return x * normal_distribution(x); }
Ball gelu_tanh(B x, P) {
  const Ball u = arb(arb_sqrt, Ball(2.0) / pi()) * (x + Ball(ratio(44715, 1000000)) * x * x * x);
  return x * (Ball(1.0) + arb(arb_tanh, u)) / Ball(2.0);
}
Ball gelu_sigmoid(B x, P) { return x * logistic(Ball(ratio(1702, 1000)) * x); }
Ball swish(B x, P p) { return x * logistic(Ball(p[0]) * x); }
Ball mish(B x, P) {
  const Ball s = square(Ball(1.0) + arb(arb_exp, x));
  return x * (s - Ball(1.0)) / (s + Ball(1.0));
}
Ball softplus(B x, P p) {
  const Ball beta(p[0]), scaled = beta * x;
  const bool linear = p[1] == -HUGE_VAL || (p[1] != HUGE_VAL && positive(scaled - Ball(p[1])));
  return linear ? x : log_sum_exp(scaled) / beta;
}
Ball logsigmoid(B x, P) { return arb(arb_log, logistic(x)); }
Ball softsign(B x, P) { return x / (Ball(1.0) + absolute(x)); }
Ball tanhshrink(B x, P) { return x - tangent(x); }
Ball elu(B x, P p) { return larger(x, Ball(0.0)) + Ball(p[0]) * e_to_minus_one(smaller(x, Ball(0.0))); }
Ball celu(B x, P p) {
  return larger(x, Ball(0.0)) + Ball(p[0]) * e_to_minus_one(smaller(x, Ball(0.0)) / Ball(p[0]));
}
// Klambauer et al. 2017, theorem 1 and appendix A1: the fixed point of mean 0 and variance 1 in closed form.
Ball selu(B x, P) {
  const Ball one(1.0), two(2.0), root_e = arb(arb_exp, Ball(0.5));
  const Ball c1 = arb(arb_hypgeom_erfc, arb(arb_rsqrt, two)), c2 = arb(arb_hypgeom_erfc, arb(arb_sqrt, two));
  const Ball e = arb(arb_exp, one);
  const Ball alpha = -(arb(arb_sqrt, two / pi()) / (c1 * root_e - one));
  const Ball inner = two * c2 * e * e + pi() * square(c1) * e - two * (two + pi()) * c1 * root_e + pi() + two;
  const Ball scale = (one - c1 * root_e) * arb(arb_sqrt, two * pi()) / arb(arb_sqrt, inner);
  return scale * (larger(x, Ball(0.0)) + alpha * e_to_minus_one(smaller(x, Ball(0.0))));
}
Ball hardtanh(B x, P p) { return smaller(larger(x, Ball(p[0])), Ball(p[1])); }
Ball hardsigmoid(B x, P) {
  return (absolute(x + Ball(3.0)) - absolute(x - Ball(3.0)) + Ball(6.0)) / Ball(12.0);
}
Ball hardsigmoid_onnx(B x, P p) { return smaller(larger(Ball(p[0]) * x + Ball(p[1]), Ball(0.0)), Ball(1.0)); }
Ball leaky_relu(B x, P p) { return larger(x, Ball(0.0)) + Ball(p[0]) * smaller(x, Ball(0.0)); }
Ball softshrink(B x, P p) {  // x less its nearest point of [-lambd, lambd]
  return x - smaller(larger(x, Ball(-p[0])), Ball(p[0]));
}
Ball hardshrink(B x, P p) { return positive(absolute(x) - Ball(p[0])) ? x : Ball(0.0); }
Ball threshold(B x, P p) { return positive(x - Ball(p[0])) ? x : Ball(p[1]); }

constexpr SecondFormula kFormulas[] = {
    {"celu", celu},
    {"clipped_relu", [](B x, P p) { return smaller(larger(x, Ball(0.0)), Ball(p[0])); }},
    {"elu", elu},
    {"gelu", gelu},
    {"gelu_sigmoid", gelu_sigmoid},
    {"gelu_tanh", gelu_tanh},
    {"hardshrink", hardshrink},
    {"hardsigmoid", hardsigmoid},
    {"hardsigmoid_onnx", hardsigmoid_onnx},
    {"hardswish",
     [](B x, P) { return x * smaller(larger(x + Ball(3.0), Ball(0.0)), Ball(6.0)) / Ball(6.0); }},
    {"hardtanh", hardtanh},
    {"identity", [](B x, P) { return x; }},
    {"leaky_relu", leaky_relu},
    {"logsigmoid", logsigmoid},
    {"mish", mish},
    {"prelu", leaky_relu},
    {"relu", [](B x, P) { return (x + absolute(x)) / Ball(2.0); }},
    {"relu_squared", [](B x, P) { return square((x + absolute(x)) / Ball(2.0)); }},
    {"selu", selu, 100},  // its constants are those that were published, to 32 digits
    {"selu_onnx",
     [](B x, P) {  // the attributes' defaults, which float32 holds exactly
       const Ball alpha(1.67326319217681884765625), scale(1.05070102214813232421875);
       return scale * (larger(x, Ball(0.0)) + alpha * e_to_minus_one(smaller(x, Ball(0.0))));
     }},
    {"sigmoid", [](B x, P) { return logistic(x); }},
    {"softplus", softplus},
    {"softshrink", softshrink},
    {"softsign", softsign},
    {"swish", swish},
    {"tanh", [](B x, P) { return tangent(x); }},
    {"tanhshrink", tanhshrink},
    {"threshold", threshold},
};

}  // namespace

const SecondFormula* find_second_formula(std::string_view name) {
  for (const SecondFormula& f : kFormulas)
    if (f.name == name) return &f;
  return nullptr;
}

}  // namespace rheo::oracle
