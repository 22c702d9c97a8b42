// SPDX-License-Identifier: Apache-2.0
// targets_test.cc: every instruction set gives the same bits of all forms.
#include "tests/capi/targets.h"
#include "src/proofs/forms/forms.h"

namespace rheo::test {
namespace {

TEST(FormTargets, AllGiveTheSameBits) {
  std::size_t lines = 0;
  for (const proofs::Form& form : proofs::forms()) lines += proofs::form_digests(form).size();
  expect_same_on_all_targets(RHEOBASE_FORMS_DIGEST_PROGRAM, lines);
}

}  // namespace
}  // namespace rheo::test
