// SPDX-License-Identifier: Apache-2.0
// gate_test.cc: act(a) b and its gradients through the C ABI: numbers.
#include "tests/capi/gate.h"

namespace rheo::test {
namespace {

std::vector<double> doubles(const std::vector<float>& x) { return {x.begin(), x.end()}; }

// One unit in the last place of a float32 near `exact`.
double ulp32(double exact) {
  const double size = std::fabs(exact);
  return size < 0x1p-126 ? 0x1p-149 : std::ldexp(1.0, std::ilogb(size) - 23);
}

// y against the exact product, which `exact` gives but for two roundings to float64.
testing::AssertionResult near_product(float y, double exact, double bound) {
  const auto fault = [&] { return testing::AssertionFailure() << text(y) << ", exactly " << text(exact); };
  constexpr double kOverflows = 0x1.ffffffp127;
  if (std::isnan(exact)) return std::isnan(y) ? testing::AssertionSuccess() : fault();
  if (std::isnan(y) || std::signbit(y) != std::signbit(exact)) return fault();
  if (std::fabs(exact) > kOverflows) return std::isinf(y) ? testing::AssertionSuccess() : fault();
  if (std::isinf(y)) return std::fabs(exact) > 0x1.fffffcp127 ? testing::AssertionSuccess() : fault();
  constexpr double kOracle = 0x1p-27;  // of the float64 results, in float32's ulp
  const double error = std::fabs(static_cast<double>(y) - exact) / ulp32(exact);
  return error <= bound + kOracle ? testing::AssertionSuccess() : fault() << ", " << error << " ulp";
}

// What underflows in float64 is nothing in float32 either, but not to an infinite factor.
bool undecided(double act, double factor) { return act == 0 && !std::isfinite(factor); }

TEST(Gate, ValueOfFloat32IsWithinOneUlpOfTheExactProduct) {
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    GateCall<float> call(RHEO_FLOAT32, RHEO_VALUE, 20000);
    call.run(find(name));
    const std::vector<double> act = act_of(find(name), doubles(call.a), RHEO_VALUE, true);
    for (std::size_t i = 0; i < act.size(); ++i) {
      const auto factor = static_cast<double>(call.b[i]);
      if (undecided(act[i], factor)) continue;
      ASSERT_TRUE(near_product(call.y[i], act[i] * factor, 1))
          << "a = " << text(call.a[i]) << ", b = " << text(call.b[i]);
    }
  }
}

// Products whose digits are worst for a value that is not quite exact: of all sizes of a, and b with results
// just below a power of two, where an ulp is small.
TEST(Gate, ValueKeepsItsBoundWhereAnUlpIsSmallest) {
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    std::mt19937_64 random(5);
    std::vector<float> a(30000), b(a.size());
    for (std::size_t i = 0; i < a.size(); ++i)
      a[i] = static_cast<float>(std::ldexp(static_cast<double>(random() >> 11) * 0x1p-53 - 0.5,
                                           static_cast<int>(random() % 24) - 16));
    const std::vector<double> act = act_of(find(name), doubles(a), RHEO_VALUE, true);
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double size = std::fabs(act[i]), power = size == 0 ? 1 : std::ldexp(2.0, std::ilogb(size));
      b[i] = size == 0
                 ? 1
                 : static_cast<float>(power / size * (1 - static_cast<double>(random() >> 12) * 0x1p-58));
    }
    GateCall<float> call(RHEO_FLOAT32, RHEO_VALUE, a, b, b);
    call.run(find(name));
    for (std::size_t i = 0; i < a.size(); ++i)
      ASSERT_TRUE(near_product(call.y[i], act[i] * static_cast<double>(b[i]), 1))
          << "a = " << text(a[i]) << ", b = " << text(b[i]);
  }
}

