// SPDX-License-Identifier: Apache-2.0
// capi.cc: the C ABI of the device kernels (include/rheobase/cuda.h).
#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "rheobase/cuda.h"
#include "src/capi/checks.h"
#include "src/cuda/device.h"
#include "src/cuda/lookup.h"
#include "src/cuda/second/second.h"
#include "src/cuda/second/work.h"

namespace {

using namespace rheo::device;
using rheo::fail, rheo::require;

// What a call asks for, checked but for memory.
struct Checked {
  rheo::Launcher launcher;
  const rheo::Program* second;  // of second derivatives, which have no launcher of their own
  rheo::Format format;
  std::vector<double> parameters;
};

bool takes_grad(std::uint32_t role) {
  return role == RHEO_BACKWARD || role == RHEO_PARAMETER || role == RHEO_SECOND;
}

const rheo::Program& second_program(const rheo::Activation& a) {
  const rheo::Program& program = rheo::second_of(*a.entry);
  if (!program.fault.empty()) fail(RHEO_ERROR_ROLE, program.fault);
  if (const std::string why = rheo::unfit(program); !why.empty())
    fail(RHEO_ERROR_ROLE, std::string(a.name) + ": " + why);
  return program;
}

void find_kernels(const rheo::Activation& a, const rheo_cuda_call& call, Checked& result) {
  if (call.role < RHEO_VALUE || call.role > RHEO_SECOND) {
    fail(RHEO_ERROR_ROLE,
         "role is " + std::to_string(call.role) +
             "; expected RHEO_VALUE, RHEO_DERIVATIVE, RHEO_BACKWARD, RHEO_PARAMETER or RHEO_SECOND");
  }
  if (call.role != RHEO_PARAMETER && call.with_respect_to != nullptr)
    fail(RHEO_ERROR_ROLE, "with_respect_to is given, but role is not RHEO_PARAMETER");
  if (call.role == RHEO_SECOND) {
    result.second = &second_program(a);
    return;
  }
  const rheo::Launchers& launchers = item_of(rheo::launcher_lists(), *a.entry);
  if (call.role == RHEO_PARAMETER) {
    require(call.with_respect_to, "with_respect_to");
    const std::size_t which = rheo::parameter_index(a.name, a.entry->info->parameters, call.with_respect_to);
    result.launcher = launchers.parameter[which];
  } else {
    result.launcher = launchers.table[call.role - RHEO_VALUE];
  }
}

Checked checked(const char* name, const rheo_cuda_call& call) {
  check_size(call.struct_size, sizeof(rheo_cuda_call));
  check_flags(call.flags);
  const rheo::Activation* const a = rheo::find_activation(name);
  if (a == nullptr) fail(RHEO_ERROR_NAME, rheo::name_error(name));
  Checked result{};
  result.format = rheo::checked_format(call.format);
  result.parameters = rheo::checked_together(
      *a, rheo::given_parameters(call.parameters, call.parameter_count), result.format);
  find_kernels(*a, call, result);
  if (call.grad != nullptr && !takes_grad(call.role))
    fail(RHEO_ERROR_ROLE, "grad is given, but role is neither RHEO_BACKWARD, RHEO_PARAMETER nor RHEO_SECOND");
  check_count(call.count);
  if (call.count > 0) {
    require(call.x, "x"), require(call.y, "y");
    if (call.role == RHEO_BACKWARD) require(call.grad, "grad");
    const std::size_t size = rheo::size_of(result.format),
                      bytes = static_cast<std::size_t>(call.count) * size;
    check_overlap(call.x, call.y, bytes, "x", "y"), check_overlap(call.grad, call.y, bytes, "grad", "y");
  }
  return result;
}

void start(const Checked& c, const rheo_cuda_call& call, int device) {
  const rheo::Request request{c.format,    call.x,
                              call.grad,   call.y,
                              call.count,  c.parameters.data(),
                              call.stream, multiprocessors(device)};
  if (c.second != nullptr) return check(rheo::launch_second(request, *c.second), "launch");
  const bool table = call.workspace != nullptr && rheo::is16(c.format) &&
                     (call.role == RHEO_VALUE || call.role == RHEO_DERIVATIVE) &&
                     call.count >= RHEO_CUDA_WORKSPACE_FROM && rheo::lookup_fits(device);
  check(table ? rheo::launch_lookup(c.launcher, request, call.workspace) : c.launcher(request), "launch");
}

void run(const char* name, const rheo_cuda_call& call) {
  const Checked c = checked(name, call);
  if (call.count == 0) return;
  const std::size_t size = rheo::size_of(c.format);
  check_aligned(call.x, "x", size), check_aligned(call.grad, "grad", size), check_aligned(call.y, "y", size);
  if (call.workspace != nullptr) {
    if (call.workspace_bytes < RHEO_CUDA_WORKSPACE) {
      fail(RHEO_ERROR_SHAPE, "workspace_bytes is " + std::to_string(call.workspace_bytes) + "; expected " +
                                 std::to_string(RHEO_CUDA_WORKSPACE) + " or more");
    }
    check_aligned(call.workspace, "workspace", 16);
  }
  const int device = current_device();
  if ((call.flags & RHEO_CUDA_UNCHECKED) == 0) {
    check_pointer(call.x, "x", device), check_pointer(call.grad, "grad", device);
    check_pointer(call.y, "y", device), check_pointer(call.workspace, "workspace", device);
  }
  start(c, call, device);
}

void run_host(const char* name, const rheo_cuda_call& call) {
  if (call.stream != nullptr || call.workspace != nullptr)
    fail(RHEO_ERROR_UNSUPPORTED, "stream and workspace have to be null");
  const Checked c = checked(name, call);
  if (call.count == 0) return;
  const int device = current_device();
  const std::size_t bytes = static_cast<std::size_t>(call.count) * rheo::size_of(c.format);
  const Buffer x(call.x, bytes, "x"), grad(call.grad, bytes, "grad");
  rheo_cuda_call inside = call;
  inside.x = x.data, inside.y = x.data, inside.grad = grad.data;
  start(c, inside, device);
  wait();
  x.copy_out(call.y, bytes, "y");
}

// What a thread needs to run through bit patterns: device memory, and host memory that is copied to quickly.
struct Patterns {
  float *device = nullptr, *host = nullptr;
  std::size_t bytes = 0;
  int of_device = -1;

