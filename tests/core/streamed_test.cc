// SPDX-License-Identifier: Apache-2.0
// streamed_test.cc: results that go past the caches have the bits of others, wherever they begin.
#include "src/core/format16.h"
#include "src/core/memory.h"
#include "src/core/run.h"
#include "tests/core/suite.h"

namespace rheo::test {
namespace {

constexpr Role kStreamedRoles[] = {Role::kValue, Role::kDerivative, Role::kBackward};
constexpr float kCanary = 12345.0F;

bool same_bits(const float* a, const float* b, std::size_t n) {
  return std::equal(a, a + n, b, [](float p, float q) { return bits(p) == bits(q); });
}

// A kernel's results of n elements, `offset` of them behind memory that begins with a vector; and what lies
// around them stays as it was.
std::vector<float> results(const Kernel& kernel, const std::vector<float>& x, const float* grad,
                           const std::vector<double>& parameters, std::size_t offset, std::size_t n) {
  std::vector<float> memory(n + 64, kCanary);
  const std::size_t beside = reinterpret_cast<std::uintptr_t>(memory.data()) / sizeof(float) % 16;
  float* const y = memory.data() + (16 - beside) % 16 + offset;
  kernel(x.data(), grad, y, n, parameters.data());
  const auto untouched = [](float v) { return v == kCanary; };
  EXPECT_TRUE(std::all_of(memory.data(), y, untouched));
  EXPECT_TRUE(std::all_of(y + n, memory.data() + memory.size(), untouched));
  return {y, y + n};
}

RHEO_EACH_ACTIVATION(Streamed);

TEST_P(Streamed, GivesTheSameBitsWhereverItBegins) {
  const std::vector<float> x = sample<float>(5000), grad = sample<float>(5000, 2);
  for (const Values& values : settings<float>(activation())) {
    const Function<float> function(activation(), values);
    const std::vector<double> parameters(function.parameters(), function.parameters() + kMaxParameters);
    for (const Role role : kStreamedRoles) {
      const Kernel streamed = activation().streamed(role).kernel;
      if (streamed == nullptr) continue;
      const float* g = role == Role::kBackward ? grad.data() : nullptr;
      for (const std::size_t n : {std::size_t{5000}, std::size_t{3}}) {
        const auto expected = results(activation().kernel(Format::kFloat32, role), x, g, parameters, 0, n);
        for (const std::size_t offset : {0, 1, 4, 15}) {
          const auto found = results(streamed, x, g, parameters, offset, n);
          ASSERT_TRUE(same_bits(found.data(), expected.data(), n))
              << "role " << static_cast<int>(role) << text(values) << ", offset " << offset;
        }
      }
    }
  }
}

TEST_P(Streamed, GivesTheSame16BitsWhereverItBegins) {
  const std::vector<float> sampled = sample<float>(3000), factors = sample<float>(3000, 2);
  std::vector<double> parameters = initial_values(activation());
  for (double& p : parameters) p = static_cast<double>(static_cast<float>(p));
  parameters.resize(kMaxParameters);
  for (const Format format : {Format::kBfloat16, Format::kFloat16}) {
    const auto narrow = [&](const std::vector<float>& numbers) {
      std::vector<std::uint16_t> list;
      for (const float v : numbers) list.push_back(narrowed(static_cast<double>(v), format16_of(format)));
      return list;
    };
    const auto x = narrow(sampled), grad = narrow(factors);
    for (const Role role : kStreamedRoles) {
      Kernels16 kernels = activation().kernels16(role);
      const std::uint16_t* g = role == Role::kBackward ? grad.data() : nullptr;
      for (const std::size_t n : {std::size_t{2900}, std::size_t{3}}) {
        std::vector<std::uint16_t> expected(n), y(n + 40);
        kernels.past_caches = false;
        evaluate16(format, kernels, x.data(), g, expected.data(), n, parameters.data());
        kernels.past_caches = true;
        for (const std::size_t offset : {0, 1, 8, 31}) {
          std::fill(y.begin(), y.end(), std::uint16_t{0x1234});
          evaluate16(format, kernels, x.data(), g, &y[offset], n, parameters.data());
          const auto at = y.begin() + static_cast<std::ptrdiff_t>(offset);
          ASSERT_TRUE(std::equal(expected.begin(), expected.end(), at))
              << "role " << static_cast<int>(role) << ", offset " << offset << ", n " << n;
          std::fill_n(at, n, std::uint16_t{0x1234});
          ASSERT_EQ(y, std::vector<std::uint16_t>(y.size(), 0x1234));
        }
      }
    }
  }
}

// The first activation whose values are quick, if this instruction set has any.
const Activation* quick_one() {
  for (const Activation& a : all_activations())
    if (a.streamed(Role::kValue).quick) return &a;
  return nullptr;
}

TEST(Streamed, CallsOfLargeOutputsGiveTheSameBits) {
  const Activation* a = quick_one();
  if (a == nullptr) GTEST_SKIP() << "nothing is streamed with this instruction set";
  constexpr std::int64_t kCount = kStreamedBytes / sizeof(float) + 5;
  const std::vector<float> some = sample<float>(4099);
  std::vector<float> x(kCount), y(kCount + 1, kCanary), expected(kCount);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = some[i % some.size()];
  const Values values = initial_values(*a);
  Work work{Format::kFloat32, a->kernel(Format::kFloat32, Role::kValue)};
  work.streamed = a->streamed(Role::kValue);
  work.kernel(x.data(), nullptr, expected.data(), x.size(), values.data());
  Job job{work,    {{kCount, {1, 1, 1}}}, reinterpret_cast<const char*>(x.data()), nullptr,
          nullptr, values.data()};
  for (const int threads : {1, 2}) {
    job.y = reinterpret_cast<char*>(y.data() + 1);
    choose_stores(job);
    EXPECT_EQ(job.past_caches, prefers_streaming(kStreamedBytes));
    run_job(job, threads);
    EXPECT_TRUE(same_bits(y.data() + 1, expected.data(), expected.size()));
    EXPECT_EQ(y[0], kCanary);
  }
}

TEST(Streamed, IsNotForSmallOutputsNorInPlace) {
  const Activation* a = quick_one();
  if (a == nullptr) GTEST_SKIP() << "nothing is streamed with this instruction set";
  Work work{Format::kFloat32, a->kernel(Format::kFloat32, Role::kValue)};
  work.streamed = a->streamed(Role::kValue);
  alignas(64) float memory[16] = {};
  char* const here = reinterpret_cast<char*>(memory);
  constexpr std::int64_t kLarge = kStreamedBytes / sizeof(float);
  // Nothing is run.
  Job small{work, {{kLarge - 1, {1, 1, 1}}}, here, nullptr, here + 4, nullptr};
  Job in_place{work, {{kLarge, {1, 1, 1}}}, here, nullptr, here, nullptr};
  Job strided{work, {{kLarge, {2, 1, 1}}}, here, nullptr, here + 4, nullptr};
  for (Job* job : {&small, &in_place, &strided}) {
    choose_stores(*job);
    EXPECT_FALSE(job->past_caches);
  }
  EXPECT_FALSE(prefers_streaming(kStreamedBytes - 1));
  Work narrow{Format::kBfloat16, nullptr, a->kernels16(Role::kValue), walk16};
  Job half{narrow, {{kLarge, {1, 1, 1}}}, here, nullptr, here + 4, nullptr};
  choose_stores(half);
  EXPECT_FALSE(half.work.kernels16.past_caches);
  half.dimensions[0].extent = 2 * kLarge;
  choose_stores(half);
  EXPECT_EQ(half.work.kernels16.past_caches, prefers_streaming(kStreamedBytes));
}

}  // namespace
}  // namespace rheo::test
