// SPDX-License-Identifier: Apache-2.0
// exhaustive16.cc: every 16-bit result against the exact one.
//
// The exact derivative at an input is found once, in balls, and split into two float64, 2^-100 apart from it
// at most; a pair's exact product with the gradient is theirs.
#include "src/prover/exhaustive16.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "src/core/describe.h"
#include "src/math/format16.h"
#include "src/proofs/digest.h"
#include "src/prover/enclosure.h"
#include "src/prover/oracle.h"
#include "src/prover/subject16.h"
#include "src/prover/ulp.h"

namespace rheo::oracle {

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

std::string at_text(const Subject16& s, Bits16 x) {
  char text[16];
  std::snprintf(text, sizeof text, " (0x%04x)", x);
  return "x = " + number_text(widened(x, s.layout)) + text;
}

bool same_number(double a, double b) { return std::isnan(a) ? std::isnan(b) : a >= b && a <= b; }

// From here on to 1 - kNearTie ulp, balls decide whether a result is the nearest.
constexpr double kNearTie = 0.5 - 0x1p-45;

// What an ulp is worth at a number of that size.
double unit_of(double size, const Format16& layout) {
  return std::ldexp(1, std::max(std::ilogb(size) + 1 - layout.precision, layout.lowest));
}

// What a walk has found.
struct Found {
  double worst = 0;  // ulp
  Bits16 x = 0, grad = 0;
  std::int64_t wrong = 0;
  std::string fault;

  // Ties go to the smallest pattern, so that the place does not depend on the threads.
  void see(double error, Bits16 at, Bits16 g) {
    const bool first = std::pair(at, g) < std::pair(x, grad);
    if (error > worst || (error >= worst && first && error > 0)) worst = error, x = at, grad = g;
  }
  void merge(const Found& other) {
    if (other.worst > 0) see(other.worst, other.x, other.grad);
    wrong += other.wrong;
    if (fault.empty()) fault = other.fault;
  }
};

// Whether y is the nearest to factor f(x), or of two the even one, in balls of so many bits as it takes.
class Decision {
 public:
  Decision(const Subject16& s, double x) : s_(s), x_(x) {}

  bool nearest(double factor, double y, bool even, double unit) {
    for (;; bits_ *= 2, truth_.reset()) {
      precision = bits_;
      if (!truth_)
        truth_ = (s_.role == Role::kValue ? s_.formula.value : s_.formula.derivative)(x_, s_.parameters);
      Ball error = Ball(factor) * *truth_ - Ball(y);
      arb_abs(error.get(), error.get());
      error = error - Ball(unit / 2);
      if (arb_is_negative(error.get()) != 0) return true;
      if (arb_is_positive(error.get()) != 0) return false;
      if (arb_is_zero(error.get()) != 0) return even;
      // A quotient that is a tie has no exact ball.
      if (bits_ > 10000) return even;
    }
  }

