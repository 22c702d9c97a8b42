// SPDX-License-Identifier: Apache-2.0
// targets_test.cc: every instruction set gives the same bits, and RHEOBASE_TARGET really chooses one.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "hwy/highway.h"
#include "src/core/registry.h"

namespace rheo {
namespace {

struct Output {
  int code;
  std::string text;  // stdout and stderr
};

// The digest program, with RHEOBASE_TARGET set.
Output run_digest(const std::string& target) {
  Output output{-1, ""};
  const std::string command = "RHEOBASE_TARGET='" + target + "' '" RHEOBASE_DIGEST_PROGRAM "' 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  char buffer[4096];
  for (std::size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.text.append(buffer, n);
  const int status = pclose(pipe);
  output.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return output;
}

struct Digests {
  std::string target, place;
  std::map<std::string, std::string> hashes;  // "name format role" to hash
};

Digests digests(const std::string& target) {
  const Output output = run_digest(target);
  EXPECT_EQ(output.code, 0) << output.text;
  Digests d;
  std::istringstream lines(output.text);
  lines >> d.target >> d.place;
  for (std::string name, format, role, hash; lines >> name >> format >> role >> hash;)
    d.hashes[name + " " + format + " " + role] = hash;
  return d;
}

TEST(Targets, BestOneIsUsedWithoutTheVariable) { EXPECT_EQ(digests("").target, available_targets().front()); }

TEST(Targets, VariableTakesEffectInTheKernelsThemselves) {
  std::set<std::string> places;
  for (const char* target : available_targets()) {
    const Digests d = digests(target);
    EXPECT_EQ(d.target, target);
    EXPECT_TRUE(places.insert(d.place).second) << target << " runs the kernels of another instruction set";
  }
}

TEST(Targets, AllGiveTheSameBits) {
  const std::vector<const char*> targets = available_targets();
  const Digests first = digests(targets[0]);
  // Four formats and three roles; those with parameters have a fourth in two formats.
  std::size_t expected = 0;
  for (const Activation& a : all_activations()) expected += a.entry->info->parameters.size() > 0 ? 14 : 12;
  EXPECT_EQ(first.hashes.size(), expected);
  for (std::size_t i = 1; i < targets.size(); ++i) {
    const Digests other = digests(targets[i]);
    EXPECT_EQ(other.hashes.size(), first.hashes.size());
    for (const auto& [key, hash] : first.hashes)
      EXPECT_EQ(other.hashes.at(key), hash)
          << key << ": " << targets[0] << " and " << targets[i] << " differ";
  }
  std::int64_t missing = HWY_TARGETS;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) missing &= ~target;
  std::string skipped;
  for (; missing != 0; missing &= missing - 1)
    skipped += std::string(" ") + hwy::TargetName(missing & -missing);
  std::string compared;
  for (const char* target : targets) compared += std::string(" ") + target;
  std::printf("compared:%s; not on this machine:%s\n", compared.c_str(),
              skipped.empty() ? " none" : skipped.c_str());
  if (targets.size() == 1)
    GTEST_SKIP() << "this build, or this machine, has one instruction set only:" << compared;
}

TEST(Targets, UnknownOneIsAnErrorThatListsTheOthers) {
  for (const char* unknown : {"AVX4096", "avx2", " "}) {
    const Output output = run_digest(unknown);
    EXPECT_EQ(output.code, 2) << output.text;
    for (const std::string& part : {std::string("RHEOBASE_TARGET"), "'" + std::string(unknown) + "'"})
      EXPECT_NE(output.text.find(part), std::string::npos) << output.text;
    for (const char* target : available_targets())
      EXPECT_NE(output.text.find(target), std::string::npos) << output.text;
  }
}

}  // namespace
}  // namespace rheo
