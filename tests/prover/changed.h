// SPDX-License-Identifier: Apache-2.0
// changed.h: an activation whose float32 results are changed on the way, for proofs to find out.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "src/core/registry.h"

namespace rheo::oracle {

// One at a time, as kernels are plain functions.
class ChangedActivation {
 public:
  using Change = std::function<float(float x, float grad, float y)>;

  ChangedActivation(const char* name, Role role, Change change) {
    std::string error;
    if (target_in_use(error) == nullptr) throw std::runtime_error(error);
    original_ = find_activation(name);
    entry_ = *original_->entry;
    kernels_ = entry_.kernels()[entry_.index];
    kernels_.table[0][static_cast<int>(role)] = changed;
    // 16 bits by way of it, too.
    for (auto& kernels : kernels_.direct) kernels[static_cast<int>(role)] = nullptr;
    change_ = std::move(change), role_ = role;
    entry_.kernels = [] { return static_cast<const Kernels*>(&kernels_); };
    entry_.index = 0;
    activation_ = {original_->name, &entry_, original_->preset};
  }
  ChangedActivation(const ChangedActivation&) = delete;

  const Activation& get() const { return activation_; }

 private:
  static void changed(const void* x, const void* grad, void* y, std::size_t n, const double* parameters) {
    const auto* from = static_cast<const float*>(x);
    const auto* by = static_cast<const float*>(grad);
    auto* to = static_cast<float*>(y);
    const std::vector<float> inputs(from, from + n);  // y may be x
    const std::vector<float> grads =
        by == nullptr ? std::vector<float>(n, 1) : std::vector<float>(by, by + n);
    original_->kernel(Format::kFloat32, role_)(x, grad, y, n, parameters);
    for (std::size_t i = 0; i < n; ++i) to[i] = change_(inputs[i], grads[i], to[i]);
  }

  static inline const Activation* original_;
  static inline Kernels kernels_;
  static inline Change change_;
  static inline Role role_;
  Entry entry_;
  Activation activation_;
};

}  // namespace rheo::oracle
