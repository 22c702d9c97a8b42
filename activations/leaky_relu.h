// SPDX-License-Identifier: Apache-2.0
// leaky_relu: x for x > 0, otherwise negative_slope x. Any slope: negative, 0, above 1.

struct leaky_relu {
  static constexpr Info info{
      .name = "leaky_relu",
      .title = "Leaky ReLU",
      .summary = "Rectifier that keeps a part of what is negative, so that no unit dies.",
      .parameters = {{"negative_slope", 0.01, "slope for x <= 0"}},
      .presets = {{"leaky_relu_tf", {0.2}, "the slope of TensorFlow and of Keras's function"},
                  {"leaky_relu_keras", {0.3}, "the slope of Keras's layer"}},
      .torch = {{.module = "LeakyReLU", .function = "leaky_relu", .inplace = true}},
      .references =
          {{"Maas, Hannun and Ng, Rectifier nonlinearities improve neural network acoustic models, 2013",
            "https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf"}},
  };

  static constexpr Facts facts(double negative_slope) {
    Facts facts{.left = {-times_infinity(negative_slope), negative_slope},
                .right = {kInfinity, 1},
                .low = negative_slope > 0 ? -kInfinity : 0,
                .odd = negative_slope == 1,
                .monotone = negative_slope >= 0,
                .parameters = {{-kInfinity, 0}}};
    if (negative_slope != 1) facts.kinks = {0};
    return facts;
  }

  template <class R>
  static RHEO_INLINE R formula(R x, R negative_slope) {
    return select(x > 0.0, x, negative_slope * x);
  }
};

using Activations = Entries<leaky_relu>;
