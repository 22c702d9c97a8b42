// SPDX-License-Identifier: Apache-2.0
// prove.h: `rheobase check --exhaustive` and `--status`: proofs made, kept and listed.
#pragma once

#include <filesystem>
#include <vector>

#include "src/core/registry.h"

namespace rheo::oracle {

struct ProveOptions {
  std::vector<const Activation*> activations;
  std::filesystem::path source, proofs;  // the source tree, and the folder of the results
  std::filesystem::path failures;        // a file that gets the inputs whose error is too large, or ""
  int threads = 1;
  bool again = false;  // in full, and also what is proven already
  bool json = false;   // of the status
};

// Proves value and derivative of each over all 2^32 float32 inputs; what has a proof of the present sources
// is left alone, so that an interrupted run goes on where it was; what has one of other sources and the same
// results is renewed (renew.h). Returns the program's exit code.
int run_exhaustive(const ProveOptions& options);

// Lists what is proven. The exit code is 1 when something is not: the check before a release.
int run_status(const ProveOptions& options);

}  // namespace rheo::oracle
