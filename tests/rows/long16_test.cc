// SPDX-License-Identifier: Apache-2.0
// long16_test.cc: long rows of 16-bit numbers, which float32 decides where they lie together, give the bits
// of rows whose elements lie apart, which are float64's.
#include "tests/rows/number16.h"
#include "tests/rows/rows.h"

namespace rheo::test {
namespace {

constexpr std::size_t kLength = 70'021;  // longer than what exponentials are kept of

template <class T>
class LongRows16 : public testing::Test {};
using Formats16 = testing::Types<Bfloat16, Float16>;
TYPED_TEST_SUITE(LongRows16, Formats16);

// Where elements lie: beside others that are counted from 0 or from the largest, far apart, near overflow.
struct Spread {
  double from, to;
};
constexpr Spread kSpreads[] = {{-17, 0},   {-17, -1e-4}, {-95, 0},         {-40, -10},
                               {3, 39.96}, {-110, 1},    {-3.3e38, -3e38}, {500, 520}};

template <class T>
std::vector<T> row_of(const Spread& spread, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> number(spread.from, spread.to);
  const double largest = std::numeric_limits<T>::max();
  std::vector<T> x(kLength);
  for (T& v : x) v = T(std::clamp(number(random), -largest, largest));
  x[kLength / 2] = T(-HUGE_VAL);
  return x;
}

// The same call with every second element of arrays twice as long.
template <class T>
std::vector<T> apart(const std::vector<T>& x) {
  std::vector<T> all(2 * x.size(), kCanary<T>);
  for (std::size_t i = 0; i < x.size(); ++i) all[2 * i] = x[i];
  return all;
}
template <class T>
std::vector<T> together(const std::vector<T>& all) {
  std::vector<T> x(all.size() / 2);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = all[2 * i];
  return x;
}

template <class T>
std::vector<T> values_apart(const std::string& name, const std::vector<T>& x, double scale) {
  const Strides shape = {static_cast<std::int64_t>(x.size())}, strides = {2};
  const std::vector<T> from = apart(x);
  std::vector<T> y(from.size());
  rheo_rows_call call = rows_call(shape, from.data(), y.data());
  call.scale = scale, call.x_strides = strides.data(), call.y_strides = strides.data();
  EXPECT_EQ(rheo_rows_run(row_function(name), &call), RHEO_OK) << rheo_last_error();
  return together(y);
}

template <class T>
std::vector<T> gradients_apart(const std::string& name, const std::vector<T>& y, const std::vector<T>& grad,
                               double scale) {
  const Strides shape = {static_cast<std::int64_t>(y.size())}, strides = {2};
  const std::vector<T> from = apart(y), slopes = apart(grad);
  std::vector<T> dx(from.size());
  rheo_rows_call call = rows_call(shape, static_cast<const T*>(nullptr), dx.data());
  call.role = RHEO_BACKWARD, call.scale = scale, call.result = from.data(), call.grad = slopes.data();
  call.result_strides = call.grad_strides = call.y_strides = strides.data();
  EXPECT_EQ(rheo_rows_run(row_function(name), &call), RHEO_OK) << rheo_last_error();
  return together(dx);
}

TYPED_TEST(LongRows16, GiveTheBitsOfRowsWhoseElementsLieApart) {
  using T = TypeParam;
  constexpr std::uint64_t kRows = 8;  // of each kind, as few results are beside a tie
  for (const char* name : kRowFunctions) {
    for (const double scale : {1.0, 0.7, 3.25}) {
      for (const Spread& spread : kSpreads) {
        SCOPED_TRACE(testing::Message()
                     << name << " of " << scale << " times " << spread.from << " to " << spread.to);
        for (std::uint64_t seed = 0; seed < kRows; ++seed) {
          const std::vector<T> x = row_of<T>(spread, seed);
          const std::vector<T> y = values_of(name, x, kLength, scale);
          ASSERT_TRUE(same_bits(y, values_apart(name, x, scale)));
          if (seed > 0) continue;
          const std::vector<T> grad = row_of<T>({-3, 5}, seed + 99);
          ASSERT_TRUE(
              same_bits(gradients_of(name, y, grad, kLength, scale), gradients_apart(name, y, grad, scale)));
        }
      }
    }
  }
}

// Tiny and huge ones, of whole vectors and of what is left of one.
TYPED_TEST(LongRows16, GradientsOfAnyLengthHaveTheSameBits) {
  using T = TypeParam;
  const double smallest = std::numeric_limits<T>::denorm_min(), largest = std::numeric_limits<T>::max();
  for (const double size : {smallest, 3 * smallest, largest / 2, 1.0}) {
    for (const std::size_t length : {1, 15, 16, 17, 31, 32, 33, 47, 100, 5000}) {
      std::vector<T> y(length), grad(length);
      for (std::size_t i = 0; i < length; ++i) {
        y[i] = T(i % 3 == 0 ? smallest : 1.0 / static_cast<double>(length));
        grad[i] = T((i % 2 == 0 ? 1 : -1) * size);
      }
      for (const char* name : {"softmax", "softmin"}) {
        SCOPED_TRACE(testing::Message() << name << ", " << length << " elements of " << size);
        EXPECT_TRUE(same_bits(gradients_of(name, y, grad, length, 1), gradients_apart(name, y, grad, 1)));
      }
    }
  }
}

// The only product of any size is nothing in float32, but not times the scale.
TEST(Rows16, GradientsKeepProductsThatFloat32WouldLose) {
  const std::vector<Bfloat16> y = {0x1p-60, 1, 0}, grad = {0x1p-100, 0, 0};
  const auto dx = gradients_of("softmax", y, grad, 3, 0x1p60);
  EXPECT_EQ(static_cast<double>(dx[1]), -0x1p-100);
  EXPECT_TRUE(same_bits(dx, gradients_apart("softmax", y, grad, 0x1p60)));
}

}  // namespace
}  // namespace rheo::test
