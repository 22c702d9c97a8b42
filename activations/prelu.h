// SPDX-License-Identifier: Apache-2.0
// prelu: x for x > 0, otherwise alpha x, where alpha is learned.

struct prelu {
  static constexpr Info info{
      .name = "prelu",
      .title = "PReLU",
      .summary = "Leaky ReLU whose negative slope is learned, one for all or one per channel.",
      .parameters = {{"alpha", 0.25, "slope for x <= 0"}},
      .presets = {{"prelu_flax", {0.01}, "the initial slope of Flax"},
                  {"prelu_keras", {0.0}, "the initial slope of Keras"}},
      .aliases = {"parametric_relu"},
      .references = {{"He, Zhang, Ren and Sun, Delving deep into rectifiers, 2015",
                      "https://arxiv.org/abs/1502.01852"}},
  };

  static constexpr Facts facts(double alpha) {
    Facts facts{.left = {-times_infinity(alpha), alpha},
                .right = {kInfinity, 1},
                .low = alpha > 0 ? -kInfinity : 0,
                .odd = alpha == 1,
                .monotone = alpha >= 0,
                .parameters = {{-kInfinity, 0}}};
    if (alpha != 1) facts.kinks = {0};
    return facts;
  }

  template <class R>
  static RHEO_INLINE R formula(R x, R alpha) {
    return select(x > 0.0, x, alpha * x);
  }
};

using Activations = Entries<prelu>;
