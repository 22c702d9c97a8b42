// SPDX-License-Identifier: Apache-2.0
// rows.cc: row functions as the program uses them.
#include "rheobase/rows.h"

#include "src/cli/kinds.h"
#include "src/cli/library.h"

namespace rheo::cli {

namespace {

const rheo_row_function* find_row_function(const std::string& name) {
  const rheo_row_function* function = nullptr;
  check(rheo_rows_find(name.c_str(), &function));
  return function;
}

template <class T>
std::vector<T> run_row_as(const std::string& name, rheo_format format, const std::vector<T>& x) {
  std::vector<T> y(x.size());
  const auto extent = static_cast<std::int64_t>(x.size());
  rheo_rows_call call{};
  call.struct_size = sizeof call;
  call.role = RHEO_VALUE;
  call.format = format;
  call.rank = 1;
  call.shape = &extent;
  call.x = x.data();
  call.y = y.data();
  check(rheo_rows_run(find_row_function(name), &call));
  return y;
}

}  // namespace

Json describe_row_function(const std::string& name) {
  const char* text = nullptr;
  check(rheo_rows_describe(find_row_function(name), &text));
  return Json::parse(text);
}

std::vector<double> run_row(const std::string& name, rheo_format format, const std::vector<double>& row) {
  if (const Format16* format16 = format16_of(format)) {
    std::vector<std::uint16_t> x;
    for (const double v : row) x.push_back(narrowed(v, *format16));
    std::vector<double> y;
    for (const std::uint16_t bits : run_row_as(name, format, x)) y.push_back(widened(bits, *format16));
    return y;
  }
  if (format == RHEO_FLOAT64) return run_row_as(name, format, row);
  const std::vector<float> y = run_row_as(name, format, std::vector<float>(row.begin(), row.end()));
  return {y.begin(), y.end()};
}

}  // namespace rheo::cli
