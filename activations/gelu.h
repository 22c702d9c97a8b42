// SPDX-License-Identifier: Apache-2.0
// gelu: x Phi(x), Phi the normal distribution function; and its two approximations, which are functions of
// their own.

struct gelu {
  static constexpr Info info{
      .name = "gelu",
      .title = "GELU",
      .summary =
          "Gaussian error linear unit, exact: x times the probability that a standard normal is below x.",
      .aliases = {"gelu_erf", "gelu_none", "gelu_python", "gelu_exact"},
      .torch = {{.module = "GELU", .function = "gelu", .argument = "approximate", .choice = "none"}},
      .references = {{"Hendrycks and Gimpel, Gaussian error linear units, 2016",
                      "https://arxiv.org/abs/1606.08415"}},
  };

  static constexpr Constant sqrt_half = 0.707106781186547524400844362104849039284835937688474036588340_exact;

  static constexpr Facts facts() {
    return {.left = {-0.0, -0.0}, .right = {kInfinity, 1}, .low = -0.16997120747990366};  // at x = -0.75179
  }

  template <class R>
  static RHEO_INLINE R formula(R x) {
    return 0.5 * x * erfc(-(sqrt_half * x));
  }
};

struct gelu_tanh {
  static constexpr Info info{
      .name = "gelu_tanh",
      .title = "GELU, tanh form",
      .summary =
          "The approximation x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, up to 4.8e-4 away from GELU.",
      .aliases = {"gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_accurate",
                  "fast_gelu", "approx_gelu"},
      .torch = {{.module = "GELU", .function = "gelu", .argument = "approximate", .choice = "tanh"}},
      .references = {{"Hendrycks and Gimpel, Gaussian error linear units, 2016",
                      "https://arxiv.org/abs/1606.08415"}},
  };

  // 2 sqrt(2 / pi), since (1 + tanh(u)) / 2 = sigmoid(2 u), which keeps its digits in the left tail.
  static constexpr Constant scale = 1.59576912160573071175978423973752747390343452465973863066370_exact;
  static constexpr Constant cubic = 0.044715_exact;

  static constexpr Facts facts() {
    return {.left = {-0.0, -0.0}, .right = {kInfinity, 1}, .low = -0.17004075057125406};  // at x = -0.75246
  }

  template <class R>
  static RHEO_INLINE R formula(R x) {
    return x * sigmoid(scale * (x + cubic * (x * x * x)));
  }
};

struct gelu_sigmoid {
  static constexpr Info info{
      .name = "gelu_sigmoid",
      .title = "GELU, sigmoid form",
      .summary = "The approximation x sigmoid(1.702 x), up to 0.0204 away from GELU.",
      // gelu_fast is the tanh form to Hugging Face and this one to MLX: ambiguous.
      .aliases = {"quick_gelu", "gelu_quick", "gelu_fast", "gelu_fast_approx"},
      .torch = {{.module = "GELU", .function = "gelu", .argument = "approximate", .choice = "sigmoid"}},
      .references = {{"Hendrycks and Gimpel, Gaussian error linear units, 2016",
                      "https://arxiv.org/abs/1606.08415"}},
  };

  static constexpr Constant scale = 1.702_exact;

  static constexpr Facts facts() {
    return {.left = {-0.0, -0.0}, .right = {kInfinity, 1}, .low = -0.16361018963635357};  // at x = -0.75115
  }

  template <class R>
  static RHEO_INLINE R formula(R x) {
    return x * sigmoid(scale * x);
  }
};

using Activations = Entries<gelu, gelu_tanh, gelu_sigmoid>;
