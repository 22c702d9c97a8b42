// SPDX-License-Identifier: Apache-2.0
// clipped_relu: min(max(x, 0), ceiling); relu6 at ceiling 6. Derivative 0 at both kinks.

struct clipped_relu {
  static constexpr Info info{
      .name = "clipped_relu",
      .title = "Clipped ReLU",
      .summary = "Rectifier with a ceiling, used where activations are quantised.",
      .parameters = {{"ceiling", 6.0, "largest value", Domain::kPositive}},
      .presets = {{"relu6", {6.0}, "the ceiling of mobile networks"},
                  {"relu_0_to_1", {1.0}, "TensorFlow Lite's operator"}},
      .aliases = {"bounded_relu", "capped_relu"},
      .torch = {{.module = "ReLU6", .function = "relu6", .preset = "relu6", .inplace = true},
                {.module = "ClippedReLU", .function = "clipped_relu", .inplace = true}},
      .references = {{"Hannun et al., Deep Speech: scaling up end-to-end speech recognition, 2014",
                      "https://arxiv.org/abs/1412.5567"},
                     {"Krizhevsky, Convolutional deep belief networks on CIFAR-10, 2010",
                      "https://www.cs.toronto.edu/~kriz/conv-cifar10-aug2010.pdf"}},
  };

  static constexpr Facts facts(double ceiling) {
    return {.left = {0, 0},
            .right = {ceiling, 0},
            .low = 0,
            .high = ceiling,
            .kinks = {0, ceiling},
            .monotone = true,
            .parameters = {{0, 1}}};
  }

  template <class R>
  static RHEO_INLINE R formula(R x, R ceiling) {
    return select(x > 0.0, select(x < ceiling, x, ceiling), 0.0);
  }
};

using Activations = Entries<clipped_relu>;
