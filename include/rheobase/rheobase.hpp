// SPDX-License-Identifier: Apache-2.0
// rheobase.hpp: activations for C++20, over spans. Header-only; all work is done behind the C ABI
// (rheobase.h).
//
//   rheobase::activation gelu("gelu");
//   gelu(x, y);                   // y[i] = f(x[i])
//   gelu.derivative(x, y);        // y[i] = f'(x[i])
//   gelu.backward(grad, x, dx);   // dx[i] = grad[i] f'(x[i])
//   gelu.second(x, y);            // y[i] = f''(x[i])
//   rheobase::activation elu = rheobase::activation("elu").with("alpha", 0.5);
//   elu.parameter("alpha", x, y);   // y[i] = df/dalpha(x[i])
//
// x, y, grad and dx are anything contiguous of float, or all of double, bfloat16 or float16: vectors, arrays,
// spans. A large call uses the library's threads (with_threads, or RHEOBASE_NUM_THREADS in the environment,
// sets how many); rheobase.h takes an executor, strides and shapes. All functions are safe to call from
// several threads at once, on one object too as long as none assigns to it. The environment is that of
// rheobase.h.
//
// With -fno-exceptions (in all files of a program or in none), what would be thrown is handed to the macro
// RHEOBASE_FAIL(status, message), a rheo_status and a const char*, which must not return; where none is
// defined, the message goes to stderr and the program is aborted. rheo_find and rheo_run (rheobase.h) return
// codes instead.
#ifndef RHEOBASE_RHEOBASE_HPP_
#define RHEOBASE_RHEOBASE_HPP_

#if __cplusplus < 202002L && (!defined(_MSVC_LANG) || _MSVC_LANG < 202002L)
#error "rheobase.hpp needs C++20; rheobase.h serves older ones"
#endif

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rheobase/rheobase.h"

namespace rheobase {

// Whatever goes wrong: what() is one line that names the argument and the value. No output was written.
class error : public std::runtime_error {
 public:
  // Thrown by the functions here; to construct one is for code that adds its own.
  error(rheo_status status, const std::string& message) : std::runtime_error(message), status_(status) {}

  // Which kind of error: one of those that rheobase.h names for the C function, never RHEO_OK.
  rheo_status status() const noexcept { return status_; }

 private:
  rheo_status status_;
};

// Numbers of 16 bits, for what holds them already: any type of that size and layout can be seen as these.
struct bfloat16 {
  std::uint16_t bits;  // the upper half of a float
};
struct float16 {
  std::uint16_t bits;  // IEEE 754 binary16
};

namespace detail {

template <class T>
inline constexpr rheo_format format_of = RHEO_FLOAT32;
template <>
inline constexpr rheo_format format_of<double> = RHEO_FLOAT64;
template <>
inline constexpr rheo_format format_of<bfloat16> = RHEO_BFLOAT16;
template <>
inline constexpr rheo_format format_of<float16> = RHEO_FLOAT16;

// Throws error, or what stands for that without exceptions.
[[noreturn]] inline void raise(rheo_status status, const std::string& message) {
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
  throw error(status, message);
#else
#if defined(RHEOBASE_FAIL)
  RHEOBASE_FAIL(status, message.c_str());
#else
  static_cast<void>(status);
  std::fprintf(stderr, "rheobase: %s\n", message.c_str());
#endif
  std::abort();
#endif
}

inline void check(rheo_status status) {
  if (status != RHEO_OK) detail::raise(status, rheo_last_error());
}

// What a function of the C ABI lists.
inline std::vector<std::string> list(rheo_status (*names)(const char* const**, std::size_t*)) {
  const char* const* all = nullptr;
  std::size_t count = 0;
  check(names(&all, &count));
  return {all, all + count};
}

// The C ABI's strings end at the first 0.
inline std::string c_string(std::string_view text, rheo_status status) {
  if (text.find('\0') != std::string_view::npos) detail::raise(status, "a name holds a 0 character");
  return std::string(text);
}

// `other` is the operand that has the expected size.
inline void check_size(const char* name, std::size_t size, std::size_t expected, const char* other) {
  if (size == expected) return;
  detail::raise(RHEO_ERROR_SHAPE, std::string(name) + " has " + std::to_string(size) +
                                      " elements; expected " + std::to_string(expected) + ", as " + other +
                                      " has");
}

// Parameters that were set. Never changed once made, so that copies can share them.
class settings {
 public:
  // With one more, in place of one of that name.
  [[nodiscard]] settings with(std::string_view parameter, double value) const {
    const std::string name = c_string(parameter, RHEO_ERROR_NAME);
    auto next = std::make_shared<memory>();
    std::vector<double> values;
    for (const rheo_parameter& p : parameters()) {
      if (p.name == name) continue;
      next->names.emplace_back(p.name);
      values.push_back(p.value);
    }
    next->names.push_back(name);
    values.push_back(value);
    for (std::size_t i = 0; i < values.size(); ++i)
      next->parameters.push_back({next->names[i].c_str(), values[i]});
    settings result;
    result.memory_ = std::move(next);
    return result;
  }
  // All that were set. Valid as long as this object or a copy of it.
  std::span<const rheo_parameter> parameters() const noexcept {
    return memory_ ? std::span<const rheo_parameter>(memory_->parameters) : std::span<const rheo_parameter>();
  }

