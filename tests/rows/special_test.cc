// SPDX-License-Identifier: Apache-2.0
// special_test.cc: NaN, infinities, single elements and empty rows, as docs/rows.md states them.
#include "tests/rows/number16.h"
#include "tests/rows/rows.h"

namespace rheo::test {
namespace {

template <class T>
class RowSpecials : public testing::Test {};
using Formats = testing::Types<float, double, Bfloat16, Float16>;
TYPED_TEST_SUITE(RowSpecials, Formats);

template <class T>
constexpr T kInf = std::numeric_limits<T>::infinity();

// Rows of this length with other elements around, so that they are not the only one in a vector.
template <class T>
std::vector<T> row_with(std::size_t length, std::size_t at, T special) {
  std::vector<T> x = sample_row<T>(length, 1);
  x[at] = special;
  return x;
}

template <class T, class Predicate>
void expect_all(const std::vector<T>& y, Predicate&& right) {
  for (std::size_t i = 0; i < y.size(); ++i)
    EXPECT_TRUE(right(y[i])) << "element " << i << ": " << text(y[i]);
}

const auto is_nan = [](auto v) { return std::isnan(v); };

TYPED_TEST(RowSpecials, ANanAnywhereMakesAllOfItsRowNan) {
  using T = TypeParam;
  for (const char* name : kRowFunctions) {
    for (const std::size_t length : {1, 2, 15, 16, 17, 64, 65, 5000})
      for (const std::size_t at : {std::size_t{0}, length / 2, length - 1})
        expect_all(values_of(name, row_with<T>(length, at, std::numeric_limits<T>::quiet_NaN()), length),
                   is_nan);
  }
}

TYPED_TEST(RowSpecials, AnInfinityOfTheLargestMakesAllOfItsRowNan) {
  using T = TypeParam;
  for (const char* name : kRowFunctions) {
    const T largest = std::string(name) == "softmin" ? -kInf<T> : kInf<T>;
    for (const std::size_t length : {1, 2, 17, 64, 5000})
      expect_all(values_of(name, row_with<T>(length, length / 2, largest), length), is_nan);
  }
}

TYPED_TEST(RowSpecials, ARowOfNothingButMinusInfinityIsNan) {
  using T = TypeParam;
  for (const std::size_t length : {1, 3, 16, 40}) {
    expect_all(values_of("softmax", std::vector<T>(length, -kInf<T>), length), is_nan);
    expect_all(values_of("log_softmax", std::vector<T>(length, -kInf<T>), length), is_nan);
    expect_all(values_of("softmin", std::vector<T>(length, kInf<T>), length), is_nan);
  }
}

TYPED_TEST(RowSpecials, AnElementOfMinusInfinityHasNoShare) {
  using T = TypeParam;
  for (const std::size_t length : {2, 17, 64, 5000}) {
    const std::size_t at = length / 2;
    EXPECT_TRUE(same(values_of("softmax", row_with<T>(length, at, -kInf<T>), length)[at], T(0)));
    EXPECT_TRUE(same(values_of("softmin", row_with<T>(length, at, kInf<T>), length)[at], T(0)));
    EXPECT_TRUE(same(values_of("log_softmax", row_with<T>(length, at, -kInf<T>), length)[at], -kInf<T>));
  }
}

TYPED_TEST(RowSpecials, ASingleFiniteElementHasAll) {
  using T = TypeParam;
  for (const T x : {T(0), T(-0.0), T(-3), T(1e30), T(-1e30), std::numeric_limits<T>::max(),
                    std::numeric_limits<T>::denorm_min()}) {
    if (!std::isfinite(x)) continue;  // 1e30 in float16
    EXPECT_TRUE(same(values_of("softmax", std::vector<T>{x}, 1)[0], T(1)));
    EXPECT_TRUE(same(values_of("softmin", std::vector<T>{x}, 1)[0], T(1)));
    EXPECT_TRUE(same(values_of("log_softmax", std::vector<T>{x}, 1)[0], T(0)));
    EXPECT_TRUE(same(values_of("softmax", std::vector<T>{-kInf<T>, x, -kInf<T>}, 3)[1], T(1)));
    EXPECT_TRUE(same(values_of("log_softmax", std::vector<T>{-kInf<T>, x, -kInf<T>}, 3)[1], T(0)));
  }
}

TYPED_TEST(RowSpecials, TheFarthestFiniteElementsNeitherOverflowNorBecomeNan) {
  using T = TypeParam;
  const T far = std::numeric_limits<T>::max();
  const auto y = values_of("softmax", std::vector<T>{far, -far, far, 0}, 4);
  EXPECT_EQ(y, (std::vector<T>{T(0.5), 0, T(0.5), 0}));
  EXPECT_EQ(values_of("log_softmax", std::vector<T>{far, -far}, 2)[1], -kInf<T>);
  EXPECT_EQ(values_of("log_softmax", std::vector<T>{far, 0}, 2)[1], -far);
}

TYPED_TEST(RowSpecials, ARowDoesNotDependOnItsNeighbours) {
  using T = TypeParam;
  for (const char* name : kRowFunctions) {
    for (const std::size_t length : {5, 64, 300}) {
      std::vector<T> all;
      for (unsigned kind = 0; kind < 33; ++kind) {
        const auto row = kind % 6 == 5 ? row_with<T>(length, 1, kind % 12 == 5 ? kInf<T> : T(std::nan("")))
                                       : sample_row<T>(length, kind);
        all.insert(all.end(), row.begin(), row.end());
      }
      const auto together = values_of(name, all, length);
      for (std::size_t begin = 0; begin < all.size(); begin += length) {
        const auto row = all.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto alone =
            values_of(name, std::vector<T>(row, row + static_cast<std::ptrdiff_t>(length)), length);
        for (std::size_t i = 0; i < length; ++i)
          ASSERT_TRUE(same(alone[i], together[begin + i])) << name << " " << begin << " " << i;
      }
    }
  }
}

TEST(RowShapes, WithoutElementsAreFine) {
  float y = kCanary<float>;
  for (const Strides& shape : {Strides{0}, Strides{3, 0}, Strides{0, 3}, Strides{2, 0, 4}}) {
    rheo_rows_call call = rows_call<float>(shape, nullptr, nullptr);
    EXPECT_EQ(rheo_rows_run(row_function("softmax"), &call), RHEO_OK) << rheo_last_error();
  }
  const float x = 3;
  rheo_rows_call call = rows_call(Strides{}, &x, &y);  // rank 0: one element
  EXPECT_EQ(rheo_rows_run(row_function("softmax"), &call), RHEO_OK) << rheo_last_error();
  EXPECT_EQ(y, 1);
}

}  // namespace
}  // namespace rheo::test
