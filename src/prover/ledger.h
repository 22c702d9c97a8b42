// SPDX-License-Identifier: Apache-2.0
// ledger.h: how proofs are kept: read, signed, counted.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <vector>

#include "src/core/registry.h"
#include "src/proofs/proof.h"
#include "src/prover/progress.h"
#include "src/prover/prove.h"

namespace rheo::oracle {

// A proof that was read, or none where the file cannot be: it will be replaced.
proofs::Proof known_proof(const ProveOptions& o, const Activation& a);

// Which of how many proofs.
struct Place {
  std::size_t index, count;
};

// Renews each item or, where renewed(item, place) is false, proves it; says how many held `where`, and
// returns the program's exit code.
template <class Item, class Renew, class Prove>
int settle(const std::vector<Item>& items, std::size_t before, const char* where, Renew&& renewed,
           Prove&& proven) {
  const auto start = Clock::now();
  std::size_t by_digest = 0, anew = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Place place{i + 1, items.size()};
    if (renewed(items[i], place)) {
      ++by_digest;
    } else if (proven(items[i], place)) {
      ++anew;
    }
  }
  fmt::print("{} of {} hold {}, {:.0f} s: {} proven, {} renewed by their digests; {} were proven before\n",
             anew + by_digest, items.size(), where, seconds_since(start), anew, by_digest, before);
  return anew + by_digest == items.size() ? 0 : 1;
}

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
