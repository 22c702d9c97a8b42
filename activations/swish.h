// SPDX-License-Identifier: Apache-2.0
// swish: x sigmoid(beta x); silu at beta 1. Any beta: 0 gives x / 2, a negative one mirrors.

struct swish {
  static constexpr Info info{
      .name = "swish",
      .title = "Swish",
      .summary =
          "x gated by its own sigmoid: smooth, with one minimum; beta moves it between x / 2 and ReLU.",
      .parameters = {{"beta", 1.0, "steepness of the gate"}},
      .presets = {{"silu", {1.0}, "sigmoid linear unit"}},
      .torch = {{.module = "SiLU", .function = "silu", .preset = "silu", .inplace = true},
                {.module = "Swish", .function = "swish"}},
      .references = {{"Elfwing, Uchibe and Doya, Sigmoid-weighted linear units for neural network function "
                      "approximation in reinforcement learning, 2018",
                      "https://arxiv.org/abs/1702.03118"},
                     {"Ramachandran, Zoph and Le, Searching for activation functions, 2017",
                      "https://arxiv.org/abs/1710.05941"}},
  };

  static constexpr Facts facts(double beta) {
    // min_x x sigmoid(x) = -w with w + log w = -1 (w = W(1 / e)); x scales with 1 / beta.
    constexpr double lowest = -0.27846454276107380;
    if (beta == 0)
      return {.left = {-kInfinity, 0.5},
              .right = {kInfinity, 0.5},
              .odd = true,
              .monotone = true,
              .parameters = {{kInfinity, kInfinity}}};
    Facts facts{.left = {-0.0, -0.0}, .right = {kInfinity, 1}, .low = lowest / beta, .parameters = {{0, 0}}};
    if (beta < 0) {
      facts.left = {-kInfinity, 1}, facts.right = {0, -0.0};
      facts.low = -kInfinity, facts.high = lowest / beta;
    }
    return facts;
  }

  template <class R>
  static RHEO_INLINE R formula(R x, R beta) {
    return x * sigmoid(beta * x);
  }
};

using Activations = Entries<swish>;
