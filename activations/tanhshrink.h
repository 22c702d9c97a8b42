// SPDX-License-Identifier: Apache-2.0
// tanhshrink: x - tanh(x).

struct tanhshrink {
  static constexpr Info info{
      .name = "tanhshrink",
      .title = "Tanhshrink",
      .summary = "What tanh takes away from x: flat at 0, where it is x^3 / 3, linear far from it.",
      .torch = {{.module = "Tanhshrink", .function = "tanhshrink"}},
      .references = {{"PyTorch, torch.nn.Tanhshrink",
                      "https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html"}},
  };

  static constexpr Facts facts() {
    return {.left = {-kInfinity, 1}, .right = {kInfinity, 1}, .odd = true, .monotone = true};
  }

  template <class R>
  static RHEO_INLINE R formula(R x) {
    return x_minus_tanh(x);
  }
};

using Activations = Entries<tanhshrink>;
