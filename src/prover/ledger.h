// SPDX-License-Identifier: Apache-2.0
// ledger.h: how proofs are kept: read, signed, counted.
#pragma once

#include <cstddef>
#include <string>

#include "src/core/registry.h"
#include "src/proofs/proof.h"
#include "src/prover/prove.h"

namespace rheo::oracle {

// A proof that was read, or none where the file cannot be: it will be replaced.
proofs::Proof known_proof(const ProveOptions& o, const Activation& a);

// Which of how many proofs.
struct Place {
  std::size_t index, count;
};

// Today, "2026-11-22".
std::string today();

// The present build and day.
template <class R>
void sign(R& record) {
  std::string error;
  record.date = today(), record.compiler = RHEOBASE_COMPILER, record.flags = RHEOBASE_FLAGS;
  record.target = target_in_use(error);
}

}  // namespace rheo::oracle
