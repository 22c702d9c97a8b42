// SPDX-License-Identifier: Apache-2.0
// capi.cc: parameters that are arrays, and exact sums, in the C ABI of the device kernels
// (include/rheobase/cuda_learned.h).
#include <limits>
#include <list>
#include <string>

#include "rheobase/cuda.h"
#include "src/capi/checks.h"
#include "src/capi/sums_checks.h"
#include "src/cuda/device.h"
#include "src/cuda/learned/sums.h"

namespace {

using namespace rheo::device;
using rheo::fail, rheo::require;

// What a call asks for, checked but for memory.
struct Checked {
  const rheo::LearnedLaunchers* launchers = nullptr;  // null without an activation
  std::size_t which = 0;
  rheo::LearnedRequest request{};
  std::size_t bytes = 0;  // of x, grad and y

  std::size_t parameter_bytes(const rheo_cuda_numbers& p) const {
    return static_cast<std::size_t>(p.count) * rheo::size_of(request.parameter_format);
  }
};

std::int64_t checked_extent(std::int64_t extent, const char* name) {
  if (extent < 0) fail(RHEO_ERROR_SHAPE, std::string(name) + " is " + std::to_string(extent));
  return extent;
}

void check_shape(const rheo_cuda_learned& call, Checked& c) {
  rheo::LearnedRequest& r = c.request;
  r.outer = checked_extent(call.outer, "outer");
  r.channels = checked_extent(call.channels, "channels");
  r.inner = checked_extent(call.inner, "inner");
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 32;
  std::int64_t count = 1;
  for (const std::int64_t extent : {r.outer, r.channels, r.inner}) {
    if (extent > 0 && count > kMost / extent)
      fail(RHEO_ERROR_SHAPE, "outer, channels and inner have more than 2^58 elements");
    count *= extent;
  }
  c.bytes = static_cast<std::size_t>(count) * rheo::size_of(r.format);
}

void check_parameters(const rheo_cuda_learned& call, const rheo::Info& info, Checked& c) {
  rheo::LearnedRequest& r = c.request;
  r.parameter_format = rheo::checked_format(call.parameter_format);
  if (r.parameter_format != r.format && !(is16(r.format) && r.parameter_format == rheo::Format::kFloat32))
    fail(RHEO_ERROR_FORMAT, "parameter_format is " + std::to_string(call.parameter_format) +
                                "; expected that of x, which is " + std::to_string(call.format) +
                                ", or for 16 bits RHEO_FLOAT32");
  if (call.parameter_count != info.parameters.size())
    fail(RHEO_ERROR_PARAMETER, "parameter_count is " + std::to_string(call.parameter_count) + "; " +
                                   info.name + " has " + std::to_string(info.parameters.size()));
  require(call.parameters, "parameters");
  for (std::size_t i = 0; i < call.parameter_count; ++i) {
    const rheo_cuda_numbers& p = call.parameters[i];
    const char* const name = info.parameters[i].name;
    if (p.count != 1 && p.count != r.channels)
      fail(RHEO_ERROR_SHAPE, std::string(name) + " has " + std::to_string(p.count) +
                                 " numbers; expected 1 or as many as there are channels, which are " +
                                 std::to_string(r.channels));
    if (p.count > 0) require(p.data, name);
    check_aligned(p.data, name, rheo::size_of(r.parameter_format));
    r.parameters[i] = p.data, r.per_channel[i] = p.count != 1;
    if (call.y != nullptr) check_overlap(p.data, c.parameter_bytes(p), call.y, c.bytes, name, "y", false);
  }
}

void check_role(const rheo_cuda_learned& call, const char* activation, bool sums, Checked& c) {
  const bool parameter = call.role == RHEO_PARAMETER;
  if (activation == nullptr) {
    if (call.role != RHEO_VALUE)
      fail(RHEO_ERROR_ROLE, "role is " + std::to_string(call.role) + "; without an activation RHEO_VALUE");
    rheo::check_no_activation(call);
  } else if (sums ? !parameter : !parameter && call.role != RHEO_VALUE && call.role != RHEO_BACKWARD) {
    fail(RHEO_ERROR_ROLE, "role is " + std::to_string(call.role) +
                              (sums ? "; sums are of RHEO_PARAMETER"
                                    : "; expected RHEO_VALUE, RHEO_BACKWARD or RHEO_PARAMETER"));
  }
  if (!parameter && call.with_respect_to != nullptr)
    fail(RHEO_ERROR_ROLE, "with_respect_to is given, but role is not RHEO_PARAMETER");
  if (call.role == RHEO_VALUE && call.grad != nullptr)
    fail(RHEO_ERROR_ROLE, "grad is given, but role is neither RHEO_BACKWARD nor RHEO_PARAMETER");
  if (c.bytes == 0) return;
  require(call.x, "x");
  if (call.role == RHEO_BACKWARD) require(call.grad, "grad");
}

Checked checked(const char* activation, const rheo_cuda_learned& call, bool sums) {
  check_size(call.struct_size, sizeof(rheo_cuda_learned));
  check_flags(call.flags);
  if (call.reserved != 0)
    fail(RHEO_ERROR_UNSUPPORTED, "reserved is " + std::to_string(call.reserved) + "; expected 0");
  Checked c;
  c.request.format = rheo::checked_format(call.format);
  check_shape(call, c);
  check_role(call, activation, sums, c);
  if (activation != nullptr) {
    const rheo::Activation* const a = rheo::find_activation(activation);
    if (a == nullptr) fail(RHEO_ERROR_NAME, rheo::name_error(activation));
    const rheo::Info& info = *a->entry->info;
    if (info.parameters.size() == 0)
      fail(RHEO_ERROR_PARAMETER, std::string(info.name) + " has no parameters");
    check_parameters(call, info, c);
    c.launchers = &item_of(rheo::launcher_lists(), *a->entry).learned;
    if (call.role == RHEO_PARAMETER) {
      require(call.with_respect_to, "with_respect_to");
      c.which = rheo::parameter_index(a->name, info.parameters, call.with_respect_to);
    }
  }
  if (sums && call.y != nullptr) fail(RHEO_ERROR_ROLE, "y is given, but results are summed");
  if (!sums && c.bytes > 0) require(call.y, "y");
  const std::size_t size = rheo::size_of(c.request.format);
  check_aligned(call.x, "x", size), check_aligned(call.grad, "grad", size), check_aligned(call.y, "y", size);
  check_overlap(call.x, call.y, c.bytes, "x", "y"), check_overlap(call.grad, call.y, c.bytes, "grad", "y");
  c.request.x = call.x, c.request.grad = call.grad, c.request.y = call.y;
  c.request.stream = call.stream;
  return c;
}

void check_pointers(const rheo_cuda_learned& call, int device) {
  if ((call.flags & RHEO_CUDA_UNCHECKED) != 0) return;
  check_pointer(call.x, "x", device), check_pointer(call.grad, "grad", device);
  check_pointer(call.y, "y", device);
  for (std::size_t i = 0; i < call.parameter_count; ++i)
    check_pointer(call.parameters[i].data, "a parameter", device);
}

void start_map(const Checked& c, std::uint32_t role) {
  const rheo::LearnedLaunchers& l = *c.launchers;
  const rheo::LearnedLauncher launcher = role == RHEO_VALUE      ? l.value
                                         : role == RHEO_BACKWARD ? l.backward
                                                                 : l.term[c.which];
  check(launcher(c.request), "launch");
}

void run(const char* activation, const rheo_cuda_learned& call) {
  Checked c = checked(activation, call, false);
  if (c.bytes == 0) return;
  const int device = current_device();
  check_pointers(call, device);
  c.request.multiprocessors = multiprocessors(device);
  start_map(c, call.role);
}

void run_host(const char* activation, const rheo_cuda_learned& call) {
  if (call.stream != nullptr) fail(RHEO_ERROR_UNSUPPORTED, "stream has to be null");
  Checked c = checked(activation, call, false);
  if (c.bytes == 0) return;
  c.request.multiprocessors = multiprocessors(current_device());
  const Buffer x(call.x, c.bytes, "x"), grad(call.grad, c.bytes, "grad");
  std::list<Buffer> parameters;
  for (std::size_t i = 0; i < call.parameter_count; ++i) {
    const rheo_cuda_numbers& p = call.parameters[i];
    c.request.parameters[i] = parameters.emplace_back(p.data, c.parameter_bytes(p), "a parameter").data;
  }
  c.request.x = x.data, c.request.grad = grad.data, c.request.y = x.data;
  start_map(c, call.role);
  wait();
  x.copy_out(call.y, c.bytes, "y");
}

// A workspace of sums alone: statistics are not there yet.
rheo::SumForm checked_sums(const rheo_sums_form* form, const std::int64_t* workspace, std::size_t words) {
  const rheo::SumForm checked = rheo::checked_form(form);
  if (checked.statistics)
    fail(RHEO_ERROR_ROLE, "kind is RHEO_SUMS_STATISTICS; on a device expected RHEO_SUMS_TERMS");
  rheo::check_workspace(checked, workspace, words);
  return checked;
}

void add(const char* activation, const rheo_cuda_learned& call, const rheo_sums_form* form,
         std::int64_t* workspace, std::size_t words) {
  Checked c = checked(activation, call, true);
  const rheo::SumForm sums = checked_sums(form, workspace, words);
  if (sums.format != c.request.format)
    fail(RHEO_ERROR_FORMAT, "the form's format is " + std::to_string(form->format) + ", that of x is " +
                                std::to_string(call.format));
  if (sums.channels != 1 && sums.channels != call.channels)
    fail(RHEO_ERROR_SHAPE, "the form's channels are " + std::to_string(sums.channels) + "; expected 1 or " +
                               std::to_string(call.channels));
  const std::size_t bytes = words * sizeof(std::int64_t);
  check_overlap(call.x, c.bytes, workspace, bytes, "x", "workspace", false);
  check_overlap(call.grad, c.bytes, workspace, bytes, "grad", "workspace", false);
  if (c.bytes == 0) return;
  const int device = current_device();
  check_pointers(call, device);
  if ((call.flags & RHEO_CUDA_UNCHECKED) == 0) check_pointer(workspace, "workspace", device);
  c.request.multiprocessors = multiprocessors(device);
  c.request.words = workspace, c.request.sums = sums.channels;
  check(c.launchers != nullptr ? c.launchers->term[c.which](c.request) : rheo::launch_plain_sum(c.request),
        "launch");
  check(rheo::launch_carry(sums.format, workspace, sums.channels, call.stream), "launch");
}

void finish(const rheo_sums_form* form, const std::int64_t* workspace, std::size_t words,
            std::uint32_t result_format, void* result, std::uint32_t flags, void* stream) {
  check_flags(flags);
  const rheo::SumForm sums = checked_sums(form, workspace, words);
  const rheo::Format to = rheo::checked_format(result_format);
  require(result, "result");
  check_aligned(result, "result", rheo::size_of(to));
  check_overlap(workspace, words * sizeof(std::int64_t), result,
                static_cast<std::size_t>(sums.channels) * rheo::size_of(to), "workspace", "result", false);
  const int device = current_device();
  if ((flags & RHEO_CUDA_UNCHECKED) == 0)
    check_pointer(workspace, "workspace", device), check_pointer(result, "result", device);
  check(rheo::launch_finish(sums.format, workspace, sums.channels, to, result, stream), "launch");
}

}  // namespace

extern "C" {

rheo_status rheo_cuda_run_learned(const char* activation, const rheo_cuda_learned* call) {
  return guarded([&] { require(activation, "activation"), require(call, "call"), run(activation, *call); });
}

rheo_status rheo_cuda_run_learned_host(const char* activation, const rheo_cuda_learned* call) {
  return guarded(
      [&] { require(activation, "activation"), require(call, "call"), run_host(activation, *call); });
}

rheo_status rheo_cuda_sums_add(const char* activation, const rheo_cuda_learned* call,
                               const rheo_sums_form* form, int64_t* workspace, size_t words) {
  return guarded([&] { require(call, "call"), add(activation, *call, form, workspace, words); });
}

rheo_status rheo_cuda_sums_finish(const rheo_sums_form* form, const int64_t* workspace, size_t words,
                                  uint32_t result_format, void* result, uint32_t flags, void* stream) {
  return guarded([&] { finish(form, workspace, words, result_format, result, flags, stream); });
}

}  // extern "C"
