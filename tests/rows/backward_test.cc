// SPDX-License-Identifier: Apache-2.0
// backward_test.cc: gradients are within their bounds of exact ones.
#include "tests/rows/rows.h"

namespace rheo::test {
namespace {

// |dx - exact|, in units of epsilon (s_i (|g_i| + sum_j s_j |g_j|)), of a logarithm epsilon (|g_i| + s_i
// sum_j |g_j|), after a smallest number for what underflows.
template <class T>
double units_off(bool logarithm, const std::vector<T>& result, const std::vector<T>& grad, double factor,
                 const std::vector<T>& dx) {
  const auto share = [&](T y) { return logarithm ? std::exp(static_cast<long double>(y)) : y; };
  long double sum = 0, size = 0;
  for (std::size_t i = 0; i < grad.size(); ++i) {
    const long double weight = logarithm ? 1 : share(result[i]);
    sum += weight * grad[i], size += weight * std::fabs(grad[i]);
  }
  const long double epsilon = std::numeric_limits<T>::epsilon() / 2;
  double worst = 0;
  for (std::size_t i = 0; i < grad.size(); ++i) {
    const long double s = share(result[i]), g = grad[i];
    const long double exact = factor * (logarithm ? g - s * sum : s * (g - sum));
    const long double unit =
        std::fabs(factor) * epsilon * (logarithm ? std::fabs(g) + s * size : s * (std::fabs(g) + size));
    const long double small = std::numeric_limits<T>::denorm_min() * std::max(1.0, 2 * std::fabs(factor));
    const long double off = std::max(0.0L, std::fabs(dx[i] - exact) - small);
    if (off > 0) worst = std::max(worst, static_cast<double>(off / unit));
  }
  return worst;
}

template <class T>
void expect_within(const std::string& name, std::size_t length, unsigned kind, double scale) {
  const std::vector<T> x = sample_row<T>(length, kind), y = values_of(name, x, length);
  const bool logarithm = name == "log_softmax";
  for (const unsigned other : {1U, 4U, 9U}) {
    const std::vector<T> grad = sample_row<T>(length, kind + other),
                         dx = gradients_of(name, y, grad, length, scale);
    const double factor = (name == "softmin" ? -1 : 1) * static_cast<double>(static_cast<T>(scale));
    EXPECT_LE(units_off(logarithm, y, grad, factor, dx), 4)
        << name << ", rows of " << length << ", kind " << kind << ", " << sizeof(T) * 8 << " bits";
  }
}

TEST(RowGradients, AreWithinTheirBoundsOfExactOnes) {
  for (const char* name : kRowFunctions) {
    for (std::size_t length = 1; length <= 70; length += length < 36 ? 1 : 3) {
      for (unsigned kind = 0; kind < kKinds; kind += 5) {
        expect_within<float>(name, length, kind, 1);
        expect_within<double>(name, length, kind, kind % 2 == 0 ? 1 : 0.7);
      }
    }
    for (const std::size_t length : {1024, 5000, 65536}) {
      expect_within<float>(name, length, 3, 0.3);
      expect_within<double>(name, length, 8, 1);
    }
  }
}

// Products of shares and gradients may be subnormal, and differences overflow.
constexpr int kExponents[] = {-146, -128, -120, -112, -105, -60, 0, 60, 115, 119, 122};

std::vector<float> scaled_row(std::size_t length, unsigned kind, int exponent) {
  std::vector<float> grad = sample_row<float>(length, kind % 3);  // spreads of 3 at most
  for (float& g : grad) g = std::ldexp(g, exponent);
  return grad;
}

TEST(RowGradients, OfTheSmallestAndLargestNumbersAreWithinTheirBounds) {
  for (const char* name : kRowFunctions) {
    for (const std::size_t length : {3, 40, 3000}) {
      for (const int exponent : kExponents) {
        for (const double scale : {1.0, 0.3, 7.0, 1e-30, 1e4}) {
          const auto y = values_of(name, sample_row<float>(length, 2), length);
          const auto grad = scaled_row(length, 1, exponent);
          const auto dx = gradients_of(name, y, grad, length, scale);
          if (!std::all_of(dx.begin(), dx.end(), [](float v) { return std::isfinite(v); })) continue;
          const double factor = (name == std::string("softmin") ? -1 : 1) * double(float(scale));
          EXPECT_LE(units_off(name == std::string("log_softmax"), y, grad, factor, dx), 4)
              << name << ", rows of " << length << ", scale " << scale << ", 2^" << exponent;
        }
      }
    }
  }
}

// One share of a half, the others so small that their products with the gradient are subnormal: rounded, they
// would be thousands of smallest numbers off together.
TEST(RowGradients, OfManyProductsThatAreSubnormalLoseNothing) {
  const std::size_t length = 65537;
  std::vector<float> y(length, 0x1p-17F), grad(length, 0x1.55p-128F);
  y[7] = 0.5F, grad[7] = 0x1p-125F;
  EXPECT_LE(units_off(false, y, grad, 1, gradients_of("softmax", y, grad, length)), 4);
}

// Rows of all sizes side by side: whether a row's sum may be trusted is the row's own matter.
TEST(RowGradients, AreTheSameInRowsAndColumnsOfAllSizes) {
  constexpr std::size_t kLength = 50, kRows = 150;
  const auto turned = [](const std::vector<float>& rows) {
    std::vector<float> columns(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) columns[i % kLength * kRows + i / kLength] = rows[i];
    return columns;
  };
  for (const char* name : kRowFunctions) {
    for (const double scale : {1.0, 5.0, 1e-3}) {
      std::vector<float> y, grad;
      for (unsigned row = 0; row < kRows; ++row) {
        const auto values = values_of(name, sample_row<float>(kLength, row % 4), kLength);
        const bool ordinary = row < 70 || row % 3 != 0;
        const auto g = scaled_row(kLength, row, ordinary ? 0 : kExponents[row % std::size(kExponents)]);
        y.insert(y.end(), values.begin(), values.end()), grad.insert(grad.end(), g.begin(), g.end());
      }
      std::fill_n(grad.begin() + 75 * kLength, kLength, 0.0F);
      const auto y_columns = turned(y), grad_columns = turned(grad);
      std::vector<float> dx(y.size());
      const Strides shape = {kLength, kRows};
      rheo_rows_call call = rows_call<float>(shape, nullptr, dx.data());
      call.role = RHEO_BACKWARD, call.axis = 0, call.scale = scale;
      call.result = y_columns.data(), call.grad = grad_columns.data();
      ASSERT_EQ(rheo_rows_run(row_function(name), &call), RHEO_OK) << rheo_last_error();
      ASSERT_TRUE(same_bits(dx, turned(gradients_of(name, y, grad, kLength, scale)))) << name << " " << scale;
    }
  }
}

// From x the value is made first, so the gradient is that from the value.
TEST(RowGradients, FromInputsAreThoseFromTheirValues) {
  const auto check = [](auto zero) {
    using T = decltype(zero);
    for (const char* name : kRowFunctions) {
      const std::size_t length = 37;
      std::vector<T> x, grad, mask;
      for (unsigned kind = 0; kind < 6; ++kind) {
        const auto row = sample_row<T>(length, kind), g = sample_row<T>(length, kind + 7);
        x.insert(x.end(), row.begin(), row.end()), grad.insert(grad.end(), g.begin(), g.end());
      }
      for (std::size_t i = 0; i < x.size(); ++i) mask.push_back(i % 5 == 0 ? T(-HUGE_VAL) : T(i % 3));
      const auto y = values_of(name, x, length, 0.5, mask);
      std::vector<T> dx(x.size());
      const Strides shape = {6, 37};
      rheo_rows_call call = rows_call(shape, x.data(), dx.data());
      call.role = RHEO_BACKWARD, call.scale = 0.5, call.mask = mask.data(), call.grad = grad.data();
      ASSERT_EQ(rheo_rows_run(row_function(name), &call), RHEO_OK) << rheo_last_error();
      EXPECT_TRUE(same_bits(dx, gradients_of(name, y, grad, length, 0.5))) << name;
    }
  };
  check(0.0F), check(0.0);
}

TEST(RowGradients, OfAShareThatIsZeroIsZero) {
  const std::vector<float> y = {0.25F, 0, 0.75F}, grad = {1, 5, -2};
  EXPECT_EQ(gradients_of("softmax", y, grad, 3)[1], 0);
  const std::vector<float> log = {-0.5F, -HUGE_VALF, -0.9F};
  EXPECT_EQ(gradients_of("log_softmax", log, grad, 3)[1], 5);
}

}  // namespace
}  // namespace rheo::test
