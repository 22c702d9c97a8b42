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
      .torch = {{.module = "Softplus", .function = "softplus", .defaults = {{"threshold", 20.0}}}},
      .references =
          {{"Dugas, Bengio, Belisle, Nadeau and Garcia, Incorporating second-order functional knowledge "
            "for better option pricing, 2001",
            "https://papers.nips.cc/paper/1920"}},
  };

  static constexpr Facts facts(double beta, double threshold) {
    Facts facts{.left = {0, 0}, .right = {kInfinity, 1}, .low = 0, .monotone = true};
    if (threshold == -kInfinity) return {.left = {-kInfinity, 1}, .right = {kInfinity, 1}, .monotone = true};
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
};

using Activations = Entries<softplus_activation>;
