// SPDX-License-Identifier: Apache-2.0
// gate.cc: gates, a block in L1 at a time.
#include "src/block/gate.h"

#include <algorithm>
#include <cstdint>

#include "src/block/memo16.h"
#include "src/block/passes.h"

namespace rheo {

namespace {

constexpr std::size_t kBlock = 1024;  // elements

// Both factors of what is given: a held below the limit, b within it and moved.
template <class T>
struct Factors {
  const T *a, *b;

  Factors(const Gate& gate, const T* given_a, const T* given_b, T* room_a, T* room_b, std::size_t n)
      : a(given_a), b(given_b) {
    if (gate.limited()) {
      passes<T>().hold_above(given_a, static_cast<T>(gate.limit), room_a, n);
      a = room_a;
    }
    if (!gate.plain()) {
      passes<T>().hold(given_b, static_cast<T>(gate.limit), static_cast<T>(gate.offset), room_b, n);
      b = room_b;
    }
  }
};

template <class T>
void value_block(const Gate& gate, const T* a, const T* b, T* y, std::size_t n) {
  alignas(64) T room_a[kBlock], room_b[kBlock];
  const Factors<T> factors(gate, a, b, room_a, room_b, n);
  gate.product(factors.a, factors.b, y, n, gate.parameters);
}

template <class T>
void backward_block(const Gate& gate, const T* a, const T* b, const T* grad, T* da, T* db, std::size_t n) {
  alignas(64) T room_a[kBlock], room_b[kBlock], slope[kBlock], result[kBlock];
  const Passes<T>& pass = passes<T>();
  const Factors<T> factors(gate, a, b, room_a, room_b, n);
  const T limit = static_cast<T>(gate.limit);
  const bool limited = gate.limited();
  pass.multiply(grad, factors.b, slope, n);  // before db, which may be b or grad
  gate.product(factors.a, grad, limited ? result : db, n, gate.parameters);
  if (limited) pass.zero_outside(b, limit, result, db, n);
  gate.backward(factors.a, slope, limited ? result : da, n, gate.parameters);
  if (limited) pass.zero_above(a, limit, result, da, n);
}

using Bits = std::uint16_t;

// What is remembered of both of a gate's factors of 16 bits; null where nothing is.
struct Known16 {
  const Memo16 *value = nullptr, *slope = nullptr;

