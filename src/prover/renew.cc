// SPDX-License-Identifier: Apache-2.0
// renew.cc: records against results.
#include "src/prover/renew.h"

#include "src/proofs/compare.h"
#include "src/prover/scan.h"

namespace rheo::oracle {

bool renewable(const proofs::RoleProof& record, const std::string& truth, double bound) {
  return !record.truth.empty() && record.truth == truth && record.at_most <= bound;
}

int different_chunk(const ExhaustiveRequest& request, const proofs::RoleProof& record) {
  const Subject subject(*request.activation, request.role);
  const auto results = [&](std::span<const float> x, std::span<float> y) {
    subject.run(x.data(), y.data(), x.size());
  };
  const std::vector<int> different =
      proofs::different_chunks(record.chunks, request.threads, results, request.progress, 1);
  if (request.progress) request.progress(1);
  return different.empty() ? -1 : different.front();
}

}  // namespace rheo::oracle
