// SPDX-License-Identifier: Apache-2.0
// forms.h: from the descriptors of gates and fused calls to checked forms.
#pragma once

#include "rheobase/rheobase.h"
#include "src/capi/call.h"
#include "src/core/form.h"

namespace rheo {

// struct_size, flags and threads.
void check_descriptor(std::uint32_t size, std::size_t expected, std::uint32_t flags, std::int32_t threads);

// Dimensions with these extents, strides of 0.
std::vector<FormDimension> dimensions_of(std::int32_t rank, const std::int64_t* shape);

// Row-major strides of these extents.
std::vector<std::int64_t> contiguous(const std::int64_t* shape, std::int32_t rank);

// A form under construction: operands by name, and pairs that may be the same memory.
class FormBuilder {
 public:
  explicit FormBuilder(std::vector<FormDimension> dimensions) { form_.dimensions = std::move(dimensions); }

  bool empty() const { return element_count(form_.dimensions) == 0; }
  std::vector<FormDimension>& dimensions() { return form_.dimensions; }
  // In order: all inputs, then all outputs. Returns its number. Strides are set in dimensions().
  int input(const char* name, const void* data, std::size_t size);
  int output(const char* name, void* data, std::size_t size);
  // Input and output may be the same memory exactly.
  void allow(int in, int out) { allowed_[in][out] = true; }
  // Null pointers, strides that reach too far, overlap. Throws Failure.
  void check() const;
  void run(decltype(Form::body) body, const void* self, const rheo_executor* executor, std::int32_t threads);

 private:
  int add(const char* name, char* data, std::size_t size);
  void check_pair(int in, int out) const;

  Form form_;
  const char* names_[kFormOperands] = {};
  bool allowed_[kFormOperands][kFormOperands] = {};
};

}  // namespace rheo