 private:
  const Subject16& s_;
  double x_;
  slong bits_ = 400;
  std::optional<Ball> truth_;
};

// Value or derivative at one input.
void look(const Subject16& s, Bits16 x_bits, Bits16 y_bits, Found& found) {
  const double x = widened(x_bits, s.layout), y = widened(y_bits, s.layout);
  if (!std::isfinite(x)) {
    const double expected = widened(narrowed(s.limit(x), s.layout), s.layout);
    if (!same_number(y, expected))
      found.fault = at_text(s, x_bits) + " gives " + number_text(y) + ", not " + number_text(expected);
    return;
  }
  const Ball truth = exact(s.formula, s.role == Role::kDerivative, x, s.parameters);
  if (arb_is_zero(truth.get()) != 0) {
    if (y != 0) found.fault = at_text(s, x_bits) + " gives " + number_text(y) + ", not 0";
    return;
  }
  const double error = error_in_ulp(y, truth, s.ulp_layout());
  found.see(error, x_bits, 0);
  if (error < kNearTie || !std::isfinite(y)) return;
  const double size = std::fabs(arf_get_d(arb_midref(truth.get()), ARF_RND_NEAR));
  if (error > 1 - kNearTie || !Decision(s, x).nearest(1, y, (y_bits & 1) == 0, unit_of(size, s.layout)))
    ++found.wrong;
}

// An exact derivative, nearly: high + low. The high part has 40 bits, so that a gradient times it is exact.
// A sign of 0 is not known; then it is below 2^-2000.
struct Derivative {
  double high, low;
  int sign;
  bool side = true;  // low is exact, or of the right sign and nearly so
};

// An exact 0 has a sign here, to tell it from what is too small.
Derivative limit_of(double limit) { return {limit, 0, limit < 0 ? -1 : 1}; }

Derivative split(const Subject16& s, double x) {
  Ball truth = exact(s.formula, true, x, s.parameters);
  precision = 400;
  if (arb_is_exact(truth.get()) == 0 && arb_contains_zero(truth.get()) == 0)
    truth = s.formula.derivative(x, s.parameters);  // some x are as small as 2^-149
  if (arb_is_zero(truth.get()) != 0) return limit_of(0);
  const int sign = arb_is_positive(truth.get()) != 0 ? 1 : arb_is_negative(truth.get()) != 0 ? -1 : 0;
  const double high =
      std::bit_cast<double>(std::bit_cast<std::uint64_t>(arf_get_d(arb_midref(truth.get()), ARF_RND_NEAR)) &
                            ~std::uint64_t{0x1fff});
  // Any product with what is smaller is rounded to 0.
  if (std::fabs(high) < 0x1p-500) return {sign * 0x1p-500, 0, sign};
  const Ball rest = truth - Ball(high);
  return {high, arf_get_d(arb_midref(rest.get()), ARF_RND_NEAR), sign,
          arb_is_exact(rest.get()) != 0 || arb_contains_zero(rest.get()) == 0};
}

// What all 65,536 patterns stand for.
std::vector<double> numbers_of(const Format16& layout) {
  std::vector<double> list(kPatterns16);
  for (std::size_t i = 0; i < kPatterns16; ++i) list[i] = widened(static_cast<Bits16>(i), layout);
  return list;
}

Doubles load(const double* from) {
  Doubles v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
Choice bits_of(Doubles v) { return reinterpret_cast<Choice>(v); }
Doubles from_bits(Choice v) { return reinterpret_cast<Doubles>(v); }
Doubles magnitude(Doubles v) { return from_bits(bits_of(v) & 0x7fffffffffffffff); }

// Backward at one input, for all gradients, a block at a time.
class Products {
 public:
  Products(const Subject16& s, Bits16 x, const Derivative& d, const std::vector<double>& numbers)
      : s_(s), x_(x), d_(d), numbers_(numbers), decision_(s, numbers[x]) {
    const double largest = s.ulp_layout().largest;
    overflow_ = (largest + std::ldexp(1, std::ilogb(largest) - s.layout.precision)) * (1 - 0x1p-50);
  }

  void look(const std::vector<Bits16>& y_bits, Found& found) {
    for (std::size_t i = 0; i < kPatterns16; i += kBlock) look_at_block(&y_bits[i], i, found);
  }

 private:
  static constexpr std::size_t kBlock = 512;

  // Whether all of a block are ordinary results, less than half a unit away; and the largest error of these.
  bool ordinary(const double* g, const double* y, double* error, double& worst) const {
    const Doubles zero{}, units = zero + std::ldexp(1, s_.layout.precision - 1);
    // Below, the unit stays that of the smallest normal numbers.
    const Choice least = bits_of(zero + std::ldexp(1, s_.layout.lowest + s_.layout.precision - 1));
    Choice odd{};
    Doubles most{};
    for (std::size_t i = 0; i < kBlock; i += kEnclosureLanes) {
      const Doubles gs = load(g + i), ys = load(y + i);
      const Doubles product = gs * d_.high;
      const Choice bits = bits_of(product), binade = bits & 0x7ff0000000000000;
      const Choice counted = binade > least ? binade : least;
      const Doubles per_unit = from_bits(0x7fe0000000000000 - counted) * units;
      const Doubles errors = magnitude((product - ys) + gs * d_.low) * per_unit;
      const Choice fine =
          (errors < kNearTie) & (magnitude(product + gs * d_.low) < overflow_) & ((bits ^ bits_of(ys)) >= 0);
      odd |= ~fine;
      most = errors > most ? errors : most;
      std::memcpy(error + i, &errors, sizeof errors);
    }
    bool all = true;
    for (std::size_t k = 0; k < kEnclosureLanes; ++k)
      all = all && odd[k] == 0, worst = most[k] > worst ? most[k] : worst;
    return all;
  }
  void look_at_block(const Bits16* y_bits, std::size_t first, Found& found) {
    const double* const g = &numbers_[first];
    alignas(64) double y[kBlock], error[kBlock];
    widen_block(y_bits, y);
    double worst = 0;
    if (!ordinary(g, y, error, worst)) {
      for (std::size_t i = 0; i < kBlock; ++i) look_closer(static_cast<Bits16>(first + i), y_bits[i], found);
    } else if (worst > 0 && worst >= found.worst) {
      for (std::size_t i = 0; i < kBlock; ++i) found.see(error[i], x_, static_cast<Bits16>(first + i));
    }
  }
  // widened(), which would call functions.
  void widen_block(const Bits16* from, double* to) const {
    alignas(64) float numbers[kBlock];
    if (s_.format == Format::kBfloat16) {
      for (std::size_t i = 0; i < kBlock; ++i)
        numbers[i] = std::bit_cast<float>(static_cast<std::uint32_t>(from[i]) << 16);
    } else {
      for (std::size_t i = 0; i < kBlock; ++i) {
        const std::uint32_t size = (from[i] & 0x7fffu) << 13, sign = (from[i] & 0x8000u) << 16;
        const auto finite = std::bit_cast<std::uint32_t>(std::bit_cast<float>(size) * 0x1p112F);
        numbers[i] = std::bit_cast<float>(sign | (size < 0x0f800000u ? finite : size | 0x7f800000u));
      }
    }
    for (std::size_t i = 0; i < kBlock; ++i) to[i] = static_cast<double>(numbers[i]);
  }
  // |g f'(x) - y|, but for 2^-90 of the product and 2^-52 of itself.
  double distance(double g, double y) const { return std::fabs((g * d_.high - y) + g * d_.low); }

  void look_closer(Bits16 grad, Bits16 y_bits, Found& found) {
    const double g = numbers_[grad], y = numbers_[y_bits], product = g * d_.high;
    if (d_.sign == 0) {  // 0, or so small that an infinite gradient or NaN may meet a 0
      if (y != 0 && std::isfinite(g)) fault(grad, y, found);
      return;
    }
    if (std::isnan(product) || std::isinf(g)) {
      if (!same_number(y, product)) fault(grad, y, found);
      return;
    }
    if (std::signbit(y) != std::signbit(product)) return fault(grad, y, found);
    if (const bool overflows = std::fabs(product + g * d_.low) >= overflow_; overflows || std::isinf(y)) {
      if (!overflows || !std::isinf(y)) fault(grad, y, found);
      return;
    }
    if (product == 0) return;
    const double unit = unit_of(product, s_.layout), error = distance(g, y) / unit;
    found.see(error, x_, grad);
    if (error < kNearTie) return;
    if (error > 1 - kNearTie || !nearest(g, y, (y_bits & 1) == 0, unit)) ++found.wrong;
  }
  bool nearest(double g, double y, bool even, double unit) {
    // The difference is exact; if it is half a unit, the low part decides.
    const double difference = g * d_.high - y;
    if (!d_.side || std::fabs(difference) != unit / 2) return decision_.nearest(g, y, even, unit);
    return d_.low == 0 ? even : (g * d_.low > 0) != (difference > 0);
  }
  void fault(Bits16 grad, double y, Found& found) const {
    if (found.fault.empty())
      found.fault = at_text(s_, x_) + ", grad = " + number_text(numbers_[grad]) + " gives " + number_text(y) +
                    ", not " + number_text(numbers_[grad] * d_.high);
  }

  const Subject16& s_;
  Bits16 x_;
  Derivative d_;
  const std::vector<double>& numbers_;
  Decision decision_;
  double overflow_;  // what is at least this, or a little less, rounds to infinity
};

// Where f'(x) is exactly 0, every gradient gives 0; where x is NaN, NaN.
void expect_all(const Subject16& s, Bits16 x, const std::vector<Bits16>& y,
                const std::vector<double>& numbers, double expected, Found& found) {
  const auto wrong =
      std::find_if(y.begin(), y.end(), [&](Bits16 b) { return !same_number(numbers[b], expected); });
  if (wrong != y.end())
    found.fault = at_text(s, x) + " gives " + number_text(numbers[*wrong]) + " for some gradient, not " +
                  number_text(expected);
}

// The results become y.
Found all_gradients(const Subject16& s, Bits16 x_bits, const std::vector<Bits16>& grads,
                    const std::vector<double>& numbers, std::vector<Bits16>& y) {
  Found found;
  found.fault = s.run_all(x_bits, grads, y);
  const double at = numbers[x_bits];
  if (std::isnan(at)) {
    expect_all(s, x_bits, y, numbers, at, found);
    return found;
  }
  const Derivative d = std::isfinite(at) ? split(s, at) : limit_of(s.limit(at));
  if (d.high == 0 && d.sign != 0) {
    expect_all(s, x_bits, y, numbers, 0, found);
    return found;
  }
  Products(s, x_bits, d, numbers).look(y, found);
  return found;
}

// The digest of all results goes to `digest`; of backward it is one only if all inputs are looked at.
Found walk_inputs(const Subject16& s, const Request16& request, std::string& digest) {
  const std::vector<double> numbers = numbers_of(s.layout);
  const std::vector<Bits16> patterns = all_patterns16();
  const bool backward = s.role == Role::kBackward;
  std::vector<Bits16> results(kPatterns16);
  std::vector<std::string> digests(backward ? kPatterns16 : 0);
  Found found;
  if (!backward) found.fault = s.run(patterns.data(), nullptr, results.data(), kPatterns16);
  std::mutex mutex;
  each_pattern(request, [&](Bits16 x) {
    Found here;
    if (backward) {
      std::vector<Bits16> y(kPatterns16);
      here = all_gradients(s, x, patterns, numbers, y);
      digests[x] = proofs::digest16(y, s.layout.infinity);
    } else {
      look(s, x, results[x], here);
    }
    const std::lock_guard lock(mutex);
    found.merge(here);
  });
  digest = backward ? proofs::combined(digests) : proofs::digest16(results, s.layout.infinity);
  return found;
}

}  // namespace

Result16 prove16(const Request16& request) {
  const auto start = std::chrono::steady_clock::now();
  const Subject16 subject(request);
  Result16 result;
  proofs::Proof16& p = result.proof;
  const Found found = walk_inputs(subject, request, p.digest);
  result.fault = found.fault;
  const bool backward = request.role == Role::kBackward;
  p.bound = backward ? proofs::kBackwardBound16 : 0.5;
  p.maximum = found.worst, p.rounded_wrongly = found.wrong;
  p.input = proofs::hexadecimal16(found.x), p.x = widened(found.x, subject.layout);
  if (backward) p.grad = widened(found.grad, subject.layout);
  p.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace rheo::oracle
