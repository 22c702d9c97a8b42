// SPDX-License-Identifier: Apache-2.0
// masks.cc: the C ABI of masks: checks, then the walks of src/masks/walk.h.
#include "rheobase/masks.h"

#include <string>
#include <vector>

#include "src/capi/checks.h"
#include "src/capi/guard.h"
#include "src/masks/walk.h"

namespace rheo {

namespace {

std::size_t mask_bytes(std::int64_t elements) { return (static_cast<std::size_t>(elements) + 7) / 8; }

void check_mask(const void* mask, std::size_t bytes, std::int64_t n) {
  if (bytes != mask_bytes(n)) {
    fail(RHEO_ERROR_WORKSPACE, "bytes is " + std::to_string(bytes) + "; expected " +
                                   std::to_string(mask_bytes(n)) + ", for " + std::to_string(n) +
                                   " elements");
  }
  if (n > 0) require(mask, "mask");
}

void check_apart(const void* mask, std::size_t bytes, const std::vector<Dimension>& dims, Operand operand,
                 const void* data, std::int64_t size, const char* name) {
  const Extent e = extent_of(dims, operand, size);
  const auto at = reinterpret_cast<std::intptr_t>(data), begin = reinterpret_cast<std::intptr_t>(mask);
  if (begin < at + e.high && at + e.low < begin + static_cast<std::intptr_t>(bytes))
    fail(RHEO_ERROR_OVERLAP, std::string("mask overlaps ") + name);
}

void check_role(const rheo_call& call, rheo_role role, const char* name) {
  if (call.role != static_cast<std::uint32_t>(role))
    fail(RHEO_ERROR_ROLE, "role is " + std::to_string(call.role) + "; expected " + name);
  if (call.with_respect_to != nullptr)
    fail(RHEO_ERROR_ROLE, "with_respect_to is given, but role is not RHEO_PARAMETER");
}

// What both have: `input` is the one operand that is read, `absent` the one that must be null.
void run_masked(const Activation& a, const rheo_call& call, Role role, Operand input, std::uint8_t* mask,
                const std::uint8_t* given, std::size_t bytes) {
  check_version(call);
  check_threads(call.threads);
  const bool forward = role == Role::kValue;
  check_role(call, forward ? RHEO_VALUE : RHEO_BACKWARD, forward ? "RHEO_VALUE" : "RHEO_BACKWARD");
  const Format format = checked_format(call.format);
  const std::vector<double> parameters =
      checked_together(a, given_parameters(call.parameters, call.parameter_count), format);
  if ((forward ? call.grad : call.x) != nullptr)
    fail(RHEO_ERROR_ROLE,
         forward ? "grad is given, but role is RHEO_VALUE" : "x is given; the mask stands for it");
  const Slopes& slopes = remembered<slopes_of>(a, format, parameters);
  if (!slopes.two) {
    fail(RHEO_ERROR_UNSUPPORTED,
         std::string(a.name) + ": with these parameters the derivative takes more than two values; no mask");
  }
  std::vector<Dimension> dims =
      read_shape(call.rank, call.shape, {call.x_strides, call.grad_strides, call.y_strides});
  const std::int64_t n = element_count(dims);
  const void* const checked = forward ? mask : given;
  check_mask(checked, bytes, n);
  if (call.executor != nullptr && call.executor->run == nullptr)
    fail(RHEO_ERROR_NULL, "executor->run is null");
  if (n == 0) return;
  const void* const data = forward ? call.x : call.grad;
  const char* const name = forward ? "x" : "grad";
  require(data, name), require(call.y, "y");
  const auto size = static_cast<std::int64_t>(size_of(format));
  check_apart(checked, bytes, dims, input, data, size, name);
  check_apart(checked, bytes, dims, kY, call.y, size, "y");
  check_output(dims);
  check_overlap(dims, input, static_cast<const char*>(data), static_cast<const char*>(call.y), size, name);
  for (Dimension& d : dims) d.stride[forward ? kGrad : kX] = d.stride[kY];  // unused: must not hinder merging
  merge(dims);
  const Work work =
      is16(format) ? Work{format, nullptr, a.kernels16(role), walk16} : Work{format, a.kernel(format, role)};
  const Masked masked{{work, std::move(dims), static_cast<const char*>(call.x),
                       static_cast<const char*>(call.grad), static_cast<char*>(call.y), parameters.data()},
                      slopes,
                      mask,
                      given};
  prepare_output(masked.job);
  const RangeTask task = [](std::int64_t begin, std::int64_t end, void* context) {
    const auto& m = *static_cast<const Masked*>(context);
    m.given == nullptr ? run_forward(m, begin, end) : run_backward(m, begin, end);
  };
  run_pieces(call.executor, call.threads, n, n, task, const_cast<Masked*>(&masked));
}

}  // namespace

}  // namespace rheo

extern "C" {

rheo_status rheo_mask_supported(const rheo_activation* activation, uint32_t format,
                                const rheo_parameter* parameters, size_t count, int32_t* supported,
                                double* slopes) {
  return rheo::guarded([&] {
    rheo::require(activation, "activation"), rheo::require(supported, "supported");
    const rheo::Format checked = rheo::checked_format(format);
    const rheo::Slopes& found = rheo::remembered<rheo::slopes_of>(
        *activation, checked,
        rheo::checked_together(*activation, rheo::given_parameters(parameters, count), checked));
    *supported = found.two ? 1 : 0;
    if (found.two && slopes != nullptr) slopes[0] = found.slope[0], slopes[1] = found.slope[1];
  });
}

rheo_status rheo_mask_size(int64_t elements, size_t* bytes) {
  return rheo::guarded([&] {
    rheo::require(bytes, "bytes");
    if (elements < 0) rheo::fail(RHEO_ERROR_SHAPE, "elements is " + std::to_string(elements));
    *bytes = rheo::mask_bytes(elements);
  });
}

rheo_status rheo_mask_forward(const rheo_activation* activation, const rheo_call* call, uint8_t* mask,
                              size_t bytes) {
  return rheo::guarded([&] {
    rheo::require(activation, "activation"), rheo::require(call, "call");
    rheo::run_masked(*activation, *call, rheo::Role::kValue, rheo::kX, mask, nullptr, bytes);
  });
}

rheo_status rheo_mask_backward(const rheo_activation* activation, const rheo_call* call, const uint8_t* mask,
                               size_t bytes) {
  return rheo::guarded([&] {
    rheo::require(activation, "activation"), rheo::require(call, "call");
    rheo::run_masked(*activation, *call, rheo::Role::kBackward, rheo::kGrad, nullptr, mask, bytes);
  });
}

}  // extern "C"
