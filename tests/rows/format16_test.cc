// SPDX-License-Identifier: Apache-2.0
// format16_test.cc: rows of bfloat16 and float16 are rounded correctly, but for results that are nearly ties.
#include "tests/rows/number16.h"
#include "tests/rows/rows.h"

namespace rheo::test {
namespace {

// How much nearer to a tie than this a result has to be to be rounded to the other side, in ulp. docs/rows.md
// promises it; the oracle's own error is nothing beside it.
constexpr double kNearTie = 0x1p-20;

template <class T>
class Rows16 : public testing::Test {};
using Formats16 = testing::Types<Bfloat16, Float16>;
TYPED_TEST_SUITE(Rows16, Formats16);

// How far off y is, in ulp; an infinity stands for what is half an ulp or more beyond the largest number.
template <class T>
double rounding_error(T y, long double exact) {
  if (!std::isinf(y) || std::isinf(exact)) return ulps_off(y, exact);
  const long double largest = std::numeric_limits<T>::max();
  const long double beyond = largest + std::ldexp(largest, -T::kFormat.precision - 1);
  return std::fabs(exact) >= beyond && (exact < 0) == (y < 0) ? 0.5 : HUGE_VAL;
}

struct Count {
  std::size_t all = 0, wrong = 0;
};

template <class T>
void expect_rounded(const std::string& name, std::size_t length, unsigned kind, double scale, bool masked,
                    Count& count) {
  const auto x = sample_row<T>(length, kind), mask = sample_row<T>(length, kind + 8);
  const auto factor = static_cast<double>(static_cast<float>(scale));
  std::vector<double> z;
  for (std::size_t i = 0; i < length; ++i) z.push_back(std::fma(factor, x[i], masked ? double(mask[i]) : 0));
  const auto y = values_of(name, x, length, scale, masked ? mask : std::vector<T>{});
  const auto exact = exact_row(name, z);
  for (std::size_t i = 0; i < length; ++i) {
    const double off = rounding_error(y[i], exact[i]);
    ASSERT_LE(off, 0.5 + kNearTie) << name << ", rows of " << length << ", kind " << kind << ", element "
                                   << i;
    ++count.all, count.wrong += off > 0.5;
  }
}

TYPED_TEST(Rows16, ValuesAreRoundedOnce) {
  for (const char* name : kRowFunctions) {
    Count count;
    for (std::size_t length = 1; length <= 70; ++length)
      for (unsigned kind = 0; kind < kKinds; ++kind)
        expect_rounded<TypeParam>(name, length, kind, kind % 4 == 3 ? 0.7 : 1, kind % 3 == 2, count);
    for (const std::size_t length : {255, 1024, 4095, 4096, 4097})
      for (unsigned kind = length % 3; kind < kKinds; kind += 5)
        expect_rounded<TypeParam>(name, length, kind, kind % 2 == 0 ? 1 : 0.125, kind % 3 == 1, count);
    // Longer rows' exponentials are kept elsewhere.
    for (const std::size_t length : {4097, 5003})
      for (unsigned kind = 0; kind < kKinds; ++kind)
        expect_rounded<TypeParam>(name, length, kind, kind % 4 < 2 ? 1 : 0.7, false, count);
    for (const unsigned kind : {0, 9, 15}) expect_rounded<TypeParam>(name, 65536, kind, 1, false, count);
    EXPECT_EQ(count.wrong, 0) << name << ", of " << count.all;
  }
}

// |dx - exact| is half an ulp at most, and so many of the units of docs/rows.md: s_i (|g_i| + sum_j s_j
// |g_j|), of a logarithm |g_i| + s_i sum_j |g_j|.
template <class T>
void expect_rounded_gradients(bool logarithm, const std::vector<long double>& shares,
                              const std::vector<T>& grad, long double factor, const std::vector<T>& dx,
                              long double units) {
  long double sum = 0, size = 0;
  for (std::size_t i = 0; i < dx.size(); ++i) {
    const long double g = grad[i], weight = logarithm ? 1 : shares[i];
    sum += weight * g, size += weight * std::fabs(g);
  }
  for (std::size_t i = 0; i < dx.size(); ++i) {
    const long double s = shares[i], g = grad[i];
    const long double exact = factor * (logarithm ? g - s * sum : s * (g - sum));
    const long double unit =
        std::fabs(factor) * (logarithm ? std::fabs(g) + s * size : s * (std::fabs(g) + size));
    int exponent = 0;
    std::frexp(exact, &exponent);
    using Limits = std::numeric_limits<T>;
    const long double ulp = std::ldexp(1.0L, std::max(exponent, Limits::min_exponent) - Limits::digits);
    const long double off = std::fabs(static_cast<long double>(dx[i]) - exact);
    if (std::isinf(dx[i]) && rounding_error(dx[i], exact) <= 0.5) continue;
    ASSERT_LE(off, 0.5L * ulp + units * unit) << "element " << i << " of " << dx.size();
  }
}

double sign_of(const std::string& name) { return name == "softmin" ? -1 : 1; }

template <class T>
void expect_gradients_rounded(const std::string& name, std::size_t length, unsigned kind, double scale) {
  const auto y = values_of(name, sample_row<T>(length, kind), length), grad = sample_row<T>(length, kind + 4);
  const bool logarithm = name == "log_softmax";
  std::vector<long double> shares;
  for (const T v : y) {
    const long double given = v;
    shares.push_back(logarithm ? std::exp(given) : given);
  }
  SCOPED_TRACE(name + ", kind " + std::to_string(kind));
  expect_rounded_gradients(logarithm, shares, grad, sign_of(name) * static_cast<double>(float(scale)),
                           gradients_of(name, y, grad, length, scale), 4 * 0x1p-24L);
}

TYPED_TEST(Rows16, GradientsAreRoundedOnce) {
  for (const char* name : kRowFunctions) {
    for (std::size_t length = 1; length <= 70; length += length < 36 ? 1 : 3)
      for (unsigned kind = 0; kind < kKinds; kind += 5)
        expect_gradients_rounded<TypeParam>(name, length, kind, kind % 2 == 0 ? 1 : 0.7);
    for (const std::size_t length : {1024, 4096, 5000, 65536})
      for (const unsigned kind : {3, 8}) expect_gradients_rounded<TypeParam>(name, length, kind, 0.3);
  }
}

// Shares are not rounded to 16 bits first, so that logarithms far from 0 have gradients of all their digits.
TYPED_TEST(Rows16, GradientsFromInputsAreThoseOfExactShares) {
  using T = TypeParam;
  for (const char* name : kRowFunctions) {
    for (const std::size_t length : {1, 2, 7, 16, 33, 100, 511, 513, 1000, 5000}) {
      for (unsigned kind = 0; kind < kKinds; kind += 4) {
        const auto x = sample_row<T>(length, kind), mask = sample_row<T>(length, kind + 5),
                   grad = sample_row<T>(length, kind + 1);
        const bool masked = kind % 3 == 1;
        const double scale = kind % 8 == 4 ? 0.3 : 1, factor = static_cast<float>(scale);
        std::vector<double> z;
        for (std::size_t i = 0; i < length; ++i)
          z.push_back(std::fma(factor, x[i], masked ? double(mask[i]) : 0));
        std::vector<T> dx(length, kCanary<T>);
        const Strides shape = {static_cast<std::int64_t>(length)};
        rheo_rows_call call = rows_call(shape, x.data(), dx.data());
        call.role = RHEO_BACKWARD, call.scale = scale, call.grad = grad.data();
        call.mask = masked ? mask.data() : nullptr;
        ASSERT_EQ(rheo_rows_run(row_function(name), &call), RHEO_OK) << rheo_last_error();
        SCOPED_TRACE(std::string(name) + ", kind " + std::to_string(kind));
        const bool logarithm = std::string(name) == "log_softmax";
        expect_rounded_gradients(logarithm, exact_row(logarithm ? "softmax" : name, z), grad,
                                 sign_of(name) * factor, dx, 0x1p-32L);
        if (this->HasFatalFailure()) return;
      }
    }
  }
}

TYPED_TEST(Rows16, GradientsFromInputsOfAnyLayoutHaveTheSameBits) {
  using T = TypeParam;
  const Strides shape = {3, 40, 5}, dense = contiguous_strides(shape);
  const auto run = [&](const char* name, std::int32_t axis, const Strides(&strides)[4],
                       const std::vector<T>& values, std::int32_t threads) {
    Scattered<T> x(shape, strides[0]), mask(shape, strides[1]), grad(shape, strides[2]),
        dx(shape, strides[3]);
    x.fill(values), grad.fill(sample_row<T>(values.size(), 9)),
        mask.fill(std::vector<T>(values.size(), T(0.5)));
    rheo_rows_call call = rows_call(shape, x.data(), dx.data());
    call.role = RHEO_BACKWARD, call.axis = axis, call.threads = threads;
    call.mask = mask.data(), call.grad = grad.data();
    call.x_strides = x.strides(), call.mask_strides = mask.strides();
    call.grad_strides = grad.strides(), call.y_strides = dx.strides();
    EXPECT_EQ(rheo_rows_run(row_function(name), &call), RHEO_OK) << rheo_last_error();
    EXPECT_TRUE(dx.untouched_elsewhere());
    return dx.read();
  };
  const Strides plain[4] = {dense, dense, dense, dense};
  const Strides others[][4] = {{dense, {0, 0, 0}, {1, 3, 120}, dense},
                               {{1, 15, 3}, {0, 5, 1}, dense, {400, 10, 2}},
                               {{-200, 5, -1}, dense, {250, 6, 1}, {1, 15, 3}}};
  for (const char* name : kRowFunctions) {
    for (const std::int32_t axis : {0, 1, 2}) {
      const auto x = sample_row<T>(count_of(shape), 2), expected = run(name, axis, plain, x, 1);
      for (const auto& strides : others) EXPECT_TRUE(same_bits(run(name, axis, strides, x, 2), expected));
    }
  }
}

// Gradients 0.75 g with an odd last bit too many, and no sum: exactly between two numbers.
TYPED_TEST(Rows16, TiesGoToTheEvenOne) {
  using T = TypeParam;
  const int top = 1 << T::kFormat.precision;
  for (const int exponent : {0, -9, T::kFormat.lowest + 1}) {
    for (int odd = top / 3 | 1; 3 * odd < 2 * top; odd += 2) {
      const double g = std::ldexp(odd, exponent), first = T(-1.5 * g);
      const std::vector<T> y = {0.75, 0.5, 0.5}, grad = {g, first, -1.5 * g - first};
      ASSERT_EQ(0.75 * g + 0.5 * grad[1] + 0.5 * grad[2], 0);
      EXPECT_TRUE(same(gradients_of("softmax", y, grad, 3)[0], T(0.75 * g))) << odd << " " << exponent;
    }
  }
}

}  // namespace
}  // namespace rheo::test
