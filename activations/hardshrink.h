// SPDX-License-Identifier: Apache-2.0
// hardshrink: x where |x| > lambd, otherwise 0; it jumps at both ends. Derivative 0 there.

struct hardshrink {
  static constexpr Info info{
      .name = "hardshrink",
      .title = "Hardshrink",
      .summary = "Hard thresholding: what is small becomes 0, the rest stays.",
      .parameters = {{"lambd", 0.5, "half the width of the dead zone", Domain::kNonnegative}},
      .aliases = {"hard_threshold", "shrink"},
      .torch = {{.module = "Hardshrink", .function = "hardshrink"}},
      .references = {{"Donoho and Johnstone, Ideal spatial adaptation by wavelet shrinkage, 1994",
                      "https://doi.org/10.1093/biomet/81.3.425"}},
  };

  static constexpr Facts facts(double lambd) {
    Facts facts{.left = {-kInfinity, 1},
                .right = {kInfinity, 1},
                .odd = true,
                .monotone = true,
                .parameters = {{0, 0}}};
    if (lambd > 0) facts.kinks = {-lambd, lambd};
    return facts;
  }

  // The zero has the sign of x: odd to the last bit.
  template <class R>
  static RHEO_INLINE R formula(R x, R lambd) {
    return select(x > lambd, x, select(x < -lambd, x, select(x < 0.0, R(-0.0), R(0.0))));
  }
};

using Activations = Entries<hardshrink>;
