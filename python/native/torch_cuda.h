// SPDX-License-Identifier: Apache-2.0
// torch_cuda.h: what all operators on CUDA do with tensors: layouts, devices, the current stream.
#ifndef RHEOBASE_PYTHON_NATIVE_TORCH_CUDA_H_
#define RHEOBASE_PYTHON_NATIVE_TORCH_CUDA_H_

#define USE_CUDA  // of the next header, for aoti_torch_get_current_cuda_stream
#include <torch/csrc/inductor/aoti_torch/c/shim.h>
#include <torch/csrc/stable/accelerator.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "rheobase/cuda.h"
#include "torch_call.h"
#include "torch_registry.h"

namespace rheobase_torch {

// Whether the elements fill their memory without gaps, in whatever order.
inline bool dense(const Tensor& t) {
  if (t.is_contiguous()) return true;
  const auto sizes = t.sizes(), strides = t.strides();
  std::vector<std::pair<int64_t, int64_t>> dimensions;  // stride, extent
  for (size_t i = 0; i < sizes.size(); ++i)
    if (sizes[i] > 1) dimensions.emplace_back(strides[i], sizes[i]);
  std::sort(dimensions.begin(), dimensions.end());
  int64_t expected = 1;
  for (const auto& [stride, extent] : dimensions) {
    if (stride != expected) return false;
    expected *= extent;
  }
  return true;
}

inline bool same_layout(const Tensor& a, const Tensor& b) {
  const auto strides = a.strides(), others = b.strides(), sizes = a.sizes();
  for (size_t i = 0; i < sizes.size(); ++i)
    if (sizes[i] > 1 && strides[i] != others[i]) return false;
  return true;
}

// The same elements in x's layout, if need be in memory of their own.
inline Tensor laid_out_as(const Tensor& x, const Tensor& given) {
  if (same_layout(given, x)) return given;
  Tensor alike = torch::stable::empty_like(x);
  torch::stable::copy_(alike, given);
  return alike;
}

// A result, in the layout of torch's empty_like() of what was given.
inline Tensor like_given(const Tensor& given, const Tensor& result) {
  return same_layout(result, given) ? result : laid_out_as(torch::stable::empty_like(given), result);
}

inline void check_device(const std::string& name, const char* what, const Tensor& tensor, const Tensor& x) {
  if (!tensor.is_cuda() || tensor.get_device_index() != x.get_device_index())
    fail(name, std::string(what) + " and x are not on the same device");
}

// torch's current stream on x's device.
inline void* current_stream(const Tensor& x) {
  void* stream = nullptr;
  STABLE_TORCH_ERROR_CODE_CHECK(aoti_torch_get_current_cuda_stream(x.get_device_index(), &stream));
  return stream;
}

// Implemented in torch_cuda_forms.cc and torch_cuda_learned.cc.
void implement_cuda_forms(torch::stable::detail::StableLibrary& library);
void implement_cuda_learned(torch::stable::detail::StableLibrary& library,
                            const std::vector<Operator>& operators);

}  // namespace rheobase_torch

#endif  // RHEOBASE_PYTHON_NATIVE_TORCH_CUDA_H_
