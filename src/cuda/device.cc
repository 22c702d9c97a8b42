// SPDX-License-Identifier: Apache-2.0
// device.cc: the checks of device.h.
#include "src/cuda/device.h"

#include <cuda_runtime_api.h>

#include <limits>

#include "rheobase/cuda.h"

namespace rheo::device {

std::string& last_error() {
  thread_local std::string error;
  return error;
}

void check(int code, const char* what) {
  if (code == cudaSuccess) return;
  cudaGetLastError();
  const auto error = static_cast<cudaError_t>(code);
  fail(RHEO_ERROR_DEVICE,
       std::string(what) + ": " + cudaGetErrorString(error) + " (" + cudaGetErrorName(error) + ")");
}

int current_device() {
  int device = 0;
  check(cudaGetDevice(&device), "no CUDA device");
  return device;
}

int multiprocessors(int device) {
  int count = 0;
  check(cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device), "multiprocessors");
  return count;
}

void check_size(std::uint32_t size, std::size_t expected, const char* name) {
  if (size == expected) return;
  fail(RHEO_ERROR_UNSUPPORTED, std::string(name) + " is " + std::to_string(size) + "; this library knows " +
                                   std::to_string(expected));
}

void check_flags(std::uint32_t flags) {
  if ((flags & ~static_cast<std::uint32_t>(RHEO_CUDA_UNCHECKED)) != 0)
    fail(RHEO_ERROR_UNSUPPORTED, "flags is " + std::to_string(flags) + "; expected 0 or 1");
}

void check_count(std::int64_t count) {
  if (count < 0 || count > std::numeric_limits<std::int64_t>::max() / 32)
    fail(RHEO_ERROR_SHAPE, "count is " + std::to_string(count));
}

void check_pointer(const void* pointer, const char* name, int device) {
  if (pointer == nullptr) return;
  cudaPointerAttributes attributes{};
  check(cudaPointerGetAttributes(&attributes, pointer), name);
  if (attributes.type == cudaMemoryTypeManaged) return;
  if (attributes.type != cudaMemoryTypeDevice && attributes.devicePointer == nullptr)
    fail(RHEO_ERROR_DEVICE,
         std::string(name) + " is host memory; expected memory of CUDA device " + std::to_string(device));
  if (attributes.type == cudaMemoryTypeDevice && attributes.device != device) {
    fail(RHEO_ERROR_DEVICE, std::string(name) + " is memory of CUDA device " +
                                std::to_string(attributes.device) + "; the current one is " +
                                std::to_string(device));
  }
}

void check_aligned(const void* pointer, const char* name, std::size_t size) {
  if (reinterpret_cast<std::uintptr_t>(pointer) % size != 0)
    fail(RHEO_ERROR_SHAPE, std::string(name) + " is not at a multiple of " + std::to_string(size) +
                               " bytes, an element's size");
}

void check_overlap(const void* input, std::size_t input_bytes, const void* output, std::size_t output_bytes,
                   const char* name, const char* output_name, bool may) {
  if (input == nullptr || output == nullptr) return;
  if (may && input == output && input_bytes == output_bytes) return;
  const auto a = reinterpret_cast<std::uintptr_t>(input), b = reinterpret_cast<std::uintptr_t>(output);
  if (a >= b + output_bytes || b >= a + input_bytes) return;
  fail(RHEO_ERROR_OVERLAP,
       std::string(output_name) + " overlaps " + name + (may ? " without being the same memory" : ""));
}

Buffer::Buffer(std::size_t bytes, const char* name) {
  if (bytes > 0) check(cudaMalloc(&data, bytes), (std::string("memory for ") + name).c_str());
}
Buffer::Buffer(const void* from, std::size_t bytes, const char* name)
    : Buffer(from != nullptr ? bytes : 0, name) {
  if (from != nullptr)
    check(cudaMemcpy(data, from, bytes, cudaMemcpyHostToDevice), (std::string("copying ") + name).c_str());
}
Buffer::~Buffer() { cudaFree(data); }

void Buffer::copy_out(void* to, std::size_t bytes, const char* name) const {
  if (to != nullptr)
    check(cudaMemcpy(to, data, bytes, cudaMemcpyDeviceToHost), (std::string("copying ") + name).c_str());
}

void wait() { check(cudaStreamSynchronize(nullptr), "the kernel"); }

}  // namespace rheo::device
