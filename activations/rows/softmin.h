// SPDX-License-Identifier: Apache-2.0
// softmin: exp(-x_i) / sum_j exp(-x_j) over a row.

struct softmin {
  static constexpr RowInfo info{
      .name = "softmin",
      .title = "Softmin",
      .summary = "Softmax of the negated row: the smallest score gets the largest share.",
      .formula = "exp(-x_i) / sum_j exp(-x_j)",
      .result = RowResult::kShare,
      .sign = -1,
      .torch = {{.module = "Softmin", .function = "softmin"}},
      .float32 = {2, 4},
      .float64 = {2, 8},
      .references = {{"PyTorch, torch.nn.Softmin",
                      "https://pytorch.org/docs/stable/generated/torch.nn.Softmin.html"}},
  };
};

using RowFunctions = RowEntries<softmin>;