// Where act(a) alone is subnormal, 0 or infinite in float32, the other factor brings the product back.
TEST(Gate, ValueKeepsItsDigitsWhereTheActivationAloneWouldLoseThem) {
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    std::vector<float> a, b;
    for (const float x : {0x1.8p-149F, 0x1.2345p-140F, 0x1.fp-127F, 0x1.23p-101F, -85.5F, -95.0F, -104.0F,
                          -120.0F, -200.0F, -14.7F, 0x1.fffffep127F, 0x1.0p127F, 0x1p100F, 0x1.8p101F}) {
      for (const float f : {0x1.8p127F, -0x1.1p100F, 0x1.234p60F, 0x1.8p-126F, 0x1p-149F, 0x1.7p-30F})
        for (const float sign : {1.0F, -1.0F}) a.push_back(sign * x), b.push_back(f);
    }
    GateCall<float> call(RHEO_FLOAT32, RHEO_VALUE, a, b, b);
    call.run(find(name));
    const std::vector<double> act = act_of(find(name), doubles(a), RHEO_VALUE, true);
    for (std::size_t i = 0; i < a.size(); ++i)
      EXPECT_TRUE(near_product(call.y[i], act[i] * static_cast<double>(b[i]), 1))
          << "a = " << text(a[i]) << ", b = " << text(b[i]);
  }
}

TEST(Gate, OfNaNInEitherFactorIsNaN) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN(),
                  kInf = std::numeric_limits<float>::infinity();
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    GateCall<float> call(RHEO_FLOAT32, RHEO_VALUE, {kNan, 1, kNan, 0, -0.0F}, {1, kNan, kInf, kNan, 0},
                         std::vector<float>(5));
    call.run(find(name));
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(std::isnan(call.y[static_cast<std::size_t>(i)]));
  }
}

// An infinite factor times a value that is exactly 0 is NaN; times any other it has the product's sign.
TEST(Gate, OfAnInfiniteFactorIsInfiniteOrNaN) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    std::vector<float> a = finite(sample<float>(2000, 9));
    const std::vector<double> act = act_of(find(name), doubles(a), RHEO_VALUE, true);
    GateCall<float> call(RHEO_FLOAT32, RHEO_VALUE, a, std::vector<float>(a.size(), -kInf), a);
    call.run(find(name));
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (act[i] == 0) continue;
      EXPECT_TRUE(std::isinf(call.y[i]) && std::signbit(call.y[i]) != std::signbit(act[i])) << text(a[i]);
    }
  }
}

template <class T>
std::vector<T> backward_of(const rheo_activation* act, const std::vector<T>& x, const std::vector<T>& grad) {
  return plain_results(act, RHEO_BACKWARD, x, grad);
}

template <class T>
void check_gradients(const rheo_activation* act, rheo_format format) {
  GateCall<T> call(format, RHEO_BACKWARD, 5000);
  call.run(act);
  std::vector<T> slope(call.a.size());
  for (std::size_t i = 0; i < slope.size(); ++i) slope[i] = call.grad[i] * call.b[i];
  EXPECT_TRUE(same_bits(call.da, backward_of(act, call.a, slope)));
  GateCall<T> product(format, RHEO_VALUE, call.a, call.grad, call.grad);
  product.run(act);
  EXPECT_TRUE(same_bits(call.db, product.y));
}

TEST(Gate, GradientsHaveTheBitsOfBackwardAndOfTheGateItself) {
  for_all_formats([](const rheo_activation* act, rheo_format format, auto zero) {
    if constexpr (sizeof zero > 2) check_gradients<decltype(zero)>(act, format);
  });
}

// In ulp of the 16-bit format; 0 where both are the same special number.
double error16(Bits16 got, long double exact, Format16 format) {
  const double y = widened(got, format);
  if (std::isnan(static_cast<double>(exact))) return std::isnan(y) ? 0 : HUGE_VAL;
  if (std::isinf(y) || std::isinf(static_cast<double>(exact))) {
    return got == narrowed(static_cast<double>(exact), format) ? 0 : HUGE_VAL;
  }
  const int exponent = exact == 0 ? format.lowest : std::ilogb(exact) - format.precision + 1;
  return static_cast<double>(std::fabs(y - exact) / std::ldexp(1.0L, std::max(exponent, format.lowest)));
}

