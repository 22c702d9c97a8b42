// SPDX-License-Identifier: Apache-2.0
// table.cc: several analyses, a line each.
#include <fmt/format.h>

#include <algorithm>

#include "src/analysis/program/page.h"

namespace rheo::analysis {

namespace {

std::vector<std::string> row(const Json& a) {
  const Json& critical = a["edge_of_chaos"]["at_sigma_b"];
  return {a["name"].get<std::string>(),
          interval(a["range"]),
          a["monotone"]["kind"].get<std::string>(),
          a["smoothness"].get<std::string>(),
          a["saturation"]["sides"].get<std::string>(),
          short_number(a["lipschitz"]["value"]["constant"]),
          percent(a["shares"]["normal"]["vanishing"]),
          percent(a["sparsity"]),
          short_number(a["moments"]["mean"]),
          short_number(a["moments"]["variance"]),
          critical.empty() ? "-" : short_number(critical[0]["sigma_w"])};
}

}  // namespace

void print_table(const std::vector<Json>& analyses) {
  std::vector<std::vector<std::string>> rows{{"name", "range", "monotone", "smooth", "saturates", "sup |f'|",
                                              "vanishing", "zeros", "mean", "variance", "sigma_w"}};
  for (const Json& a : analyses) rows.push_back(row(a));
  std::vector<std::size_t> widths(rows[0].size(), 0);
  for (const auto& cells : rows)
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  for (const auto& cells : rows) {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) text += fmt::format("{:<{}}", cells[i], widths[i] + 2);
    text.erase(text.find_last_not_of(' ') + 1);
    fmt::print("{}\n", text);
  }
}

}  // namespace rheo::analysis
