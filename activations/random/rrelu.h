// SPDX-License-Identifier: Apache-2.0
// rrelu: x for x > 0, otherwise a x with a slope a that each element draws in training.

struct rrelu {
  static constexpr RandomInfo info{
      .name = "rrelu",
      .title = "Randomised leaky ReLU",
      .summary =
          "Leaky rectifier with a random slope per element in training, and the mean slope afterwards.",
      .formula = "x > 0 ? x : a x, a uniform in [lower, upper)",
      .draws = Draws::kUniform,
      .parameters = {{"lower", 1.0 / 8, "the smallest slope"}, {"upper", 1.0 / 3, "the largest"}},
      .torch = {{.module = "RReLU", .function = "rrelu", .inplace = true}},
      .references = {{"Xu, Wang, Chen and Li, Empirical evaluation of rectified activations in convolutional "
                      "network, 2015",
                      "https://arxiv.org/abs/1505.00853"}},
  };

  static constexpr const char* objection(double lower, double upper) {
    return lower <= upper ? nullptr : "lower not above upper";
  }

  template <class R>
  static RHEO_INLINE R training(R x, R uniform, R lower, R upper) {
    return select(x > 0.0, x, scaled(x, fused(upper - lower, uniform, lower)));
  }
  template <class R>
  static RHEO_INLINE R training_derivative(R x, R uniform, R lower, R upper) {
    return select(x > 0.0, 1.0, fused(upper - lower, uniform, lower));
  }
  template <class R>
  static RHEO_INLINE R evaluation(R x, R lower, R upper) {
    return select(x > 0.0, x, scaled(x, fused(upper, R(0.5), lower * 0.5)));
  }
  template <class R>
  static RHEO_INLINE R evaluation_derivative(R x, R lower, R upper) {
    return select(x > 0.0, 1.0, fused(upper, R(0.5), lower * 0.5));
  }
};

using Functions = Entries<rrelu>;
