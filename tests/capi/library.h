// SPDX-License-Identifier: Apache-2.0
// library.h: the C ABI as its tests use it: what there is, and a call that is right until a test breaks it.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rheobase/rheobase.h"
#include "tests/core/sample.h"

namespace rheo::test {

// What a function of the C ABI lists.
inline std::vector<std::string> listed(rheo_status (*names)(const char* const**, size_t*)) {
  const char* const* list = nullptr;
  size_t count = 0;
  EXPECT_EQ(names(&list, &count), RHEO_OK);
  return {list, list + count};
}

inline std::vector<std::string> names() { return listed(rheo_names); }

// The last error is one line that says all of this.
inline void expect_message(const std::vector<std::string>& parts) {
  const std::string message = rheo_last_error();
  EXPECT_FALSE(message.empty());
  EXPECT_EQ(message.find_first_of("\n\r"), std::string::npos) << message;
  for (const std::string& part : parts) EXPECT_NE(message.find(part), std::string::npos) << message;
}

inline const rheo_activation* find(const std::string& name) {
  const rheo_activation* activation = nullptr;
  EXPECT_EQ(rheo_find(name.c_str(), &activation), RHEO_OK) << rheo_last_error();
  return activation;
}

inline nlohmann::json describe(const rheo_activation* activation) {
  const char* text = nullptr;
  EXPECT_EQ(rheo_describe(activation, &text), RHEO_OK) << rheo_last_error();
  return nlohmann::json::parse(text);
}

// A number as describe.md has it: "inf", "-inf" and "nan" are strings.
inline double number(const nlohmann::json& value) {
  return value.is_string() ? std::stod(value.get<std::string>()) : value.get<double>();
}

inline constexpr rheo_role kAllRoles[] = {RHEO_VALUE, RHEO_DERIVATIVE, RHEO_BACKWARD};

template <class T>
constexpr rheo_format format_of() {
  return sizeof(T) == 2 ? RHEO_BFLOAT16 : sizeof(T) == 4 ? RHEO_FLOAT32 : RHEO_FLOAT64;
}

// A number that no activation gives here, to see whether y was written.
template <class T>
inline constexpr T kCanary = T(-12345.678);

// A contiguous call of one dimension with memory of its own. Descriptors of other kinds of functions have the
// same fields.
template <class T, class Descriptor = rheo_call>
struct Call {
  std::vector<T> x, grad, y;
  std::int64_t extent;
  Descriptor c{};

  Call(rheo_role role, std::vector<T> points)
      : x(std::move(points)), grad(x.size(), T(0.5)), y(x.size(), kCanary<T>) {
    extent = static_cast<std::int64_t>(x.size());
    c.struct_size = sizeof c;
    c.role = role;
    c.format = format_of<T>();
    c.rank = 1;
    c.shape = &extent;
    c.x = x.data();
    c.grad = role == RHEO_BACKWARD ? grad.data() : nullptr;
    c.y = y.data();
  }
  Call(rheo_role role, std::size_t n) : Call(role, sample<T>(std::max<std::size_t>(n, 200))) { resize(n); }
  Call(const Call&) = delete;

  void resize(std::size_t n) {
    for (std::vector<T>* v : {&x, &grad, &y}) v->resize(n);
    extent = static_cast<std::int64_t>(n);
  }
  bool untouched() const {
    return std::all_of(y.begin(), y.end(), [](T v) { return same(v, kCanary<T>); });
  }
};

// The results of one plain contiguous call; every other way of calling has to give the same bits.
template <class T>
std::vector<T> plain_results(const rheo_activation* a, rheo_role role, const std::vector<T>& x,
                             const std::vector<T>& grad) {
  Call<T> call(role, x);
  call.grad = grad;
  if (role == RHEO_BACKWARD) call.c.grad = call.grad.data();
  EXPECT_EQ(rheo_run(a, &call.c), RHEO_OK) << rheo_last_error();
  return call.y;
}

template <class T>
testing::AssertionResult same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) return testing::AssertionFailure() << "sizes " << a.size() << " and " << b.size();
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!same(a[i], b[i]))
      return testing::AssertionFailure() << "element " << i << ": " << text(a[i]) << " and " << text(b[i]);
  }
  return testing::AssertionSuccess();
}

// Runs body(activation, role, zero of the format's type) for all there is.
template <class Body>
void for_everything(Body&& body) {
  for (const std::string& name : names()) {
    for (const rheo_role role : kAllRoles) {
      SCOPED_TRACE(name + ", role " + std::to_string(role));
      body(find(name), role, 0.0F);
      body(find(name), role, 0.0);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

}  // namespace rheo::test
