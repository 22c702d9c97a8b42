// SPDX-License-Identifier: Apache-2.0
// exhaustive.h: the proof over all 2^32 float32 inputs.
//
// A first pass compares every result with an enclosure of the exact one (enclosure.h). What its margin leaves
// open, and the thousand largest errors, go to balls. On the way it walks the inputs in order: range,
// oddness, descents of monotone functions, special values, and the digests that `rheobase verify` compares.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "src/core/registry.h"
#include "src/proofs/proof.h"

namespace rheo::oracle {

struct ExhaustiveRequest {
  const Activation* activation;
  Role role;  // kValue or kDerivative
  int threads;
  std::function<void(double done)> progress;  // a share of the work; called from any thread, one at a time
};

struct ExhaustiveResult {
  proofs::RoleProof proof;      // without what the caller knows: sources, date, compiler, flags
  std::vector<float> failures;  // inputs whose error is above the bound: all of them, or the thousand worst
  std::string fault;            // the first broken promise other than the bound, "" when there is none
  bool passed() const { return fault.empty() && proof.at_most <= proof.bound; }
};

// For the default parameters of the activation, or those of the preset. Throws std::runtime_error when more
// is left to balls than they could decide in an hour.
ExhaustiveResult prove(const ExhaustiveRequest& request);

}  // namespace rheo::oracle
