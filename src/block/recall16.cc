// SPDX-License-Identifier: Apache-2.0
// recall16.cc: 16-bit results from what is remembered.
//
// Vectors' own gathers take longer than single loads, of which processors do two or three at a time.
#include <algorithm>
#include <cstring>
#include <type_traits>

#include "src/block/doubts.h"
#include "src/block/memo16.h"
#include "src/block/passes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/block/recall16.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "src/block/walk16-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {
namespace {

// How far ahead inputs are fetched: processors do it less well themselves where single loads lie between.
constexpr std::size_t kFarAhead = 1024;

using Eight = std::uint16_t __attribute__((vector_size(16)));

template <bool kPast>
HWY_INLINE void eight_results(const std::uint16_t* from, const Bits16* x, Bits16* y) {
  const hn::Full128<std::uint16_t> d;
  const Eight found = {from[x[0]], from[x[1]], from[x[2]], from[x[3]],
                       from[x[4]], from[x[5]], from[x[6]], from[x[7]]};
  Bits16 bits[8];
  std::memcpy(bits, &found, sizeof found);
  if constexpr (kPast)
    hn::Stream(hn::LoadU(d, bits), d, y);
  else
    hn::StoreU(hn::LoadU(d, bits), d, y);
}

template <bool kPast>
void results(const std::uint16_t* from, const Bits16* x, Bits16* y, std::size_t n) {
  constexpr std::size_t kLine = 32;
  std::size_t i = 0;
  if (kPast)
    for (const std::size_t first = before_vectors(y, n); i < first; ++i) y[i] = from[x[i]];
  for (; i + kLine <= n; i += kLine) {
    hwy::Prefetch(x + i + kFarAhead);
    for (std::size_t k = 0; k < kLine; k += 8) eight_results<kPast>(from, x + i + k, y + i + k);
  }
  if (kPast) hwy::FlushStream();
  for (; i < n; ++i) y[i] = from[x[i]];
}

// Where widen() puts element k of a vector.
template <class F>
HWY_INLINE std::size_t widened_place(std::size_t k) {
  return std::is_base_of_v<Neighbours, F> ? k % 2 * hn::Lanes(D32()) + k / 2 : k;
}

// The factors of one vector of numbers in the format F, in the order of widen().
template <class F>
HWY_INLINE void look_up(const float* from, const Bits16* x, float* to) {
  for (std::size_t k = 0; k < hn::Lanes(D16()); k += 4) {
    std::uint64_t four = 0;
    std::memcpy(&four, x + k, sizeof four);
    to[widened_place<F>(k)] = from[four & 0xFFFF], to[widened_place<F>(k + 1)] = from[four >> 16 & 0xFFFF];
    to[widened_place<F>(k + 2)] = from[four >> 32 & 0xFFFF], to[widened_place<F>(k + 3)] = from[four >> 48];
  }
}

template <class F>
void look_up_all(const float* from, const Bits16* x, std::size_t n, float* to) {
  const std::size_t step = hn::Lanes(D16()), even = n - n % step;
  for (std::size_t i = 0; i < even; i += step) look_up<F>(from, x + i, to + i);
  if (even == n) return;
  std::fill(to + even, to + whole16(n), 0.0F);
  for (std::size_t i = even; i < n; ++i) to[even + widened_place<F>(i - even)] = from[x[i]];
}

// Products of factors and gradients in the format F.
template <class F>
class Products {
 public:
  Products(const Memo16& memo, const Kernels16& kernels, const double* p, Bits16* y)
      : memo_(memo), kernels_(kernels), parameters_(p), doubts_(kernels, p, y) {}

  void walk(const Bits16* x, const Bits16* grad, Bits16* y, std::size_t n) {
    // Factors are looked up some steps ahead: what was just stored in parts cannot be loaded as a vector yet.
    const std::size_t even = n - n % step(), ahead = kAhead * step();
    for (std::size_t i = 0; i < std::min(ahead, even); i += step())
      look_up<F>(memo_.factors, x + i, factors_of(i));
    for (std::size_t i = 0; i < even; i += step()) {
      if (i + ahead < even) look_up<F>(memo_.factors, x + i + ahead, factors_of(i + ahead));
      hwy::Prefetch(x + i + kFarAhead), hwy::Prefetch(grad + i + kFarAhead);
      one_step(x + i, grad + i, y + i, i, step());
    }
    if (even < n)
      by_copies<true>(x + even, grad + even, y + even, n - even,
                      [&](const Bits16* last_x, const Bits16* last_grad, Bits16* last_y) HWY_ATTR {
                        look_up<F>(memo_.factors, last_x, factors_of(even));
                        one_step(last_x, last_grad, last_y, even, n - even);
                      });
    doubts_.settle(F::kFormat, true);
  }

