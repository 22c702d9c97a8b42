// SPDX-License-Identifier: Apache-2.0
// The walks of a device's threads over rows, done on the host, give the same bits as the CPU's kernels.
#include "tests/cuda/host_rows.h"
#include "src/capi/failure.h"
#include "src/cuda/rows/request.h"
#include "src/rows/registry.h"
#include "tests/rows/number16.h"
#include "tests/rows/rows.h"

namespace rheo::test {
namespace {

std::vector<std::string> functions() { return listed(rheo_rows_names); }

// The call as a device runs it.
void run_as_device(const std::string& name, const rheo_rows_call& call) {
  const RowInfo& info = *find_row_function(name)->info;
  RowSteps steps = checked_rows(info, call);
  for (const RowStep& step : steps) ASSERT_EQ(launch_rows(rows_request(step, info.result)), 0);
}

// The same call on the CPU and as a device, each into memory of its own. Standing in for a block of threads
// takes a while, and so do many short rows.
template <class T>
void expect_same(const std::string& name, rheo_rows_call call, std::size_t elements) {
  std::vector<T> expected(elements, kCanary<T>), found;
  call.y = expected.data();
  ASSERT_EQ(rheo_rows_run(row_function(name), &call), RHEO_OK) << rheo_last_error();
  const std::int64_t length = call.shape[call.rank - 1];
  for (const RowThreads threads : {RowThreads::kHalfWarp, RowThreads::kBlock, RowThreads::kOne}) {
    if (threads == RowThreads::kBlock && length < 200 && length % 16 > 1) continue;
    found.assign(elements, kCanary<T>);
    call.y = found.data();
    row_threads = threads;
    run_as_device(name, call);
    ASSERT_TRUE(same_bits(found, expected)) << "by threads of kind " << static_cast<int>(threads);
  }
}

// Rows that lie one after the other, and what is done with them.
template <class T>
struct Rows {
  std::size_t length;
  std::vector<T> x, mask, grad;
  double scale = 1;

