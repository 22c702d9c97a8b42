// SPDX-License-Identifier: Apache-2.0
// hardtanh: min(max(x, min_val), max_val). Derivative 0 at both kinks.

struct hardtanh {
  static constexpr Info info{
      .name = "hardtanh",
      .title = "Hardtanh",
      .summary = "x between two bounds, constant beyond them.",
      .parameters = {{"min_val", -1.0, "smallest value"}, {"max_val", 1.0, "largest value"}},
      .aliases = {"relu_n1_to_1", "clamp", "clip"},
      .torch = {{.module = "Hardtanh", .function = "hardtanh", .inplace = true}},
      .references = {{"Collobert, Large scale machine learning, PhD thesis, 2004",
                      "https://ronan.collobert.com/pub/2004_phdthesis_lip6.pdf"}},
  };

  static constexpr const char* objection(double min_val, double max_val) {
    return min_val < max_val ? nullptr : "min_val below max_val";
  }

  static constexpr Facts facts(double min_val, double max_val) {
    return {.left = {min_val, 0},
            .right = {max_val, 0},
            .low = min_val,
            .high = max_val,
            .kinks = {min_val, max_val},
            .odd = min_val == -max_val,
            .monotone = true,
            .parameters = {{1, 0}, {0, 1}}};
  }

  template <class R>
  static RHEO_INLINE R formula(R x, R min_val, R max_val) {
    return select(x > min_val, select(x < max_val, x, max_val), min_val);
  }
};

using Activations = Entries<hardtanh>;
