// SPDX-License-Identifier: Apache-2.0
// targets.h: digest programs print the same on every instruction set of this machine.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "tests/capi/library.h"

namespace rheo::test {

inline std::string output_with(const std::string& target, const std::string& program) {
  FILE* pipe = popen(("RHEOBASE_TARGET='" + target + "' '" + program + "' 2>&1").c_str(), "r");
  if (pipe == nullptr) return "";
  std::string text;
  char buffer[4096];
  for (std::size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, n);
  const int status = pclose(pipe);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << text;
  return text;
}

// So many lines, the same on all of them but for a first one that names the instruction set.
inline void expect_same_on_all_targets(const std::string& program, std::size_t lines) {
  const std::vector<std::string> targets = listed(rheo_targets);
  std::string first;
  for (const std::string& target : targets) {
    std::string text = output_with(target, program);
    if (text.starts_with(target + '\n')) text.erase(0, target.size() + 1);
    if (first.empty()) first = text;
    EXPECT_EQ(text, first) << targets[0] << " and " << target;
    EXPECT_EQ(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')), lines) << text;
  }
  if (targets.size() == 1)
    GTEST_SKIP() << "this build, or this machine, has one instruction set only: " << targets[0];
}

}  // namespace rheo::test
