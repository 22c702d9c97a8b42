// SPDX-License-Identifier: Apache-2.0
// layout_test.cc: any axis, any strides, any threads: the bits of contiguous rows.
#include "tests/rows/number16.h"
#include "tests/rows/rows.h"

namespace rheo::test {
namespace {

// A tensor and how its operands lie.
struct RowLayout {
  Strides shape;
  std::int32_t axis;
  Strides x, other, y;
};

// Row-major places of all elements, row by row.
std::vector<std::size_t> by_rows(const Strides& shape, std::int32_t axis) {
  const auto at = static_cast<std::size_t>(axis);
  Strides turned = shape, strides = contiguous_strides(shape);
  std::rotate(turned.begin() + axis, turned.begin() + axis + 1, turned.end());
  const std::int64_t along = strides[at];
  strides.erase(strides.begin() + axis), strides.push_back(along);
  const auto offsets = offsets_of(turned, strides);
  return {offsets.begin(), offsets.end()};
}

template <class T>
std::vector<T> taken(const std::vector<T>& from, const std::vector<std::size_t>& places) {
  std::vector<T> result;
  for (const std::size_t place : places) result.push_back(from[place]);
  return result;
}

// Moderate and wide rows, with what is not finite here and there.
template <class T>
std::vector<T> elements(std::size_t n, unsigned kind) {
  std::vector<T> x = sample_row<T>(std::max<std::size_t>(n, 3), kind);
  for (std::size_t i = 50; i < n; i += 173) x[i] = T(-HUGE_VAL);
  if (n > 400) x[n / 2] = T(HUGE_VAL), x[n / 3] = std::numeric_limits<T>::quiet_NaN();
  x.resize(n);
  return x;
}

template <class T>
void expect_plain_bits(const std::string& name, const RowLayout& layout, bool masked, unsigned kind) {
  const std::size_t n = count_of(layout.shape);
  const auto length = static_cast<std::size_t>(layout.shape[static_cast<std::size_t>(layout.axis)]);
  const double scale = kind % 3 == 0 ? 0.625 : 1;
  Scattered<T> x(layout.shape, layout.x), other(layout.shape, layout.other), y(layout.shape, layout.y);
  x.fill(elements<T>(n, kind)), other.fill(elements<T>(n, kind + 8));
  const std::vector<T> given = x.read(), added = other.read();  // what broadcast operands hold in the end
  const auto places = by_rows(layout.shape, layout.axis);
  rheo_rows_call call = rows_call(layout.shape, x.data(), y.data());
  call.axis = layout.axis, call.scale = scale;
  call.x_strides = x.strides(), call.y_strides = y.strides();
  if (masked) call.mask = other.data(), call.mask_strides = other.strides();
  ASSERT_EQ(rheo_rows_run(row_function(name), &call), RHEO_OK) << rheo_last_error();
  const auto plain =
      values_of(name, taken(given, places), length, scale, masked ? taken(added, places) : std::vector<T>{});
  ASSERT_TRUE(same_bits(taken(y.read(), places), plain));
  ASSERT_TRUE(y.untouched_elsewhere());
  ASSERT_TRUE(same_bits(x.read(), given) && x.untouched_elsewhere());
  ASSERT_TRUE(same_bits(other.read(), added) && other.untouched_elsewhere());
  // Backward from what is in y, which lies as y does.
  Scattered<T> dx(layout.shape, layout.y);
  call.x = nullptr, call.x_strides = nullptr, call.mask = nullptr, call.mask_strides = nullptr;
  call.role = RHEO_BACKWARD;
  call.result = y.data(), call.result_strides = y.strides();
  call.grad = other.data(), call.grad_strides = other.strides();
  call.y = dx.data(), call.y_strides = dx.strides();
  ASSERT_EQ(rheo_rows_run(row_function(name), &call), RHEO_OK) << rheo_last_error();
  ASSERT_TRUE(
      same_bits(taken(dx.read(), places), gradients_of(name, plain, taken(added, places), length, scale)));
  ASSERT_TRUE(dx.untouched_elsewhere());
}

const RowLayout kLayouts[] = {
    {{70}, 0, {1}, {1}, {1}},
    {{70}, 0, {3}, {-2}, {5}},
    {{700}, 0, {-1}, {0}, {2}},
    {{5, 70}, 1, {70, 1}, {0, 1}, {80, 1}},
    {{70, 5}, 0, {5, 1}, {5, 1}, {5, 1}},
    {{70, 40}, 0, {40, 1}, {40, 1}, {40, 1}},
    {{300, 40}, 0, {40, 1}, {1, 0}, {41, 1}},
    {{70, 35}, 0, {1, 70}, {35, 1}, {35, 1}},
    {{70, 35}, 1, {1, 70}, {0, 0}, {1, 71}},
    {{70, 3}, 0, {3, 1}, {3, 1}, {3, 1}},
    {{33, 150}, 0, {150, 1}, {150, 1}, {150, 1}},
    {{34, 150}, 0, {-151, 1}, {0, 1}, {160, 1}},
    {{70, 35}, 0, {70, 2}, {35, 1}, {-35, -1}},
    {{4, 33, 19}, 1, {627, 19, 1}, {0, 1, 0}, {627, 19, 1}},
    {{4, 33, 19}, 0, {627, 19, 1}, {627, 19, 1}, {1, 4, 132}},
    {{2, 3, 33, 4}, 2, {396, 132, 4, 1}, {0, 1, 0, 7}, {400, 132, 4, 1}},
    {{1, 17, 1}, 0, {5, 1, 9}, {5, 1, 9}, {5, 1, 9}},
    {{1, 17, 1}, 1, {5, 2, 9}, {5, 1, 9}, {5, 1, 9}},
    {{5000, 20}, 0, {20, 1}, {20, 1}, {20, 1}},
    {{2, 5000}, 1, {10000, 2}, {5000, 1}, {5000, 1}},
};

TEST(RowLayouts, EveryOneGivesTheBitsOfContiguousRows) {
  for (const char* name : kRowFunctions) {
    unsigned kind = 0;
    for (const RowLayout& layout : kLayouts) {
      for (const bool masked : {false, true}) {
        for (const unsigned more : {0U, 1U, 2U}) {
          SCOPED_TRACE(std::string(name) + ", layout " + std::to_string(&layout - kLayouts));
          expect_plain_bits<float>(name, layout, masked, kind + more);
          expect_plain_bits<double>(name, layout, masked, kind + more);
          expect_plain_bits<Bfloat16>(name, layout, masked, kind + more);
          expect_plain_bits<Float16>(name, layout, masked, kind + more);
          if (HasFatalFailure()) return;
        }
      }
      kind += 5;
    }
  }
}

TEST(RowLayouts, OfRank64AreWalked) {
  Strides shape(64, 1);
  shape[3] = 2, shape[20] = 5, shape[40] = 3, shape[63] = 4;
  for (const std::int32_t axis : {3, 20, 63, 0}) {
    const Strides dense = contiguous_strides(shape);
    expect_plain_bits<float>("softmax", {shape, axis, dense, dense, dense}, true, 4);
  }
}

template <class T>
void expect_no_matter_of_odd_addresses() {
  const std::size_t length = 45, rows = 6;
  const auto x = elements<T>(length * rows, 3);
  std::vector<char> memory(2 * (x.size() + 1) * sizeof(T) + 8);
  char *const from = memory.data() + 1, *const to = from + x.size() * sizeof(T) + 2;
  std::memcpy(from, x.data(), x.size() * sizeof(T));
  const Strides shape = {6, 45};
  rheo_rows_call call = rows_call<T>(shape, nullptr, nullptr);
  call.x = from, call.y = to;
  ASSERT_EQ(rheo_rows_run(row_function("softmax"), &call), RHEO_OK) << rheo_last_error();
  std::vector<T> y(x.size());
  std::memcpy(static_cast<void*>(y.data()), to, y.size() * sizeof(T));
  EXPECT_TRUE(same_bits(y, values_of("softmax", x, length)));
}

TEST(RowLayouts, OddAddressesAreNoMatter) {
  expect_no_matter_of_odd_addresses<float>();
  expect_no_matter_of_odd_addresses<Float16>();
}

template <class T>
void expect_in_place(const std::string& name, const Strides& shape, std::int32_t axis) {
  const std::size_t n = count_of(shape);
  const auto x = elements<T>(n, 2), mask = elements<T>(n, 5);
  const auto run = [&](std::vector<T> memory, bool is_x) {
    std::vector<T> rest = is_x ? mask : x;
    rheo_rows_call call = rows_call(shape, is_x ? memory.data() : rest.data(), memory.data());
    call.axis = axis, call.mask = is_x ? rest.data() : memory.data();
    EXPECT_EQ(rheo_rows_run(row_function(name), &call), RHEO_OK) << rheo_last_error();
    return memory;
  };
  const auto unmasked = [&](const std::vector<T>& from, std::vector<T>& to, double scale) {
    rheo_rows_call call = rows_call(shape, from.data(), to.data());
    call.axis = axis, call.scale = scale;
    EXPECT_EQ(rheo_rows_run(row_function(name), &call), RHEO_OK) << rheo_last_error();
  };
  std::vector<T> y(n);
  for (const double scale : {1.0, 0.625}) {
    std::vector<T> memory = x;
    unmasked(x, y, scale), unmasked(memory, memory, scale);
    EXPECT_TRUE(same_bits(memory, y)) << name << ", scale " << scale;
  }
  rheo_rows_call call = rows_call(shape, x.data(), y.data());
  call.axis = axis, call.mask = mask.data();
  ASSERT_EQ(rheo_rows_run(row_function(name), &call), RHEO_OK) << rheo_last_error();
  EXPECT_TRUE(same_bits(run(x, true), y) && same_bits(run(mask, false), y)) << name;
  for (const bool is_grad : {false, true}) {
    std::vector<T> dx(n), result = y, grad = mask;
    call.role = RHEO_BACKWARD, call.x = nullptr, call.mask = nullptr;
    call.result = result.data(), call.grad = grad.data(), call.y = dx.data();
    ASSERT_EQ(rheo_rows_run(row_function(name), &call), RHEO_OK) << rheo_last_error();
    std::vector<T>& memory = is_grad ? grad : result;
    call.y = memory.data();
    ASSERT_EQ(rheo_rows_run(row_function(name), &call), RHEO_OK) << rheo_last_error();
    EXPECT_TRUE(same_bits(memory, dx)) << name;
  }
}

TEST(RowLayouts, InPlaceGivesTheSameBits) {
  for (const char* name : kRowFunctions) {
    for (const std::int32_t axis : {0, 1}) {
      for (const Strides& shape : {Strides{37, 50}, Strides{300, 21}, Strides{3, 5000}, Strides{4200, 20}}) {
        expect_in_place<float>(name, shape, axis);
        expect_in_place<double>(name, shape, axis);
        expect_in_place<Bfloat16>(name, shape, axis);
        expect_in_place<Float16>(name, shape, axis);
      }
    }
  }
}

// Pieces in another order, one by one.
void backwards(void*, int64_t n, int64_t grain, rheo_task task, void* context) {
  for (int64_t begin = (n - 1) / grain * grain; begin >= 0; begin -= grain)
    task(begin, std::min(n, begin + grain), context);
}

template <class T>
void expect_same_on_any_threads() {
  const rheo_executor executor{backwards, nullptr};
  for (const std::int32_t axis : {0, 1}) {
    for (const Strides& shape : {Strides{3000, 70}, Strides{64, 3000}, Strides{5, 70000}}) {
      const auto x = elements<T>(count_of(shape), 1);
      std::vector<T> first(x.size()), y(x.size());
      rheo_rows_call call = rows_call(shape, x.data(), first.data());
      call.axis = axis, call.threads = 1;
      ASSERT_EQ(rheo_rows_run(row_function("softmax"), &call), RHEO_OK) << rheo_last_error();
      call.y = y.data();
      for (const std::int32_t threads : {2, 3, 7, -1}) {
        std::fill(y.begin(), y.end(), kCanary<T>);
        call.threads = std::max(threads, 0);
        call.executor = threads < 0 ? &executor : nullptr;
        ASSERT_EQ(rheo_rows_run(row_function("softmax"), &call), RHEO_OK) << rheo_last_error();
        EXPECT_TRUE(same_bits(y, first)) << threads;
      }
    }
  }
}

TEST(RowThreads, NeitherTheirNumberNorTheCallersExecutorChangesABit) {
  expect_same_on_any_threads<float>();
  expect_same_on_any_threads<Bfloat16>();
}

}  // namespace
}  // namespace rheo::test
