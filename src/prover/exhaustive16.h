// SPDX-License-Identifier: Apache-2.0
// exhaustive16.h: the proofs of 16-bit formats: value and derivative over all 65,536 inputs, backward over
// all 2^32 pairs of a gradient and an input.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "src/core/registry.h"
#include "src/proofs/proof.h"

namespace rheo::oracle {

struct Request16 {
  const Activation* activation;
  Format format;  // kBfloat16 or kFloat16
  Role role;      // kValue, kDerivative or kBackward
  int threads;
  std::function<void(double done)> progress;  // as of ExhaustiveRequest
  std::size_t every = 1;                      // input is looked at; more than 1 is no proof, but quick
};

struct Result16 {
  proofs::Proof16 proof;  // without what the caller knows: sources, date, compiler, flags
  std::string fault;      // the first broken promise other than the bound, "" when there is none
  bool passed() const { return fault.empty() && proof.holds(); }
};

// For the default parameters of the activation, or those of the preset.
Result16 prove16(const Request16& request);

}  // namespace rheo::oracle
