// SPDX-License-Identifier: Apache-2.0
// committed_test.cc: tables and formulas as they stand give the results that the committed proofs are of.
//
// Of the 256 chunks of inputs four, 0.5 to 8 on both sides, which all rows of a table serve; `rheobase
// verify` compares all. A new activation that is not proven yet passes.
#include <gtest/gtest.h>

#include "src/proofs/digest.h"
#include "src/proofs/proof.h"
#include "src/prover/scan.h"
#include "tests/core/suite.h"

namespace rheo::oracle {
namespace {

RHEO_EACH_ACTIVATION(CommittedProof);

std::string digest_of(const Subject& subject, int chunk) {
  std::vector<float> x(proofs::kBlock), y(proofs::kBlock);
  proofs::ChunkDigest digest;
  const std::int64_t first = chunk * proofs::kChunkSize;
  for (std::int64_t i = 0; i < proofs::kChunkSize; i += proofs::kBlock) {
    proofs::fill_inputs(static_cast<std::uint32_t>(first + i), x);
    subject.run(x.data(), y.data(), x.size());
    digest.add(y);
  }
  return digest.text();
}

TEST_P(CommittedProof, IsOfTheResultsThatTheTablesAndTheFormulaGive) {
  std::string error;
  ASSERT_NE(target_in_use(error), nullptr) << error;
  const auto proof = proofs::read_proof(RHEOBASE_SOURCE_DIR "/proofs", GetParam());
  if (!proof) GTEST_SKIP() << "not proven yet";
  for (const Role role : {Role::kValue, Role::kDerivative}) {
    const auto& record = proof->roles[static_cast<std::size_t>(role)];
    if (!record) continue;
    const Subject subject(activation(), role);
    for (const int chunk : {0x3f, 0x40, 0xbf, 0xc0}) {
      EXPECT_EQ(digest_of(subject, chunk), record->chunks[static_cast<std::size_t>(chunk)])
          << proofs::kProvenRoles[static_cast<std::size_t>(role)] << ", " << proofs::chunk_text(chunk)
          << ": proven are other results; rheobase check --exhaustive " << GetParam();
    }
  }
}

}  // namespace
}  // namespace rheo::oracle
