// SPDX-License-Identifier: Apache-2.0
// memory_test.cc: huge pages are asked for where they are wanted, and nowhere else.
#include "src/core/memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstdint>
#include <fstream>
#include <string>

namespace rheo {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

bool system_asks_for_advice() {
  std::string line;
  std::getline(std::ifstream("/sys/kernel/mm/transparent_hugepage/enabled"), line);
  return line.find("[madvise]") != std::string::npos;
}

// Whether the memory at this address is marked for huge pages.
bool marked(const char* address) {
  std::ifstream maps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  bool here = false;
  for (std::string line; std::getline(maps, line);) {
    unsigned long long begin = 0, end = 0;
    if (std::sscanf(line.c_str(), "%llx-%llx ", &begin, &end) == 2) here = begin <= wanted && wanted < end;
    if (here && line.rfind("VmFlags:", 0) == 0) return (line + " ").find(" hg ") != std::string::npos;
  }
  return false;
}

// Memory that nobody touches; begins at a multiple of 2 MiB.
class HugePages : public testing::Test {
 protected:
  static constexpr std::size_t kBytes = 8 * kHugePage;
  void SetUp() override {
    if (!system_asks_for_advice()) GTEST_SKIP() << "this system does not leave huge pages to programs";
    whole_ = static_cast<char*>(
        mmap(nullptr, kBytes + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    ASSERT_NE(whole_, MAP_FAILED);
    memory = whole_ + (kHugePage - reinterpret_cast<std::uintptr_t>(whole_) % kHugePage) % kHugePage;
  }
  void TearDown() override {
    if (whole_ != nullptr) munmap(whole_, kBytes + kHugePage);
  }
  char* memory = nullptr;

 private:
  char* whole_ = nullptr;
};

TEST_F(HugePages, AreAskedForInsideLargeMemory) {
  prefer_huge_pages(memory + 100, 7 * kHugePage);
  EXPECT_FALSE(marked(memory + 100));
  EXPECT_TRUE(marked(memory + kHugePage));
  EXPECT_TRUE(marked(memory + 7 * kHugePage - 1));
  EXPECT_FALSE(marked(memory + 7 * kHugePage));
}

TEST_F(HugePages, AreNotAskedForInsideSmallMemory) {
  prefer_huge_pages(memory, kHugePageBytes - 1);
  EXPECT_FALSE(marked(memory));
}

TEST_F(HugePages, AreNoMatterWhereThereIsNoSuchMemory) {
  munmap(memory, 4 * kHugePage);
  errno = 0;
  prefer_huge_pages(memory, 4 * kHugePage);
  EXPECT_EQ(errno, 0);
}

}  // namespace
}  // namespace rheo
