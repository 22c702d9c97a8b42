// SPDX-License-Identifier: Apache-2.0
// products.cc: intervals for what backward multiplies gradients by.
#include "src/prover/products.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <stdexcept>

#include "src/core/describe.h"
#include "src/proofs/digest.h"
#include "src/proofs/parallel.h"
#include "src/prover/enclosure.h"
#include "src/prover/ulp.h"

namespace rheo::oracle {

namespace {

constexpr std::size_t kBlock = kScanBlock;
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kSmallestUlp = 0x1p-149, kSmallestNormal = 0x1p-126;
constexpr int kGradients = ProductFindings::kGradients;
constexpr int kFirst = 8, kStep = 8;  // gradients for all inputs; and more for those that need them
constexpr double kUnclear = 0.001;    // ulp, that an enclosure may leave open

// Mantissas of gradients in [1, 2), at random: multiples of one step would leave out some derivatives. The
// first is the largest of all, whose interval is the narrowest where f'(x) is a power of two, the second 1,
// below which float32 is finer.
struct Mantissas {
  std::array<float, kGradients> m{};
  constexpr Mantissas() {
    m[0] = 0x1.fffffep0F, m[1] = 1;
    std::uint64_t state = 0x9e3779b97f4a7c15;
    for (float& v : std::span(m).subspan(2)) {
      state ^= state << 13, state ^= state >> 7, state ^= state << 17;  // Marsaglia 2003, Xorshift RNGs
      v = std::bit_cast<float>(0x3f800000U | static_cast<std::uint32_t>(state >> 41));
    }
  }
};
constexpr Mantissas kMantissas;

// Of inputs: gradients are a mantissa times `scale`, a power of two that makes products about 1, as far as
// float32 reaches. What follows is f'(x) times that: the exact one, and the bounds of what backward uses.
struct Block {
  alignas(64) float x[kBlock], scale[kBlock], grad[kBlock], y[kBlock];
  alignas(64) double mid[kBlock], rad[kBlock], low[kBlock], high[kBlock], bound[kBlock];
  std::size_t count = 0;  // whole vectors of them, where products are made

