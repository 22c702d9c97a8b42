// SPDX-License-Identifier: Apache-2.0
// results.cc: results at points, as a table for people or as JSON.
#include "src/cli/results.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

namespace rheo::cli {

namespace {

// The shortest text that reads back as the same number of that format.
std::string result_text(double value, rheo_format format) {
  if (std::isnan(value)) return "nan";
  if (format == RHEO_BFLOAT16 || format == RHEO_FLOAT16) {
    for (int digits = 1; digits < 17; ++digits) {
      const std::string text = fmt::format("{:.{}g}", value, digits);
      const double read = std::strtod(text.c_str(), nullptr);
      if (rounded_to(read, format) >= value && rounded_to(read, format) <= value) return text;
    }
  }
  return format == RHEO_FLOAT32 ? fmt::format("{}", static_cast<float>(value)) : fmt::format("{}", value);
}

Json json_number(double value, rheo_format format) {
  if (!std::isfinite(value)) return result_text(value, format);
  const std::string text = result_text(value, format);
  // As a float even where it looks like an integer: JSON readers take -0 for 0.
  return Json::parse(text.find_first_of(".e") == std::string::npos ? text + ".0" : text);
}

}  // namespace

void print_table(const Results& results) {
  const auto print_line = [](const std::vector<std::string>& cells) {
    std::string line;
    for (const std::string& cell : cells) line += fmt::format("{}{:>24}", line.empty() ? "" : " ", cell);
    fmt::print("{}\n", line);
  };
  std::vector<std::string> names = results.columns;
  for (const std::string& parameter : results.parameters) names.push_back("d/d" + parameter);
  print_line(names);
  for (const std::vector<double>& row : results.rows) {
    std::vector<std::string> cells;
    for (const double value : row) cells.push_back(result_text(value, results.format));
    print_line(cells);
  }
}

Json json_of(const Results& results) {
  Json list = Json::array();
  for (const std::vector<double>& row : results.rows) {
    Json object;
    auto value = row.begin();
    for (const std::string& column : results.columns) object[column] = json_number(*value++, results.format);
    for (const std::string& parameter : results.parameters)
      object["parameters"][parameter] = json_number(*value++, results.format);
    list.push_back(std::move(object));
  }
  return list;
}

}  // namespace rheo::cli
