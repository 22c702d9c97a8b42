// SPDX-License-Identifier: Apache-2.0
// memory.h: how a call's memory is treated, decided by size in this one place.
//
// Streaming stores are not used: on the machines at hand they lose (rheobase-scaling stream).
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

}  // namespace rheo
