// SPDX-License-Identifier: Apache-2.0
// outputs.hpp: derivatives from outputs for C++20 (outputs.h, docs/outputs.md).
//
//   rheobase::from_output tanh(rheobase::activation("tanh"));   // throws where an output does not tell
//   tanh(x, y);                   // y[i] = f(x[i]), as ever; y may be x
//   tanh.derivative(y, slope);    // slope[i] = f' where f is y[i]
//   tanh.backward(grad, y, dx);   // dx[i] = grad[i] times that; dx may be grad or y
#ifndef RHEOBASE_OUTPUTS_HPP_
#define RHEOBASE_OUTPUTS_HPP_

#include <span>
#include <string>
#include <utility>

#include "rheobase/rheobase.hpp"

namespace rheobase {

// "" where the output tells the derivative, with the parameters as T has them; else why it does not.
template <class T = float>
std::string why_not_from_output(const activation& f) {
  std::int32_t supported = 0;
  const char* reason = nullptr;
  detail::check(rheo_output_supported(f.handle(), static_cast<std::uint32_t>(detail::format_of<T>),
                                      f.parameters().data(), f.parameters().size(), &supported, &reason));
  return supported != 0 ? "" : reason;
}

// An activation whose calls of the derivative and backward take y = f(x) where that of rheobase.hpp takes x.
// Shapes, types and errors are those of `activation`.
class from_output : public detail::elementwise<from_output> {
 public:
  // Throws error (RHEO_ERROR_UNSUPPORTED) where a float's output does not tell. The calls look again, for
  // their own type.
  explicit from_output(activation f) : f_(std::move(f)) { run<float>(RHEO_DERIVATIVE, {}, {}, {}); }

 private:
  friend detail::elementwise<from_output>;

  template <class T>
  void run(rheo_role role, std::span<const T> grad, std::span<const T> x, std::span<T> y) const {
    if (role == RHEO_VALUE) return f_(x, y);
    const auto extent = static_cast<std::int64_t>(x.size());
    rheo_call call{};
    call.struct_size = sizeof call;
    call.role = static_cast<std::uint32_t>(role);
    call.format = static_cast<std::uint32_t>(detail::format_of<T>);
    call.parameters = f_.parameters().data(), call.parameter_count = f_.parameters().size();
    call.rank = 1, call.shape = &extent, call.threads = f_.threads();
    call.x = x.data(), call.grad = grad.data(), call.y = y.data();
    detail::check(rheo_output_run(f_.handle(), &call));
  }

  activation f_;
};

}  // namespace rheobase

#endif  // RHEOBASE_OUTPUTS_HPP_