 private:
  struct memory {
    std::vector<std::string> names;
    std::vector<rheo_parameter> parameters;  // whose names point into the strings above
  };
  std::shared_ptr<const memory> memory_;  // null: all at their defaults
};

// The calls that every function of one number has; Function's run(role, grad, x, y) does the work.
template <class Function>
class elementwise {
 public:
  // y[i] = f(x[i]). y may be x; any other overlap is an error.
  // Throws error: RHEO_ERROR_SHAPE when the sizes differ, RHEO_ERROR_OVERLAP, RHEO_ERROR_PARAMETER (see
  // with).
  void operator()(std::span<const float> x, std::span<float> y) const { call(RHEO_VALUE, {}, x, y); }
  void operator()(std::span<const double> x, std::span<double> y) const { call(RHEO_VALUE, {}, x, y); }
  void operator()(std::span<const bfloat16> x, std::span<bfloat16> y) const { call(RHEO_VALUE, {}, x, y); }
  void operator()(std::span<const float16> x, std::span<float16> y) const { call(RHEO_VALUE, {}, x, y); }

  // y[i] = f'(x[i]). Otherwise as above.
  void derivative(std::span<const float> x, std::span<float> y) const { call(RHEO_DERIVATIVE, {}, x, y); }
  void derivative(std::span<const double> x, std::span<double> y) const { call(RHEO_DERIVATIVE, {}, x, y); }
  void derivative(std::span<const bfloat16> x, std::span<bfloat16> y) const {
    call(RHEO_DERIVATIVE, {}, x, y);
  }
  void derivative(std::span<const float16> x, std::span<float16> y) const { call(RHEO_DERIVATIVE, {}, x, y); }

  // dx[i] = grad[i] f'(x[i]), rounded once; 0 for every grad[i], NaN too, where f' is 0 by definition. dx may
  // be x or grad. Otherwise as above.
  void backward(std::span<const float> grad, std::span<const float> x, std::span<float> dx) const {
    call(RHEO_BACKWARD, grad, x, dx);
  }
  void backward(std::span<const double> grad, std::span<const double> x, std::span<double> dx) const {
    call(RHEO_BACKWARD, grad, x, dx);
  }
  void backward(std::span<const bfloat16> grad, std::span<const bfloat16> x, std::span<bfloat16> dx) const {
    call(RHEO_BACKWARD, grad, x, dx);
  }
  void backward(std::span<const float16> grad, std::span<const float16> x, std::span<float16> dx) const {
    call(RHEO_BACKWARD, grad, x, dx);
  }

