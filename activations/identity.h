// SPDX-License-Identifier: Apache-2.0
// identity: x.

struct identity {
  static constexpr Info info{
      .name = "identity",
      .title = "Identity",
      .summary = "x itself: the output of a regression, and the baseline of every comparison.",
      .aliases = {"linear", "none"},
      .torch = {{.module = "Identity", .function = "identity", .ignores_arguments = true}},
  };

  static constexpr Facts facts() {
    return {.left = {-kInfinity, 1}, .right = {kInfinity, 1}, .odd = true, .monotone = true};
  }

  template <class R>
  static RHEO_INLINE R formula(R x) {
    return x;
  }
};

using Activations = Entries<identity>;