  void reserve(std::size_t wanted, int current) {
    if (wanted <= bytes && current == of_device) return;
    release();
    check(cudaMalloc(reinterpret_cast<void**>(&device), wanted), "memory for y");
    check(cudaMallocHost(reinterpret_cast<void**>(&host), wanted), "host memory for y");
    bytes = wanted, of_device = current;
  }
  void release() {
    cudaFree(device), cudaFreeHost(host);
    device = host = nullptr, bytes = 0;
  }
  ~Patterns() { release(); }
};

void run_patterns(const char* name, const rheo_cuda_call& call, std::uint32_t first) {
  if (call.stream != nullptr || call.workspace != nullptr || call.x != nullptr || call.grad != nullptr)
    fail(RHEO_ERROR_UNSUPPORTED, "x, grad, stream and workspace have to be null");
  if (call.format != RHEO_FLOAT32) fail(RHEO_ERROR_FORMAT, "format is not RHEO_FLOAT32");
  require(call.y, "y");
  rheo_cuda_call inside = call;
  inside.x = call.y;  // both become the same device memory
  const Checked c = checked(name, inside);
  if (call.count == 0) return;
  const int device = current_device();
  thread_local Patterns memory;
  const std::size_t bytes = static_cast<std::size_t>(call.count) * sizeof(float);
  memory.reserve(bytes, device);
  inside.x = inside.y = memory.device, inside.stream = cudaStreamPerThread;
  check(rheo::launch_patterns(memory.device, call.count, first, inside.stream), "launch");
  start(c, inside, device);
  check(cudaMemcpyAsync(memory.host, memory.device, bytes, cudaMemcpyDeviceToHost, cudaStreamPerThread),
        "copying y");
  check(cudaStreamSynchronize(cudaStreamPerThread), "the kernel");
  std::memcpy(call.y, memory.host, bytes);
}

}  // namespace

extern "C" {

const char* rheo_cuda_last_error(void) { return rheo::device::last_error().c_str(); }

rheo_status rheo_cuda_device(char* name, size_t name_bytes, int* capability) {
  return guarded([&] {
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, current_device()), "the device's properties");
    if (name != nullptr && name_bytes > 0) {
      const std::size_t length = std::min(name_bytes - 1, std::strlen(properties.name));
      std::memcpy(name, properties.name, length);
      name[length] = 0;
    }
    if (capability != nullptr) *capability = 10 * properties.major + properties.minor;
  });
}

rheo_status rheo_cuda_run(const char* activation, const rheo_cuda_call* call) {
  return guarded([&] { require(activation, "activation"), require(call, "call"), run(activation, *call); });
}

rheo_status rheo_cuda_run_host(const char* activation, const rheo_cuda_call* call) {
  return guarded(
      [&] { require(activation, "activation"), require(call, "call"), run_host(activation, *call); });
}

rheo_status rheo_cuda_run_patterns(const char* activation, const rheo_cuda_call* call, uint32_t first) {
  return guarded([&] {
    require(activation, "activation"), require(call, "call"), run_patterns(activation, *call, first);
  });
}

}  // extern "C"