 private:
  friend Function;
  elementwise() = default;

  template <class T>
  void call(rheo_role role, std::span<const T> grad, std::span<const T> x, std::span<T> y) const {
    const bool backward = role == RHEO_BACKWARD;
    check_size(backward ? "dx" : "y", y.size(), x.size(), "x");
    if (backward) check_size("grad", grad.size(), x.size(), "x");
    static_cast<const Function&>(*this).run(role, grad, x, y);
  }
};

}  // namespace detail

// All activations and presets, sorted; aliases are not listed, but found. Throws error when RHEOBASE_TARGET
// names an instruction set that is not available, as every function here does.
inline std::vector<std::string> names() { return detail::list(rheo_names); }

// An activation with its parameters; elementwise has the calls of value, derivative and backward. Copies are
// cheap; value, derivative and backward of fewer than 65,536 elements allocate nothing.
class activation : public detail::elementwise<activation> {
 public:
  // By name or alias, with default parameters. Throws error (RHEO_ERROR_NAME), suggesting the nearest name.
  explicit activation(std::string_view name) {
    detail::check(rheo_find(detail::c_string(name, RHEO_ERROR_NAME).c_str(), &handle_));
  }

  // The same with one more parameter set; setting it again replaces the value. It is rounded to the format of
  // x before use. Throws error (RHEO_ERROR_NAME, RHEO_ERROR_PARAMETER) when there is no such parameter, or
  // when the value is NaN or one that the mathematics forbids. Whether a float can hold it is checked by the
  // calls.
  [[nodiscard]] activation with(std::string_view parameter, double value) const {
    activation result = *this;
    result.settings_ = settings_.with(parameter, value);
    result.run<double>(RHEO_VALUE, {}, {}, {});  // the library's own check, on no elements
    return result;
  }

  // The same on at most so many threads, 1 to 1024, the calling one included; 0, as at the start, leaves it
  // to the library. The results' bits do not depend on it. Throws error (RHEO_ERROR_THREADS).
  [[nodiscard]] activation with_threads(std::int32_t count) const {
    activation result = *this;
    result.threads_ = count;
    result.run<double>(RHEO_VALUE, {}, {}, {});  // as above
    return result;
  }

  // y[i] = df/dp(x[i]), the derivative with respect to the named parameter; or times grad[i], rounded once.
  // Throws error (RHEO_ERROR_NAME) when there is no such parameter. Otherwise as the calls without a name.
  void parameter(std::string_view name, std::span<const float> x, std::span<float> y) const {
    run(RHEO_PARAMETER, {}, x, y, name);
  }
  void parameter(std::string_view name, std::span<const double> x, std::span<double> y) const {
    run(RHEO_PARAMETER, {}, x, y, name);
  }
  void parameter(std::string_view name, std::span<const bfloat16> x, std::span<bfloat16> y) const {
    run(RHEO_PARAMETER, {}, x, y, name);
  }
  void parameter(std::string_view name, std::span<const float16> x, std::span<float16> y) const {
    run(RHEO_PARAMETER, {}, x, y, name);
  }
  void parameter(std::string_view name, std::span<const float> grad, std::span<const float> x,
                 std::span<float> y) const {
    detail::check_size("grad", grad.size(), x.size(), "x");
    run(RHEO_PARAMETER, grad, x, y, name);
  }
  void parameter(std::string_view name, std::span<const double> grad, std::span<const double> x,
                 std::span<double> y) const {
    detail::check_size("grad", grad.size(), x.size(), "x");
    run(RHEO_PARAMETER, grad, x, y, name);
  }
  void parameter(std::string_view name, std::span<const bfloat16> grad, std::span<const bfloat16> x,
                 std::span<bfloat16> y) const {
    detail::check_size("grad", grad.size(), x.size(), "x");
    run(RHEO_PARAMETER, grad, x, y, name);
  }
  void parameter(std::string_view name, std::span<const float16> grad, std::span<const float16> x,
                 std::span<float16> y) const {
    detail::check_size("grad", grad.size(), x.size(), "x");
    run(RHEO_PARAMETER, grad, x, y, name);
  }

