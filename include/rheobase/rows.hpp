// SPDX-License-Identifier: Apache-2.0
// rows.hpp: functions of whole rows for C++20, over spans. Header-only, over rows.h; included by
// rheobase.hpp.
//
//   rheobase::row_function softmax("softmax");
//   softmax(x, 10, y);                    // rows of 10 elements, one after the other
//   softmax.backward(grad, y, 10, dx);    // from the values y
//   softmax.with_scale(0.125)(x, 10, y);  // of 0.125 x
//   softmax.masked(x, mask, 10, y);       // of x + mask
//
// Spans are of float, or all of double, bfloat16 or float16. Other axes and strides: rheo_rows_run.
#ifndef RHEOBASE_ROWS_HPP_
#define RHEOBASE_ROWS_HPP_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rheobase/rheobase.hpp"

namespace rheobase {

// All row functions, sorted; aliases are not listed, but found.
inline std::vector<std::string> row_names() { return detail::list(rheo_rows_names); }

// Copies are cheap. A call takes up to 512 KiB a thread for exponentials of columns and of long 16-bit rows,
// if they can be had, and needs no memory otherwise.
class row_function {
 public:
  // By name or alias. Throws error (RHEO_ERROR_NAME), suggesting the nearest name.
  explicit row_function(std::string_view name) {
    detail::check(rheo_rows_find(detail::c_string(name, RHEO_ERROR_NAME).c_str(), &handle_));
  }

  // The same of scale x. Throws error (RHEO_ERROR_PARAMETER) when it is not positive and finite; whether a
  // float can hold it is checked by the calls.
  [[nodiscard]] row_function with_scale(double scale) const {
    if (!(scale > 0))
      detail::raise(RHEO_ERROR_PARAMETER,
                    "scale is " + std::to_string(scale) + "; expected a positive number");
    row_function result = *this;
    result.scale_ = scale;
    result.check_settings();
    return result;
  }

  // The same on at most so many threads, as activation::with_threads. Throws error (RHEO_ERROR_THREADS).
  [[nodiscard]] row_function with_threads(std::int32_t count) const {
    row_function result = *this;
    result.threads_ = count;
    result.check_settings();
    return result;
  }

  // y = f(scale x), row by row; x holds rows of `length` elements one after the other. y may be x. Throws
  // error: RHEO_ERROR_SHAPE when sizes differ or are no multiple of length, RHEO_ERROR_OVERLAP.
  void operator()(std::span<const float> x, std::size_t length, std::span<float> y) const {
    value<float>(x, {}, length, y);
  }
  void operator()(std::span<const double> x, std::size_t length, std::span<double> y) const {
    value<double>(x, {}, length, y);
  }
  void operator()(std::span<const bfloat16> x, std::size_t length, std::span<bfloat16> y) const {
    value<bfloat16>(x, {}, length, y);
  }
  void operator()(std::span<const float16> x, std::size_t length, std::span<float16> y) const {
    value<float16>(x, {}, length, y);
  }

  // y = f(scale x + mask), with a mask of x's size. Otherwise as above.
  void masked(std::span<const float> x, std::span<const float> mask, std::size_t length,
              std::span<float> y) const {
    masked_value<float>(x, mask, length, y);
  }
  void masked(std::span<const double> x, std::span<const double> mask, std::size_t length,
              std::span<double> y) const {
    masked_value<double>(x, mask, length, y);
  }
  void masked(std::span<const bfloat16> x, std::span<const bfloat16> mask, std::size_t length,
              std::span<bfloat16> y) const {
    masked_value<bfloat16>(x, mask, length, y);
  }
  void masked(std::span<const float16> x, std::span<const float16> mask, std::size_t length,
              std::span<float16> y) const {
    masked_value<float16>(x, mask, length, y);
  }

  // dx = the gradient with respect to x, from the values y of the same function and scale. dx may be grad or
  // y.
  void backward(std::span<const float> grad, std::span<const float> y, std::size_t length,
                std::span<float> dx) const {
    gradient<float>(grad, y, length, dx);
  }
  void backward(std::span<const double> grad, std::span<const double> y, std::size_t length,
                std::span<double> dx) const {
    gradient<double>(grad, y, length, dx);
  }
  void backward(std::span<const bfloat16> grad, std::span<const bfloat16> y, std::size_t length,
                std::span<bfloat16> dx) const {
    gradient<bfloat16>(grad, y, length, dx);
  }
  void backward(std::span<const float16> grad, std::span<const float16> y, std::size_t length,
                std::span<float16> dx) const {
    gradient<float16>(grad, y, length, dx);
  }

  // All that its file declares, as one JSON object (UTF-8); docs/describe.md lists the fields.
  std::string describe() const {
    const char* json = nullptr;
    detail::check(rheo_rows_describe(handle_, &json));
    return json;
  }

  // For what the C ABI alone can do. Valid as long as the process.
  const rheo_row_function* handle() const noexcept { return handle_; }

 private:
  template <class T>
  rheo_rows_call prepared() const {
    rheo_rows_call call{};
    call.struct_size = sizeof call;
    call.role = RHEO_VALUE;
    call.format = detail::format_of<T>;
    call.rank = 2;
    call.axis = -1;
    call.threads = threads_;
    call.scale = scale_;
    return call;
  }

  // The library's own check, on no elements.
  void check_settings() const {
    const std::int64_t nothing[] = {0, 0};
    rheo_rows_call call = prepared<double>();
    call.shape = nothing;
    detail::check(rheo_rows_run(handle_, &call));
  }

  // `name` is what has that size.
  void run(rheo_rows_call call, const char* name, std::size_t size, std::size_t length) const {
    if (size == 0) return;
    if (length == 0 || size % length != 0) {
      detail::raise(RHEO_ERROR_SHAPE, std::string(name) + " has " + std::to_string(size) +
                                          " elements, which are no rows of " + std::to_string(length));
    }
    const std::int64_t shape[] = {static_cast<std::int64_t>(size / length),
                                  static_cast<std::int64_t>(length)};
    call.shape = shape;
    detail::check(rheo_rows_run(handle_, &call));
  }

  template <class T>
  void value(std::span<const T> x, std::span<const T> mask, std::size_t length, std::span<T> y) const {
    detail::check_size("y", y.size(), x.size(), "x");
    rheo_rows_call call = prepared<T>();
    call.x = x.data(), call.mask = mask.empty() ? nullptr : mask.data(), call.y = y.data();
    run(call, "x", x.size(), length);
  }

  template <class T>
  void masked_value(std::span<const T> x, std::span<const T> mask, std::size_t length, std::span<T> y) const {
    detail::check_size("mask", mask.size(), x.size(), "x");
    value<T>(x, mask, length, y);
  }

  template <class T>
  void gradient(std::span<const T> grad, std::span<const T> y, std::size_t length, std::span<T> dx) const {
    detail::check_size("grad", grad.size(), y.size(), "y");
    detail::check_size("dx", dx.size(), y.size(), "y");
    rheo_rows_call call = prepared<T>();
    call.role = RHEO_BACKWARD;
    call.result = y.data(), call.grad = grad.data(), call.y = dx.data();
    run(call, "y", y.size(), length);
  }

  const rheo_row_function* handle_ = nullptr;
  double scale_ = 1;
  std::int32_t threads_ = 0;
};

}  // namespace rheobase

#endif  // RHEOBASE_ROWS_HPP_
