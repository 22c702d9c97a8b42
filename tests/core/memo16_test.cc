// SPDX-License-Identifier: Apache-2.0
// memo16_test.cc: what is remembered of 16-bit results are those results.
#include "src/block/memo16.h"

#include <numeric>
#include <thread>

#include "src/block/gate.h"
#include "src/core/format16.h"
#include "tests/core/suite.h"

namespace rheo::test {
namespace {

using Bits16 = std::uint16_t;
using Numbers16 = std::vector<Bits16>;

constexpr Format kFormats[] = {Format::kBfloat16, Format::kFloat16};
constexpr Role kMemoRoles[] = {Role::kValue, Role::kDerivative, Role::kBackward, Role::kProduct};
constexpr Bits16 kCanary16 = 0x1234;

Numbers16 all_inputs() {
  Numbers16 list(kInputs16);
  std::iota(list.begin(), list.end(), Bits16{0});
  return list;
}
bool is_nan16(Bits16 bits, Format format) { return (bits & 0x7fff) > format16_of(format).infinity; }
// Any bits at all.
Numbers16 any_bits(std::size_t n, std::uint32_t state) {
  Numbers16 list(n);
  for (Bits16& bits : list) bits = static_cast<Bits16>((state = state * 1664525 + 1013904223) >> 16);
  return list;
}

std::vector<double> rounded(const Values& values) {
  std::vector<double> parameters(kMaxParameters);
  for (std::size_t i = 0; i < values.size(); ++i)
    parameters[i] = static_cast<double>(static_cast<float>(values[i]));
  return parameters;
}

struct Kept {
  std::vector<std::byte> memory;
  Memo16 memo;

