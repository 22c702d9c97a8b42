// SPDX-License-Identifier: Apache-2.0
// capi.cc: functions that draw random numbers in the C ABI of the device kernels.
#include <string>

#include "rheobase/cuda.h"
#include "src/capi/random_checks.h"
#include "src/cuda/device.h"

namespace {

using namespace rheo::device;
using rheo::fail, rheo::require;

// What a call asks for, checked but for memory.
struct Checked {
  rheo::RandomLauncher launcher;
  rheo::Format format;
  double parameters[rheo::kMaxParameters] = {};
  std::size_t bytes;
};

Checked checked(const char* name, const rheo_cuda_random& call) {
  check_size(call.struct_size, sizeof(rheo_cuda_random));
  check_flags(call.flags);
  if (call.reserved != 0)
    fail(RHEO_ERROR_UNSUPPORTED, "reserved is " + std::to_string(call.reserved) + "; expected 0");
  rheo::check_training(call.training);
  const rheo::RandomEntry* const entry = rheo::find_random_function(name);
  if (entry == nullptr) fail(RHEO_ERROR_NAME, rheo::random_name_error(name));
  Checked c{};
  c.format = rheo::checked_format(call.format);
  const rheo::Role role = rheo::random_role(call.role);
  rheo::check_random_parameters(*entry, rheo::given_parameters(call.parameters, call.parameter_count),
                                c.format, c.parameters);
  if (call.grad != nullptr && role != rheo::Role::kBackward)
    fail(RHEO_ERROR_ROLE, "grad is given, but role is not RHEO_BACKWARD");
  check_count(call.count);
  c.launcher = item_of(rheo::random_launcher_lists(), *entry);
  c.bytes = static_cast<std::size_t>(call.count) * rheo::size_of(c.format);
  if (call.count == 0) return c;
  require(call.x, "x"), require(call.y, "y");
  if (role == rheo::Role::kBackward) require(call.grad, "grad");
  const std::size_t size = rheo::size_of(c.format);
  check_aligned(call.x, "x", size), check_aligned(call.grad, "grad", size), check_aligned(call.y, "y", size);
  check_overlap(call.x, call.y, c.bytes, "x", "y"), check_overlap(call.grad, call.y, c.bytes, "grad", "y");
  rheo::check_random_together(*entry, c.parameters);
  rheo::check_indices(call.first, static_cast<std::uint64_t>(call.count));
  return c;
}

void start(const Checked& c, const rheo_cuda_random& call, int device) {
  rheo::RandomRequest r{};
  r.format = c.format;
  r.backward = call.role != RHEO_VALUE, r.training = call.training != 0;
  r.x = call.x, r.grad = call.grad, r.y = call.y;
  r.n = call.count;
  r.numbers = {call.seed, call.offset}, r.first = static_cast<std::int64_t>(call.first);
  r.parameters = c.parameters;
  r.stream = call.stream;
  r.multiprocessors = multiprocessors(device);
  check(c.launcher(r), "launch");
}

void run(const char* name, const rheo_cuda_random& call) {
  const Checked c = checked(name, call);
  if (call.count == 0) return;
  const int device = current_device();
  if ((call.flags & RHEO_CUDA_UNCHECKED) == 0) {
    check_pointer(call.x, "x", device), check_pointer(call.grad, "grad", device);
    check_pointer(call.y, "y", device);
  }
  start(c, call, device);
}

void run_host(const char* name, const rheo_cuda_random& call) {
  if (call.stream != nullptr) fail(RHEO_ERROR_UNSUPPORTED, "stream has to be null");
  const Checked c = checked(name, call);
  if (call.count == 0) return;
  const int device = current_device();
  const Buffer x(call.x, c.bytes, "x"), grad(call.grad, c.bytes, "grad");
  rheo_cuda_random inside = call;
  inside.x = x.data, inside.y = x.data, inside.grad = grad.data;
  start(c, inside, device);
  wait();
  x.copy_out(call.y, c.bytes, "y");
}

}  // namespace

extern "C" {

rheo_status rheo_cuda_run_random(const char* function, const rheo_cuda_random* call) {
  return guarded([&] { require(function, "function"), require(call, "call"), run(function, *call); });
}

rheo_status rheo_cuda_run_random_host(const char* function, const rheo_cuda_random* call) {
  return guarded([&] { require(function, "function"), require(call, "call"), run_host(function, *call); });
}

}  // extern "C"