  // y[i] = f''(x[i]), or grad[i] f''(x[i]), rounded once; 0 for every grad[i], NaN too, where f'' is 0. y may
  // be x or grad. Throws error as the calls of elementwise do.
  void second(std::span<const float> x, std::span<float> y) const { run(RHEO_SECOND, {}, x, y); }
  void second(std::span<const double> x, std::span<double> y) const { run(RHEO_SECOND, {}, x, y); }
  void second(std::span<const bfloat16> x, std::span<bfloat16> y) const { run(RHEO_SECOND, {}, x, y); }
  void second(std::span<const float16> x, std::span<float16> y) const { run(RHEO_SECOND, {}, x, y); }
  void second(std::span<const float> grad, std::span<const float> x, std::span<float> y) const {
    detail::check_size("grad", grad.size(), x.size(), "x");
    run(RHEO_SECOND, grad, x, y);
  }
  void second(std::span<const double> grad, std::span<const double> x, std::span<double> y) const {
    detail::check_size("grad", grad.size(), x.size(), "x");
    run(RHEO_SECOND, grad, x, y);
  }
  void second(std::span<const bfloat16> grad, std::span<const bfloat16> x, std::span<bfloat16> y) const {
    detail::check_size("grad", grad.size(), x.size(), "x");
    run(RHEO_SECOND, grad, x, y);
  }
  void second(std::span<const float16> grad, std::span<const float16> x, std::span<float16> y) const {
    detail::check_size("grad", grad.size(), x.size(), "x");
    run(RHEO_SECOND, grad, x, y);
  }

  // All that its file declares, as one JSON object (UTF-8); docs/describe.md lists the fields. Defaults, not
  // what was set by with().
  std::string describe() const {
    const char* json = nullptr;
    detail::check(rheo_describe(handle_, &json));
    return json;
  }

  // For what the C ABI alone can do. Valid as long as the process.
  const rheo_activation* handle() const noexcept { return handle_; }
  // What was set by with(). Valid as long as this object and its copies.
  std::span<const rheo_parameter> parameters() const noexcept { return settings_.parameters(); }
  // What was set by with_threads().
  std::int32_t threads() const noexcept { return threads_; }

 private:
  friend detail::elementwise<activation>;

  template <class T>
  void run(rheo_role role, std::span<const T> grad, std::span<const T> x, std::span<T> y,
           std::string_view parameter = {}) const {
    const std::string name = detail::c_string(parameter, RHEO_ERROR_NAME);
    if (role == RHEO_PARAMETER || role == RHEO_SECOND) detail::check_size("y", y.size(), x.size(), "x");
    const auto extent = static_cast<std::int64_t>(x.size());
    rheo_call call{};
    call.struct_size = sizeof call;
    call.role = static_cast<std::uint32_t>(role);
    call.format = detail::format_of<T>;
    call.parameters = parameters().data();
    call.parameter_count = parameters().size();
    call.rank = 1;
    call.threads = threads_;
    call.shape = &extent;
    call.x = x.data();
    call.grad = grad.data();
    call.with_respect_to = role == RHEO_PARAMETER ? name.c_str() : nullptr;
    call.y = y.data();
    detail::check(rheo_run(handle_, &call));
  }

  const rheo_activation* handle_ = nullptr;
  detail::settings settings_;
  std::int32_t threads_ = 0;
};

}  // namespace rheobase

// Forms of activations, each in a header of its own.
#include "rheobase/random.hpp"  // NOLINT
#include "rheobase/rows.hpp"    // NOLINT

#endif  // RHEOBASE_RHEOBASE_HPP_
