// SPDX-License-Identifier: Apache-2.0
// mish: x tanh(softplus(x)).

struct mish {
  static constexpr Info info{
      .name = "mish",
      .title = "Mish",
      .summary = "Self-regularised and smooth, with one minimum: x times the tanh of its softplus.",
      .torch = {{.module = "Mish", .function = "mish", .inplace = true}},
      .references = {{"Misra, Mish: a self regularized non-monotonic activation function, 2020",
                      "https://arxiv.org/abs/1908.08681"}},
  };

  static constexpr Facts facts() {
    return {.left = {-0.0, -0.0}, .right = {kInfinity, 1}, .low = -0.30884341301725043};  // at x = -1.19243
  }

  template <class R>
  static RHEO_INLINE R formula(R x) {
    return x * tanh(softplus(x));
  }
};

using Activations = Entries<mish>;
