// SPDX-License-Identifier: Apache-2.0
// selu: scale x for x > 0, otherwise scale alpha (exp(x) - 1). The scale belongs to the derivative as well.

struct selu {
  static constexpr Info info{
      .name = "selu",
      .title = "SELU",
      .summary =
          "Scaled ELU, whose constants make (mean 0, variance 1) a stable fixed point of deep networks.",
      .torch = {{.module = "SELU", .function = "selu", .inplace = true}},
      .references = {{"Klambauer, Unterthiner, Mayr and Hochreiter, Self-normalizing neural networks, 2017",
                      "https://arxiv.org/abs/1706.02515"}},
  };

  // To 32 digits, as the paper's authors publish them; the product is the limit's magnitude.
  static constexpr Constant scale = 1.0507009873554804934193349852946_exact;
  static constexpr Constant alpha = 1.6732632423543772848170429916717_exact;
  static constexpr double limit = 1.7580993408473768;

  static constexpr Facts facts() {
    return {
        .left = {-limit, 0}, .right = {kInfinity, scale.high}, .low = -limit, .kinks = {0}, .monotone = true};
  }

  template <class R>
  static RHEO_INLINE R formula(R x) {
    return scale * select(x > 0.0, x, alpha * expm1(x));
  }
};

// ONNX's standard gives the two constants as their nearest float32 numbers.
struct selu_onnx {
  static constexpr Info info{
      .name = "selu_onnx",
      .title = "SELU, ONNX's constants",
      .summary = "SELU with the constants of ONNX's operator, which are rounded to float32.",
      .references = {{"ONNX, operator Selu, version 22", "https://onnx.ai/onnx/operators/onnx__Selu.html"}},
  };

  static constexpr Constant scale = 1.05070102214813232421875_exact;
  static constexpr Constant alpha = 1.67326319217681884765625_exact;
  static constexpr double limit = 1.7580993463430303;

  static constexpr Facts facts() {
    return {
        .left = {-limit, 0}, .right = {kInfinity, scale.high}, .low = -limit, .kinks = {0}, .monotone = true};
  }

  template <class R>
  static RHEO_INLINE R formula(R x) {
    return scale * select(x > 0.0, x, alpha * expm1(x));
  }
};

using Activations = Entries<selu, selu_onnx>;
