// SPDX-License-Identifier: Apache-2.0
// device.h: what all calls of librheobase_cuda check in the same way, throwing Failure, and memory for a
// while.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "src/capi/call.h"
#include "src/capi/failure.h"
#include "src/cuda/launcher_list.h"

namespace rheo::device {

// Of this thread, "" when there was none.
std::string& last_error();

template <class Body>
rheo_status guarded(Body&& body) noexcept {
  return caught(last_error(), std::forward<Body>(body));
}

// A cudaError_t. One that is not the context's is taken back, so that the next call does not find it.
void check(int code, const char* what);

int current_device();
int multiprocessors(int device);

void check_size(std::uint32_t size, std::size_t expected, const char* name = "struct_size");
void check_flags(std::uint32_t flags);
void check_count(std::int64_t count);

// Memory of that device, which is the current one. Null is nothing to check.
void check_pointer(const void* pointer, const char* name, int device);
void check_aligned(const void* pointer, const char* name, std::size_t size);

// An input is an output's memory exactly, if it `may` be, or they never meet. Null is nothing to check.
void check_overlap(const void* input, std::size_t input_bytes, const void* output, std::size_t output_bytes,
                   const char* name, const char* output_name, bool may);
inline void check_overlap(const void* input, const void* output, std::size_t bytes, const char* name,
                          const char* output_name) {
  check_overlap(input, bytes, output, bytes, name, output_name, true);
}

// What the lists have of an activation, or of a function that draws random numbers.
template <class List, class Entry>
const auto& item_of(std::span<const List* const> lists, const Entry& entry) {
  if (const auto* const found = find_item(lists, entry)) return *found;
  fail(RHEO_ERROR_NAME, std::string(entry.info->name) + " has no device kernels in this build");
}

// Device memory that is given back.
struct Buffer {
  void* data = nullptr;

  Buffer(std::size_t bytes, const char* name);
  // Of an array of the host, and null where that is.
  Buffer(const void* from, std::size_t bytes, const char* name);
  ~Buffer();
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  // To where it is wanted, if anywhere.
  void copy_out(void* to, std::size_t bytes, const char* name) const;
};

// Waits for the default stream, and throws what its kernels did wrong.
void wait();

}  // namespace rheo::device
