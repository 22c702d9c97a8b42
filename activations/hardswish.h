// SPDX-License-Identifier: Apache-2.0
// hardswish: x min(max(x + 3, 0), 6) / 6. Derivative 0 at -3 and 1 at 3.

struct hardswish {
  static constexpr Info info{
      .name = "hardswish",
      .title = "Hardswish",
      .summary = "Swish from straight lines and a parabola, for small devices.",
      .aliases = {"hard_swish", "hardsilu"},
      .torch = {{.module = "Hardswish", .function = "hardswish", .inplace = true}},
      .references = {{"Howard et al., Searching for MobileNetV3, 2019", "https://arxiv.org/abs/1905.02244"}},
  };

  static constexpr Facts facts() {
    return {.left = {0, 0}, .right = {kInfinity, 1}, .low = -0.375, .kinks = {-3, 3}};
  }

  template <class R>
  static RHEO_INLINE R formula(R x) {
    return select(x > -3.0, select(x < 3.0, x * ((x + 3.0) / 6.0), x), 0.0);
  }

  template <class R>
  static RHEO_INLINE R derivative(R x) {
    return select(x > -3.0, select(x < 3.0, (x + 1.5) / 3.0, 1.0), 0.0);
  }

  // x^2 / 6 + x / 2, where the parabola's right half stands for both: mirrored at -1.5, where the difference
  // is exact, and ends in 0.
  template <class R>
  static RHEO_INLINE R float32(R x) {
    const R z = max(min(-3.0 - x, 0.0), x);
    return select(x < 3.0, copy_sign(fused(z * ratio(1, 6), z, 0.5 * z), z), x);
  }
};

using Activations = Entries<hardswish>;
