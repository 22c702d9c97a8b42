// SPDX-License-Identifier: Apache-2.0
// targets_test.cc: every instruction set gives the same bits of rows.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <string>

#include "rheobase/rheobase.h"

namespace {

// What the digest program prints, but for its first line, which names the instruction set.
std::string digests(const std::string& target) {
  const std::string command = "RHEOBASE_TARGET='" + target + "' '" RHEOBASE_ROWS_DIGEST_PROGRAM "' 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return "";
  std::string text;
  char buffer[4096];
  for (std::size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) text.append(buffer, n);
  const int status = pclose(pipe);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << text;
  EXPECT_EQ(text.substr(0, text.find('\n')), target);
  return text.substr(std::min(text.size(), text.find('\n')));
}

TEST(RowTargets, AllGiveTheSameBits) {
  const char* const* targets = nullptr;
  size_t count = 0;
  ASSERT_EQ(rheo_targets(&targets, &count), RHEO_OK) << rheo_last_error();
  const std::string first = digests(targets[0]);
  EXPECT_NE(first.find("float64 value"), std::string::npos) << first;
  for (size_t i = 1; i < count; ++i)
    EXPECT_EQ(digests(targets[i]), first) << targets[0] << " and " << targets[i];
  if (count == 1) GTEST_SKIP() << "this build, or this machine, has one instruction set only: " << targets[0];
}

}  // namespace