// softplus(0) = ln(2) / beta is infinite in float32, or subnormal, and so is that of some neighbours.
TEST(Gate, Of16BitFormatsKeepsItsDigitsAtZeroWhateverTheNeighbours) {
  const double ln2 = std::log(2.0);
  for (const double given : {1e-40, 3.33124e38}) {
    const double beta = static_cast<float>(given);
    const rheo_parameter parameter{"beta", beta};
    for (const float other : {0.0F, 2.0F}) {
      for (const double factor : {1e-10, 4.121694378969478e19, 1.0, -3e-3}) {
        const Format16 f = kBfloat16Format;
        std::vector<Bits16> a(70, 0), b(70, narrowed(factor, f));
        a[50] = narrowed(other, f);
        GateCall<Bits16> call(RHEO_BFLOAT16, RHEO_VALUE, a, b, b);
        call.g.parameters = &parameter, call.g.parameter_count = 1;
        call.run(find("softplus"));
        const double exact = ln2 / beta * widened(b[0], f);
        for (const std::size_t i : {0, 49, 69})
          EXPECT_EQ(call.y[i], narrowed(exact, f)) << beta << " " << factor << " " << other;
      }
    }
  }
}

template <class Check>
void for_all_16_bits(Check&& check) {
  for (const std::string& name : names()) {
    for (const rheo_format format : {RHEO_BFLOAT16, RHEO_FLOAT16}) {
      SCOPED_TRACE(name + ", format " + std::to_string(format));
      check(name, format);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

// Half an ulp, and what the float64 results may be off.
constexpr double kRoundedOnce = 0.5 + 0x1p-20;

// All a, each with some b.
void check_all_first_factors(const std::string& name, rheo_format format) {
  constexpr std::size_t kPatterns = 65536;
  const Format16 f = format16(format);
  std::vector<double> a;
  for (std::size_t bits = 0; bits < kPatterns; ++bits) a.push_back(widened(static_cast<Bits16>(bits), f));
  const std::vector<double> act = act_of(find(name), a, RHEO_VALUE, true);
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    GateCall<Bits16> call(format, RHEO_VALUE, kPatterns);
    for (std::size_t i = 0; i < kPatterns; ++i) call.a[i] = static_cast<Bits16>(i);
    call.b = numbers<Bits16>(format, kPatterns, seed), call.g.b = call.b.data();
    call.run(find(name));
    for (std::size_t i = 0; i < kPatterns; ++i) {
      const double b = widened(call.b[i], f);
      if (undecided(act[i], b)) continue;
      ASSERT_LE(error16(call.y[i], static_cast<long double>(act[i]) * b, f), kRoundedOnce)
          << "a = " << a[i] << ", b = " << b;
    }
  }
}

TEST(Gate, Of16BitFormatsIsRoundedOnceWhateverTheFirstFactor) { for_all_16_bits(check_all_first_factors); }

void check_products16(const std::string& name, rheo_format format) {
  const Format16 f = format16(format);
  GateCall<Bits16> value(format, RHEO_VALUE, 20000), call(format, RHEO_BACKWARD, 20000);
  value.run(find(name)), call.run(find(name));
  std::vector<double> a;
  for (const Bits16 v : call.a) a.push_back(widened(v, f));
  const std::vector<double> act = act_of(find(name), a, RHEO_VALUE, true);
  const std::vector<double> slope = act_of(find(name), a, RHEO_DERIVATIVE, true);
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double b = widened(call.b[i], f), g = widened(call.grad[i], f);
    SCOPED_TRACE("a = " + text(a[i]) + ", b = " + text(b) + ", grad = " + text(g));
    if (!undecided(act[i], b)) {
      ASSERT_LE(error16(value.y[i], static_cast<long double>(act[i]) * b, f), kRoundedOnce);
    }
    if (!undecided(act[i], g)) {
      ASSERT_LE(error16(call.db[i], static_cast<long double>(act[i]) * g, f), kRoundedOnce);
    }
    // Where g b is beyond float32 the promise is another, and so is it where act' is 0 by definition.
    const double gb = g * b;
    if (slope[i] == 0 || !(std::fabs(gb) < 0x1p127) || (std::fabs(gb) < 0x1p-126 && gb != 0)) continue;
    ASSERT_LE(error16(call.da[i], static_cast<long double>(slope[i]) * gb, f), 0.505);
  }
}

TEST(Gate, Of16BitFormatsIsRoundedOnceAndItsGradientByTheArgumentNearlySo) {
  for_all_16_bits(check_products16);
}

// The form of gpt-oss, written out: with a limit and an offset the factors are held, then moved.
template <class T>
void check_limit(const rheo_activation* act, rheo_format format) {
  constexpr T kLimit = 7, kOffset = 1;
  GateCall<T> call(format, RHEO_VALUE, 5000), back(format, RHEO_BACKWARD, 5000);
  call.g.limit = back.g.limit = 7, call.g.offset = back.g.offset = 1;
  call.run(act), back.run(act);
  std::vector<T> a = call.a, b = call.b, grad = back.grad;
  for (T& v : a) v = v > kLimit ? kLimit : v;
  for (T& v : b) v = (v > kLimit ? kLimit : v < -kLimit ? -kLimit : v) + kOffset;
  GateCall<T> plain(format, RHEO_VALUE, a, b, grad), gradients(format, RHEO_BACKWARD, a, b, grad);
  plain.run(act), gradients.run(act);
  EXPECT_TRUE(same_bits(call.y, plain.y));
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (call.a[i] > kLimit) gradients.da[i] = 0;
    if (std::fabs(call.b[i]) > kLimit) gradients.db[i] = 0;
  }
  EXPECT_TRUE(same_bits(back.da, gradients.da));
  EXPECT_TRUE(same_bits(back.db, gradients.db));
}

