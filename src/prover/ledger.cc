// SPDX-License-Identifier: Apache-2.0
// ledger.cc: proofs on disk, and the day.
#include "src/prover/ledger.h"

#include <fmt/format.h>

#include <cstdio>
#include <ctime>

namespace rheo::oracle {

proofs::Proof known_proof(const ProveOptions& o, const Activation& a) {
  try {
    if (auto proof = proofs::read_proof(o.proofs, a.name)) return *proof;
  } catch (const proofs::ProofError& error) {
    fmt::print(stderr, "rheobase check: {}; proven again\n", error.message);
  }
  return {a.name, a.entry->file};
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&now));
  return text;
}

}  // namespace rheo::oracle
