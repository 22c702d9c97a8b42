// SPDX-License-Identifier: Apache-2.0
// logsigmoid: log(1 / (1 + exp(-x))) = -softplus(-x).

struct logsigmoid {
  static constexpr Info info{
      .name = "logsigmoid",
      .title = "LogSigmoid",
      .summary = "Logarithm of the logistic function: the log-likelihood of a binary output.",
      .torch = {{.module = "LogSigmoid", .function = "logsigmoid"}},
      .references = {{"Maechler, Accurately computing log(1 - exp(-|a|)), 2012",
                      "https://cran.r-project.org/package=Rmpfr/vignettes/log1mexp-note.pdf"}},
  };

  static constexpr Facts facts() {
    return {.left = {-kInfinity, 1}, .right = {-0.0, 0}, .high = 0, .monotone = true};
  }

  template <class R>
  static RHEO_INLINE R formula(R x) {
    return -softplus(-x);
  }
};

using Activations = Entries<logsigmoid>;
