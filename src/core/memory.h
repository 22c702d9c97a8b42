// SPDX-License-Identifier: Apache-2.0
// memory.h: how a call's memory is treated, decided by size in this one place.
#pragma once

#include <cstddef>

namespace rheo {

// From so many bytes of output on, the system is asked for huge pages.
inline constexpr std::size_t kHugePageBytes = std::size_t{4} << 20;

// Asks for huge pages inside memory that is about to be written in full. Fresh memory then costs one fault
// for 2 MiB instead of 512 of them; pages that are there already stay as they are. Does nothing for less than
// kHugePageBytes, and where the system does not leave the choice to programs (Linux's
// transparent_hugepage/enabled is not "madvise").
void prefer_huge_pages(void* memory, std::size_t bytes);

// From so many bytes of output on, the last-level cache does not keep them until they are read.
inline constexpr std::size_t kStreamedBytes = std::size_t{32} << 20;

// Whether results of so many bytes had better go past the caches: kStreamedBytes, on processors where that
// was measured to gain (AMD's; `rheobase-scaling stream`).
bool prefers_streaming(std::size_t bytes);

}  // namespace rheo
