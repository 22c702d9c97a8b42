// SPDX-License-Identifier: Apache-2.0
// lanes_test.cc: a result depends on its own x and gradient alone: not on neighbours, position, length or
// alignment.
#include <cstring>
#include <random>

#include "tests/capi/library.h"

namespace rheo::test {
namespace {

// Runs n elements whose operands start `shift`, 3 times and 5 times as many bytes behind aligned addresses
// (all three differ unless all are aligned), with canaries around the output.
template <class T>
void expect_plain_bytes(const rheo_activation* a, rheo_role role, const std::vector<T>& x,
                        const std::vector<T>& grad, std::size_t shift) {
  constexpr std::size_t kMargin = 256;
  constexpr unsigned char kByte = 0xA5;
  const std::size_t size = x.size() * sizeof(T);
  std::vector<unsigned char> memory[3];
  unsigned char* start[3];
  for (int i = 0; i < 3; ++i) {
    memory[i].assign(size + 2 * kMargin + 128, kByte);
    const auto address = reinterpret_cast<std::uintptr_t>(memory[i].data()) + kMargin;
    start[i] = memory[i].data() + kMargin + (64 - address % 64) + shift * (2 * i + 1) % 64;
  }
  if (!x.empty()) std::memcpy(start[0], x.data(), size), std::memcpy(start[1], grad.data(), size);
  Call<T> call(role, x);
  call.c.x = start[0], call.c.grad = role == RHEO_BACKWARD ? start[1] : nullptr, call.c.y = start[2];
  ASSERT_EQ(rheo_run(a, &call.c), RHEO_OK) << rheo_last_error();
  std::vector<T> y(x.size());
  if (!x.empty()) std::memcpy(y.data(), start[2], size);
  ASSERT_TRUE(same_bits(y, plain_results(a, role, x, grad))) << x.size() << " elements at byte " << shift;
  std::memset(start[2], kByte, size);
  ASSERT_TRUE(std::all_of(memory[2].begin(), memory[2].end(), [](unsigned char b) { return b == kByte; }))
      << "written beside the output: " << x.size() << " elements at byte " << shift;
}

TEST(Lanes, AnyAddressGivesTheSameBitsAndNothingIsWrittenBesideTheOutput) {
  for_everything([](const rheo_activation* a, rheo_role role, auto zero) {
    using T = decltype(zero);
    const std::vector<T> x = sample<T>(200), grad = sample<T>(200, 2);
    // All within a cache line: whole elements, and bytes between them as in a packed struct or a mapped file.
    for (std::size_t shift = 0; shift < 64; ++shift) {
      for (const std::size_t n : {1u, 8u, 67u, 200u}) {
        expect_plain_bytes<T>(a, role, {x.begin(), x.begin() + n}, {grad.begin(), grad.begin() + n}, shift);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  });
}

// The results one by one, each in a call of its own.
template <class T>
std::vector<T> single_results(const rheo_activation* a, rheo_role role, const std::vector<T>& x,
                              const std::vector<T>& grad) {
  std::vector<T> y;
  for (std::size_t i = 0; i < x.size(); ++i) y.push_back(plain_results<T>(a, role, {x[i]}, {grad[i]})[0]);
  return y;
}

TEST(Lanes, EveryLengthUpTo200GivesTheBitsOfSingleCalls) {
  for_everything([](const rheo_activation* a, rheo_role role, auto zero) {
    using T = decltype(zero);
    std::vector<T> x = sample<T>(200), grad = sample<T>(200, 2);
    std::mt19937_64 random(11);
    std::shuffle(x.begin(), x.end(), random), std::shuffle(grad.begin(), grad.end(), random);
    const std::vector<T> single = single_results(a, role, x, grad);
    for (std::size_t n = 0; n <= x.size(); ++n) {
      const std::vector<T> some(x.begin(), x.begin() + std::ptrdiff_t(n)),
          gradients(grad.begin(), grad.begin() + std::ptrdiff_t(n));
      const std::vector<T> y = plain_results<T>(a, role, some, gradients);
      ASSERT_TRUE(same_bits(y, {single.begin(), single.begin() + std::ptrdiff_t(n)})) << n << " elements";
      // Aligned, and so that the last element ends before, at and behind a cache line's end.
      expect_plain_bytes<T>(a, role, some, gradients, n % 3 * sizeof(T));
      if (testing::Test::HasFatalFailure()) return;
    }
  });
}

TEST(Lanes, LengthsAroundTheSplitGiveTheSameBitsAsAnyOther) {
  for_everything([](const rheo_activation* a, rheo_role role, auto zero) {
    using T = decltype(zero);
    constexpr std::size_t kSplit = 16384;
    const std::vector<T> x = sample<T>(2 * kSplit + 100), grad = sample<T>(2 * kSplit + 100, 2);
    const std::vector<T> all = plain_results(a, role, x, grad);
    for (const std::size_t n : {kSplit - 1, kSplit, kSplit + 1, 2 * kSplit - 3, 2 * kSplit, 2 * kSplit + 5}) {
      Call<T> call(role, std::vector<T>(x.begin(), x.begin() + std::ptrdiff_t(n)));
      call.grad.assign(grad.begin(), grad.begin() + std::ptrdiff_t(n));
      call.y.push_back(kCanary<T>), call.c.y = call.y.data();
      if (role == RHEO_BACKWARD) call.c.grad = call.grad.data();
      ASSERT_EQ(rheo_run(a, &call.c), RHEO_OK) << rheo_last_error();
      ASSERT_TRUE(same(call.y.back(), kCanary<T>)) << n << " elements";
      call.y.pop_back();
      ASSERT_TRUE(same_bits(call.y, {all.begin(), all.begin() + std::ptrdiff_t(n)})) << n << " elements";
    }
  });
}

// Padding, ReLU's outputs, gradients of what was masked out. What no way of evaluation has to be chosen for
// once must not pile up either.
TEST(Lanes, ArraysOfOneValueHaveItsResultThroughout) {
  for_everything([](const rheo_activation* a, rheo_role role, auto zero) {
    using T = decltype(zero);
    constexpr std::size_t kPoints = 20000;
    for (const auto& [x, grad] : {std::pair(T(0), T(0)), {T(0), T(1)}, {T(1), T(0)}, {T(-1), T(0)}}) {
      const std::vector<T> single = plain_results<T>(a, role, {x}, {grad});
      const std::vector<T> all =
          plain_results(a, role, std::vector<T>(kPoints, x), std::vector<T>(kPoints, grad));
      ASSERT_TRUE(same_bits(all, std::vector<T>(kPoints, single[0]))) << x << ", gradient " << grad;
    }
  });
}

TEST(Lanes, ShufflingAmongOutliersChangesNoBit) {
  for_everything([](const rheo_activation* a, rheo_role role, auto zero) {
    using T = decltype(zero);
    using Limits = std::numeric_limits<T>;
    constexpr std::size_t kPoints = 4096;
    std::mt19937_64 random(13);
    std::vector<T> x = sample<T>(kPoints), grad = sample<T>(kPoints, 2);
    const std::vector<T> expected = plain_results(a, role, x, grad);
    const T outliers[] = {Limits::infinity(),   -Limits::infinity(),   Limits::quiet_NaN(), T(1e30), T(-1e30),
                          Limits::denorm_min(), -Limits::denorm_min(), Limits::max(),       T(0)};
    for (int round = 0; round < 4; ++round) {
      std::vector<std::size_t> place(2 * kPoints);
      for (std::size_t i = 0; i < place.size(); ++i) place[i] = i;
      std::shuffle(place.begin(), place.end(), random);
      std::vector<T> mixed_x(place.size()), mixed_grad(place.size());
      for (std::size_t i = 0; i < place.size(); ++i) {
        mixed_x[place[i]] = i < kPoints ? x[i] : outliers[random() % std::size(outliers)];
        mixed_grad[place[i]] = i < kPoints ? grad[i] : outliers[random() % std::size(outliers)];
      }
      const std::vector<T> y = plain_results(a, role, mixed_x, mixed_grad);
      for (std::size_t i = 0; i < kPoints; ++i)
        ASSERT_TRUE(same(y[place[i]], expected[i])) << "x = " << text(x[i]) << ": " << text(y[place[i]]);
    }
  });
}

}  // namespace
}  // namespace rheo::test
