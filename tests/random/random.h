// SPDX-License-Identifier: Apache-2.0
// random.h: functions that draw random numbers as their tests use them.
#pragma once

#include <map>

#include "rheobase/random.h"
#include "src/math/philox.h"
#include "tests/capi/layout.h"

namespace rheo::test {

template <>
inline constexpr std::uint16_t kCanary<std::uint16_t> = 0xC646;

inline std::vector<std::string> random_names() {
  const char* const* list = nullptr;
  size_t count = 0;
  EXPECT_EQ(rheo_random_names(&list, &count), RHEO_OK);
  return {list, list + count};
}

inline const rheo_random* find_random(const std::string& name) {
  const rheo_random* function = nullptr;
  EXPECT_EQ(rheo_random_find(name.c_str(), &function), RHEO_OK) << rheo_last_error();
  return function;
}

template <class T>
constexpr rheo_format random_format_of() {
  return sizeof(T) == 2 ? RHEO_BFLOAT16 : sizeof(T) == 4 ? RHEO_FLOAT32 : RHEO_FLOAT64;
}

inline constexpr std::uint64_t kSeed = 0x0123456789ABCDEF, kOffset = 0xFEDCBA9876543210;

// A contiguous call of one dimension in training mode, with memory of its own.
template <class T>
struct RandomCall {
  std::vector<T> x, grad, y;
  std::vector<rheo_parameter> parameters;
  std::int64_t extent;
  rheo_random_call c{};

  RandomCall(rheo_role role, std::vector<T> points, std::vector<rheo_parameter> given = {})
      : x(std::move(points)), grad(x.size(), T(1)), y(x.size(), kCanary<T>), parameters(std::move(given)) {
    extent = static_cast<std::int64_t>(x.size());
    c.struct_size = sizeof c;
    c.role = role, c.format = random_format_of<T>(), c.training = 1;
    c.parameters = parameters.data(), c.parameter_count = parameters.size();
    c.rank = 1, c.shape = &extent;
    c.x = x.data(), c.y = y.data();
    c.grad = role == RHEO_BACKWARD ? grad.data() : nullptr;
    c.seed = kSeed, c.offset = kOffset;
  }
  RandomCall(const RandomCall&) = delete;

  const std::vector<T>& run(const rheo_random* function) {
    EXPECT_EQ(rheo_random_run(function, &c), RHEO_OK) << rheo_last_error();
    return y;
  }
  const std::vector<T>& run(const std::string& name) { return run(find_random(name)); }
};

template <class T>
std::vector<T> random_results(const std::string& name, rheo_role role, const std::vector<T>& x,
                              const std::vector<T>& grad, std::uint64_t first = 0) {
  RandomCall<T> call(role, x);
  call.grad = grad;
  if (role == RHEO_BACKWARD) call.c.grad = call.grad.data();
  call.c.first = first;
  return call.run(name);
}

// Numbers of the library.
template <class T>
std::vector<T> numbers(rheo_number kind, std::size_t n, std::uint64_t first = 0, std::uint64_t seed = kSeed,
                       std::uint64_t offset = kOffset) {
  std::vector<T> result(n);
  EXPECT_EQ(rheo_random_numbers(kind, seed, offset, first, result.data(), n), RHEO_OK) << rheo_last_error();
  return result;
}

}  // namespace rheo::test
