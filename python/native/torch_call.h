// SPDX-License-Identifier: Apache-2.0
// torch_call.h: what all operators do with tensors: formats, checks, torch's threads. `name` is the
// operator's, for messages.
#ifndef RHEOBASE_PYTHON_NATIVE_TORCH_CALL_H_
#define RHEOBASE_PYTHON_NATIVE_TORCH_CALL_H_

#include <torch/csrc/stable/library.h>
#include <torch/csrc/stable/ops.h>
#include <torch/csrc/stable/tensor.h>
#include <torch/headeronly/core/ScalarType.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>

#include "rheobase/rheobase.h"

namespace rheobase_torch {

using torch::headeronly::ScalarType;
using torch::stable::Tensor;
using torch::stable::detail::from;
using torch::stable::detail::to;

// STD_TORCH_CHECK would put the path of this file into the message.
[[noreturn]] inline void fail(const std::string& name, const std::string& message) {
  throw std::runtime_error("rheobase::" + name + ": " + message);
}

inline rheo_format format_of(const std::string& name, const Tensor& x) {
  const ScalarType type = x.scalar_type();
  if (type == ScalarType::Float) return RHEO_FLOAT32;
  if (type == ScalarType::Double) return RHEO_FLOAT64;
  if (type == ScalarType::BFloat16) return RHEO_BFLOAT16;
  if (type == ScalarType::Half) return RHEO_FLOAT16;
  fail(name, std::string("x has dtype ") + torch::headeronly::toString(type) +
                 "; Float, Double, BFloat16 and Half are supported");
}

inline void check_type(const std::string& name, const char* what, const Tensor& tensor, const Tensor& x) {
  if (tensor.scalar_type() != x.scalar_type())
    fail(name, std::string(what) + " has dtype " + torch::headeronly::toString(tensor.scalar_type()) +
                   ", x has " + torch::headeronly::toString(x.scalar_type()));
}

inline void check_like(const std::string& name, const char* what, const Tensor& tensor, const Tensor& x) {
  check_type(name, what, tensor, x);
  const auto sizes = tensor.sizes(), expected = x.sizes();
  if (!std::equal(sizes.begin(), sizes.end(), expected.begin(), expected.end()))
    fail(name, std::string(what) + " and x differ in shape");
}

// torch's own threads for one call. No exception may pass through the C ABI: a failure waits for finish().
class Threads {
 public:
  const rheo_executor* executor() const { return &executor_; }
  void finish(const std::string& name, rheo_status status) const {
    if (status != RHEO_OK) fail(name, rheo_last_error());
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  static void run(void* self, int64_t n, int64_t grain, rheo_task task, void* context) {
    const int64_t pieces = n / grain + (n % grain != 0);
    if (pieces <= 1) return task(0, n, context);  // waking a thread would take longer
    try {
      torch::stable::parallel_for(0, pieces, 1, [=](int64_t begin, int64_t end) {
        task(begin * grain, std::min(end * grain, n), context);
      });
    } catch (...) {
      static_cast<Threads*>(self)->failure_ = std::current_exception();
    }
  }

  std::exception_ptr failure_;
  rheo_executor executor_{run, this};
};

}  // namespace rheobase_torch

#endif  // RHEOBASE_PYTHON_NATIVE_TORCH_CALL_H_