  Kept(Format format, const Kernels16& kernels, const double* parameters)
      : memory(memo_size(kernels)), memo(memo_in(memory.data(), format, kernels, parameters)) {}
};

Kernels16 kernels16(const Activation& a, Role role) {
  return role == Role::kProduct ? a.product_kernels16() : a.kernels16(role);
}
bool of_products(Role role) { return role == Role::kBackward || role == Role::kProduct; }

RHEO_EACH_ACTIVATION(Memo16Of);

TEST_P(Memo16Of, GivesTheSameBits) {
  std::string error;
  ASSERT_NE(target_in_use(error), nullptr) << error;
  const Numbers16 x = all_inputs();
  Numbers16 found(x.size()), expected(x.size());
  const std::vector<double> parameters = rounded(initial_values(activation()));
  for (const Format format : kFormats) {
    for (const Role role : kMemoRoles) {
      const Kernels16 kernels = kernels16(activation(), role);
      if (kernels.remembered == Remembered16::kNothing) continue;
      const Kept kept(format, kernels, parameters.data());
      const bool backward = of_products(role);
      for (std::uint32_t seed = 0; seed < (backward ? 8 : 1); ++seed) {
        const Numbers16 grad = any_bits(x.size(), seed);
        const Bits16* const g = backward ? grad.data() : nullptr;
        evaluate16(format, kernels, x.data(), g, expected.data(), x.size(), parameters.data());
        recall16(kept.memo, format, kernels, x.data(), g, found.data(), x.size(), parameters.data());
        for (std::size_t i = 0; i < x.size(); ++i) {
          // Of two NaN, which one becomes the result depends on where they lie; a gate's sign of one as well.
          const bool nan = is_nan16(grad[i], format) && is_nan16(expected[i], format);
          if (nan && (role == Role::kProduct || (backward && is_nan16(x[i], format)))) {
            ASSERT_TRUE(is_nan16(found[i], format));
            continue;
          }
          ASSERT_EQ(found[i], expected[i])
              << "role " << static_cast<int>(role) << ", x " << i << ", grad " << (backward ? grad[i] : 0)
              << ", format " << static_cast<int>(format);
        }
      }
    }
  }
}

// The first activation and role of which that is remembered.
std::pair<const Activation*, Role> one_with(Remembered16 remembered, std::size_t least_parameters = 0) {
  for (const Activation& a : all_activations())
    for (const Role role : kMemoRoles)
      if (kernels16(a, role).remembered == remembered && a.entry->info->parameters.size() >= least_parameters)
        return {&a, role};
  return {nullptr, Role::kValue};
}

TEST(Memo16, ServesAnyPlaceAndLength) {
  for (const Remembered16 remembered : {Remembered16::kResults, Remembered16::kFactors}) {
    const auto [a, role] = one_with(remembered);
    ASSERT_NE(a, nullptr);
    Kernels16 kernels = kernels16(*a, role);
    const std::vector<double> parameters = rounded(initial_values(*a));
    const Kept kept(Format::kBfloat16, kernels, parameters.data());
    const Numbers16 x = any_bits(3000, 1), grad = any_bits(3000, 2);
    for (const std::size_t n : {std::size_t{1}, std::size_t{7}, std::size_t{33}, std::size_t{1500}}) {
      Numbers16 expected(n);
      for (std::size_t offset = 0; offset < 34; ++offset) {
        const Bits16 *from = &x[offset], *g = of_products(role) ? &grad[offset] : nullptr;
        evaluate16(Format::kBfloat16, kernels, from, g, expected.data(), n, parameters.data());
        for (const bool past : {false, true}) {
          kernels.past_caches = past;
          Numbers16 y(n + 64, kCanary16);
          recall16(kept.memo, Format::kBfloat16, kernels, from, g, &y[offset], n, parameters.data());
          ASSERT_TRUE(
              std::equal(expected.begin(), expected.end(), y.begin() + static_cast<std::ptrdiff_t>(offset)));
          std::fill_n(y.begin() + static_cast<std::ptrdiff_t>(offset), n, kCanary16);
          ASSERT_EQ(y, Numbers16(n + 64, kCanary16));
        }
        kernels.past_caches = false;
        // y is x, and y is grad.
        Numbers16 in_place(from, from + n);
        recall16(kept.memo, Format::kBfloat16, kernels, in_place.data(), g, in_place.data(), n,
                 parameters.data());
        ASSERT_EQ(in_place, expected);
        if (g == nullptr) continue;
        in_place.assign(g, g + n);
        recall16(kept.memo, Format::kBfloat16, kernels, from, in_place.data(), in_place.data(), n,
                 parameters.data());
        ASSERT_EQ(in_place, expected);
      }
    }
  }
}

// A gate's results, also of numbers that float32 does not hold, before and after they are remembered.
TEST_P(Memo16Of, GatesKeepTheirResults) {
  std::string error;
  ASSERT_NE(target_in_use(error), nullptr) << error;
  constexpr std::size_t kCount = 1 << 15;
  const Numbers16 a = any_bits(kCount, 1), b = any_bits(kCount, 2), grad = any_bits(kCount, 3);
  std::vector<double> parameters = rounded(initial_values(activation()));
  for (const Format format : kFormats) {
    Gate gate{};
    gate.format = format, gate.parameters = parameters.data();
    gate.product16 = activation().product_kernels16();
    gate.backward16 = activation().kernels16(Role::kBackward, {.grad = kDigits32});
    if (gate.product16.remembered != Remembered16::kNothing)
      gate.value = activation().kernel(Format::kFloat32, Role::kValue);
    Gate anew = gate;
    anew.product16.remembered = anew.backward16.remembered = Remembered16::kNothing;
    Numbers16 y(kCount), da(kCount), db(kCount), y0(kCount), da0(kCount), db0(kCount);
    gate_value(anew, a.data(), b.data(), y0.data(), kCount);
    gate_backward(anew, a.data(), b.data(), grad.data(), da0.data(), db0.data(), kCount);
    for (std::size_t done = 0; done <= kMemoAfter; done += kCount)
      gate_backward(gate, a.data(), b.data(), grad.data(), da.data(), db.data(), kCount);
    for (std::size_t n : {kCount, std::size_t{kMemoRun + 37}}) {
      gate_value(gate, a.data(), b.data(), y.data(), n);
      gate_backward(gate, a.data(), b.data(), grad.data(), da.data(), db.data(), n);
      for (std::size_t i = 0; i < n; ++i) {
        const auto same = [&](Bits16 p, Bits16 q) {
          return p == q || (is_nan16(p, format) && is_nan16(q, format));
        };
        ASSERT_TRUE(same(y[i], y0[i]) && same(da[i], da0[i]) && same(db[i], db0[i]))
            << "a " << a[i] << ", b " << b[i] << ", grad " << grad[i] << ", format "
            << static_cast<int>(format);
      }
    }
  }
}

TEST(Memo16, NothingIsRememberedAfterFewElements) {
  const auto [a, role] = one_with(Remembered16::kResults, 1);
  ASSERT_NE(a, nullptr);
  std::vector<double> parameters = rounded(initial_values(*a));
  parameters[0] = 0.40625;
  EXPECT_EQ(memo_of(Format::kFloat16, a->kernels16(role), parameters.data(), kMemoAfter - kMemoRun), nullptr);
  EXPECT_EQ(memo_of(Format::kFloat16, a->kernels16(role), parameters.data(), kMemoRun), nullptr);
  EXPECT_NE(memo_of(Format::kFloat16, a->kernels16(role), parameters.data(), kMemoRun), nullptr);
}

// Threads that use more sets of parameters than are remembered get the results of their own.
TEST(Memo16, EachSetOfParametersHasItsResults) {
  const auto [a, role] = one_with(Remembered16::kResults, 1);
  ASSERT_NE(a, nullptr);
  const Kernels16 kernels = a->kernels16(role);
  const Numbers16 x = any_bits(1 << 15, 3);
  std::vector<std::vector<double>> sets;
  std::vector<Numbers16> expected;
  for (int k = 0; k < 7; ++k) {
    sets.push_back(rounded(initial_values(*a)));
    sets.back()[0] += 0.0625 * k;
    expected.emplace_back(x.size());
    evaluate16(Format::kBfloat16, kernels, x.data(), nullptr, expected.back().data(), x.size(),
               sets.back().data());
  }
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      Numbers16 y(x.size());
      for (std::size_t i = 0; i < 400; ++i) {
        const std::size_t k = i < 100 ? (i + t) % 7 : (i / 50 + t) % 7;
        walk16(Format::kBfloat16, kernels, x.data(), nullptr, y.data(), x.size(), sets[k].data());
        if (y != expected[k]) ++wrong;
      }
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Memo16, TellsZerosApart) {
  const auto [a, role] = one_with(Remembered16::kResults, 1);
  ASSERT_NE(a, nullptr);
  const Kernels16 kernels = a->kernels16(role);
  std::vector<double> parameters = rounded(initial_values(*a));
  parameters[0] = 0;
  ASSERT_EQ(memo_of(Format::kFloat16, kernels, parameters.data(), kMemoAfter), nullptr);
  parameters[0] = -0.0;
  EXPECT_EQ(memo_of(Format::kFloat16, kernels, parameters.data(), kMemoRun), nullptr);
}

}  // namespace
}  // namespace rheo::test
