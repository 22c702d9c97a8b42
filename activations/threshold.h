// SPDX-License-Identifier: Apache-2.0
// threshold: x where x > threshold, otherwise value; it jumps at the threshold. Derivative 0 there.

struct threshold_activation {
  static constexpr Info info{
      .name = "threshold",
      .title = "Threshold",
      .summary = "Passes what is above a threshold and puts a value in place of the rest.",
      .parameters = {{"threshold", 0.0, "x is returned above it"},
                     {"value", 0.0, "what is returned otherwise"}},
      .presets = {{"thresholded_relu", {1.0, 0.0}, "ONNX's ThresholdedRelu with its default alpha"}},
      .torch = {{.module = "Threshold", .function = "threshold", .inplace = true}},
      .references = {{"Konda, Memisevic and Krueger, Zero-bias autoencoders and the benefits of co-adapting "
                      "features, 2014",
                      "https://arxiv.org/abs/1402.3337"}},
  };

  static constexpr Facts facts(double threshold, double value) {
    return {.left = {value, 0},
            .right = {kInfinity, 1},
            .low = value < threshold ? value : threshold,
            .kinks = {threshold},
            .monotone = value <= threshold,
            .parameters = {{0, 0}, {1, 0}}};
  }

  template <class R>
  static RHEO_INLINE R formula(R x, R threshold, R value) {
    return select(x > threshold, x, value);
  }
};

using Activations = Entries<threshold_activation>;
