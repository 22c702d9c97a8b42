// SPDX-License-Identifier: Apache-2.0
// torch_memory.h: new tensors on the CPU, usually without torch's dispatcher, which would take longer than a
// small tensor's values.
#ifndef RHEOBASE_PYTHON_NATIVE_TORCH_MEMORY_H_
#define RHEOBASE_PYTHON_NATIVE_TORCH_MEMORY_H_

#include <torch/csrc/stable/ops.h>
#include <torch/csrc/stable/tensor.h>

#include <cstdint>
#include <vector>

namespace rheobase_torch {

using torch::stable::Tensor;

namespace internal {

inline int32_t type_of(const Tensor& x) {
  int32_t type = 0;
  STABLE_TORCH_ERROR_CODE_CHECK(aoti_torch_get_dtype(x.get(), &type));
  return type;
}

inline Tensor empty_strided(int64_t rank, const int64_t* shape, const int64_t* strides, int32_t type) {
  AtenTensorHandle result = nullptr;
  STABLE_TORCH_ERROR_CODE_CHECK(
      aoti_torch_empty_strided(rank, shape, strides, type, aoti_torch_device_type_cpu(), 0, &result));
  return Tensor(result);
}

// Contiguous.
inline Tensor empty_of_type(const std::vector<int64_t>& shape, int32_t type) {
  std::vector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) strides[i] = stride, stride *= shape[i] > 1 ? shape[i] : 1;
  return empty_strided(static_cast<int64_t>(shape.size()), shape.data(), strides.data(), type);
}

}  // namespace internal

// torch.empty_like(x).
inline Tensor cpu_empty_like(const Tensor& x) {
  if (!x.is_contiguous()) return torch::stable::empty_like(x);
  return internal::empty_strided(x.dim(), x.sizes().data(), x.strides().data(), internal::type_of(x));
}

// Contiguous, of x's dtype.
inline Tensor cpu_empty(const std::vector<int64_t>& shape, const Tensor& x) {
  return internal::empty_of_type(shape, internal::type_of(x));
}

// The same of bytes.
inline Tensor cpu_empty_bytes(int64_t count) {
  return internal::empty_of_type({count}, aoti_torch_dtype_uint8());
}

}  // namespace rheobase_torch

#endif  // RHEOBASE_PYTHON_NATIVE_TORCH_MEMORY_H_
