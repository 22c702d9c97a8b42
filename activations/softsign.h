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

  // |x| times 1 / (1 + |x|), corrected by what the sum and the product have lost. From 2^100 on it is 1, at
  // infinity too.
  template <class R>
  static RHEO_INLINE R float32(R x) {
    const R size = min(0x1p100, max(-x, x));
    const R sum = 1.0 + size;
    const R rest = max(1.0, size) - sum + min(1.0, size);
    const R inverse = 1.0 / sum;
    const R y = size * inverse;
    const R left = fused(-y, rest, fused(-y, sum, size));
    return copy_sign(fused(left, inverse, y), x);
  }
};

using Activations = Entries<softsign>;