  void take(const Block& b, std::size_t i) {
    x[count] = b.x[i], scale[count] = b.scale[i], mid[count] = b.mid[i], rad[count] = b.rad[i];
    low[count] = b.low[i], high[count] = b.high[i], bound[count++] = b.bound[i];
  }
};

Doubles load(const double* from) {
  Doubles v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
void store(Doubles v, double* to) { std::memcpy(to, &v, sizeof v); }
Choice bits(Doubles v) { return reinterpret_cast<Choice>(v); }
Doubles from_bits(Choice v) { return reinterpret_cast<Doubles>(v); }
Doubles magnitude(Doubles v) { return from_bits(bits(v) & 0x7fffffffffffffff); }
Doubles all(double v) { return Doubles{} + v; }
Doubles larger(Doubles a, Doubles b) { return a > b ? a : b; }
Doubles smaller(Doubles a, Doubles b) { return a < b ? a : b; }
bool any(Choice mask) {
  std::int64_t found = 0;
  for (int i = 0; i < kEnclosureLanes; ++i) found |= mask[i];
  return found != 0;
}

// The power of two at or below a size, and float32's ulp there.
Doubles power_below(Doubles size) { return from_bits(bits(size) & 0x7ff0000000000000); }
Doubles ulp_of(Doubles size) { return power_below(larger(size, all(kSmallestNormal))) * 0x1p-23; }
// The inverse of a power of two.
Doubles inverse_of(Doubles power) { return from_bits(0x7fe0000000000000 - bits(power)); }

// Enclosures that say too little, as beside a zero of f', are made again from balls.
void sharpen(const Subject& s, Block& b, ProductFindings& found) {
  for (std::size_t i = 0; i < kBlock; ++i) {
    const double least = std::fabs(b.mid[i]) - b.rad[i];
    const bool exact_zero = b.mid[i] == 0 && b.rad[i] == 0;
    const bool unclear = !(b.rad[i] * 0x1p24 <= kUnclear * std::max(least, 0.0));
    if (exact_zero || !unclear || std::fabs(b.mid[i]) + b.rad[i] < 0x1p-290) continue;
    if (++found.to_balls > 1'000'000) throw std::runtime_error("enclosures leave more than a million open");
    const Ball truth = exact(*s.formula, true, static_cast<double>(b.x[i]), s.parameters);
    b.mid[i] = arf_get_d(arb_midref(truth.get()), ARF_RND_NEAR);
    b.rad[i] = arb_is_zero(truth.get()) != 0 ? 0 : std::fabs(b.mid[i]) * 0x1p-51;
  }
}

void enclose(const Subject& s, std::uint32_t first, Block& b, ProductFindings& found) {
  proofs::fill_inputs(first, b.x);
  s.formula->enclose[1](b.x, kBlock, s.parameters, b.mid, b.rad);
  sharpen(s, b, found);
  b.count = kBlock;
  for (std::size_t i = 0; i < kBlock; i += kEnclosureLanes) {
    const Doubles size = magnitude(load(b.mid + i));
    // 2^-e as a float32, for an exponent e that has one; a derivative of 0 takes the largest.
    const Choice wanted = 127 + 1023 - (bits(size) >> 52);
    const Choice kept = wanted > 254 ? Choice{} + 254 : wanted < 1 ? Choice{} + 1 : wanted;
    const Doubles scale = from_bits((kept + (1023 - 127)) << 52);
    for (int k = 0; k < kEnclosureLanes; ++k)
      b.scale[i + static_cast<std::size_t>(k)] = static_cast<float>(scale[k]);
    const Doubles rad = load(b.rad + i);
    const Choice zero = (size == 0) & (rad == 0);  // exactly
    store(load(b.mid + i) * scale, b.mid + i);
    // Some more for the roundings of the radii.
    store(zero ? all(0) : (rad * 1.001 + 1e-300) * scale, b.rad + i);
    store(all(-kInf), b.low + i), store(all(kInf), b.high + i);
  }
}

void note(ProductFindings& found, const char* what, const Block& b, std::size_t i) {
  if (!found.fault.empty()) return;
  found.fault = std::string(what).append(" at x = ") + number_text(static_cast<double>(b.x[i])) +
                ", grad = " + number_text(static_cast<double>(b.grad[i])) + ": " +
                number_text(static_cast<double>(b.y[i]));
}

void run(const Subject& s, Block& b) {
  s.activation->kernel(Format::kFloat32, Role::kBackward)(b.x, b.grad, b.y, b.count, s.parameters);
}

// Keeps the largest error of the products y, whose exact values are factor[i] mid[i].
template <class Factor>
void keep_worst(const Block& b, Factor&& factor, ProductFindings& found) {
  Doubles largest{};
  Choice wrong_zero{};
  const auto error_of = [&](std::size_t i) {
    const Doubles mid = load(b.mid + i), rad = load(b.rad + i), y = widened(b.y + i);
    const Doubles exact = mid * factor(i);
    const Doubles error = magnitude(y - exact) * inverse_of(ulp_of(magnitude(exact)));
    const Choice zero = (mid == 0) & (rad == 0),
                 other_sign = (magnitude(mid) > rad) & ((bits(y) ^ bits(exact)) < 0);
    wrong_zero |= zero & (y != 0);
    return zero ? all(0) : ~(error < kInf) | other_sign ? all(kInf) : error;  // of a NaN too
  };
  for (std::size_t i = 0; i < b.count; i += kEnclosureLanes) largest = larger(largest, error_of(i));
  if (!any(largest > found.worst.error) && !any(wrong_zero)) return;
  for (std::size_t i = 0; i < b.count; i += kEnclosureLanes) {
    wrong_zero = Choice{};
    const Doubles error = error_of(i);
    for (std::size_t k = 0; k < std::size_t{kEnclosureLanes}; ++k) {
      if (wrong_zero[k] != 0) note(found, "not 0", b, i + k);
      if (error[k] > found.worst.error) found.worst = {error[k], b.x[i + k], b.grad[i + k], b.y[i + k]};
    }
  }
}

// The products of all inputs with one more mantissa.
void observe(const Subject& s, Block& b, int which, ProductFindings& found) {
  const float mantissa = kMantissas.m[static_cast<std::size_t>(which)];
  const double inverse = 1 / static_cast<double>(mantissa);
  for (std::size_t i = 0; i < b.count; ++i) b.grad[i] = b.scale[i] * mantissa;
  run(s, b);
  for (std::size_t i = 0; i < b.count; i += kEnclosureLanes) {
    const Doubles y = widened(b.y + i);
    // Of a product of two float32, what is lost before the last rounding is below 2^-46 of it.
    const Doubles half = 0.5 * ulp_of(magnitude(y)) + magnitude(y) * 0x1p-46;
    store(larger(load(b.low + i), (y - half) * inverse), b.low + i);
    store(smaller(load(b.high + i), (y + half) * inverse), b.high + i);
  }
  keep_worst(b, [&](std::size_t) { return all(static_cast<double>(mantissa)); }, found);
}

// Products that are subnormal: made, not bounded.
void observe_subnormal(const Subject& s, Block& b, float size, ProductFindings& found) {
  for (std::size_t i = 0; i < b.count; ++i) b.grad[i] = b.scale[i] * size;
  run(s, b);
  const auto factor = [&](std::size_t i) { return widened(b.grad + i) / widened(b.scale + i); };
  keep_worst(b, factor, found);
}

// The error of a product with any gradient, at most.
void bound(Block& b, ProductFindings& found) {
  for (std::size_t i = 0; i < b.count; i += kEnclosureLanes) {
    const Doubles mid = load(b.mid + i), rad = load(b.rad + i), low = load(b.low + i),
                  high = load(b.high + i);
    const Doubles size = magnitude(mid), least = larger(size - rad, all(0));
    const Doubles off = larger(high - mid, mid - low) + rad;
    // Where no gradient makes the product a normal number, the largest tells most.
    const Doubles most = least >= kSmallestNormal ? off / least * 0x1p24 : off * (2 / kSmallestUlp);
    Doubles error = 0.5 + most;
    // Where each product was the gradient's own digits, as beside a power of two: so is every product.
    const Doubles power = power_below(size * (1 + 0x1p-22)), near = power * (0x1p-25 * (1 + 0x1p-19));
    const Doubles signed_power = mid < 0 ? -power : power;
    const Doubles under = signed_power - low, over = high - signed_power;
    const Choice same = (under <= near) & (under >= 0.5 * near) & (over <= near) & (over >= 0.5 * near);
    error = same & (size >= kSmallestNormal) ? (magnitude(signed_power - mid) + rad) / power * 0x1p24 : error;
    // Both so small that no gradient makes a product of half the smallest number.
    const Doubles tiny = all(0.25 * kSmallestUlp * (1 + 0x1p-20));
    const Choice none = (size + rad <= tiny) & (low >= -tiny) & (high <= tiny);
    error = none ? (size + rad) * (2 / kSmallestUlp) : error;
    error = (mid == 0) & (rad == 0) ? all(0) : error;
    store(error, b.bound + i);
    const Choice apart = low > high + magnitude(mid) * 0x1p-44;
    if (!any(apart)) continue;
    for (std::size_t k = 0; k < std::size_t{kEnclosureLanes}; ++k)
      if (apart[k] != 0) note(found, "products that no one number explains", b, i + k);
  }
}

// Keeps those whose bound is above what is known.
void keep_open(Block& b, const ProductFindings& found) {
  const std::size_t count = b.count;
  b.count = 0;
  for (std::size_t i = 0; i < count; ++i)
    if (!(b.bound[i] <= found.at_most)) b.take(b, i);
}

// What is left gets more gradients, until their bounds are below those of others, or there are no more.
void settle(const Subject& s, Block& b, ProductFindings& found) {
  for (int which = kFirst; which < kGradients && b.count > 0;) {
    while (b.count % kEnclosureLanes != 0) b.take(b, 0);  // whole vectors
    for (int k = 0; k < kStep; ++k) observe(s, b, which++, found);
    bound(b, found), keep_open(b, found);
  }
  for (std::size_t i = 0; i < b.count; ++i) found.at_most = std::max(found.at_most, b.bound[i]);
  b.count = 0;
}

}  // namespace

void ProductFindings::merge(const ProductFindings& other) {
  at_most = std::max(at_most, other.at_most), to_balls += other.to_balls;
  const auto place = [](const Product& p) { return std::bit_cast<std::uint32_t>(p.x); };
  if (other.worst.error > worst.error ||
      (other.worst.error == worst.error && place(other.worst) < place(worst)))
    worst = other.worst;
  if (fault.empty()) fault = other.fault;
}

double product_error(const Subject& s, const Product& p) {
  const Ball truth = exact(*s.formula, true, static_cast<double>(p.x), s.parameters);
  return error_in_ulp(static_cast<double>(p.y), truth * Ball(static_cast<double>(p.grad)), kLayout32);
}

void scan_products(const Subject& s, std::uint32_t start, std::int64_t count, ProductFindings& found) {
  const auto blocks = std::make_unique<std::array<Block, 2>>();
  Block &b = (*blocks)[0], &open = (*blocks)[1];
  for (std::int64_t done = 0; done < count; done += kBlock) {
    const std::uint32_t first = start + static_cast<std::uint32_t>(done);
    if ((first & 0x7fffffffu) >= 0x7f800000u) continue;
    enclose(s, first, b, found);
    for (int which = 0; which < kFirst; ++which) observe(s, b, which, found);
    for (const float size : {0x1.8p-127F, 0x1.4p-139F}) observe_subnormal(s, b, size, found);
    bound(b, found);
    for (std::size_t i = 0; i < kBlock; ++i) {
      if (b.bound[i] <= found.at_most) continue;
      if (open.count == kBlock) settle(s, open, found);
      open.take(b, i);
    }
  }
  settle(s, open, found);
}

ProductsResult prove_products(const Activation& activation, int threads,
                              const std::function<void(double done)>& progress) {
  const auto start = std::chrono::steady_clock::now();
  const Subject subject(activation, Role::kDerivative);
  ProductFindings found;
  std::mutex mutex;
  int done = 0;
  const auto walk = [&](std::size_t chunk) {
    ProductFindings here;
    scan_products(subject, static_cast<std::uint32_t>(chunk) << 24, proofs::kChunkSize, here);
    here.worst.error = product_error(subject, here.worst);
    const std::lock_guard lock(mutex);
    found.merge(here);
    if (progress) progress(++done / (proofs::kChunks + 1.0));
  };
  proofs::parallel(threads, proofs::kChunks, walk, flint_cleanup);
  ProductsResult result;
  result.fault = found.fault;
  proofs::BackwardProof& proof = result.proof;
  proof.bound = subject.bound + 0.5;
  proof.maximum = found.worst.error;
  proof.at_most = std::max(found.at_most, found.worst.error);
  proof.x = static_cast<double>(found.worst.x), proof.grad = static_cast<double>(found.worst.grad);
  proof.result = static_cast<double>(found.worst.y);
  proof.decided_by_balls = found.to_balls;
  proof.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (progress) progress(1);
  return result;
}

}  // namespace rheo::oracle