  // For so many elements.
  Known16(const Gate& gate, std::size_t n, bool backward) {
    if (gate.limited()) return;
    value = memo_of(gate.format, gate.product16, gate.parameters, n);
    if (backward) slope = memo_of(gate.format, gate.backward16, gate.parameters, n);
    if (slope != nullptr && slope->positive_zeros) slope = nullptr;  // passes know products only
  }
};

// act(a) b, rounded to 16 bits. Where float32 holds act(a), a product of it is within three ulp, which is
// enough to tell how nearly all of them round.
void product_block(const Gate& gate, const float* a, const float* b, const float* outside, float* result,
                   std::size_t n, Bits* y) {
  const Passes16& pass16 = passes16(gate.format);
  const std::size_t whole = whole16(n);
  bool weighed = false;
  if (gate.value != nullptr) {
    gate.value(a, nullptr, result, whole, gate.parameters);
    weighed = pass16.weigh(result, a, b, result, whole);
  }
  if (!weighed) gate.product16.quick(a, b, result, whole, gate.parameters);
  if (outside != nullptr)
    passes<float>().zero_outside(outside, static_cast<float>(gate.limit), result, result, whole);
  const auto round = weighed ? pass16.round_weighed : pass16.round;
  round(gate.product16, gate.parameters, result, a, b, n, y);
}

void value_block(const Gate& gate, const Bits* a, const Bits* b, Bits* y, std::size_t n) {
  alignas(64) float wide_a[kBlock], wide_b[kBlock], result[kBlock];
  const Passes16& pass16 = passes16(gate.format);
  const std::size_t whole = whole16(n);
  pass16.widen(a, n, wide_a), pass16.widen(b, n, wide_b);
  const Factors<float> factors(gate, wide_a, wide_b, wide_a, wide_b, whole);
  product_block(gate, factors.a, factors.b, nullptr, result, n, y);
}

void backward_block(const Gate& gate, const Known16& known, const Bits* a, const Bits* b, const Bits* grad,
                    Bits* da, Bits* db, std::size_t n) {
  alignas(64) float wide_a[kBlock], wide_b[kBlock], wide_grad[kBlock];
  alignas(64) float room_a[kBlock], room_b[kBlock], slope[kBlock], result[kBlock];
  const Passes<float>& pass = passes<float>();
  const Passes16& pass16 = passes16(gate.format);
  const std::size_t whole = whole16(n);
  pass16.widen(a, n, wide_a), pass16.widen(b, n, wide_b), pass16.widen(grad, n, wide_grad);
  const Factors<float> factors(gate, wide_a, wide_b, room_a, room_b, whole);
  const auto limit = static_cast<float>(gate.limit);
  pass.multiply(wide_grad, factors.b, slope, whole);
  if (known.value != nullptr)
    recall16(*known.value, gate.format, gate.product16, a, grad, db, n, gate.parameters);
  else
    product_block(gate, factors.a, wide_grad, gate.limited() ? wide_b : nullptr, result, n, db);
  // A result of 0 is in doubt unless its gradient is 0 too.
  if (gate.limited()) pass.zero_above(wide_a, limit, slope, slope, whole);
  bool weighed = false;
  if (known.slope != nullptr) {
    recall_factors(*known.slope, gate.format, a, n, result);
    weighed = pass16.weigh(result, factors.a, slope, result, whole);
  }
  if (!weighed) gate.backward16.quick(factors.a, slope, result, whole, gate.parameters);
  if (gate.limited()) pass.zero_above(wide_a, limit, result, result, whole);
  const auto round = weighed ? pass16.round_weighed : pass16.round;
  round(gate.backward16, gate.parameters, result, factors.a, slope, n, da);
}

template <class T>
void value(const Gate& gate, const void* a, const void* b, void* y, std::size_t n) {
  if constexpr (sizeof(T) == sizeof(Bits)) {
    const Known16 known(gate, n, false);
    if (known.value != nullptr && gate.plain())
      return recall16(*known.value, gate.format, gate.product16, a, b, y, n, gate.parameters);
  }
  const auto *const as = static_cast<const T*>(a), *const bs = static_cast<const T*>(b);
  auto* const ys = static_cast<T*>(y);
  for (std::size_t i = 0; i < n; i += kBlock)
    value_block(gate, as + i, bs + i, ys + i, std::min(kBlock, n - i));
}

template <class T>
void backward(const Gate& gate, const void* a, const void* b, const void* grad, void* da, void* db,
              std::size_t n) {
  const auto *const as = static_cast<const T*>(a), *const bs = static_cast<const T*>(b),
                    *const grads = static_cast<const T*>(grad);
  auto *const das = static_cast<T*>(da), *const dbs = static_cast<T*>(db);
  const auto run = [&](const auto&... known) {
    for (std::size_t i = 0; i < n; i += kBlock)
      backward_block(gate, known..., as + i, bs + i, grads + i, das + i, dbs + i, std::min(kBlock, n - i));
  };
  if constexpr (sizeof(T) == sizeof(Bits))
    run(Known16(gate, n, true));
  else
    run();
}

}  // namespace

void gate_value(const Gate& gate, const void* a, const void* b, void* y, std::size_t n) {
  if (is16(gate.format)) return value<Bits>(gate, a, b, y, n);
  if (gate.plain()) return gate.product(a, b, y, n, gate.parameters);
  const auto run = gate.format == Format::kFloat32 ? value<float> : value<double>;
  run(gate, a, b, y, n);
}

void gate_backward(const Gate& gate, const void* a, const void* b, const void* grad, void* da, void* db,
                   std::size_t n) {
  const auto run = is16(gate.format)                 ? backward<Bits>
                   : gate.format == Format::kFloat32 ? backward<float>
                                                     : backward<double>;
  run(gate, a, b, grad, da, db, n);
}

}  // namespace rheo
