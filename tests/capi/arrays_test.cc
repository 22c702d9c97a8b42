// SPDX-License-Identifier: Apache-2.0
// arrays_test.cc: parameters that are arrays: each element has the bits of rheo_run with its parameters.
#include "tests/capi/layout.h"
#include "tests/capi/settings.h"

namespace rheo::test {
namespace {

template <class T>
using Value = std::conditional_t<sizeof(T) == 8, double, float>;

// The arrays of a call, and what each element has.
template <class T>
struct Arrays {
  std::vector<Scattered<Value<T>>> memory;
  std::vector<rheo_parameter_array> list;
  std::vector<std::size_t> set_of;  // by the element

  // Not in the order of memory, so that neighbours differ and come again.
  static std::size_t mixed(std::int64_t offset) {
    return static_cast<std::uint32_t>(offset) * 2654435761U >> 20;
  }
  Arrays(const Settings& settings, const Strides& shape, const Strides& strides) {
    for (const std::int64_t offset : offsets_of(shape, strides)) set_of.push_back(mixed(offset));
    memory.reserve(settings.names.size());
    for (std::size_t p = 0; p < settings.names.size(); ++p) {
      std::vector<Value<T>> values;
      for (const std::size_t set : set_of)
        values.push_back(static_cast<Value<T>>(settings.list(set)[p].value));
      memory.emplace_back(shape, strides).fill(values);
      list.push_back({settings.names[p].c_str(), memory.back().data(), memory.back().strides()});
    }
  }
};

// By one call of rheo_run for each set.
template <class T>
std::vector<T> expected(const rheo_activation* a, const Settings& settings, const rheo_call& like,
                        const std::vector<T>& x, const std::vector<T>& grad,
                        const std::vector<std::size_t>& set_of) {
  std::vector<T> result(x.size());
  for (std::size_t set = 0; set < settings.sets.size(); ++set) {
    Call<T> call(static_cast<rheo_role>(like.role), x);
    call.c.with_respect_to = like.with_respect_to;
    call.c.grad = like.grad != nullptr ? grad.data() : nullptr;
    const auto list = settings.list(set);
    call.c.parameters = list.data(), call.c.parameter_count = list.size();
    EXPECT_EQ(rheo_run(a, &call.c), RHEO_OK) << rheo_last_error();
    for (std::size_t i = 0; i < x.size(); ++i)
      if (set_of[i] % settings.sets.size() == set) result[i] = call.y[i];
  }
  return result;
}

template <class T>
void expect_results(const rheo_activation* a, const Settings& settings, rheo_role role, const Layout& layout,
                    const Strides& strides) {
  const std::size_t n = count_of(layout.shape);
  Scattered<T> x(layout.shape, layout.x), grad(layout.shape, layout.grad), y(layout.shape, layout.y);
  x.fill(sample<T>(n + 200)), grad.fill(sample<T>(n + 200, 2));
  const Arrays<T> arrays(settings, layout.shape, strides);
  rheo_call call = scattered_call(role, layout, x, grad, y);
  if (role == RHEO_PARAMETER) call.with_respect_to = settings.names.back().c_str();
  ASSERT_EQ(rheo_run_arrays(a, &call, arrays.list.data(), arrays.list.size()), RHEO_OK) << rheo_last_error();
  ASSERT_TRUE(same_bits(y.read(), expected<T>(a, settings, call, x.read(), grad.read(), arrays.set_of)));
  ASSERT_TRUE(y.untouched_elsewhere());
}

Layout contiguous(const Strides& shape) {
  const Strides strides = contiguous_strides(shape);
  return {shape, strides, strides, strides};
}

template <class T>
void expect_everywhere(const Layout& layout, const Strides& strides) {
  for_settings([&](const rheo_activation* a, const Settings& settings) {
    for (const rheo_role role : kAllRoles) {
      SCOPED_TRACE(role);
      expect_results<T>(a, settings, role, layout, strides);
    }
  });
}

void expect_both(const Layout& layout, const Strides& strides) {
  expect_everywhere<float>(layout, strides);
  expect_everywhere<double>(layout, strides);
}

TEST(Arrays, AValueForEachElementGivesTheBitsOfItsOwnCall) {
  expect_both(contiguous({300}), {1});
  expect_both(contiguous({5000}), {-2});
}

TEST(Arrays, AValueForEachChannelGivesTheBitsOfItsOwnCall) {
  expect_both(contiguous({7, 200}), {1, 0});    // long rows, straight from memory
  expect_both(contiguous({30, 20}), {3, 0});    // short ones
  expect_both(contiguous({700, 9}), {0, 1});    // along the last axis
  expect_both(contiguous({2, 5000}), {0, -1});  // more than there are elements in a block
  expect_both(contiguous({5, 7, 33}), {0, 1, 0});
}

// More different parameters than have elements to be brought together with.
TEST(Arrays, ManyValuesGiveTheBitsOfTheirOwnCalls) {
  for_settings([&](const rheo_activation* a, Settings settings) {
    for (int i = 1; i < 200; ++i) {
      settings.sets.push_back(settings.sets[0]);
      for (double& value : settings.sets.back()) value = static_cast<float>(value * (0.5 + i / 400.0));
    }
    for (const rheo_role role : kAllRoles) {
      expect_results<float>(a, settings, role, contiguous({4100}), {1});
      expect_results<float>(a, settings, role, contiguous({30, 170}), {0, 1});
    }
  });
}

TEST(Arrays, OneValueGivesTheBitsOfAPlainCall) {
  expect_both(contiguous({500}), {0});
  expect_both(contiguous({}), {});
  expect_both({{500}, {2}, {3}, {-2}}, {0});
}

TEST(Arrays, AnyLayoutGivesTheSameBits) {
  expect_both({{33, 70}, {1, 33}, {70, 1}, {1, 33}}, {0, 1});
  expect_both({{33, 70}, {70, 1}, {0, 0}, {140, 2}}, {1, 0});
  expect_both({{6, 150}, {200, 1}, {200, 1}, {-200, 1}}, {1, 0});
}

std::vector<std::uint16_t> run16(const rheo_activation* a, rheo_call call, std::uint32_t format,
                                 const std::vector<rheo_parameter_array>& arrays) {
  std::vector<std::uint16_t> x, y;
  for (std::uint32_t bits = 0; bits < 65536; bits += 13) x.push_back(static_cast<std::uint16_t>(bits));
  y.resize(x.size());
  const auto extent = static_cast<std::int64_t>(x.size());
  call.struct_size = sizeof call, call.format = format, call.rank = 1, call.shape = &extent;
  call.x = x.data(), call.y = y.data();
  if (call.role == RHEO_BACKWARD) call.grad = x.data();
  EXPECT_EQ(rheo_run_arrays(a, &call, arrays.data(), arrays.size()), RHEO_OK) << rheo_last_error();
  return y;
}

TEST(Arrays, SixteenBitFormatsTakeFloat32) {
  for_settings([&](const rheo_activation* a, const Settings& settings) {
    for (const rheo_format format : {RHEO_BFLOAT16, RHEO_FLOAT16}) {
      for (const rheo_role role : kAllRoles) {
        rheo_call call{};
        call.role = role;
        const Arrays<float> arrays(settings, {5042}, {1});
        const std::vector<std::uint16_t> y = run16(a, call, format, arrays.list);
        for (std::size_t set = 0; set < settings.sets.size(); ++set) {
          const auto list = settings.list(set);
          call.parameters = list.data(), call.parameter_count = list.size();
          const std::vector<std::uint16_t> plain = run16(a, call, format, {});
          for (std::size_t i = 0; i < y.size(); ++i)
            if (arrays.set_of[i] % settings.sets.size() == set) {
              ASSERT_EQ(y[i], plain[i]) << i;
            }
        }
      }
    }
  });
}

TEST(Arrays, OtherRolesTakeThemToo) {
  int second = 0;
  for_settings([&](const rheo_activation* a, const Settings& settings) {
    expect_results<float>(a, settings, RHEO_PARAMETER, contiguous({40, 25}), {0, 1});
    const std::vector<float> x(25);
    Call<float> probe(RHEO_SECOND, x);
    if (rheo_run(a, &probe.c) != RHEO_OK) return;
    expect_results<double>(a, settings, RHEO_SECOND, contiguous({40, 25}), {0, 1});
    ++second;
  });
  EXPECT_GT(second, 3);
}

// Runs of few and of some more elements with the same parameters, which come again.
TEST(Arrays, NeighboursWithTheSameParametersGiveTheSameBits) {
  for_settings([&](const rheo_activation* a, const Settings& settings) {
    for (const std::int64_t length : {3, 12}) {
      const Strides strides = {1, 0};
      expect_results<float>(a, settings, RHEO_BACKWARD, contiguous({600, length}), strides);
    }
  });
}

TEST(Arrays, ExtentsOfOneMayHaveAnyStride) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  for_settings([&](const rheo_activation* a, const Settings& settings) {
    expect_results<float>(a, settings, RHEO_VALUE, contiguous({1, 50}), {kLeast, 1});
  });
}

// Pieces in an order of its own.
void run_backwards(void* self, std::int64_t n, std::int64_t grain, rheo_task task, void* context) {
  for (std::int64_t begin = (n - 1) / grain * grain; begin >= 0; begin -= grain)
    task(begin, std::min(n, begin + grain), context);
  ++*static_cast<int*>(self);
}

TEST(Arrays, ManyElementsAndThreadsGiveTheSameBits) {
  for_settings([&](const rheo_activation* a, const Settings& settings) {
    const Strides shape = {700, 101}, along = {0, 1};
    const Arrays<float> arrays(settings, shape, along);
    Call<float> call(RHEO_VALUE, 70700);
    const auto results = expected<float>(a, settings, call.c, call.x, call.grad, arrays.set_of);
    int calls = 0;
    const rheo_executor executor = {run_backwards, &calls};
    call.c.rank = 2, call.c.shape = shape.data();
    for (const bool own : {false, true}) {
      call.c.threads = own ? 0 : 4, call.c.executor = own ? &executor : nullptr;
      std::fill(call.y.begin(), call.y.end(), kCanary<float>);
      ASSERT_EQ(rheo_run_arrays(a, &call.c, arrays.list.data(), arrays.list.size()), RHEO_OK);
      ASSERT_TRUE(same_bits(call.y, results));
    }
    EXPECT_EQ(calls, 1);
  });
}

TEST(Arrays, OthersMayBeNumbers) {
  for_settings([&](const rheo_activation* a, const Settings& settings) {
    Call<float> call(RHEO_VALUE, 300), plain(RHEO_VALUE, 300);
    const auto list = settings.list(1);
    const float value = static_cast<float>(list[0].value);
    const std::int64_t stride = 0;
    const rheo_parameter_array array = {list[0].name, &value, &stride};
    call.c.parameters = list.data() + 1, call.c.parameter_count = list.size() - 1;
    plain.c.parameters = list.data(), plain.c.parameter_count = list.size();
    ASSERT_EQ(rheo_run_arrays(a, &call.c, &array, 1), RHEO_OK) << rheo_last_error();
    ASSERT_EQ(rheo_run(a, &plain.c), RHEO_OK) << rheo_last_error();
    ASSERT_TRUE(same_bits(call.y, plain.y));
  });
}

TEST(Arrays, NoneOfThemIsAPlainCall) {
  Call<float> call(RHEO_VALUE, 300);
  ASSERT_EQ(rheo_run_arrays(find(names().front()), &call.c, nullptr, 0), RHEO_OK) << rheo_last_error();
  EXPECT_FALSE(call.untouched());
}

TEST(Arrays, WorkInPlaceOfXGradAndTheArrayItself) {
  for_settings([&](const rheo_activation* a, const Settings& settings) {
    const Arrays<float> arrays(settings, {300}, {1});
    Call<float> call(RHEO_VALUE, 300);
    const auto results = expected<float>(a, settings, call.c, call.x, call.grad, arrays.set_of);
    call.c.y = call.x.data();
    ASSERT_EQ(rheo_run_arrays(a, &call.c, arrays.list.data(), arrays.list.size()), RHEO_OK);
    ASSERT_TRUE(same_bits(call.x, results));
    Call<float> back(RHEO_BACKWARD, 300);
    const auto gradients = expected<float>(a, settings, back.c, back.x, back.grad, arrays.set_of);
    back.c.y = back.grad.data();
    ASSERT_EQ(rheo_run_arrays(a, &back.c, arrays.list.data(), arrays.list.size()), RHEO_OK);
    ASSERT_TRUE(same_bits(back.grad, gradients));
    Call<float> over(RHEO_VALUE, 300);
    over.c.y = const_cast<void*>(arrays.list[0].values);
    ASSERT_EQ(rheo_run_arrays(a, &over.c, arrays.list.data(), arrays.list.size()), RHEO_OK)
        << rheo_last_error();
    const auto* y = static_cast<const float*>(over.c.y);
    ASSERT_TRUE(same_bits(std::vector<float>(y, y + 300), results));
  });
}

}  // namespace
}  // namespace rheo::test
