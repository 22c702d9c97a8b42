// SPDX-License-Identifier: Apache-2.0
// renew16.cc: backward in a 16-bit format, all 2^32 results made again.
#include <mutex>
#include <string>
#include <vector>

#include "src/proofs/digest.h"
#include "src/proofs/parallel.h"
#include "src/prover/renew.h"
#include "src/prover/subject16.h"

namespace rheo::oracle {

bool renewable(const proofs::Proof16& record, const std::string& truth) {
  return !record.digest.empty() && !record.truth.empty() && record.truth == truth && record.holds();
}

std::string backward_digest(const Request16& request) {
  const Subject16 subject(request);
  const std::vector<Bits16> grads = all_patterns16();
  std::vector<std::string> inputs(kPatterns16);
  std::mutex mutex;
  std::size_t done = 0;
  const auto body = [&](std::size_t x) {
    std::vector<Bits16> y(kPatterns16);
    subject.run_all(static_cast<Bits16>(x), grads, y);
    inputs[x] = proofs::digest16(y, subject.layout.infinity);
    const std::lock_guard lock(mutex);
    if (request.progress && ++done % 64 == 0)
      request.progress(static_cast<double>(done) / static_cast<double>(kPatterns16));
  };
  proofs::parallel(request.threads, kPatterns16, body);
  if (request.progress) request.progress(1);
  return proofs::combined(inputs);
}

}  // namespace rheo::oracle
