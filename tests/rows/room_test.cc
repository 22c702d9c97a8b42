// SPDX-License-Identifier: Apache-2.0
// room_test.cc: rows whose exponentials take memory of their own: the same bits where there is none.
#include <cstdlib>
#include <new>

#include "tests/rows/number16.h"
#include "tests/rows/rows.h"

namespace rheo::test {
namespace {

bool none_left = false;
int asked = 0;

}  // namespace
}  // namespace rheo::test

void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t& /*tag*/) noexcept {
  ++rheo::test::asked;
  if (rheo::test::none_left) return nullptr;
  const auto to = static_cast<std::size_t>(alignment);
  return std::aligned_alloc(to, (size + to - 1) / to * to);
}
void operator delete(void* memory, std::align_val_t /*alignment*/, const std::nothrow_t& /*tag*/) noexcept {
  std::free(memory);
}

namespace rheo::test {
namespace {

enum class Asks { kNo, kYes, kPerhaps };  // for memory

template <class T>
std::vector<T> values(const std::vector<T>& x, const Strides& shape, std::int32_t axis) {
  std::vector<T> y(x.size(), kCanary<T>);
  rheo_rows_call call = rows_call(shape, x.data(), y.data());
  call.axis = axis, call.threads = 1;
  EXPECT_EQ(rheo_rows_run(row_function("softmax"), &call), RHEO_OK) << rheo_last_error();
  return y;
}

template <class T>
void expect_same_without_memory(const Strides& shape, std::int32_t axis, Asks asks) {
  const std::vector<T> x = sample_row<T>(count_of(shape), 2);
  asked = 0;
  const std::vector<T> with = values(x, shape, axis);
  if (asks != Asks::kPerhaps) {
    EXPECT_EQ(asked > 0, asks == Asks::kYes) << "rows of " << shape[static_cast<std::size_t>(axis)];
  }
  none_left = true;
  const std::vector<T> without = values(x, shape, axis);
  none_left = false;
  EXPECT_TRUE(same_bits(with, without));
}

template <class T>
class RowRoomOf : public ::testing::Test {};
using Formats = ::testing::Types<float, double, Bfloat16, Float16>;
TYPED_TEST_SUITE(RowRoomOf, Formats);

TYPED_TEST(RowRoomOf, ColumnsHaveTheSameBitsWithoutMemory) {
  expect_same_without_memory<TypeParam>({128, 40}, 0, Asks::kNo);
  expect_same_without_memory<TypeParam>({256, 31}, 0, Asks::kNo);
  expect_same_without_memory<TypeParam>({257, 72}, 0, Asks::kYes);  // two panels of 16 bits, twice, and more
  expect_same_without_memory<TypeParam>({4096, 19}, 0, Asks::kYes);
  expect_same_without_memory<TypeParam>({4099, 17}, 0, Asks::kNo);  // more than a core's cache holds
}

TYPED_TEST(RowRoomOf, LongRowsHaveTheSameBitsWithoutMemory) {
  // 16-bit rows do, but for instruction sets that do fused operations lane by lane.
  const Asks asks = sizeof(TypeParam) == 2 ? Asks::kPerhaps : Asks::kNo;
  expect_same_without_memory<TypeParam>({3, 4096}, 1, Asks::kNo);
  expect_same_without_memory<TypeParam>({3, 5000}, 1, asks);
  expect_same_without_memory<TypeParam>({1, 65536}, 1, asks);
  expect_same_without_memory<TypeParam>({1, 70001}, 1, Asks::kNo);
}

}  // namespace
}  // namespace rheo::test
