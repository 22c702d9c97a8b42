// SPDX-License-Identifier: Apache-2.0
// results.h: results at points, as a table for people or as JSON.
#pragma once

#include <string>
#include <vector>

#include "src/cli/library.h"

namespace rheo::cli {

struct Results {
  std::vector<std::string> columns;
  std::vector<std::string> parameters;    // further columns: the derivatives with respect to these
  std::vector<std::vector<double>> rows;  // a number of the format for each column
  rheo_format format;
};

void print_table(const Results& results);

// An array of objects, whose keys are the columns, with an object "parameters" where there are any. Numbers
// that are not finite are the strings "inf", "-inf" and "nan".
Json json_of(const Results& results);

}  // namespace rheo::cli
