// SPDX-License-Identifier: Apache-2.0
// relu: x for x > 0, otherwise 0. Derivative 0 at 0.

struct relu {
  static constexpr Info info{
      .name = "relu",
      .title = "ReLU",
      .summary = "Rectified linear unit: passes what is positive. Its derivative at 0 is 0.",
      .aliases = {"rectifier"},
      .torch = {{.module = "ReLU", .function = "relu", .inplace = true}},
      .references =
          {{"Nair and Hinton, Rectified linear units improve restricted Boltzmann machines, ICML 2010",
            "https://www.cs.toronto.edu/~hinton/absps/reluICML.pdf"}},
  };

  static constexpr Facts facts() {
    return {.left = {0, 0}, .right = {kInfinity, 1}, .low = 0, .kinks = {0}, .monotone = true};
  }

  template <class R>
  static RHEO_INLINE R formula(R x) {
    return select(x > 0.0, x, 0.0);
  }

  // Keeps -0 and NaN.
  template <class R>
  static RHEO_INLINE R float32(R x) {
    return select(x < 0.0, R(0.0), x);
  }
};

using Activations = Entries<relu>;
