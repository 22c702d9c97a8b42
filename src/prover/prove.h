// SPDX-License-Identifier: Apache-2.0
// prove.h: `rheobase check --exhaustive` and `--status`: proofs made, kept and listed.
#pragma once

#include <algorithm>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "src/core/registry.h"

namespace rheo::oracle {

struct ProveOptions {
  std::vector<const Activation*> activations;
  std::filesystem::path source, proofs;  // the source tree, and the folder of the results
  std::filesystem::path failures;        // a file that gets the inputs whose error is too large, or ""
  int threads = 1;
  bool again = false;                        // in full, and also what is proven already
  bool json = false;                         // of the status
  std::string format = "all";                // or one: "float32", "bfloat16", "float16"
  std::vector<std::string> roles = {"all"};  // or some: "value", "derivative", "backward"

  bool wants(const std::string& role) const {
    return std::any_of(roles.begin(), roles.end(),
                       [&](const std::string& one) { return one == "all" || one == role; });
  }
};

// Proves value and derivative of each over all 2^32 float32 inputs; what has a proof of the present sources
// is left alone, so that an interrupted run goes on where it was; what has one of other sources and the same
// results is renewed (renew.h). Returns the program's exit code.
int run_exhaustive(const ProveOptions& options);

// Proves backward in float32 over all finite inputs, for any gradient, where there is no proof of the present
// sources.
int run_exhaustive_backward(const ProveOptions& options);

// Proves value, derivative and backward in 16-bit formats, where there is no proof of the present sources.
int run_exhaustive16(const ProveOptions& options);

// Lists what is proven. The exit code is 1 when something is not: the check before a release.
int run_status(const ProveOptions& options);

// The same of float32's backward, and of 16-bit formats: printed, or added to the rows of JSON.
int run_status_backward(const ProveOptions& options, nlohmann::ordered_json& rows);
int run_status16(const ProveOptions& options, nlohmann::ordered_json& rows);

}  // namespace rheo::oracle
