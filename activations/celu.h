// SPDX-License-Identifier: Apache-2.0
// celu: x for x > 0, otherwise alpha (exp(x / alpha) - 1): its derivative is continuous for every alpha.

struct celu {
  static constexpr Info info{
      .name = "celu",
      .title = "CELU",
      .summary = "Exponential linear unit whose derivative is continuous whatever alpha is.",
      .parameters = {{"alpha", 1.0, "the limit at -infinity is -alpha", Domain::kNonzero}},
      .torch = {{.module = "CELU", .function = "celu", .inplace = true}},
      .references = {{"Barron, Continuously differentiable exponential linear units, 2017",
                      "https://arxiv.org/abs/1704.07483"}},
  };

  static constexpr Facts facts(double alpha) {
    if (alpha < 0) {
      return {.left = {-kInfinity, kInfinity},
              .right = {kInfinity, 1},
              .monotone = true,
              .parameters = {{-kInfinity, 0}}};
    }
    return {.left = {-alpha, 0},
            .right = {kInfinity, 1},
            .low = -alpha,
            .monotone = true,
            .parameters = {{-1, 0}}};
  }

  template <class R>
  static RHEO_INLINE R formula(R x, R alpha) {
    return select(x > 0.0, x, alpha * expm1(x / alpha));
  }

  // With u = x / alpha, exp(u) - 1 - u exp(u) = -u^2 (1 / 2 + u / 3 + u^2 / 8 + ...), the coefficients
  // (n - 1) / n!. Near 0 the difference would cancel; at |u| < 1/16 the series' truncation is below 2^-66.
  template <class R>
  static RHEO_INLINE R parameter_derivative(At<0>, R x, R alpha) {
    constexpr Constant series[] = {ratio(1, 2),      ratio(1, 3),       ratio(1, 8),       ratio(1, 30),
                                   ratio(1, 144),    ratio(1, 840),     ratio(1, 5760),    ratio(1, 45360),
                                   ratio(1, 403200), ratio(1, 3991680), ratio(1, 43545600)};
    const R u = x / alpha;
    R sum(series[10]);
    for (int n = 10; n-- > 0;) sum = R(series[n]) + u * sum;
    const R near = -(u * u * sum);
    const R far = expm1(u) - u * exp(u);
    return select(x > 0.0, 0.0, select(u < 0.0625, select(u > -0.0625, near, far), far));
  }
};

using Activations = Entries<celu>;
