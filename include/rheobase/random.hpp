// SPDX-License-Identifier: Apache-2.0
// random.hpp: functions that draw random numbers in training, for C++20. Header-only over random.h.
//
//   const rheobase::random_activation f("rrelu");
//   f(x, y);                                       // evaluation: nothing is drawn
//   f.training(seed, step)(x, y);                  // each element draws a number
//   f.training(seed, step).backward(grad, x, dx);  // of the same numbers, which were not stored
#ifndef RHEOBASE_RANDOM_HPP_
#define RHEOBASE_RANDOM_HPP_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rheobase/random.h"
#include "rheobase/rheobase.hpp"

namespace rheobase {

// All functions that draw random numbers, sorted; aliases are not listed, but found.
inline std::vector<std::string> random_names() { return detail::list(rheo_random_names); }

// A function with its parameters, in evaluation mode until training() says otherwise. Called as an
// activation is, with these differences: the derivative is that for the same random numbers, backward rounds
// as docs/random.md says, and RHEO_ERROR_SHAPE is also thrown when indices reach 2^63. Copies are cheap; a
// call allocates nothing.
class random_activation : public detail::elementwise<random_activation> {
 public:
  // By name or alias, with default parameters. Throws error (RHEO_ERROR_NAME), suggesting the nearest name.
  explicit random_activation(std::string_view name) {
    detail::check(rheo_random_find(detail::c_string(name, RHEO_ERROR_NAME).c_str(), &handle_));
  }

  // The same with one more parameter set; setting it again replaces the value. It is rounded to the format of
  // x before use. Throws error (RHEO_ERROR_NAME, RHEO_ERROR_PARAMETER). Whether a float can hold it, and
  // whether parameters make sense together, is checked by the calls.
  [[nodiscard]] random_activation with(std::string_view parameter, double value) const {
    random_activation result = *this;
    result.settings_ = settings_.with(parameter, value);
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

  // All that its file declares, as one JSON object (UTF-8); docs/describe.md lists the fields.
  std::string describe() const {
    const char* json = nullptr;
    detail::check(rheo_random_describe(handle_, &json));
    return json;
  }

  // For what the C ABI alone can do. Valid as long as the process.
  const rheo_random* handle() const noexcept { return handle_; }

 private:
  friend detail::elementwise<random_activation>;

  template <class T>
  void run(rheo_role role, std::span<const T> grad, std::span<const T> x, std::span<T> y) const {
    const auto extent = static_cast<std::int64_t>(x.size());
    rheo_random_call call{};
    call.struct_size = sizeof call;
    call.role = static_cast<std::uint32_t>(role);
    call.format = detail::format_of<T>;
    call.training = training_ ? 1 : 0;
    const auto parameters = settings_.parameters();
    call.parameters = parameters.data(), call.parameter_count = parameters.size();
    call.rank = 1, call.threads = threads_;
    call.shape = &extent;
    call.x = x.data();
    call.grad = grad.data();
    call.y = y.data();
    call.seed = seed_, call.offset = offset_, call.first = first_;
    detail::check(rheo_random_run(handle_, &call));
  }

  const rheo_random* handle_ = nullptr;
  detail::settings settings_;
  bool training_ = false;
  std::uint64_t seed_ = 0, offset_ = 0, first_ = 0;
  std::int32_t threads_ = 0;
};

}  // namespace rheobase

#endif  // RHEOBASE_RANDOM_HPP_
