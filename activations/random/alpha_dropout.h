// SPDX-License-Identifier: Apache-2.0
// alpha_dropout: puts selu's limit at -infinity in an element's place with probability p, then restores mean
// and variance.

struct alpha_dropout {
  static constexpr RandomInfo info{
      .name = "alpha_dropout",
      .title = "Alpha dropout",
      .summary = "Dropout for networks of SELU: inputs of mean 0 and variance 1 keep both.",
      .formula = "a (u < p ? -scale alpha : x) + b, u uniform in [0, 1)",
      .draws = Draws::kUniform,
      .parameters = {{"p", 0.5, "probability of an element to be dropped"}},
      .torch = {{.module = "AlphaDropout", .function = "alpha_dropout", .inplace = true}},
      .references = {{"Klambauer, Unterthiner, Mayr and Hochreiter, Self-normalizing neural networks, 2017",
                      "https://arxiv.org/abs/1706.02515"}},
  };

  static constexpr const char* objection(double p) {
    return p >= 0 && p < 1 ? nullptr : "p at least 0 and below 1";
  }

  // What is dropped becomes v = -alpha scale. The result is a x + b with a^2 (1 - p) (1 + p v^2) = 1 and
  // b = -a p v.
  template <class R>
  static RHEO_INLINE R limit() {
    constexpr Constant kMinusV = 1.7580993408473768599402175208123_exact;
    return R(-kMinusV.high);
  }
  template <class R>
  static RHEO_INLINE R slope(R p) {
    return R(1.0) / sqrt((R(1.0) - p) * fused(p, limit<R>() * limit<R>(), R(1.0)));
  }

  template <class R>
  static RHEO_INLINE R training(R x, R uniform, R p) {
    const R a = slope(p), b = -(a * p * limit<R>());
    return fused(a, select(uniform < p, limit<R>(), x), b);
  }
  template <class R>
  static RHEO_INLINE R training_derivative(R /*x*/, R uniform, R p) {
    return select(uniform < p, 0.0, slope(p));
  }
  template <class R>
  static RHEO_INLINE R evaluation(R x, R /*p*/) {
    return x;
  }
  template <class R>
  static RHEO_INLINE R evaluation_derivative(R /*x*/, R /*p*/) {
    return 1.0;
  }
};

using Functions = Entries<alpha_dropout>;
