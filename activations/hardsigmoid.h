// SPDX-License-Identifier: Apache-2.0
// hardsigmoid: min(max(slope x + offset, 0), 1). Derivative 0 at both kinks.

struct hardsigmoid {
  static constexpr Info info{
      .name = "hardsigmoid",
      .title = "Hardsigmoid",
      .summary = "Sigmoid from straight lines, for small devices.",
      .parameters = {{"slope", 1.0 / 6.0, "slope between the kinks", Domain::kPositive},
                     {"offset", 0.5, "value at 0"}},
      .presets = {{"hardsigmoid_onnx", {0.2, 0.5}, "ONNX's default, and that of Keras 2 and Theano"}},
      .aliases = {"hard_logistic"},
      .torch = {{.module = "Hardsigmoid", .function = "hardsigmoid", .inplace = true, .fixed = true}},
      .references = {{"Courbariaux, Bengio and David, BinaryConnect, 2015",
                      "https://arxiv.org/abs/1511.00363"},
                     {"Howard et al., Searching for MobileNetV3, 2019", "https://arxiv.org/abs/1905.02244"}},
  };

  static constexpr Facts facts(double slope, double offset) {
    return {.left = {0, 0},
            .right = {1, 0},
            .low = 0,
            .high = 1,
            .kinks = {-offset / slope, (1 - offset) / slope},
            .monotone = true,
            .parameters = {{0, 0}, {0, 0}}};
  }

  template <class R>
  static RHEO_INLINE R formula(R x, R slope, R offset) {
    const R scaled = slope * x;
    const R line = scaled + offset;
    // Of scaled + offset - 1 the sign has to be right: the larger one first, so that nothing small is lost.
    const R excess = (max(scaled, offset) - 1.0) + min(scaled, offset);
    return select(line > 0.0, select(excess < 0.0, line, 1.0), 0.0);
  }
};

using Activations = Entries<hardsigmoid>;
