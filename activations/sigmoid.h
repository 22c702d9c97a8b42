// SPDX-License-Identifier: Apache-2.0
// sigmoid: 1 / (1 + exp(-x)).

struct sigmoid_activation {
  static constexpr Info info{
      .name = "sigmoid",
      .title = "Sigmoid",
      .summary = "Logistic function: a probability from a log-odds.",
      .aliases = {"logistic", "expit"},
      .torch = {{.module = "Sigmoid", .function = "sigmoid"}},
      .references = {{"Cox, The regression analysis of binary sequences, 1958",
                      "https://doi.org/10.1111/j.2517-6161.1958.tb00292.x"}},
  };

  static constexpr Facts facts() {
    return {.left = {0, 0}, .right = {1, 0}, .low = 0, .high = 1, .monotone = true};
  }

  template <class R>
  static RHEO_INLINE R formula(R x) {
    return sigmoid(x);
  }
};

using Activations = Entries<sigmoid_activation>;
