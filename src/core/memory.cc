// SPDX-License-Identifier: Apache-2.0
// memory.cc: huge pages, streaming stores.
#include "src/core/memory.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace rheo {

#if defined(__linux__)
namespace {

constexpr std::uintptr_t kHugePage = std::uintptr_t{2} << 20;

bool system_asks_for_advice() {
  static const bool asks = [] {
    std::ifstream file("/sys/kernel/mm/transparent_hugepage/enabled");
    std::string line;
    return std::getline(file, line) && line.find("[madvise]") != std::string::npos;
  }();
  return asks;
}

}  // namespace
#endif

void prefer_huge_pages([[maybe_unused]] void* memory, std::size_t bytes) {
  if (bytes < kHugePageBytes) return;
#if defined(__linux__)
  if (!system_asks_for_advice()) return;
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  const std::uintptr_t begin = (address + kHugePage - 1) / kHugePage * kHugePage;
  const std::uintptr_t end = (address + bytes) / kHugePage * kHugePage;
  const int before = errno;  // a refusal (memory that is a file's, for example) changes nothing
  madvise(static_cast<char*>(memory) + (begin - address), end - begin, MADV_HUGEPAGE);
  errno = before;
#endif
}

bool prefers_streaming(std::size_t bytes) {
  static const bool gains = [] {
#if defined(__x86_64__)
    unsigned highest = 0, name[3] = {};
    return __get_cpuid(0, &highest, &name[0], &name[2], &name[1]) != 0 &&
           std::memcmp(name, "AuthenticAMD", sizeof(name)) == 0;
#else
    return false;
#endif
  }();
  return gains && bytes >= kStreamedBytes;
}

}  // namespace rheo
