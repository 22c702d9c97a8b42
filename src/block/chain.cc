// SPDX-License-Identifier: Apache-2.0
// chain.cc: fused calls, a block in L1 at a time.
#include "src/block/chain.h"

#include <algorithm>
#include <cstdint>

#include "src/block/passes.h"

namespace rheo {

namespace {

constexpr std::size_t kBlock = 1024;  // elements

template <class T>
Affine<T> affine_of(const Chain& chain, const T* scales, const T* biases) {
  return {chain.scale.given,
          chain.bias.given,
          scales,
          biases,
          static_cast<T>(chain.scale.number),
          static_cast<T>(chain.bias.number)};
}

template <class T>
void run_block(const Chain& chain, const T* x, const T* scales, const T* biases, T* y, std::size_t n) {
  alignas(64) T room[kBlock];
  const T* from = x;
  if (chain.affine()) {
    passes<T>().affine(x, affine_of<T>(chain, scales, biases), room, n);
    from = room;
  }
  for (std::size_t k = 0; k < chain.stages.size(); ++k) {
    T* const to = k + 1 == chain.stages.size() ? y : room;
    chain.stages[k].value(from, nullptr, to, n, chain.stages[k].parameters.data());
    from = to;
  }
}

using Bits = std::uint16_t;

// An array of either format, in the order of 16-bit ones.
const float* widened_term(const Passes16& pass, const Term& term, const void* array, std::size_t n,
                          float* room) {
  if (!term.array) return nullptr;
  if (is16(term.format))
    pass.widen(static_cast<const Bits*>(array), n, room);
  else
    pass.arrange(static_cast<const float*>(array), n, room);
  return room;
}

void run_block16(const Chain& chain, const Bits* x, const void* scales, const void* biases, Bits* y,
                 std::size_t n) {
  alignas(64) float wide[kBlock], scale[kBlock], bias[kBlock], result[kBlock];
  const Passes16& pass = passes16(chain.format);
  const std::size_t whole = whole16(n);
  pass.widen(x, n, wide);
  if (chain.affine()) {
    const float* const s = widened_term(pass, chain.scale, scales, n, scale);
    const float* const b = widened_term(pass, chain.bias, biases, n, bias);
    passes<float>().affine(wide, affine_of<float>(chain, s, b), wide, whole);
  }
  for (const Stage& stage : chain.stages) {
    const bool last = &stage == &chain.stages.back();
    stage.value16.quick(wide, nullptr, last ? result : wide, whole, stage.parameters.data());
    if (last) pass.round(stage.value16, stage.parameters.data(), result, wide, nullptr, n, y);
  }
}

template <class T>
const T* at(const void* memory, std::size_t i) {
  return memory == nullptr ? nullptr : static_cast<const T*>(memory) + i;
}

template <class T>
void run(const Chain& chain, const void* x, const void* scales, const void* biases, void* y, std::size_t n) {
  for (std::size_t i = 0; i < n; i += kBlock) {
    run_block(chain, at<T>(x, i), at<T>(scales, i), at<T>(biases, i), static_cast<T*>(y) + i,
              std::min(kBlock, n - i));
  }
}

void run16(const Chain& chain, const void* x, const void* scales, const void* biases, void* y,
           std::size_t n) {
  const std::size_t scale_size = size_of(chain.scale.format), bias_size = size_of(chain.bias.format);
  for (std::size_t i = 0; i < n; i += kBlock) {
    run_block16(chain, at<Bits>(x, i), at<char>(scales, i * scale_size), at<char>(biases, i * bias_size),
                static_cast<Bits*>(y) + i, std::min(kBlock, n - i));
  }
}

}  // namespace

void run_chain(const Chain& chain, const void* x, const void* scales, const void* biases, void* y,
               std::size_t n) {
  if (is16(chain.format)) return run16(chain, x, scales, biases, y, n);
  if (chain.format == Format::kFloat32) return run<float>(chain, x, scales, biases, y, n);
  run<double>(chain, x, scales, biases, y, n);
}

}  // namespace rheo
