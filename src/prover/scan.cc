// SPDX-License-Identifier: Apache-2.0
// scan.cc: results against enclosures, block by block.
#include "src/prover/scan.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <stdexcept>

#include "src/core/describe.h"
#include "src/proofs/digest.h"
#include "src/prover/enclosure.h"

namespace rheo::oracle {

namespace {

constexpr std::size_t kBlock = kScanBlock;
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kOverflow = 0x1.ffffffp127;  // what is at least this rounds to infinity

Doubles load(const double* from) {
  Doubles v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
Doubles load(const float* from) { return widened(from); }
template <class V, class T>
void store(V v, T* to) {
  std::memcpy(to, &v, sizeof v);
}
Choice bits(Doubles v) { return reinterpret_cast<Choice>(v); }
Doubles from_bits(Choice v) { return reinterpret_cast<Doubles>(v); }
Doubles magnitude(Doubles v) { return from_bits(bits(v) & 0x7fffffffffffffff); }

struct Block {
  alignas(64) float x[kBlock], y[kBlock], mirrored[kBlock];
  alignas(64) double mid[kBlock], rad[kBlock];
  alignas(64) double error[kBlock];  // at most
  std::int64_t sign_open[kBlock];    // -1 where it is
  std::int64_t sign[kBlock];
};

// 2^-e for the exponent e of each v >= 2^-149: as bits, as all ulps are powers of two.
Doubles inverse_power_below(Doubles v) {
  const Choice exponent = bits(v) & 0x7ff0000000000000;
  return from_bits(0x7fe0000000000000 - exponent);
}

// 1 / ulp of a float32 result between 2^e and 2^(e + 1).
Doubles inverse_ulp(Doubles size) {
  const Doubles normal = size > 0x1p-126 ? size : Doubles{} + 0x1p-126;
  return inverse_power_below(normal) * 0x1p23;
}

// What a block's results tell together.
struct Summary {
  Choice wrongly{}, perhaps{}, sign_open{}, zero_sign{}, outside{};
  Doubles largest{};  // error; infinite where it is not known to be below the bound
};

// The error of each result in ulp of the exact one, at most; and what to look at closer.
Summary measure(const Subject& s, Block& b) {
  Summary sum;
  const auto all = [](double v) { return Doubles{} + v; };
  const bool value = s.role == Role::kValue;
  const double low = value ? static_cast<double>(static_cast<float>(s.facts.low)) : -kInf;
  const double high = value ? static_cast<double>(static_cast<float>(s.facts.high)) : kInf;
  for (std::size_t i = 0; i < kBlock; i += kEnclosureLanes) {
    const Doubles m = load(b.mid + i), raw = load(b.rad + i), y = load(b.y + i), x = load(b.x + i);
    const Doubles size = magnitude(m);
    const Choice zero = (size == 0) & (raw == 0);  // exactly
    const Choice sign_open = ~(size > raw) & ~zero;
    // Some more for the roundings of the radii and of this loop; 1e-60 is far below any ulp.
    const Doubles r = raw * 1.001 + 1e-60;
    const Doubles least = size > r ? size - r : all(0), distance = magnitude(y - m);
    const Choice overflow = magnitude(y) == kInf;
    const Doubles at_least = (distance * (1 - 0x1p-50) - r) * inverse_ulp(size + r);
    Doubles error = (distance * (1 + 0x1p-50) + r) * inverse_ulp(least);
    error = zero ? (y == 0 ? all(0) : all(kInf)) : error;
    error = overflow ? (least >= kOverflow ? all(0.5) : all(kInf)) : error;
    const Choice wrong_sign = ~zero & ~sign_open & ((bits(y) ^ bits(m)) < 0);
    error = wrong_sign | ~(error <= s.bound) ? all(kInf) : error;
    store(error, b.error + i);
    const Choice wrongly = (at_least > 0.5) & (r < kInf) & ~overflow;
    sum.wrongly += wrongly, sum.perhaps += ~(error <= 0.5) & ~wrongly, sum.sign_open |= sign_open;
    store(sign_open, b.sign_open + i);
    // A zero that is exact has the sign that docs/special-values.md states: of x at x = 0, otherwise
    // that of the formula.
    if (value) sum.zero_sign |= zero & ((bits(y) ^ (x == 0 ? bits(x) : bits(m))) < 0);
    sum.outside |= ~((y >= low) & (y <= high));
    sum.largest = sum.largest > error ? sum.largest : error;
  }
  return sum;
}

// Masks are 0 or -1 in each lane.
std::int64_t count(Choice sum) {
  std::int64_t total = 0;
  for (int i = 0; i < kEnclosureLanes; ++i) total -= sum[i];
  return total;
}
bool any(Choice mask) { return count(mask) != 0; }

std::string at(const char* what, float x, float y) {
  return std::string(what).append(" at ").append(number_text(static_cast<double>(x))) + ": " +
         number_text(static_cast<double>(y));
}

void note(Findings& findings, const char* what, float x, float y) {
  if (findings.fault.empty()) findings.fault = at(what, x, y);
}

void check_zero_signs(const Block& b, Findings& findings) {
  for (std::size_t i = 0; i < kBlock; ++i) {
    const bool exact_zero = b.mid[i] == 0 && b.rad[i] == 0 && b.y[i] == 0;
    const bool expected = b.x[i] == 0 ? std::signbit(b.x[i]) : std::signbit(b.mid[i]);
    if (exact_zero && std::signbit(b.y[i]) != expected)
      return note(findings, "a zero of the wrong sign", b.x[i], b.y[i]);
  }
}

void check_range(const Subject& s, const Block& b, Findings& findings) {
  const auto low = static_cast<float>(s.facts.low), high = static_cast<float>(s.facts.high);
  for (std::size_t i = 0; i < kBlock; ++i)
    if (!(b.y[i] >= low && b.y[i] <= high)) return note(findings, "outside the range", b.x[i], b.y[i]);
}

// An odd function has an even derivative. Walked for positive inputs.
void check_odd(const Subject& s, Block& b, Findings& findings) {
  if (!s.facts.odd || std::signbit(b.x[0])) return;
  for (std::size_t i = 0; i < kBlock; ++i) b.mirrored[i] = -b.x[i];
  s.run(b.mirrored, b.mirrored, kBlock);
  const std::uint32_t flip = s.role == Role::kValue ? 0x80000000u : 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    if (std::bit_cast<std::uint32_t>(b.mirrored[i]) != (std::bit_cast<std::uint32_t>(b.y[i]) ^ flip))
      return note(findings, "not odd", b.x[i], b.y[i]);
  }
}

// Inputs with a negative sign come in descending order.
std::int64_t descents(const Block& b, float previous) {
  std::int64_t count = 0;
  const bool falling = std::signbit(b.x[0]);
  count += (falling ? b.y[0] > previous : b.y[0] < previous) ? 1 : 0;
  for (std::size_t i = 1; i < kBlock; ++i)
    count += (falling ? b.y[i] > b.y[i - 1] : b.y[i] < b.y[i - 1]) ? 1 : 0;
  return count;
}

// Infinities and NaN: the block starts with one infinity at most.
void check_not_finite(const Subject& s, const Block& b, Findings& findings) {
  const bool value = s.role == Role::kValue;
  const Limit limit = std::signbit(b.x[0]) ? s.facts.left : s.facts.right;
  const auto expected = static_cast<float>(value ? limit.value : limit.derivative);
  for (std::size_t i = 0; i < kBlock; ++i) {
    if (std::isinf(b.x[i])) {
      if (std::bit_cast<std::uint32_t>(b.y[i]) != std::bit_cast<std::uint32_t>(expected))
        note(findings, "not the limit", b.x[i], b.y[i]);
    } else if (!std::isnan(b.y[i])) {
      note(findings, "not NaN", b.x[i], b.y[i]);
    }
  }
}

void collect(const Block& b, std::uint32_t first, Findings& findings) {
  for (std::size_t i = 0; i < kBlock; ++i) {
    const auto input = first + static_cast<std::uint32_t>(i);
    if (std::isinf(b.error[i])) {
      findings.open.push_back(input);
    } else {
      findings.keep({b.error[i], input});
    }
  }
}

// Results that enclosures cannot tell from 0: too small for float64, where only a zero of the right sign will
// do. False when an error is made infinite, for balls to decide.
bool settle_signs(const Subject& s, Block& b) {
  s.formula->signs[s.role == Role::kValue ? 0 : 1](b.x, kBlock, s.parameters, b.sign);
  bool all = true;
  for (std::size_t i = 0; i < kBlock; ++i) {
    if (b.sign_open[i] == 0) continue;
    const bool right = b.y[i] == 0 && b.sign[i] != 0 && std::signbit(b.y[i]) == (b.sign[i] < 0);
    const bool tiny = std::fabs(b.mid[i]) + b.rad[i] < 0x1p-151;
    if (!right || !tiny) b.error[i] = kInf, all = false;
  }
  return all;
}

// One box: the error in ulp of the result y for any of its x, at most; infinite where that is not known.
double error_of_box(double mid, double rad, std::int64_t sign, double y) {
  if (mid == 0 && rad == 0) return y == 0 && std::signbit(y) == std::signbit(mid) ? 0 : kInf;
  if (sign == 0 || std::signbit(y) != (sign < 0) || !std::isfinite(y)) return kInf;
  const double r = rad * 1.001 + 1e-60, least = std::max(std::fabs(mid) - r, 0x1p-126);
  const double ulp = std::ldexp(1.0, std::ilogb(least) - 23);
  return (std::fabs(y - mid) * (1 + 0x1p-50) + r) / ulp;
}

bool all_the_same(const float (&y)[kBlock]) {
  std::uint32_t different = 0;
  for (const float v : y) different |= std::bit_cast<std::uint32_t>(v) ^ std::bit_cast<std::uint32_t>(y[0]);
  return different == 0;
}

// A block whose results are all the same, as in tails: one enclosure for each interval of many inputs. False
// when that leaves a question open.
bool scan_constant(const Subject& s, const Block& b, Findings& findings) {
  constexpr double kSmall = 0.25;
  constexpr std::size_t kWidth = kBlock / kEnclosureLanes;
  if (b.x[0] == 0 || !all_the_same(b.y)) return false;
  if (s.role == Role::kValue &&
      !(b.y[0] >= static_cast<float>(s.facts.low) && b.y[0] <= static_cast<float>(s.facts.high)))
    return false;
  double x_mid[kEnclosureLanes], x_rad[kEnclosureLanes], mid[kEnclosureLanes], rad[kEnclosureLanes];
  std::int64_t sign[kEnclosureLanes];
  for (std::size_t i = 0; i < kEnclosureLanes; ++i) {
    const auto from = static_cast<double>(b.x[i * kWidth]),
               to = static_cast<double>(b.x[(i + 1) * kWidth - 1]);
    x_mid[i] = 0.5 * (from + to), x_rad[i] = std::fabs(0.5 * (to - from));  // exactly: of one binade
  }
  s.formula->boxes[s.role == Role::kValue ? 0 : 1](x_mid, x_rad, s.parameters, mid, rad, sign);
  double worst = 0;
  for (std::size_t i = 0; i < kEnclosureLanes; ++i) {
    const double error = error_of_box(mid[i], rad[i], sign[i], static_cast<double>(b.y[0]));
    if (!(error <= std::min(kSmall, s.bound))) return false;  // NaN too
    worst = std::max(worst, error);
  }
  findings.small = std::max(findings.small, worst);
  return true;
}

void scan_finite(const Subject& s, Block& b, std::uint32_t first, Findings& findings) {
  if (scan_constant(s, b, findings)) return check_odd(s, b, findings);
  s.formula->enclose[s.role == Role::kValue ? 0 : 1](b.x, kBlock, s.parameters, b.mid, b.rad);
  const Summary sum = measure(s, b);
  findings.rounded_wrongly += count(sum.wrongly);
  findings.perhaps_wrongly += count(sum.perhaps);
  const bool settled = !any(sum.sign_open) || settle_signs(s, b);
  if (!settled || any(sum.largest > findings.threshold)) collect(b, first, findings);
  findings.check_open();
  if (any(sum.zero_sign)) check_zero_signs(b, findings);
  if (any(sum.outside)) check_range(s, b, findings);
  check_odd(s, b, findings);
}

}  // namespace

void Findings::keep(Candidate candidate) {
  constexpr std::size_t kRoom = 16 * kWorst;  // so that sorting out is rare
  if (candidate.error <= threshold) return;
  worst.push_back(candidate);
  if (worst.size() >= kRoom) keep_worst();
}

void Findings::keep_worst() {
  if (worst.size() <= kWorst) return;
  const auto larger = [](const Candidate& a, const Candidate& b) { return a.error > b.error; };
  const auto last = worst.begin() + (kWorst - 1);
  std::nth_element(worst.begin(), last, worst.end(), larger);
  threshold = last->error;
  worst.resize(kWorst);
}

void Findings::check_open() const {
  constexpr std::size_t kMost = 10'000'000;  // about five minutes of balls
  if (open.size() > kMost)
    throw std::runtime_error("the first pass leaves more than ten million inputs open");
}

void Findings::merge(const Findings& other) {
  for (const Candidate& candidate : other.worst) keep(candidate);
  open.insert(open.end(), other.open.begin(), other.open.end());
  rounded_wrongly += other.rounded_wrongly, perhaps_wrongly += other.perhaps_wrongly;
  descents += other.descents;
  small = std::max(small, other.small);
  if (fault.empty()) fault = other.fault;
  check_open();
}

Subject::Subject(const Activation& a, Role r)
    : activation(&a), formula(find_formula(a.entry->info->name)), role(r), parameters{}, facts{} {
  for (std::size_t i = 0; i < a.entry->info->parameters.size(); ++i)
    parameters[i] = static_cast<double>(static_cast<float>(a.initial(i)));
  facts = a.entry->facts(parameters);
  const Bound& b = a.entry->info->float32;
  bound = r == Role::kValue ? b.value : b.derivative;
}

void Subject::run(const float* x, float* y, std::size_t n) const {
  activation->kernel(Format::kFloat32, role)(x, nullptr, y, n, parameters);
}

std::string scan_inputs(const Subject& s, std::uint32_t start, std::int64_t count, Findings& findings) {
  const auto block = std::make_unique<Block>();
  Block& b = *block;
  proofs::ChunkDigest digest;
  const bool ordered = s.role == Role::kValue && s.facts.monotone;
  // The result before the first; both zeros give the same number.
  const auto before = std::bit_cast<float>((start & 0x7fffffffu) == 0 ? start : start - 1);
  float previous = 0;
  s.run(&before, &previous, 1);
  for (std::int64_t done = 0; done < count; done += kBlock) {
    const std::uint32_t first = start + static_cast<std::uint32_t>(done);
    proofs::fill_inputs(first, b.x);
    s.run(b.x, b.y, kBlock);
    if ((first & 0x7fffffffu) < 0x7f800000u) {
      scan_finite(s, b, first, findings);
    } else {
      check_not_finite(s, b, findings);
    }
    if (ordered) findings.descents += descents(b, previous), previous = b.y[kBlock - 1];
    digest.add(b.y);
  }
  return digest.text();
}

std::string scan_chunk(const Subject& s, int chunk, Findings& findings) {
  return scan_inputs(s, static_cast<std::uint32_t>(chunk) << 24, proofs::kChunkSize, findings);
}

}  // namespace rheo::oracle