  rheo_rows_call call(const Strides& shape) const {
    rheo_rows_call c = rows_call<T>(shape, x.data(), nullptr);
    c.scale = scale;
    return c;
  }
  // The value; backward from it and from x; all with and without a mask.
  void expect_all_roles() const {
    const Strides shape = {static_cast<std::int64_t>(x.size() / length), static_cast<std::int64_t>(length)};
    for (const std::string& name : functions()) {
      for (const void* add : {static_cast<const void*>(nullptr), static_cast<const void*>(mask.data())}) {
        SCOPED_TRACE(name + ", rows of " + std::to_string(length) + ", format " +
                     std::to_string(format_of<T>()) + ", scale " + std::to_string(scale) +
                     (add != nullptr ? ", masked" : ""));
        rheo_rows_call c = call(shape);
        c.mask = add;
        expect_same<T>(name, c, x.size());
        c.role = RHEO_BACKWARD, c.grad = grad.data();
        expect_same<T>(name, c, x.size());
        if (testing::Test::HasFatalFailure()) return;
      }
      expect_gradients(name, shape, values_of(name, x, length, scale));
      expect_gradients(name, shape, x);  // which are no results of any row
      if (testing::Test::HasFatalFailure()) return;
    }
  }
  void expect_gradients(const std::string& name, const Strides& shape, const std::vector<T>& results) const {
    rheo_rows_call c = call(shape);
    c.role = RHEO_BACKWARD, c.x = nullptr;
    c.result = results.data(), c.grad = grad.data();
    expect_same<T>(name, c, x.size());
  }
};

// The kinds of sample_row() from `first` on; masks and gradients are other kinds, the mask with elements that
// it hides.
template <class T>
Rows<T> sample_rows(std::size_t length, unsigned first, unsigned kinds, double scale, double slope = 1) {
  Rows<T> rows{length, {}, {}, {}, scale};
  for (unsigned kind = first; kind < first + kinds; ++kind) {
    const auto add = [&](std::vector<T>& to, unsigned other) {
      const std::vector<T> row = sample_row<T>(std::max<std::size_t>(length, 3), other);
      to.insert(to.end(), row.begin(), row.begin() + static_cast<std::ptrdiff_t>(length));
    };
    add(rows.x, kind), add(rows.mask, kind + 8), add(rows.grad, kind * 5 + 1);
  }
  for (std::size_t i = 3; i < rows.mask.size(); i += 7) rows.mask[i] = T(-HUGE_VAL);
  for (T& g : rows.grad) g = T(static_cast<double>(g) * slope);
  return rows;
}

template <class T>
class DeviceRows : public testing::Test {};
using AllFormats = testing::Types<float, double, Bfloat16, Float16>;
TYPED_TEST_SUITE(DeviceRows, AllFormats);

TYPED_TEST(DeviceRows, OfUpTo70GiveTheBitsOfVectors) {
  for (std::size_t length = 1; length <= 70; ++length) {
    sample_rows<TypeParam>(length, 0, kKinds, 1).expect_all_roles();
    sample_rows<TypeParam>(length, 1, 8, 0.3).expect_all_roles();
    if (this->HasFatalFailure()) return;
  }
}

TYPED_TEST(DeviceRows, OfManyElementsGiveTheBitsOfVectors) {
  for (const std::size_t length : {255, 1024, 4096, 4097, 20000}) {
    const unsigned kinds = length < 4000 ? kKinds : 8;
    sample_rows<TypeParam>(length, 0, kinds, 1).expect_all_roles();
    sample_rows<TypeParam>(length, 11, 3, 2.5).expect_all_roles();
    if (this->HasFatalFailure()) return;
  }
}

// Among them scales whose products with gradients overflow, and sums of gradients that float32 cannot be
// trusted with.
TYPED_TEST(DeviceRows, OfAnyScaleAndGradientsGiveTheBitsOfVectors) {
  for (const double scale : {1e-38, 1e-30, 0.125, 0.75, 1.5, 3.0, 1e10, 3e38})
    for (const double slope : {0.0, 1e-44, 1e-30, 1e-4, 1e32, 1e38})
      for (const std::size_t length : {5, 33, 300})
        sample_rows<TypeParam>(length, 2, 9, scale, slope).expect_all_roles();
}

TYPED_TEST(DeviceRows, WithWhatIsNotFiniteGiveTheBitsOfVectors) {
  using T = TypeParam;
  using Limits = std::numeric_limits<T>;
  const T infinity = Limits::infinity(), low = -infinity;
  const T special[] = {infinity, low,           Limits::quiet_NaN(), T(0.0),
                       T(-0.0),  Limits::max(), -Limits::max(),      Limits::denorm_min(),
                       T(40),    T(41)};
  for (const std::size_t length : {1, 2, 16, 17, 40, 5000}) {
    Rows<T> rows = sample_rows<T>(length, 0, 1, 1);
    const auto add = [&](auto&& change) {
      Rows<T> more = sample_rows<T>(length, static_cast<unsigned>(rows.x.size() / length), 1, 1);
      change(more.x), change(more.grad);
      for (const auto member : {&Rows<T>::x, &Rows<T>::mask, &Rows<T>::grad})
        (rows.*member).insert((rows.*member).end(), (more.*member).begin(), (more.*member).end());
    };
    for (const T v : special) {
      add([&](std::vector<T>& row) { row[length / 2] = v; });
      add([&](std::vector<T>& row) { row.assign(length, v); });
      add([&](std::vector<T>& row) { row.assign(length, low), row[length - 1] = v; });
    }
    rows.expect_all_roles();
    rows.scale = 0.5;
    rows.expect_all_roles();
  }
}

// Every 16-bit pattern as x, with other ones as gradients and masks.
TYPED_TEST(DeviceRows, OfAllPatternsOf16BitsGiveTheBitsOfVectors) {
  using T = TypeParam;
  if constexpr (sizeof(T) == 2) {
    for (const std::size_t length : {1, 4, 64}) {
      Rows<T> rows{length, {}, {}, {}, 1};
      for (unsigned i = 0; i < 65536; ++i) {
        rows.x.push_back(T::of_bits(static_cast<std::uint16_t>(i * 7919)));
        rows.mask.push_back(T::of_bits(static_cast<std::uint16_t>(i * 2897 + 31)));
        rows.grad.push_back(T::of_bits(static_cast<std::uint16_t>(i * 40503 + 977)));
      }
      rows.expect_all_roles();
    }
  }
}

struct RowsLayout {
  Strides shape;
  std::int32_t axis;
  Strides x, other, y;
};

const RowsLayout kRowsLayouts[] = {
    {{70}, 0, {3}, {-2}, {5}},
    {{70}, 0, {0}, {0}, {1}},
    {{5, 70}, -1, {80, 1}, {0, 1}, {70, 1}},
    {{70, 35}, 0, {35, 1}, {1, 0}, {1, 70}},
    {{4, 33, 19}, 1, {627, 19, 1}, {0, 1, 0}, {627, 19, 1}},
    {{4, 33, 19}, 2, {-627, -19, -1}, {33, 1, 132}, {1, 4, 132}},
    {{2, 3, 33, 4}, 2, {396, 132, 4, 1}, {0, 1, 0, 7}, {400, 132, 4, 1}},
    {{1, 17, 1}, 0, {5, 1, 9}, {5, 1, 9}, {5, 1, 9}},
    // Six dimensions that do not lie together, and more that do.
    {{2, 3, 2, 3, 2, 20, 2, 2},
     5,
     {4000, 1300, 600, 160, 80, 4, 2, 1},
     {1, 2, 0, 8, 31, 4, 128, 64},
     {8000, 2600, 1200, 380, 170, 8, 4, 2}},
};

template <class T>
void expect_same_layout(const std::string& name, const RowsLayout& layout, bool in_place) {
  row_threads = in_place ? RowThreads::kBlock : RowThreads::kOne;
  const std::size_t n = count_of(layout.shape);
  Scattered<T> x(layout.shape, in_place ? layout.y : layout.x), other(layout.shape, layout.other);
  x.fill(sample_row<T>(std::max<std::size_t>(n, 3), 2)),
      other.fill(sample_row<T>(std::max<std::size_t>(n, 3), 9));
  for (const int kind : {0, 1, 2, 3}) {  // value, masked value, backward, backward from x
    Scattered<T> y(layout.shape, layout.y), device_x = x, device_y = y;
    const auto call = [&](Scattered<T>& from, Scattered<T>& to) {
      rheo_rows_call c = rows_call(layout.shape, from.data(), in_place && kind < 3 ? from.data() : to.data());
      c.axis = layout.axis, c.x_strides = from.strides(), c.y_strides = to.strides();
      if (kind >= 2) c.role = RHEO_BACKWARD, c.grad = other.data(), c.grad_strides = other.strides();
      if (kind == 1) c.mask = other.data(), c.mask_strides = other.strides();
      if (kind == 2) c.result = c.x, c.result_strides = c.x_strides, c.x = nullptr, c.x_strides = nullptr;
      return c;
    };
    Scattered<T> cpu_x = x;
    const rheo_rows_call expected = call(cpu_x, y), found = call(device_x, device_y);
    ASSERT_EQ(rheo_rows_run(row_function(name), &expected), RHEO_OK) << rheo_last_error();
    run_as_device(name, found);
    ASSERT_TRUE(same_bits(device_y.read(), y.read()));
    ASSERT_TRUE(device_y.untouched_elsewhere());
    ASSERT_TRUE(same_bits(device_x.read(), cpu_x.read()));
    ASSERT_TRUE(device_x.untouched_elsewhere());
  }
}

TYPED_TEST(DeviceRows, OfAnyLayoutGiveTheBitsOfVectors) {
  for (const std::string& name : functions()) {
    for (const RowsLayout& layout : kRowsLayouts) {
      SCOPED_TRACE(name + ", layout " + std::to_string(&layout - kRowsLayouts));
      expect_same_layout<TypeParam>(name, layout, false);
      expect_same_layout<TypeParam>(name, layout, true);
    }
  }
}

// What is wrong with a call that the CPU takes; "" if nothing is.
std::string objection(const rheo_rows_call& call) {
  const RowInfo& info = *all_row_functions().front().info;
  std::string message;
  caught(message, [&] {
    RowSteps steps = checked_rows(info, call);
    for (const RowStep& step : steps) rows_request(step, info.result);
  });
  return message;
}

TEST(DeviceRowsRequest, NamesDimensionsThatAreTooMany) {
  const Strides shape(8, 2), six = {530, 265, 130, 64, 32, 16, 2, 1},
                             seven = {521, 251, 121, 59, 28, 13, 5, 1};
  const std::vector<float> x(2048);  // more than the largest offset
  std::vector<float> y(256);
  rheo_rows_call call = rows_call(shape, x.data(), y.data());
  EXPECT_EQ(objection(call), "");
  call.x_strides = six.data();
  EXPECT_EQ(objection(call), "");
  call.x_strides = seven.data();
  EXPECT_EQ(objection(call),
            "shape has 7 dimensions beside the axis that do not lie together; a device takes up to 6");
}

}  // namespace
}  // namespace rheo::test
