// SPDX-License-Identifier: Apache-2.0
// softplus: log(1 + exp(beta x)) / beta; x itself where beta x > threshold.

struct softplus_activation {
  static constexpr Info info{
      .name = "softplus",
      .title = "Softplus",
      .summary =
          "Smooth rectifier. Its formula needs no threshold; frameworks that have one switch to x there.",
      .parameters = {{"beta", 1.0, "steepness", Domain::kPositive},
                     {"threshold", kInfinity, "x is returned where beta x is above it",
                      Domain::kFiniteOrInfinite}},
      .presets = {{"softplus_torch", {1.0, 20.0}, "with PyTorch's default threshold"}},
      .aliases = {"soft_relu", "smooth_relu"},
      .torch = {{.module = "Softplus", .function = "softplus", .defaults = {{"threshold", 20.0}}}},
      .references =
          {{"Dugas, Bengio, Belisle, Nadeau and Garcia, Incorporating second-order functional knowledge "
            "for better option pricing, 2001",
            "https://papers.nips.cc/paper/1920"}},
  };

  static constexpr Facts facts(double beta, double threshold) {
    Facts facts{.left = {0, 0},
                .right = {kInfinity, 1},
                .low = 0,
                .monotone = true,
                .parameters = {{-0.0, -0.0}, {0, 0}}};
    if (threshold == -kInfinity) {
      facts.left = {-kInfinity, 1}, facts.low = -kInfinity;
      return facts;
    }
    if (threshold == kInfinity) return facts;
    // At the switch the value falls by softplus(threshold) - threshold, which is not nothing for small
    // thresholds.
    facts.kinks = {threshold / beta};
    facts.monotone = false;
    facts.low = threshold < 0 ? threshold / beta : 0;
    return facts;
  }

  template <class R>
  static RHEO_INLINE R formula(R x, R beta, R threshold) {
    const R scaled = beta * x;
    return select(scaled > threshold, x, softplus(scaled) / beta);
  }

  // With u = beta x, (u sigmoid(u) - softplus(u)) / beta^2; for positive u both terms are about u, so it is
  // written for -|u|, where it has the same value and nothing cancels.
  template <class R>
  static RHEO_INLINE R parameter_derivative(At<0>, R x, R beta, R threshold) {
    const R u = beta * x;
    const R negative = min(u, -u);
    const R y = (negative * sigmoid(negative) - softplus(negative)) / beta / beta;
    return select(u > threshold, 0.0, y);
  }
  template <class R>
  static RHEO_INLINE R parameter_derivative(At<1>, R, R, R) {
    return 0.0;
  }
};

using Activations = Entries<softplus_activation>;
