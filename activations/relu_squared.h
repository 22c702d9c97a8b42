// SPDX-License-Identifier: Apache-2.0
// relu_squared: x^2 for x > 0, otherwise 0.

struct relu_squared {
  static constexpr Info info{
      .name = "relu_squared",
      .title = "Squared ReLU",
      .summary = "Rectifier whose positive side is a parabola: sparse, and its derivative is continuous.",
      .aliases = {"squared_relu", "relu2", "relu_square"},
      .references = {{"So et al., Primer: searching for efficient transformers for language modeling, 2021",
                      "https://arxiv.org/abs/2109.08668"}},
  };

  static constexpr Facts facts() {
    return {.left = {0, 0}, .right = {kInfinity, kInfinity}, .low = 0, .monotone = true};
  }

  template <class R>
  static RHEO_INLINE R formula(R x) {
    return select(x > 0.0, x * x, 0.0);
  }
};

using Activations = Entries<relu_squared>;
