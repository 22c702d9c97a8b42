// SPDX-License-Identifier: Apache-2.0
// room_test.cc: rows that take memory for what they keep: the same bits where there is none.
#include <atomic>
#include <cstdlib>
#include <new>

#include "tests/rows/number16.h"
#include "tests/rows/rows.h"

namespace rheo::test {
namespace {

std::atomic<bool> none_left = false;
std::atomic<int> asked = 0;

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

// For memory: some ways are those of instruction sets with fused operations.
enum class Asks {
  kNo,
  kYes,
  kWithFma
};

bool has_fma() {
  const char* target = nullptr;
  EXPECT_EQ(rheo_target(&target), RHEO_OK);
  return std::string(target) != "SSE2";
}

// Kinds of sample_row() that are counted from 0 and from the largest element, some of them peaks.
constexpr unsigned kSampleKinds[] = {2, 9, 25};

struct Way {
  unsigned kind;
  bool masked, in_place;
};

template <class T>
std::vector<T> values(const char* name, const Strides& shape, std::int32_t axis, const Way& way) {
  const auto [kind, masked, in_place] = way;
  const std::vector<T> x = sample_row<T>(count_of(shape), kind), mask = sample_row<T>(count_of(shape), 1);
  std::vector<T> y = in_place ? x : std::vector<T>(x.size(), kCanary<T>);
  rheo_rows_call call = rows_call(shape, in_place ? y.data() : x.data(), y.data());
  call.axis = axis, call.threads = 1;
  if (masked) call.mask = mask.data(), call.scale = 0.625;
  EXPECT_EQ(rheo_rows_run(row_function(name), &call), RHEO_OK) << rheo_last_error();
  return y;
}

template <class T>
void expect_same_without_memory(const Strides& shape, std::int32_t axis, Asks asks) {
  SCOPED_TRACE(testing::Message() << "rows of " << shape[static_cast<std::size_t>(axis)]);
  for (const char* name : kRowFunctions) {
    for (unsigned i = 0; i < 4 * std::size(kSampleKinds); ++i) {
      const Way way{kSampleKinds[i / 4], i % 2 == 1, i / 2 % 2 == 1};
      asked = 0;
      const std::vector<T> with = values<T>(name, shape, axis, way);
      // Rows of logarithms that lie together keep nothing.
      if (axis == 0 || std::string(name) != "log_softmax") {
        EXPECT_EQ(asked > 0, asks == Asks::kYes || (asks == Asks::kWithFma && has_fma())) << name;
      }
      none_left = true;
      const std::vector<T> without = values<T>(name, shape, axis, way);
      none_left = false;
      EXPECT_TRUE(same_bits(with, without))
          << name << ", kind " << way.kind << ", masked " << way.masked << ", in place " << way.in_place;
    }
  }
}

template <class T>
class RowRoomOf : public ::testing::Test {};
using Formats = ::testing::Types<float, double, Bfloat16, Float16>;
TYPED_TEST_SUITE(RowRoomOf, Formats);

TYPED_TEST(RowRoomOf, ColumnsHaveTheSameBitsWithoutMemory) {
  const bool narrow = sizeof(TypeParam) == 2;
  expect_same_without_memory<TypeParam>({64, 150}, 0, Asks::kNo);
  expect_same_without_memory<TypeParam>({65, 150}, 0, narrow ? Asks::kWithFma : Asks::kNo);
  expect_same_without_memory<TypeParam>({129, 150}, 0, Asks::kWithFma);
  expect_same_without_memory<TypeParam>({256, 31}, 0, Asks::kNo);
  expect_same_without_memory<TypeParam>({257, 31}, 0, Asks::kYes);
  expect_same_without_memory<TypeParam>({4096, 19}, 0, Asks::kYes);
  expect_same_without_memory<TypeParam>({4099, 17}, 0, Asks::kNo);  // more than a core's cache holds
}

TYPED_TEST(RowRoomOf, LongRowsHaveTheSameBitsWithoutMemory) {
  const Asks asks = sizeof(TypeParam) == 2 ? Asks::kWithFma : Asks::kNo;
  expect_same_without_memory<TypeParam>({3, 4096}, 1, Asks::kNo);
  expect_same_without_memory<TypeParam>({3, 5000}, 1, asks);
  expect_same_without_memory<TypeParam>({1, 65536}, 1, asks);
  expect_same_without_memory<TypeParam>({1, 70001}, 1, Asks::kNo);
}

}  // namespace
}  // namespace rheo::test
