// SPDX-License-Identifier: Apache-2.0
// softshrink: x - lambd above lambd, x + lambd below -lambd, 0 between. Derivative 0 at both kinks.

struct softshrink {
  static constexpr Info info{
      .name = "softshrink",
      .title = "Softshrink",
      .summary = "Soft thresholding: what is small becomes 0, the rest moves towards 0.",
      .parameters = {{"lambd", 0.5, "half the width of the dead zone", Domain::kNonnegative}},
      .aliases = {"soft_threshold"},
      .torch = {{.module = "Softshrink", .function = "softshrink"}},
      .references = {{"Donoho, De-noising by soft-thresholding, 1995", "https://doi.org/10.1109/18.382009"}},
  };

  static constexpr Facts facts(double lambd) {
    Facts facts{.left = {-kInfinity, 1},
                .right = {kInfinity, 1},
                .odd = true,
                .monotone = true,
                .parameters = {{1, -1}}};
    if (lambd > 0) facts.kinks = {-lambd, lambd};
    return facts;
  }

  // The zero has the sign of x: odd to the last bit.
  template <class R>
  static RHEO_INLINE R formula(R x, R lambd) {
    return select(x > lambd, x - lambd, select(x < -lambd, x + lambd, select(x < 0.0, R(-0.0), R(0.0))));
  }
};

using Activations = Entries<softshrink>;
