// SPDX-License-Identifier: Apache-2.0
// hardsigmoid: min(max(x + 3, 0), 6) / 6, and with a slope and an offset of one's own. Derivative 0 at both
// kinks.

struct hardsigmoid {
  static constexpr Info info{
      .name = "hardsigmoid",
      .title = "Hardsigmoid",
      .summary = "Sigmoid from straight lines with slope 1/6 and offset 1/2, for small devices.",
      .aliases = {"hard_logistic"},
      .torch = {{.module = "Hardsigmoid", .function = "hardsigmoid", .inplace = true}},
      .references = {{"Howard et al., Searching for MobileNetV3, 2019", "https://arxiv.org/abs/1905.02244"}},
  };

  static constexpr Facts facts() {
    return {.left = {0, 0}, .right = {1, 0}, .low = 0, .high = 1, .kinks = {-3, 3}, .monotone = true};
  }

  template <class R>
  static RHEO_INLINE R formula(R x) {
    return select(x > -3.0, select(x < 3.0, (x + 3.0) / 6.0, 1.0), 0.0);
  }

  // x / 6 + 1/2; beside -3, (x + 3) / 6, where the sum is exact.
  template <class R>
  static RHEO_INLINE R float32(R x) {
    const R held = min(3.0, max(-3.0, x));
    const auto left = held < -1.5;
    const R z = select(left, held + 3.0, held);
    return fused(z, ratio(1, 6), select(left, R(0.0), R(0.5)));
  }
};

struct hardsigmoid_onnx {
  static constexpr Info info{
      .name = "hardsigmoid_onnx",
      .title = "Hardsigmoid with a slope",
      .summary = "Sigmoid from straight lines: min(max(alpha x + beta, 0), 1), with ONNX's defaults.",
      .parameters = {{"alpha", 0.2, "slope between the kinks", Domain::kPositive},
                     {"beta", 0.5, "value at 0"}},
      .presets = {{"hardsigmoid_keras2", {0.2, 0.5}, "Keras 2, TensorFlow 1 and Theano"}},
      .references = {{"Courbariaux, Bengio and David, BinaryConnect, 2015",
                      "https://arxiv.org/abs/1511.00363"}},
  };

  static constexpr Facts facts(double alpha, double beta) {
    return {.left = {0, 0},
            .right = {1, 0},
            .low = 0,
            .high = 1,
            .kinks = {-beta / alpha, (1 - beta) / alpha},
            .monotone = true,
            .parameters = {{0, 0}, {0, 0}}};
  }

  template <class R>
  static RHEO_INLINE R formula(R x, R alpha, R beta) {
    const R scaled = alpha * x;
    const R line = scaled + beta;
    // Of scaled + beta - 1 the sign has to be right: the larger one first, so that nothing small is lost.
    const R excess = (max(scaled, beta) - 1.0) + min(scaled, beta);
    return select(line > 0.0, select(excess < 0.0, line, 1.0), 0.0);
  }

  // Rounded once, the line is on the right side of 0 and 1, or at them.
  template <class R>
  static RHEO_INLINE R float32(R x, R alpha, R beta) {
    const R line = fused(alpha, x, beta);
    return select(line <= 0.0, 0.0, min(1.0, line));
  }
};

using Activations = Entries<hardsigmoid, hardsigmoid_onnx>;
