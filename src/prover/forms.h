// SPDX-License-Identifier: Apache-2.0
// forms.h: `rheobase check --forms`, the digests of forms on every instruction set, and their record.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rheo::oracle {

struct FormsOptions {
  std::vector<std::string> names;  // of functions; all when there are none
  std::vector<std::string> targets;
  std::filesystem::path proofs;
  bool record = false;  // writes the digests where all instruction sets agree
  bool json = false;    // one array of all digests
};

// Prints what differs between instruction sets, and from the record. 0 when nothing does, else 1.
int run_forms(const FormsOptions& options);

}  // namespace rheo::oracle
