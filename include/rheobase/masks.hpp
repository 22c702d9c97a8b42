// SPDX-License-Identifier: Apache-2.0
// masks.hpp: masks for C++20 (masks.h, docs/masks.md): one bit per element instead of x.
//
//   rheobase::masked relu(rheobase::activation("relu"));
//   std::vector<std::uint8_t> mask = relu.forward(x, y);   // x may be freed, or be y
//   relu.backward(mask, grad, dx);
//
// x, y, grad and dx are spans of float, or all of double, bfloat16 or float16.
#ifndef RHEOBASE_MASKS_HPP_
#define RHEOBASE_MASKS_HPP_

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rheobase/rheobase.hpp"

namespace rheobase {

// Whether the activation, with its parameters as T has them, can have a mask.
template <class T = float>
bool has_mask(const activation& f) {
  std::int32_t supported = 0;
  detail::check(rheo_mask_supported(f.handle(), static_cast<std::uint32_t>(detail::format_of<T>),
                                    f.parameters().data(), f.parameters().size(), &supported, nullptr));
  return supported != 0;
}

// An activation that keeps one bit per element for its backward pass, instead of x. Copies are cheap.
class masked {
 public:
  // Of an activation with its parameters and its number of threads. Whether it can have a mask depends on the
  // type as well: has_mask says so before, forward throws.
  explicit masked(activation f) : f_(std::move(f)) {}

  // y[i] = f(x[i]), and the mask; y may be x. Throws error: RHEO_ERROR_UNSUPPORTED where there is no mask,
  // since the derivative has more than two values, RHEO_ERROR_SHAPE when the sizes differ,
  // RHEO_ERROR_OVERLAP.
  template <class T>
  std::vector<std::uint8_t> forward(std::span<const T> x, std::span<T> y) const {
    check_size("y", y.size(), x.size(), "x");
    std::size_t bytes = 0;
    detail::check(rheo_mask_size(static_cast<std::int64_t>(x.size()), &bytes));
    std::vector<std::uint8_t> mask(bytes);
    const auto n = static_cast<std::int64_t>(x.size());
    rheo_call call = call_of<T>(RHEO_VALUE, n);
    call.x = x.data(), call.y = y.data();
    detail::check(rheo_mask_forward(f_.handle(), &call, mask.data(), mask.size()));
    return mask;
  }

  // dx[i] = grad[i] f'(x[i]), from the mask of that x; dx may be grad. Throws error as forward does, and
  // RHEO_ERROR_WORKSPACE when the mask is one of another size.
  template <class T>
  void backward(std::span<const std::uint8_t> mask, std::span<const T> grad, std::span<T> dx) const {
    check_size("dx", dx.size(), grad.size(), "grad");
    const auto n = static_cast<std::int64_t>(grad.size());
    rheo_call call = call_of<T>(RHEO_BACKWARD, n);
    call.grad = grad.data(), call.y = dx.data();
    detail::check(rheo_mask_backward(f_.handle(), &call, mask.data(), mask.size()));
  }

 private:
  static void check_size(const char* name, std::size_t size, std::size_t expected, const char* other) {
    if (size == expected) return;
    detail::raise(RHEO_ERROR_SHAPE, std::string(name) + " has " + std::to_string(size) +
                                        " elements; expected " + std::to_string(expected) + ", as " + other +
                                        " has");
  }
  template <class T>
  rheo_call call_of(rheo_role role, const std::int64_t& extent) const {
    rheo_call call{};
    call.struct_size = sizeof call;
    call.role = static_cast<std::uint32_t>(role);
    call.format = static_cast<std::uint32_t>(detail::format_of<T>);
    call.parameters = f_.parameters().data(), call.parameter_count = f_.parameters().size();
    call.rank = 1, call.shape = &extent, call.threads = f_.threads();
    return call;
  }

  activation f_;
};

}  // namespace rheobase

#endif  // RHEOBASE_MASKS_HPP_
