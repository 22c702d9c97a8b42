// SPDX-License-Identifier: Apache-2.0
// Second derivatives as a device's threads evaluate them, done on the host, have the bits of the CPU's
// kernels: every activation and preset, every format, with gradients and without, any setting of parameters.
#include "tests/cuda/host_second.h"

#include <cstring>

#include "src/cuda/second/work.h"
#include "tests/core/suite.h"
#include "tests/cuda/same16.h"

namespace rheo::test {
namespace {

class DeviceSecond : public EachActivation {
 protected:
  template <class T>
  void expect_same(Format format, const std::vector<T>& x, const std::vector<T>* grad, Values values) {
    for (double& v : values)
      if (format != Format::kFloat64) v = static_cast<double>(static_cast<float>(v));
    values.resize(kMaxParameters);
    const Program& program = second_of(*activation().entry);
    const T* const g = grad != nullptr ? grad->data() : nullptr;
    std::vector<T> found(x.size()), expected(x.size());
    second_kernel(format, program, x.data(), g, expected.data(), x.size(), values.data());
    ASSERT_TRUE(walk_second(format, program, x.data(), g, found.data(), static_cast<std::int64_t>(x.size()),
                            values.data(), kThreads));
    std::size_t different = 0, at = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
      if (!same_number(format, found[i], expected[i]) && different++ == 0) at = i;
    EXPECT_EQ(different, 0U) << "format " << static_cast<int>(format) << (grad != nullptr ? ", grad" : "")
                             << ", parameters " << text(values) << ", first of x = " << number(x[at]) << ": "
                             << number(found[at]) << ", not " << number(expected[at]);
  }
  template <class T>
  void expect_same_with_gradients(Format format, const std::vector<T>& x, const std::vector<T>& grad,
                                  const Values& values) {
    expect_same<T>(format, x, nullptr, values);
    expect_same(format, x, &grad, values);
  }

 private:
  static constexpr std::int64_t kThreads = 7;

