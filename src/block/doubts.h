// SPDX-License-Identifier: Apache-2.0
// doubts.h: 16-bit results that float32 does not decide, evaluated anew in float64, many together.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

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
      y_[place_[i]] = narrowed(beside_tie(x_[i], has_grad ? &grad_[i] : nullptr, results[i], format), format);
    count_ = 0;
  }

 private:
  static constexpr std::size_t kRoom = 256;
  static constexpr double kTiny = 0x1p-40, kLarge = 128;
  static constexpr double kAlike = 0x1p-20;
  static constexpr int kResolved = -30;        // the exponent of an x whose square counts in float64
  static constexpr double kTailResolved = 16;  // an x whose exponential counts in float64

  // Where float64 gives a tie, f(x) may lie just beside it.
  double beside_tie(double x, const double* grad, double y, Format16 format) const {
    const double below = std::nextafter(y, -HUGE_VAL), above = std::nextafter(y, HUGE_VAL);
    if (narrowed(below, format) == narrowed(above, format)) return y;
    if (std::fabs(x) < kTiny && x != 0) return beside_small_tie(x, grad, y);
    if (kernels_.product) return moved(y, product_tail(x) * *grad);
    if (std::fabs(x) <= kLarge || !kernels_.value) return y;
    // f(x) = x + c + a tail: for a smaller x the tail can be seen.
    const double smaller = std::copysign(kTailResolved, x);
    const double tail = (evaluate(smaller, nullptr) - smaller) - (y - x);
    return std::fabs(tail) < kAlike ? moved(y, tail) : y;
  }
  // The next number in the direction of a tail.
  static double moved(double y, double tail) {
    return tail > 0 ? std::nextafter(y, HUGE_VAL) : tail < 0 ? std::nextafter(y, -HUGE_VAL) : y;
  }
  // Of a product with f(x) = x + c + a tail, ties are as many as products of 16-bit numbers that are one. The
  // largest x that shows the tail tells its sign; 0 where there is none.
  double product_tail(double x) const {
    constexpr double kTailOfProduct = 0x1p-16;  // of x sigmoid(x) at 16
    const double one = 1;
    for (const double size : {16.0, 8.0, 5.0}) {
      if (std::fabs(x) <= size) continue;
      const double smaller = std::copysign(size, x);
      const double tail = (evaluate(smaller, &one) - smaller) - (evaluate(x, &one) - x);
      if (std::fabs(tail) < kTailOfProduct && tail != 0) return tail;
    }
    return 0;
  }
  // f(x) = x / 2 + c x^2, or grad f'(x): an x of the same digits, but larger, tells the side, if all scales
  // with it.
  double beside_small_tie(double x, const double* grad, double y) const {
    const int shift = kResolved - std::ilogb(x);
    const bool of_value = kernels_.value || kernels_.product;
    const double found = std::ldexp(evaluate(std::ldexp(x, shift), grad), of_value ? -shift : 0);
    return std::fabs(found - y) < std::fabs(y) * kAlike ? found : y;
  }
  double evaluate(double x, const double* grad) const {
    double y = 0;
    kernels_.exact(&x, grad, &y, 1, parameters_);
    return y;
  }

  double x_[kRoom], grad_[kRoom];
  std::size_t place_[kRoom], count_ = 0;
  const Kernels16& kernels_;
  const double* parameters_;
  std::uint16_t* y_;
};

}  // namespace rheo
