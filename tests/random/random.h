// SPDX-License-Identifier: Apache-2.0
// random.h: functions that draw random numbers as their tests use them.
#pragma once

#include "rheobase/random.h"
#include "src/math/philox.h"
#include "tests/capi/layout.h"

namespace rheo::test {

template <>
inline constexpr std::uint16_t kCanary<std::uint16_t> = 0xC646;

inline std::vector<std::string> random_names() { return listed(rheo_random_names); }

inline const rheo_random* find_random(const std::string& name) {
  const rheo_random* function = nullptr;
  EXPECT_EQ(rheo_random_find(name.c_str(), &function), RHEO_OK) << rheo_last_error();
  return function;
}

inline constexpr std::uint64_t kSeed = 0x0123456789ABCDEF, kOffset = 0xFEDCBA9876543210;

// A contiguous call of one dimension in training mode, with gradients of 1.
template <class T>
struct RandomCall : Call<T, rheo_random_call> {
  using Call<T, rheo_random_call>::c, Call<T, rheo_random_call>::y;
  std::vector<rheo_parameter> parameters;

  RandomCall(rheo_role role, std::vector<T> points, std::vector<rheo_parameter> given = {})
      : Call<T, rheo_random_call>(role, std::move(points)), parameters(std::move(given)) {
    std::fill(this->grad.begin(), this->grad.end(), T(1));
    c.training = 1;
    c.parameters = parameters.data(), c.parameter_count = parameters.size();
    c.seed = kSeed, c.offset = kOffset;
  }

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
