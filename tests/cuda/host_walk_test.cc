// SPDX-License-Identifier: Apache-2.0
// The device's functions, walked through on the host, give the same bits as the kernels for this machine's
// vectors: what is proven of those holds for CUDA.
#include <gtest/gtest.h>

#include "src/cuda/launcher_list.h"
#include "tests/core/suite.h"

namespace rheo::test {
namespace {

RHEO_EACH_ACTIVATION(DeviceFunctions);

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
  const Launchers& launchers = *find_item(launcher_lists(), *a.entry);
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

// All inputs, with other patterns as gradients.
class Narrow {
 public:
  Narrow(const Activation& a, Format format)
      : f_(a), launchers_(*find_item(launcher_lists(), *a.entry)), format_(format) {
    for (std::size_t i = 0; i < kPatterns; ++i)
      x_.push_back(static_cast<Bits16>(i)), grad_.push_back(static_cast<Bits16>(i * 40503 + 977));
  }
  void expect_same_bits(Launcher launcher, const Kernels16& kernels, bool has_grad, const char* role) const {
    const Bits16* const grad = has_grad ? grad_.data() : nullptr;
    std::vector<Bits16> expected(kPatterns);
    walk16(format_, kernels, x_.data(), grad, expected.data(), kPatterns, f_.parameters());
    const auto y = walked(launcher, format_, x_, grad, f_.parameters());
    std::size_t different = 0, first = 0;
    for (std::size_t i = 0; i < kPatterns; ++i)
      if (y[i] != expected[i] && !(is_nan(y[i]) && is_nan(expected[i])) && different++ == 0) first = i;
    EXPECT_EQ(different, 0U) << "format " << static_cast<int>(format_) << ", " << role
                             << ", first of x = " << std::hex << x_[first] << ", grad = " << grad_[first]
                             << ": " << y[first] << ", not " << expected[first];
  }
  const Launchers& launchers() const { return launchers_; }

 private:
  using Bits16 = std::uint16_t;
  static constexpr std::size_t kPatterns = 65536;

  bool is_nan(Bits16 bits) const {
    return (bits & 0x7FFF) > (format_ == Format::kBfloat16 ? kBfloat16Format : kFloat16Format).infinity;
  }

  Function<float> f_;
  const Launchers& launchers_;
  Format format_;
  std::vector<Bits16> x_, grad_;
};

TEST_P(DeviceFunctions, RoundTo16BitsAsVectorsDo) {
  const Activation& a = activation();
  for (const Format format : {Format::kBfloat16, Format::kFloat16}) {
    const Narrow narrow(a, format);
    const Launchers& of = narrow.launchers();
    for (const Role role : {Role::kValue, Role::kDerivative, Role::kBackward})
      narrow.expect_same_bits(of.table[static_cast<int>(role)], a.kernels16(role), role == Role::kBackward,
                              role == Role::kValue        ? "value"
                              : role == Role::kDerivative ? "derivative"
                                                          : "backward");
    for (std::size_t k = 0; k < a.entry->info->parameters.size(); ++k)
      narrow.expect_same_bits(of.parameter[k], a.parameter_kernels16(k), true, "a parameter's gradient");
  }
}

}  // namespace
}  // namespace rheo::test
