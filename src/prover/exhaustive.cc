// SPDX-License-Identifier: Apache-2.0
// exhaustive.cc: chunks to threads, what is left to balls.
#include "src/prover/exhaustive.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <limits>
#include <mutex>

#include "src/proofs/digest.h"
#include "src/proofs/parallel.h"
#include "src/prover/oracle.h"
#include "src/prover/scan.h"
#include "src/prover/ulp.h"

namespace rheo::oracle {

namespace {

struct Scanned {
  Findings findings;
  std::vector<std::string> chunks;
};

Scanned scan(const Subject& subject, const ExhaustiveRequest& request) {
  Scanned scanned;
  scanned.chunks.resize(proofs::kChunks);
  std::mutex mutex;
  int done = 0;
  const auto walk = [&](std::size_t i) {
    Findings findings;
    std::string digest = scan_chunk(subject, static_cast<int>(i), findings);
    findings.keep_worst();
    const std::lock_guard lock(mutex);
    scanned.chunks[i] = std::move(digest);
    scanned.findings.merge(findings);
    if (request.progress) request.progress(++done / (proofs::kChunks + 1.0));
  };
  proofs::parallel(request.threads, proofs::kChunks, walk, flint_cleanup);
  return scanned;
}

struct Worst {
  double error = 0;
  float x = 0, y = 0;
};

// Of the result y; for an exact zero, another number is wrong by more than any ulp.
double exact_error(const Subject& subject, double x, double y) {
  const Ball truth = exact(*subject.formula, subject.role != Role::kValue, x, subject.parameters);
  if (arb_is_zero(truth.get()) != 0) return y == 0 ? 0 : std::numeric_limits<double>::infinity();
  return error_in_ulp(y, truth, kLayout32);
}

// Ties go to the smallest bit pattern, so that the place does not depend on the threads.
Worst decide(const Subject& subject, const std::vector<std::uint32_t>& inputs, int threads,
             std::vector<float>& failures) {
  Worst worst;
  std::mutex mutex;
  const auto look = [&](std::size_t i) {
    Worst here;
    here.x = std::bit_cast<float>(inputs[i]);
    subject.run(&here.x, &here.y, 1);
    here.error = exact_error(subject, static_cast<double>(here.x), static_cast<double>(here.y));
    const std::lock_guard lock(mutex);
    const bool first = std::bit_cast<std::uint32_t>(here.x) < std::bit_cast<std::uint32_t>(worst.x);
    if (here.error > subject.bound) failures.push_back(here.x);
    if (here.error > worst.error || (here.error == worst.error && first)) worst = here;
  };
  proofs::parallel(threads, inputs.size(), look, flint_cleanup);
  return worst;
}

std::string bits_text(float x) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%08x", std::bit_cast<std::uint32_t>(x));
  return text;
}

}  // namespace

ExhaustiveResult prove(const ExhaustiveRequest& request) {
  const auto start = std::chrono::steady_clock::now();
  const Subject subject(*request.activation, request.role);
  Scanned scanned = scan(subject, request);
  Findings& found = scanned.findings;
  found.keep_worst();
  std::vector<std::uint32_t> inputs = found.open;
  for (const Candidate& candidate : found.worst) inputs.push_back(candidate.input);
  ExhaustiveResult result;
  const Worst worst = decide(subject, inputs, request.threads, result.failures);
  std::sort(result.failures.begin(), result.failures.end());
  result.fault = found.fault;
  proofs::RoleProof& proof = result.proof;
  proof.bound = subject.bound;
  proof.maximum = worst.error;
  // What was not decided by balls is at most the least of the thousand largest.
  proof.at_most = std::max({worst.error, found.threshold, found.small});
  proof.input = bits_text(worst.x);
  proof.x = static_cast<double>(worst.x), proof.result = static_cast<double>(worst.y);
  proof.rounded_wrongly = found.rounded_wrongly, proof.perhaps_wrongly = found.perhaps_wrongly;
  proof.decided_by_balls = static_cast<std::int64_t>(found.open.size());
  proof.descents = request.role == Role::kValue && subject.facts.monotone ? found.descents : -1;
  proof.digest = proofs::combined(scanned.chunks);
  proof.chunks = std::move(scanned.chunks);
  proof.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (request.progress) request.progress(1);
  return result;
}

}  // namespace rheo::oracle
