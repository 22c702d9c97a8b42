// SPDX-License-Identifier: Apache-2.0
// elu: x for x > 0, otherwise alpha (exp(x) - 1).

struct elu {
  static constexpr Info info{
      .name = "elu",
      .title = "ELU",
      .summary = "Exponential linear unit: a rectifier that saturates at -alpha and keeps means near zero.",
      .parameters = {{"alpha", 1.0, "the limit at -infinity is -alpha"}},
      .torch = {{.module = "ELU", .function = "elu", .inplace = true}},
      .references =
          {{"Clevert, Unterthiner and Hochreiter, Fast and accurate deep network learning by exponential "
            "linear units, 2016",
            "https://arxiv.org/abs/1511.07289"}},
  };

  static constexpr Facts facts(double alpha) {
    Facts facts{.left = {-alpha, 0},
                .right = {kInfinity, 1},
                .low = alpha > 0 ? -alpha : 0,
                .monotone = alpha >= 0,
                .parameters = {{-1, 0}}};
    if (alpha != 1) facts.kinks = {0};
    return facts;
  }

  template <class R>
  static RHEO_INLINE R formula(R x, R alpha) {
    return select(x > 0.0, x, alpha * expm1(x));
  }
};

using Activations = Entries<elu>;
