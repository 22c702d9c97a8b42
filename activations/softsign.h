// SPDX-License-Identifier: Apache-2.0
// softsign: x / (1 + |x|).

struct softsign {
  static constexpr Info info{
      .name = "softsign",
      .title = "Softsign",
      .summary = "A sigmoid without an exponential: saturates slowly, as 1 - 1 / x.",
      .torch = {{.module = "Softsign", .function = "softsign"}},
      .references = {{"Glorot and Bengio, Understanding the difficulty of training deep feedforward neural "
                      "networks, 2010",
                      "https://proceedings.mlr.press/v9/glorot10a.html"}},
  };

  static constexpr Facts facts() {
    return {.left = {-1, 0}, .right = {1, 0}, .low = -1, .high = 1, .odd = true, .monotone = true};
  }

  template <class R>
  static RHEO_INLINE R formula(R x) {
    return x / (1.0 + max(x, -x));
  }

  // 1 / (1 + |x|)^2. The quotient rule's 1 - |x| / (1 + |x|) would cancel at large |x|.
  template <class R>
  static RHEO_INLINE R derivative(R x) {
    const R q = 1.0 / (1.0 + max(x, -x));
    return q * q;
  }
};

using Activations = Entries<softsign>;
