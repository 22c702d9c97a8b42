// SPDX-License-Identifier: Apache-2.0
// doubts.h: 16-bit results that float32 does not decide, evaluated anew in float64, many together.
#pragma once

#include <cstddef>
#include <cstdint>

#include "src/block/tie.h"
#include "src/block/walk16.h"
#include "src/math/format16.h"

namespace rheo {

// Inputs that float32 does not decide, and where their results belong.
class Doubts {
 public:
  Doubts(const Kernels16& kernels, const double* parameters, std::uint16_t* y)
      : kernels_(kernels), parameters_(parameters), y_(y) {}

  // Makes room for so many; those before it have to be stored.
  void prepare(std::size_t count, Format16 format, bool has_grad) {
    if (count_ + count > kRoom) settle(format, has_grad);
  }
  void add(double x, double grad, std::size_t place) {
    x_[count_] = x, grad_[count_] = grad, place_[count_] = place;
    ++count_;
  }
  void settle(Format16 format, bool has_grad) {
    if (count_ == 0) return;
    double results[kRoom];
    kernels_.exact(x_, has_grad ? grad_ : nullptr, results, count_, parameters_);
    for (std::size_t i = 0; i < count_; ++i)
      y_[place_[i]] = decided(x_[i], has_grad ? grad_[i] : 1, has_grad, results[i], format);
    count_ = 0;
  }

 private:
  static constexpr std::size_t kRoom = 256;

  std::uint16_t decided(double x, double grad, bool has_grad, double y, Format16 format) const {
    const auto evaluate = [&](double other, double g) {
      double result = 0;
      kernels_.exact(&other, has_grad ? &g : nullptr, &result, 1, parameters_);
      return result;
    };
    return narrowed(Ties(evaluate, kernels_.of, format).beside(x, grad, y), format);
  }

  double x_[kRoom], grad_[kRoom];
  std::size_t place_[kRoom], count_ = 0;
  const Kernels16& kernels_;
  const double* parameters_;
  std::uint16_t* y_;
};

}  // namespace rheo
