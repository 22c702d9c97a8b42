// SPDX-License-Identifier: Apache-2.0
// targets_test.cc: every instruction set gives the same bits of rows.
#include "tests/capi/targets.h"

namespace rheo::test {
namespace {

// The program prints a line for each function and format.
TEST(RowTargets, AllGiveTheSameBits) {
  expect_same_on_all_targets(RHEOBASE_ROWS_DIGEST_PROGRAM, 4 * listed(rheo_rows_names).size());
}

}  // namespace
}  // namespace rheo::test
