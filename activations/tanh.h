// SPDX-License-Identifier: Apache-2.0
// tanh: the hyperbolic tangent, exactly odd.

struct tanh_activation {
  static constexpr Info info{
      .name = "tanh",
      .title = "Tanh",
      .summary = "Hyperbolic tangent: a sigmoid that is centred on zero.",
      .torch = {{.module = "Tanh", .function = "tanh"}},
      .references = {{"LeCun, Bottou, Orr and Mueller, Efficient BackProp, 1998",
                      "https://doi.org/10.1007/3-540-49430-8_2"}},
  };

  static constexpr Facts facts() {
    return {.left = {-1, 0}, .right = {1, 0}, .low = -1, .high = 1, .odd = true, .monotone = true};
  }

  template <class R>
  static RHEO_INLINE R formula(R x) {
    return tanh(x);
  }
};

using Activations = Entries<tanh_activation>;
