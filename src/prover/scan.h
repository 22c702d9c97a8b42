// SPDX-License-Identifier: Apache-2.0
// scan.h: the first pass of the exhaustive proof: one thread's walk over chunks of inputs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/core/registry.h"
#include "src/prover/oracle.h"

namespace rheo::oracle {

// An input, and what its error may be at most in ulp.
struct Candidate {
  double error;
  std::uint32_t input;
};

// What a walk has found.
struct Findings {
  static constexpr std::size_t kWorst = 1000;

  std::vector<Candidate> worst;     // with the kWorst largest errors among them
  double threshold = 0;             // no error at or below it is among those
  std::vector<std::uint32_t> open;  // bound or sign not decided
  std::int64_t rounded_wrongly = 0, perhaps_wrongly = 0, descents = 0;
  double small = 0;  // errors of results that whole intervals share are at most this
  std::string fault;

  void keep(Candidate candidate);
  void keep_worst();        // and no others
  void check_open() const;  // throws std::runtime_error when that is too much for balls
  void merge(const Findings& other);
};

// One function to prove.
struct Subject {
  const Activation* activation;
  const Formula* formula;
  Role role;
  double parameters[kMaxParameters];
  Facts facts;
  double bound;

  Subject(const Activation& a, Role r);
  void run(const float* x, float* y, std::size_t n) const;
};

// Walks `count` inputs whose first bit pattern is `first`, both multiples of kScanBlock; adds to the
// findings, returns the digest of the results.
inline constexpr std::int64_t kScanBlock = 4096;
std::string scan_inputs(const Subject& subject, std::uint32_t first, std::int64_t count, Findings& findings);

// The same of one chunk (proofs/digest.h).
std::string scan_chunk(const Subject& subject, int chunk, Findings& findings);

}  // namespace rheo::oracle
