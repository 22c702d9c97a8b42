// SPDX-License-Identifier: Apache-2.0
// bits_test.cc: functions of vectors in registers give the bits of the library's kernels, for each
// activation, lane type, role and instruction set. They are compiled with -ffp-contract=fast.
#include <set>

#include "tests/core/suite.h"
#include "tests/simd/list.h"

namespace rheo::test {
namespace {

RHEO_EACH_ACTIVATION(Simd);

const SimdCalls* find_calls(const std::string& name) {
  for (const SimdCallList* list : simd_calls())
    for (std::size_t i = 0; i < list->count; ++i)
      if (list->items[i].name == name) return &list->items[i];
  return nullptr;
}

const auto& of_type(const SimdCalls& calls, float) { return calls.float32; }
const auto& of_type(const SimdCalls& calls, double) { return calls.float64; }

constexpr const char* kRoleNames[] = {"value", "derivative", "backward", "product"};

template <class T>
std::vector<T> library(const Activation& a, int role, const std::vector<T>& x, const std::vector<T>& grad,
                       Values p) {
  constexpr Format kFormat = sizeof(T) == 4 ? Format::kFloat32 : Format::kFloat64;
  for (double& v : p) v = static_cast<double>(static_cast<T>(v));
  p.resize(kMaxParameters + 1);
  std::vector<T> y(x.size());
  const Kernel& kernel = role == 3 ? a.product_kernel(kFormat) : a.kernel(kFormat, static_cast<Role>(role));
  kernel(x.data(), role >= 2 ? grad.data() : nullptr, y.data(), x.size(), p.data());
  return y;
}

// As many points as fill the calls' vectors.
template <class T>
std::vector<T> points(std::size_t count, std::uint64_t seed) {
  std::vector<T> x = sample<T>(count - count % kCallLanes, seed);
  std::shuffle(x.begin(), x.end(), std::mt19937_64(seed));  // special ones among others
  return x;
}

template <class T>
void expect_same(const Activation& a, Way way, std::size_t count, const Values& p, const char* target) {
  const auto x = points<T>(count, 3), grad = points<T>(count, 4);
  const SimdCalls* const calls = find_calls(a.name);
  ASSERT_NE(calls, nullptr) << a.name;
  for (int role = 0; role < 4; ++role) {
    const SimdCall<T> call = of_type(*calls, T())[static_cast<int>(way)][role];
    if (call == nullptr) continue;
    std::vector<T> y(x.size());
    call(x.data(), grad.data(), y.data(), x.size(), p.data());
    const std::vector<T> expected = library(a, role, x, grad, p);
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_TRUE(same(y[i], expected[i]))
          << target << " " << kRoleNames[role] << " " << text(p) << " x " << text(x[i]) << " grad "
          << text(grad[i]) << ": " << text(y[i]) << ", the library " << text(expected[i]);
    }
  }
}

// Runs check(target) with the library and the headers on each instruction set in turn.
template <class Check>
void for_all_targets(Check&& check) {
  const auto& targets = available_targets();
  for (const char* target : targets) {
    ASSERT_TRUE(use_target(target));
    check(target);
  }
  ASSERT_TRUE(use_target(targets.front()));
}

TEST_P(Simd, ResultsHaveTheBitsOfTheLibrarys) {
  for_all_targets([&](const char* target) {
    expect_same<float>(activation(), Way::kFixed, 65536, initial_values(activation()), target);
    expect_same<double>(activation(), Way::kFixed, 16384, initial_values(activation()), target);
  });
}

TEST_P(Simd, VectorsTogetherOrShortHaveTheSameBits) {
  for_all_targets([&](const char* target) {
    for (const Way way : {Way::kInPlace, Way::kPart}) {
      expect_same<float>(activation(), way, 4096, initial_values(activation()), target);
      expect_same<double>(activation(), way, 4096, initial_values(activation()), target);
    }
  });
}

TEST_P(Simd, PreparedParametersGiveTheBitsOfTheLibrarys) {
  if (activation().preset != nullptr || activation().entry->info->parameters.size() == 0) return;  // none
  for_all_targets([&](const char* target) {
    const auto all32 = settings<float>(activation()), all64 = settings<double>(activation());
    // About as many points for all of them together.
    for (const Values& p : all32)
      expect_same<float>(activation(), Way::kPrepared, 400 + 40000 / all32.size(), p, target);
    for (const Values& p : all64)
      expect_same<double>(activation(), Way::kPrepared, 400 + 10000 / all64.size(), p, target);
    // A preset's values may have a table of their own.
    for (const Preset& preset : activation().entry->info->presets) {
      const Values p(preset.values.begin(), preset.values.end());
      expect_same<float>(activation(), Way::kPrepared, 4096, p, target);
    }
  });
}

TEST(SimdNames, AreThoseOfTheRegistry) {
  std::set<std::string> listed, known;
  for (const SimdCallList* list : simd_calls())
    for (std::size_t i = 0; i < list->count; ++i) listed.insert(list->items[i].name);
  for (const Activation& a : all_activations()) known.insert(a.name);
  EXPECT_EQ(listed, known);
}

}  // namespace
}  // namespace rheo::test
