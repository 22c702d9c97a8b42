// SPDX-License-Identifier: Apache-2.0
// renew_test.cc: a proof is renewed for the same results and the same truth, and for nothing less.
#include "src/prover/renew.h"

#include <gtest/gtest.h>

#include <cmath>

#include "src/prover/scan.h"

namespace rheo::oracle {
namespace {

using proofs::RoleProof;

RoleProof record() {
  RoleProof r;
  r.bound = 1, r.at_most = 0.75, r.sources = "old", r.truth = "truth";
  return r;
}

TEST(Renewal, NeedsARecordOfTheSameTruthWithinTheBound) {
  EXPECT_TRUE(renewable(record(), "truth", 1));
  EXPECT_FALSE(renewable(record(), "another truth", 1));
  EXPECT_TRUE(renewable(record(), "truth", 0.75));
  EXPECT_FALSE(renewable(record(), "truth", 0.5));
  RoleProof unknown = record();
  unknown.truth.clear();
  EXPECT_FALSE(renewable(unknown, "", 1));
  RoleProof open = record();
  open.at_most = NAN;
  EXPECT_FALSE(renewable(open, "truth", 1));
}

TEST(Renewal, Of16BitsNeedsADigestAndTheSameTruth) {
  proofs::Proof16 r;
  r.bound = 0.505, r.maximum = 0.5, r.grad = 1, r.truth = "truth", r.digest = "digest";
  EXPECT_TRUE(renewable(r, "truth"));
  EXPECT_FALSE(renewable(r, "another truth"));
  proofs::Proof16 worse = r, unknown = r, older = r;
  worse.maximum = 0.51, unknown.truth.clear(), older.digest.clear();
  EXPECT_FALSE(renewable(worse, "truth"));
  EXPECT_FALSE(renewable(unknown, ""));
  EXPECT_FALSE(renewable(older, "truth"));
}

// Three chunks of a function, as the proof's own walk digests them.
class Digests : public testing::Test {
 protected:
  void SetUp() override {
    std::string error;
    ASSERT_NE(target_in_use(error), nullptr);
    Findings findings;
    for (int i = 0; i < 3; ++i)
      record_.chunks.push_back(scan_chunk(Subject(*request_.activation, request_.role), i, findings));
  }

  ExhaustiveRequest request_{find_activation("hardswish"), Role::kValue, 2, {}};
  RoleProof record_;
};

TEST_F(Digests, OfAProofAreThoseOfItsRenewal) { EXPECT_EQ(different_chunk(request_, record_), -1); }

TEST_F(Digests, OfAnotherRoleAreNotTheSame) {
  request_.role = Role::kDerivative;
  EXPECT_EQ(different_chunk(request_, record_), 0);
}

TEST_F(Digests, ThatDifferInOneChunkAreNotTheSame) {
  record_.chunks[2] = record_.chunks[1];
  double done = 0;
  request_.progress = [&](double share) { done = share; };
  EXPECT_EQ(different_chunk(request_, record_), 2);
  EXPECT_EQ(done, 1);  // so that the line of progress goes away
}

}  // namespace
}  // namespace rheo::oracle
