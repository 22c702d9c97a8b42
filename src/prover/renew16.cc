// SPDX-License-Identifier: Apache-2.0
// renew16.cc: backward in a 16-bit format, all 2^32 results made again.
#include <string>
#include <vector>

#include "src/proofs/digest.h"
#include "src/prover/renew.h"
#include "src/prover/subject16.h"

namespace rheo::oracle {

bool renewable(const proofs::Proof16& record, const std::string& truth) {
  return !record.digest.empty() && !record.truth.empty() && record.truth == truth && record.holds();
}

// Another one than any proof's where what is remembered gives other results.
std::string backward_digest(const Request16& request) {
  const Subject16 subject(request);
  const std::vector<Bits16> grads = all_patterns16();
  std::vector<std::string> digests(kPatterns16);
  each_pattern(request, [&](Bits16 x) {
    std::vector<Bits16> y(kPatterns16);
    const bool same = subject.run_all(x, grads, y).empty();
    digests[x] = same ? proofs::digest16(y, subject.layout.infinity) : "";
  });
  return proofs::combined(digests);
}

}  // namespace rheo::oracle
