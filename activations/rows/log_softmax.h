// SPDX-License-Identifier: Apache-2.0
// log_softmax: x_i - log(sum_j exp(x_j)) over a row.

struct log_softmax {
  static constexpr RowInfo info{
      .name = "log_softmax",
      .title = "LogSoftmax",
      .summary =
          "The logarithm of softmax, exact where softmax is too small for its format: what a "
          "cross-entropy loss takes.",
      .formula = "x_i - log(sum_j exp(x_j))",
      .result = RowResult::kLogarithm,
      .sign = 1,
      .torch = {{.module = "LogSoftmax", .function = "log_softmax"}},
      .float32 = {2, 4},
      .float64 = {2, 8},
      .references =
          {{"Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax functions, 2021",
            "https://doi.org/10.1093/imanum/draa038"}},
  };
};

using RowFunctions = RowEntries<log_softmax>;
