// SPDX-License-Identifier: Apache-2.0
// second_formulas.h: every activation once more, written by hand in another way. The one list of names among
// the tests.
#pragma once

#include <string_view>

#include "src/prover/ball.h"

namespace rheo::oracle {

struct SecondFormula {
  const char* name;
  Ball (*value)(const Ball& x, const double* parameters);
  int bits = 170;  // to which the file's constants allow a comparison
};

// Null when there is none.
const SecondFormula* find_second_formula(std::string_view name);

}  // namespace rheo::oracle
