// SPDX-License-Identifier: Apache-2.0
// softmax: exp(x_i) / sum_j exp(x_j) over a row.

struct softmax {
  static constexpr RowInfo info{
      .name = "softmax",
      .title = "Softmax",
      .summary =
          "Turns a row of scores into probabilities: attention weights, the last layer of a classifier.",
      .formula = "exp(x_i) / sum_j exp(x_j)",
      .result = RowResult::kShare,
      .sign = 1,
      .aliases = {"normalized_exponential"},
      .torch = {{.module = "Softmax", .function = "softmax"}},
      .float32 = {2, 4},
      .float64 = {2, 8},
      .references =
          {{"Bridle, Training stochastic model recognition algorithms as networks, 1989",
            "https://proceedings.neurips.cc/paper/1989/hash/0336dcbab05b9d5ad24f4333c7658a0e-Abstract.html"}},
  };
};

using RowFunctions = RowEntries<softmax>;