TEST(Gate, WithLimitAndOffsetHoldsItsFactorsAndStopsTheirGradients) {
  for_all_formats([](const rheo_activation* act, rheo_format format, auto zero) {
    if constexpr (sizeof zero > 2) check_limit<decltype(zero)>(act, format);
  });
}

TEST(Gate, AtTheLimitItselfGradientsPass) {
  GateCall<float> call(RHEO_FLOAT32, RHEO_BACKWARD, {7, 7, std::nextafter(7.0F, 8.0F), -9, 1},
                       {7, -7, 8, -8, 2}, {1, 1, 1, std::numeric_limits<float>::quiet_NaN(), 1});
  call.g.limit = 7;
  call.run(find("relu"));
  EXPECT_EQ(call.da, (std::vector<float>{7, -7, 0, 0, 2}));
  EXPECT_EQ(call.db, (std::vector<float>{7, 7, 0, 0, 1}));
}

// 16-bit gates with a limit: the same as of float32 numbers, rounded once more at most.
TEST(Gate, WithLimitIn16BitFormatsIsThatOfFloat32Rounded) {
  for_all_formats([](const rheo_activation* act, rheo_format format, auto zero) {
    if constexpr (sizeof zero == 2) {
      const Format16 f = format16(format);
      GateCall<Bits16> call(format, RHEO_VALUE, 3000), back(format, RHEO_BACKWARD, 3000);
      std::vector<float> a, b, g;
      for (std::size_t i = 0; i < call.a.size(); ++i) {
        a.push_back(static_cast<float>(widened(call.a[i], f)));
        b.push_back(static_cast<float>(widened(call.b[i], f)));
        g.push_back(static_cast<float>(widened(back.grad[i], f)));
      }
      GateCall<float> wide(RHEO_FLOAT32, RHEO_VALUE, a, b, g),
          wide_back(RHEO_FLOAT32, RHEO_BACKWARD, a, b, g);
      call.g.limit = back.g.limit = wide.g.limit = wide_back.g.limit = 7;
      call.g.offset = back.g.offset = wide.g.offset = wide_back.g.offset = 1;
      call.run(act), back.run(act), wide.run(act), wide_back.run(act);
      for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_LE(error16(call.y[i], static_cast<long double>(wide.y[i]), f), 0.52) << i;
        EXPECT_LE(error16(back.da[i], static_cast<long double>(wide_back.da[i]), f), 0.52) << i;
        EXPECT_LE(error16(back.db[i], static_cast<long double>(wide_back.db[i]), f), 0.52) << i;
      }
    }
  });
}

}  // namespace
}  // namespace rheo::test
