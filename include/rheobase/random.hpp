// SPDX-License-Identifier: Apache-2.0
// random.hpp: functions that draw random numbers in training, for C++20. Header-only over random.h.
//
//   const rheobase::random_activation f("rrelu");
//   f(x, y);                                   // evaluation: nothing is drawn
//   f.training(seed, step)(x, y);              // each element draws a number
//   f.training(seed, step).backward(grad, x, dx);  // of the same numbers, which were not stored
#ifndef RHEOBASE_RANDOM_HPP_
#define RHEOBASE_RANDOM_HPP_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rheobase/random.h"
#include "rheobase/rheobase.hpp"

namespace rheobase {

// All functions that draw random numbers, sorted.
inline std::vector<std::string> random_names() {
  const char* const* list = nullptr;
  std::size_t count = 0;
  detail::check(rheo_random_names(&list, &count));
  return {list, list + count};
}

// A function with its parameters, in evaluation mode until training() says otherwise.
class random_activation {
 public:
  // By name, with default parameters. Throws error (RHEO_ERROR_NAME), suggesting the nearest name.
  explicit random_activation(std::string_view name) {
    detail::check(rheo_random_find(detail::c_string(name, RHEO_ERROR_NAME).c_str(), &handle_));
  }

  // The same with one more parameter set; setting it again replaces the value. It is rounded to the format of
  // x before use. Throws error (RHEO_ERROR_NAME, RHEO_ERROR_PARAMETER). Whether a float can hold it, and
  // whether parameters make sense together, is checked by the calls.
  [[nodiscard]] random_activation with(std::string_view parameter, double value) const {
    random_activation result = *this;
    const std::string name = detail::c_string(parameter, RHEO_ERROR_NAME);
    std::erase_if(result.parameters_, [&](const auto& p) { return p.first == name; });
    result.parameters_.emplace_back(name, value);
    result.run<double>(RHEO_VALUE, {}, {}, {});  // the library's own check, on no elements
    return result;
  }

  // The same in training mode. Calls that shall not draw the same numbers differ in the seed or the offset.
  [[nodiscard]] random_activation training(std::uint64_t seed, std::uint64_t offset = 0) const {
    random_activation result = *this;
    result.training_ = true, result.seed_ = seed, result.offset_ = offset;
    return result;
  }

  // The same for a part of a larger whole, whose first element has this index in it. Below 2^63.
  [[nodiscard]] random_activation from(std::uint64_t first) const {
    random_activation result = *this;
    result.first_ = first;
    return result;
  }

  // The same on at most so many threads, 1 to 1024, the calling one included; 0 leaves it to the library. The
  // bits do not depend on it. Throws error (RHEO_ERROR_THREADS).
  [[nodiscard]] random_activation with_threads(std::int32_t count) const {
    random_activation result = *this;
    result.threads_ = count;
    result.run<double>(RHEO_VALUE, {}, {}, {});  // as above
    return result;
  }

  // y[i] = f(x[i]). y may be x; any other overlap is an error.
  // Throws error: RHEO_ERROR_SHAPE when the sizes differ or indices reach 2^63, RHEO_ERROR_OVERLAP,
  // RHEO_ERROR_PARAMETER (see with).
  void operator()(std::span<const float> x, std::span<float> y) const { run(RHEO_VALUE, {}, x, y); }
  void operator()(std::span<const double> x, std::span<double> y) const { run(RHEO_VALUE, {}, x, y); }
  void operator()(std::span<const bfloat16> x, std::span<bfloat16> y) const { run(RHEO_VALUE, {}, x, y); }
  void operator()(std::span<const float16> x, std::span<float16> y) const { run(RHEO_VALUE, {}, x, y); }

  // y[i] = f'(x[i]), given the same random numbers. Otherwise as above.
  void derivative(std::span<const float> x, std::span<float> y) const { run(RHEO_DERIVATIVE, {}, x, y); }
  void derivative(std::span<const double> x, std::span<double> y) const { run(RHEO_DERIVATIVE, {}, x, y); }
  void derivative(std::span<const bfloat16> x, std::span<bfloat16> y) const {
    run(RHEO_DERIVATIVE, {}, x, y);
  }
  void derivative(std::span<const float16> x, std::span<float16> y) const { run(RHEO_DERIVATIVE, {}, x, y); }

  // dx[i] = grad[i] f'(x[i]); 0 for every grad[i], NaN too, where f' is 0. dx may be x or grad. Otherwise as
  // above.
  void backward(std::span<const float> grad, std::span<const float> x, std::span<float> dx) const {
    run(RHEO_BACKWARD, grad, x, dx);
  }
  void backward(std::span<const double> grad, std::span<const double> x, std::span<double> dx) const {
    run(RHEO_BACKWARD, grad, x, dx);
  }
  void backward(std::span<const bfloat16> grad, std::span<const bfloat16> x, std::span<bfloat16> dx) const {
    run(RHEO_BACKWARD, grad, x, dx);
  }
  void backward(std::span<const float16> grad, std::span<const float16> x, std::span<float16> dx) const {
    run(RHEO_BACKWARD, grad, x, dx);
  }

  // For what the C ABI alone can do. Valid as long as the process.
  const rheo_random* handle() const noexcept { return handle_; }

 private:
  static constexpr std::size_t kMostParameters = 8;  // the library refuses names that it does not know

  static void check_size(const char* name, std::size_t size, std::size_t expected) {
    if (size == expected) return;
    throw error(RHEO_ERROR_SHAPE, std::string(name) + " has " + std::to_string(size) +
                                      " elements; expected " + std::to_string(expected) + ", as x has");
  }

  template <class T>
  void run(rheo_role role, std::span<const T> grad, std::span<const T> x, std::span<T> y) const {
    const bool backward = role == RHEO_BACKWARD;
    check_size(backward ? "dx" : "y", y.size(), x.size());
    if (backward) check_size("grad", grad.size(), x.size());
    const auto extent = static_cast<std::int64_t>(x.size());
    std::array<rheo_parameter, kMostParameters> parameters{};
    std::size_t count = 0;
    for (const auto& p : parameters_) parameters.at(count++) = {p.first.c_str(), p.second};
    rheo_random_call call{};
    call.struct_size = sizeof call;
    call.role = static_cast<std::uint32_t>(role);
    call.format = detail::format_of<T>;
    call.training = training_ ? 1 : 0;
    call.parameters = parameters.data(), call.parameter_count = count;
    call.rank = 1, call.threads = threads_;
    call.shape = &extent;
    call.x = x.data();
    call.grad = backward ? grad.data() : nullptr;
    call.y = y.data();
    call.seed = seed_, call.offset = offset_, call.first = first_;
    detail::check(rheo_random_run(handle_, &call));
  }

  const rheo_random* handle_ = nullptr;
  std::vector<std::pair<std::string, double>> parameters_;
  bool training_ = false;
  std::uint64_t seed_ = 0, offset_ = 0, first_ = 0;
  std::int32_t threads_ = 0;
};

}  // namespace rheobase

#endif  // RHEOBASE_RANDOM_HPP_