  static std::string number(double v) { return text(v); }
  static std::string number(float v) { return text(v); }
  static std::string number(Bits16 v) { return std::to_string(v); }
};

INSTANTIATE_TEST_SUITE_P(Registry, DeviceSecond, testing::ValuesIn(registry_names()),
                         [](const auto& info) { return std::string(info.param); });

// The sample in another order, so that a number meets others than its neighbours.
template <class T>
std::vector<T> gradients(std::size_t count) {
  std::vector<T> points = sample<T>(count, 2);
  std::mt19937_64 random(3);
  std::shuffle(points.begin(), points.end(), random);
  return points;
}

TEST_P(DeviceSecond, HasTheBitsOfVectorsInFloat32AndFloat64) {
  const Values values = initial_values(activation());
  expect_same_with_gradients(Format::kFloat32, sample<float>(20000), gradients<float>(20000), values);
  expect_same_with_gradients(Format::kFloat64, sample<double>(8000), gradients<double>(8000), values);
}

TEST_P(DeviceSecond, HasTheBitsOfVectorsFor16Bits) {
  std::vector<Bits16> x, grad;
  for (std::uint32_t i = 0; i < 65536; ++i)
    x.push_back(static_cast<Bits16>(i)), grad.push_back(static_cast<Bits16>(i * 40503 + 977));
  for (const Format format : {Format::kBfloat16, Format::kFloat16})
    expect_same_with_gradients(format, x, grad, initial_values(activation()));
}

TEST_P(DeviceSecond, HasTheBitsOfVectorsForOtherParameters) {
  for (const Values& values : settings<float>(activation()))
    expect_same_with_gradients(Format::kFloat32, sample<float>(200), gradients<float>(200), values);
  for (const Values& values : settings<double>(activation()))
    expect_same_with_gradients(Format::kFloat64, sample<double>(200), gradients<double>(200), values);
}

// Where f'' changes its sign float64 lanes note that they may not do, and a thread goes on with wide numbers.
TEST_P(DeviceSecond, HasTheBitsOfVectorsNearItsZeros) {
  const Values values = initial_values(activation());
  std::vector<float> x;
  for (int i = -4096; i <= 4096; ++i) {
    const float v = static_cast<float>(i) / 1024;
    x.push_back(v), x.push_back(next_above(v));
  }
  expect_same_with_gradients(Format::kFloat32, x, x, values);
}

TEST_P(DeviceSecond, OfAnyLengthAndInPlaceIsTheSame) {
  const Program& program = second_of(*activation().entry);
  Values values = initial_values(activation());
  values.resize(kMaxParameters);
  for (const std::int64_t n : {0, 1, 2, 5, 33}) {
    const auto size = static_cast<std::size_t>(n);
    std::vector<double> x = gradients<double>(200), grad = sample<double>(200), y = x, into_grad = grad;
    const auto walked = [&](const double* g, double* to, std::int64_t threads) {
      return walk_second(Format::kFloat64, program, to == x.data() ? to : y.data(), g, to, n, values.data(),
                         threads);
    };
    std::vector<double> expected = y;
    second_kernel(Format::kFloat64, program, y.data(), grad.data(), expected.data(), size, values.data());
    EXPECT_TRUE(walked(into_grad.data(), into_grad.data(), 3) && walked(grad.data(), x.data(), 64));
    for (std::size_t i = 0; i < x.size(); ++i) {
      EXPECT_TRUE(same(x[i], expected[i])) << i << " of " << n;
      EXPECT_TRUE(same(into_grad[i], i < size ? expected[i] : grad[i])) << i << " of " << n;
    }
  }
}

// Enough to tell parameters and programs apart. (Of wide numbers a condition leaves parts as they were.)
bool same_work(const SecondWork& a, const SecondWork& b) {
  return std::memcmp(a.quick, b.quick, sizeof a.quick) == 0 && same(a.left, b.left) &&
         same(a.right, b.right) && a.lanes == b.lanes && a.count == b.count && a.result == b.result;
}

TEST(DeviceSecondProgram, IsKeptForTheSameParametersOnly) {
  std::vector<double> other(kMaxParameters, 1.5), zero(kMaxParameters, 0.0), minus(kMaxParameters, -0.0);
  for (int i = 0; i < 2; ++i) {
    for (const Activation& a : all_activations()) {
      const Program& program = second_of(*a.entry);
      if (program.zero) continue;
      for (const std::vector<double>& p : {other, other, zero, minus, other})
        EXPECT_TRUE(same_work(known_work(program, p.data()), second_work(program, p.data()))) << a.name;
    }
  }
}

TEST(DeviceSecondProgram, OfEachActivationFits) {
  for (const Activation& a : all_activations()) EXPECT_EQ(unfit(second_of(*a.entry)), "") << a.name;
}

TEST(DeviceSecondProgram, ThatIsTooLongIsNamed) {
  Program program;
  program.each.resize(kMostSteps);
  EXPECT_EQ(unfit(program), "");
  program.each.resize(kMostSteps + 1);
  EXPECT_EQ(unfit(program), "its second derivative takes 193 steps; a device has room for 192");
}

// A program that no formula here has, with infinite slopes at both ends.
void expect_same_of(Program program) {
  program.facts = [](const double*) { return Facts{{0, kInfinity}, {0, kInfinity}}; };
  const std::vector<float> x = sample<float>(100);
  std::vector<float> found(x.size()), expected(x.size());
  second_kernel(Format::kFloat32, program, x.data(), nullptr, expected.data(), x.size(), nullptr);
  ASSERT_TRUE(walk_second(Format::kFloat32, program, x.data(), nullptr, found.data(),
                          static_cast<std::int64_t>(x.size()), nullptr, 2));
  for (std::size_t i = 0; i < x.size(); ++i) EXPECT_TRUE(same(found[i], expected[i])) << text(x[i]);
}

TEST(DeviceSecondProgram, MayEndWithANumberOrX) {
  for (const std::uint8_t result : {0, 1}) {
    Program program;
    program.numbers = {{1, 3.0, 0.0}};
    program.result = result;
    expect_same_of(program);
  }
}

// Then wide numbers have to be asked about every x.
TEST(DeviceSecondProgram, MayCancelBeforeItMeetsX) {
  Program program;
  program.numbers = {{1, 1.0, 0x1p-60}, {2, 1.0, 0.0}};
  program.once = {{Operation::kSubtract, 3, {1, 2}}};
  program.each = {{Operation::kMultiply, 4, {0, 3}}};
  program.result = 4;
  expect_same_of(program);
}

}  // namespace
}  // namespace rheo::test
