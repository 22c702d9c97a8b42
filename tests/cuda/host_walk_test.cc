// SPDX-License-Identifier: Apache-2.0
// The device's functions, walked through on the host, give the same bits as the kernels for this machine's
// vectors: what is proven of those holds for CUDA.
#include <gtest/gtest.h>

#include "src/cuda/launcher_list.h"
#include "tests/core/suite.h"

namespace rheo::test {
namespace {

RHEO_EACH_ACTIVATION(DeviceFunctions);

const Launchers& launchers_of(const Activation& a) {
  for (const LauncherList* list : launcher_lists())
    if (std::string_view(list->file) == a.entry->file) return list->items[a.entry->index];
  throw std::runtime_error("no launchers");
}

template <class T>
std::vector<T> walked(Launcher launcher, Format format, const std::vector<T>& x, const T* grad,
                      const double* parameters) {
  std::vector<T> y(x.size());
  launcher({format, x.data(), grad, y.data(), static_cast<std::int64_t>(x.size()), parameters, nullptr, 1});
  return y;
}

template <class T>
void expect_same(const std::vector<T>& x, const std::vector<T>& found, const std::vector<T>& expected,
                 const char* role) {
  std::size_t different = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (same(found[i], expected[i])) continue;
    if (++different <= 3)
      ADD_FAILURE() << role << " of " << text(x[i]) << " is " << text(found[i]) << ", not "
                    << text(expected[i]);
  }
  EXPECT_EQ(different, 0U) << role;
}

template <class T>
void expect_all_roles(const Activation& a, const Function<T>& f, std::size_t points) {
  const std::vector<T> x = sample<T>(points), grad = sample<T>(points, 2);
  const Launchers& launchers = launchers_of(a);
  const auto run = [&](Launcher launcher, const T* g) {
    return walked(launcher, Function<T>::kFormat, x, g, f.parameters());
  };
  expect_same(x, run(launchers.table[0], nullptr), f.value(x), "the value");
  expect_same(x, run(launchers.table[1], nullptr), f.derivative(x), "the derivative");
  expect_same(x, run(launchers.table[2], grad.data()), f.backward(grad, x), "backward");
  for (std::size_t k = 0; k < f.parameter_count(); ++k) {
    expect_same(x, run(launchers.parameter[k], nullptr), f.parameter(k, x), "the parameter's derivative");
    expect_same(x, run(launchers.parameter[k], grad.data()), f.parameter(k, grad, x),
                "the parameter's gradient");
  }
}

TEST_P(DeviceFunctions, GiveTheBitsOfVectorsInFloat32) {
  expect_all_roles(activation(), Function<float>(activation()), 20000);
}

TEST_P(DeviceFunctions, GiveTheBitsOfVectorsInFloat64) {
  expect_all_roles(activation(), Function<double>(activation()), 4000);
}

TEST_P(DeviceFunctions, GiveTheBitsOfVectorsForOtherParameters) {
  for (const Values& values : settings<float>(activation())) {
    SCOPED_TRACE(text(values));
    expect_all_roles(activation(), Function<float>(activation(), values), 200);
  }
  for (const Values& values : settings<double>(activation())) {
    SCOPED_TRACE(text(values));
    expect_all_roles(activation(), Function<double>(activation(), values), 200);
  }
}

// All inputs, and for backward other patterns as gradients.
TEST_P(DeviceFunctions, RoundTo16BitsAsVectorsDo) {
  constexpr std::size_t kPatterns = 65536;
  std::vector<std::uint16_t> x(kPatterns), grad(kPatterns), expected(kPatterns);
  for (std::size_t i = 0; i < kPatterns; ++i)
    x[i] = static_cast<std::uint16_t>(i), grad[i] = static_cast<std::uint16_t>(i * 40503 + 977);
  const Activation& a = activation();
  const Function<float> f(a);
  for (const Format format : {Format::kBfloat16, Format::kFloat16}) {
    const std::uint16_t infinity = format == Format::kBfloat16 ? 0x7F80 : 0x7C00;
    for (const Role role : {Role::kValue, Role::kDerivative, Role::kBackward}) {
      const std::uint16_t* const g = role == Role::kBackward ? grad.data() : nullptr;
      walk16(format, a.kernels16(role), x.data(), g, expected.data(), kPatterns, f.parameters());
      const auto y = walked(launchers_of(a).table[static_cast<int>(role)], format, x, g, f.parameters());
      std::size_t different = 0, first = 0;
      for (std::size_t i = 0; i < kPatterns; ++i) {
        const bool both_nan = (y[i] & 0x7FFF) > infinity && (expected[i] & 0x7FFF) > infinity;
        if (y[i] != expected[i] && !both_nan && different++ == 0) first = i;
      }
      EXPECT_EQ(different, 0U) << "format " << static_cast<int>(format) << ", role " << static_cast<int>(role)
                               << ", first of x = " << std::hex << x[first] << ", grad = " << grad[first]
                               << ": " << y[first] << ", not " << expected[first];
    }
  }
}

}  // namespace
}  // namespace rheo::test
