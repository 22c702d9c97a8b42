// SPDX-License-Identifier: Apache-2.0
// values_test.cc: derivatives from outputs, against ball arithmetic and against textbook relations.
#include <cmath>
#include <functional>

#include "src/math/format16.h"
#include "src/prover/oracle.h"
#include "tests/outputs/outputs.h"

namespace rheo::test {
namespace {

using Long = long double;

// f' as a function of y = f(x), from the textbook.
struct Textbook {
  const char* name;
  Parameters parameters;
  std::function<Long(Long)> derivative;
  Long low, high;  // of the outputs
};

std::vector<Textbook> textbook() {
  constexpr Long kInfinite = HUGE_VALL;
  const auto rectified = [](Long left) { return [left](Long y) { return y > 0 ? 1 : left; }; };
  const auto inside = [](Long low, Long high, Long slope) {
    return [=](Long y) { return y > low && y < high ? slope : 0; };
  };
  return {
      {"sigmoid", {}, [](Long y) { return y * (1 - y); }, 0, 1},
      {"tanh", {}, [](Long y) { return (1 - y) * (1 + y); }, -1, 1},
      {"softsign", {}, [](Long y) { return (1 - std::fabs(y)) * (1 - std::fabs(y)); }, -1, 1},
      {"elu", {}, [](Long y) { return y > 0 ? 1 : y + 1; }, -1, kInfinite},
      {"elu", {{"alpha", 0.375}}, [](Long y) { return y > 0 ? 1 : y + 0.375L; }, -0.375L, kInfinite},
      {"elu", {{"alpha", 3}}, [](Long y) { return y > 0 ? 1 : y + 3; }, -3, kInfinite},
      {"celu", {{"alpha", 0.75}}, [](Long y) { return y > 0 ? 1 : (y + 0.75L) / 0.75L; }, -0.75L, kInfinite},
      {"celu", {{"alpha", -2}}, [](Long y) { return y > 0 ? 1 : (y - 2) / -2; }, -kInfinite, kInfinite},
      {"softplus", {}, [](Long y) { return -std::expm1(-y); }, 0, kInfinite},
      {"softplus", {{"beta", 0.25}}, [](Long y) { return -std::expm1(-y / 4); }, 0, kInfinite},
      {"logsigmoid", {}, [](Long y) { return -std::expm1(y); }, -kInfinite, 0},
      {"relu_squared", {}, [](Long y) { return 2 * std::sqrt(y); }, 0, kInfinite},
      {"relu", {}, rectified(0), 0, kInfinite},
      {"leaky_relu", {{"negative_slope", 0.125}}, rectified(0.125L), -kInfinite, kInfinite},
      {"hardtanh", {}, inside(-1, 1, 1), -1, 1},
      {"hardsigmoid", {}, inside(0, 1, 1 / 6.0L), 0, 1},
      {"identity", {}, [](Long) { return 1; }, -kInfinite, kInfinite},
  };
}

Long ulp_of(Long exact, int digits, int lowest) {
  const int exponent = exact == 0 ? lowest : std::ilogb(exact) - digits + 1;
  return std::ldexp(1.0L, std::max(exponent, lowest));
}

// Errors in ulp of exact, which may lie beyond the format's largest number.
Long error32(float found, Long exact) {
  if (std::isinf(found)) return std::fabs(exact) >= 0x1.ffffffp127L ? 0 : HUGE_VALL;
  return std::fabs(static_cast<Long>(found) - exact) / ulp_of(exact, 24, -149);
}

bool absent(const char* name) {
  const std::vector<std::string> all = names();
  return std::find(all.begin(), all.end(), name) == all.end();
}

TEST(Outputs, GiveTheTextbooksDerivativeRoundedOnce) {
  for (const Textbook& book : textbook()) {
    if (absent(book.name)) continue;
    SCOPED_TRACE(book.name);
    std::vector<float> y = finite(sample<float>(20000)), grad(y.size());
    std::erase_if(
        y, [&](float v) { return static_cast<Long>(v) < book.low || static_cast<Long>(v) > book.high; });
    grad.resize(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) grad[i] = std::ldexp(1 + 0.001F * (i % 997), i % 7 - 3);
    const std::vector<float> dx = from_outputs(find(book.name), y, grad, book.parameters),
                             slope = from_outputs(find(book.name), y, {}, book.parameters);
    for (std::size_t i = 0; i < y.size(); ++i) {
      // float64's error of some 2^-52, beside half an ulp.
      const Long h = book.derivative(y[i]), product = h * static_cast<Long>(grad[i]);
      ASSERT_LE(error32(slope[i], h), 0.5L + 0x1p-24L) << text(y[i]) << ' ' << text(slope[i]);
      ASSERT_LE(error32(dx[i], product), 0.5L + 0x1p-24L) << text(y[i]) << ' ' << text(dx[i]);
    }
  }
}

TEST(Outputs, GiveFloat64WithinThreeUlp) {
  for (const Textbook& book : textbook()) {
    if (absent(book.name)) continue;
    SCOPED_TRACE(book.name);
    std::vector<double> y = finite(sample<double>(20000));
    std::erase_if(y, [&](double v) { return v < book.low || v > book.high || std::fabs(v) > 1e300; });
    const std::vector<double> grad(y.size(), 1.7),
        dx = from_outputs(find(book.name), y, grad, book.parameters);
    for (std::size_t i = 0; i < y.size(); ++i) {
      const Long product = book.derivative(y[i]) * 1.7;
      ASSERT_LE(std::fabs(dx[i] - product) / ulp_of(product, 53, -1074), 3) << text(y[i]);
    }
  }
}

TEST(Outputs, OfSixteenBitsAreRoundedOnce) {
  for (const Textbook& book : textbook()) {
    if (absent(book.name)) continue;
    for (const std::uint32_t format : {RHEO_BFLOAT16, RHEO_FLOAT16}) {
      SCOPED_TRACE(std::string(book.name) + ", format " + std::to_string(format));
      const Format16 layout = format == RHEO_BFLOAT16 ? kBfloat16Format : kFloat16Format;
      std::vector<std::uint16_t> y;
      for (unsigned i = 0; i < 65536; ++i) {
        const double v = widened(static_cast<std::uint16_t>(i), layout);
        if (std::isfinite(v) && v >= book.low && v <= book.high) y.push_back(static_cast<std::uint16_t>(i));
      }
      const std::vector<std::uint16_t> found = from_outputs(find(book.name), y, {}, book.parameters, format);
      for (std::size_t i = 0; i < y.size(); ++i) {
        const double exact = static_cast<double>(book.derivative(widened(y[i], layout)));
        ASSERT_EQ(widened(found[i], layout), widened(narrowed(exact, layout), layout)) << y[i];
      }
    }
  }
}

// All of them as float32 calls have them.
std::vector<double> rounded_parameters(const rheo_activation* a, const Parameters& given) {
  std::vector<double> values;
  const nlohmann::json description = describe(a);
  for (const auto& p : description["parameters"]) {
    double value = number(p["default"]);
    for (const rheo_parameter& one : given)
      if (p["name"] == one.name) value = one.value;
    values.push_back(static_cast<double>(static_cast<float>(value)));
  }
  values.resize(4);
  return values;
}

double middle(const oracle::Ball& ball) { return arf_get_d(arb_midref(ball.get()), ARF_RND_NEAR); }

// y = f(x) is within an ulp of exact (docs/accuracy.md), so the exact derivative is among those of outputs
// that are as near, but for the result's own rounding. Two neighbours, as the derivative may turn between.
TEST(Outputs, GiveTheExactDerivativeAsFarAsTheOutputTells) {
  int count = 0;
  for (const std::string& name : names()) {
    const rheo_activation* const a = find(name);
    for (const Parameters& parameters : settings_of(a)) {
      if (!supported(a, RHEO_FLOAT32, parameters)) continue;
      SCOPED_TRACE(name + described(parameters));
      ++count;
      const std::vector<double> p = rounded_parameters(a, parameters);
      const oracle::Formula* const formula =
          oracle::find_formula(describe(a)["activation"].get<std::string>());
      ASSERT_NE(formula, nullptr);
      std::vector<float> x = finite(sample<float>(300));
      std::erase_if(x, [](float v) { return std::fabs(v) > 200; });
      const std::vector<float> y = value_of(a, x, parameters);
      std::vector<float> above = y, below = y;
      for (float& v : above) v = next_above(next_above(v));
      for (float& v : below) v = next_below(next_below(v));
      const std::vector<float> found = from_outputs(a, y, {}, parameters),
                               over = from_outputs(a, above, {}, parameters),
                               under = from_outputs(a, below, {}, parameters);
      for (std::size_t i = 0; i < x.size(); ++i) {
        if (std::isinf(y[i]) || std::isinf(over[i]) || std::isinf(under[i]))
          continue;  // overflow says nothing
        const double exact = middle(oracle::exact(*formula, true, static_cast<double>(x[i]), p.data()));
        const double allowed = std::fabs(static_cast<double>(over[i]) - found[i]) +
                               std::fabs(static_cast<double>(under[i]) - found[i]) +
                               0x1p-23 * std::fabs(exact) + 0x1p-149;
        ASSERT_LE(std::fabs(found[i] - exact), allowed)
            << text(x[i]) << " y " << text(y[i]) << ' ' << text(found[i]) << ' ' << exact;
      }
    }
  }
  EXPECT_GT(count, 0);
}

}  // namespace
}  // namespace rheo::test
