// SPDX-License-Identifier: Apache-2.0
// forms.cc: checks that gates and fused calls share.
#include "src/capi/forms.h"

#include <algorithm>

#include "src/capi/checks.h"

namespace rheo {

void check_descriptor(std::uint32_t size, std::size_t expected, std::uint32_t flags, std::int32_t threads) {
  if (size != expected) {
    fail(RHEO_ERROR_UNSUPPORTED,
         "struct_size is " + std::to_string(size) + "; this library knows " + std::to_string(expected));
  }
  if (flags != 0) fail(RHEO_ERROR_UNSUPPORTED, "flags is " + std::to_string(flags) + "; expected 0");
  check_threads(threads);
}

std::vector<FormDimension> dimensions_of(std::int32_t rank, const std::int64_t* shape) {
  std::vector<FormDimension> dims;
  for (const Dimension& d : read_shape(rank, shape, {})) dims.push_back({d.extent, {}});
  return dims;
}

std::vector<std::int64_t> contiguous(const std::int64_t* shape, std::int32_t rank) {
  std::vector<std::int64_t> strides(static_cast<std::size_t>(rank));
  std::int64_t next = 1;
  for (std::size_t i = strides.size(); i-- > 0;) {
    strides[i] = next;
    // Of no elements at all, the product may not fit; then no stride is used.
    if (__builtin_mul_overflow(next, std::max<std::int64_t>(shape[i], 1), &next)) next = 0;
  }
  return strides;
}

int FormBuilder::add(const char* name, char* data, std::size_t size) {
  const int operand = form_.count++;
  names_[operand] = name, form_.data[operand] = data, form_.size[operand] = size;
  return operand;
}

int FormBuilder::input(const char* name, const void* data, std::size_t size) {
  return add(name, const_cast<char*>(static_cast<const char*>(data)), size);
}

int FormBuilder::output(const char* name, void* data, std::size_t size) {
  ++form_.outputs;
  return add(name, static_cast<char*>(data), size);
}

namespace {

// Two operands as the checks of plain calls know them.
std::vector<Dimension> of_two(const std::vector<FormDimension>& dims, int x, int y) {
  std::vector<Dimension> result;
  for (const FormDimension& d : dims) result.push_back({d.extent, {d.stride[x], 0, d.stride[y]}});
  return result;
}

}  // namespace

void FormBuilder::check_pair(int in, int out) const {
  const std::vector<Dimension> dims = of_two(form_.dimensions, in, out);
  const char *const x = form_.data[in], *const y = form_.data[out];
  const bool same = x == y && form_.size[in] == form_.size[out] && same_strides(dims, kX, kY);
  if (same && allowed_[in][out]) return;
  const std::string names = std::string(names_[out]) + " overlaps " + names_[in];
  if (same) fail(RHEO_ERROR_OVERLAP, std::string(names_[out]) + " is the same memory as " + names_[in]);
  const Extent read = extent_of(dims, kX, static_cast<std::int64_t>(form_.size[in]));
  const Extent written = extent_of(dims, kY, static_cast<std::int64_t>(form_.size[out]));
  const auto base = reinterpret_cast<std::intptr_t>(y) - reinterpret_cast<std::intptr_t>(x);
  if (base + written.low >= read.high || base + written.high <= read.low) return;
  if (form_.size[in] == form_.size[out] &&
      interleaved(dims, kX, kY, base, static_cast<std::int64_t>(form_.size[in])))
    return;
  fail(RHEO_ERROR_OVERLAP, allowed_[in][out] ? names + " without being the same memory" : names);
}

void FormBuilder::check() const {
  const int inputs = form_.count - form_.outputs;
  for (int o = 0; o < form_.count; ++o) {
    if (form_.data[o] == nullptr) fail(RHEO_ERROR_NULL, std::string(names_[o]) + " is null");
    extent_of(of_two(form_.dimensions, o, o), kX, static_cast<std::int64_t>(form_.size[o]));  // throws
  }
  for (int out = inputs; out < form_.count; ++out)
    check_output(of_two(form_.dimensions, out, out), names_[out]);
  for (int out = inputs; out < form_.count; ++out)
    for (int o = 0; o < out; ++o) check_pair(o, out);
}

void FormBuilder::run(decltype(Form::body) body, const void* self, const rheo_executor* executor,
                      std::int32_t threads) {
  form_.body = body, form_.self = self;
  const std::int64_t n = element_count(form_.dimensions);
  prepare_form(form_);
  const RangeTask task = [](std::int64_t begin, std::int64_t end, void* context) {
    run_form(*static_cast<const Form*>(context), begin, end);
  };
  run_pieces(executor, threads, n, n, task, &form_);
}

}  // namespace rheo