 private:
  static constexpr std::size_t kAhead = 3, kRing = (kAhead + 1) * hn::MaxLanes(D16());
  static constexpr Format kFormat =
      F::kFormat.infinity == kBfloat16Format.infinity ? Format::kBfloat16 : Format::kFloat16;

  static HWY_INLINE std::size_t step() { return hn::Lanes(D16()); }

  HWY_INLINE V32 product(V32 factor, V32 grad) const {
    const D32 d;
    const V32 sign = hn::BitCast(d, hn::Set(DU32(), memo_.positive_zeros ? 0x80000000U : 0));
    return hn::AndNot(hn::IfThenElseZero(hn::Eq(factor, hn::Zero(d)), sign), hn::Mul(factor, grad));
  }
  HWY_INLINE float* factors_of(std::size_t i) { return factors_ + i % ((kAhead + 1) * step()); }
  // Of a step's elements, the first of which is number `place` of the call, the first `size` count.
  HWY_INLINE void one_step(const Bits16* x, const Bits16* grad, Bits16* y, std::size_t place,
                           std::size_t size) {
    const D32 d;
    const D16 d16;
    const float* const factors = factors_of(place);
    const V32 a = hn::Load(d, factors), b = hn::Load(d, factors + hn::Lanes(d));
    V32 first, second;
    F::widen(hn::LoadU(d16, grad), first, second);
    first = product(a, first), second = product(b, second);
    // No factor, or NaN, whose bits depend on how it is made.
    if (HWY_UNLIKELY(!hn::AllFalse(d, hn::Or(hn::IsNaN(first), hn::IsNaN(second)))))
      return evaluate16(kFormat, kernels_, x, grad, y, size, parameters_);
    hn::Mask<D32> near_first, near_second;
    const V16 rounded = F::template narrow<Reach::kThree>(first, second, near_first, near_second);
    if (HWY_UNLIKELY(!hn::AllFalse(d, hn::Or(near_first, near_second)))) {
      doubts_.prepare(step(), F::kFormat, true);
      add_doubts<F, true>(doubts_, near_first, near_second, 0, x, grad, size, place);
    }
    hn::StoreU(rounded, d16, y);
  }

  const Memo16& memo_;
  const Kernels16& kernels_;
  const double* parameters_;
  Doubts doubts_;
  HWY_ALIGN float factors_[kRing];
};

template <class F>
void products(const Memo16& memo, const Kernels16& kernels, const Bits16* x, const Bits16* grad, Bits16* y,
              std::size_t n, const double* p) {
  if (!kernels.past_caches) return Products<F>(memo, kernels, p, y).walk(x, grad, y, n);
  // A block at a time, as what is in doubt is put right where it has been written.
  constexpr std::size_t kBlock = 4096;
  HWY_ALIGN Bits16 block[kBlock];
  const std::size_t step = hn::Lanes(D16());
  std::size_t size = before_vectors(y, n);
  for (std::size_t i = 0; i < n; i += size, size = std::min(kBlock, n - i)) {
    if (size == 0) continue;
    Products<F>(memo, kernels, p, block).walk(x + i, grad + i, block, size);
    const std::size_t even = size < kBlock ? 0 : size;
    for (std::size_t k = 0; k < even; k += step) hn::Stream(hn::Load(D16(), block + k), D16(), y + i + k);
    std::copy(block + even, block + size, y + i + even);
  }
  hwy::FlushStream();
}
constexpr auto products_bfloat16 = products<Bfloat16>;
constexpr auto products_float16 = products<Float16>;

void recall(const Memo16& memo, Format format, const Kernels16& kernels, const Bits16* x, const Bits16* grad,
            Bits16* y, std::size_t n, const double* p) {
  if (memo.results != nullptr)
    return (kernels.past_caches ? results<true> : results<false>)(memo.results, x, y, n);
  const auto run = format == Format::kBfloat16 ? products_bfloat16 : products_float16;
  run(memo, kernels, x, grad, y, n, p);
}

void factors(const Memo16& memo, Format format, const Bits16* x, std::size_t n, float* to) {
  (format == Format::kBfloat16 ? look_up_all<Bfloat16> : look_up_all<Float16>)(memo.factors, x, n, to);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rheo {
HWY_EXPORT(factors);
HWY_EXPORT(recall);

void recall_factors(const Memo16& memo, Format format, const std::uint16_t* x, std::size_t n, float* to) {
  HWY_DYNAMIC_DISPATCH(factors)(memo, format, x, n, to);
}

void recall16(const Memo16& memo, Format format, const Kernels16& kernels, const void* x, const void* grad,
              void* y, std::size_t n, const double* parameters) {
  HWY_DYNAMIC_DISPATCH(recall)
  (memo, format, kernels, static_cast<const std::uint16_t*>(x), static_cast<const std::uint16_t*>(grad),
   static_cast<std::uint16_t*>(y), n, parameters);
}

}  // namespace rheo
#endif
