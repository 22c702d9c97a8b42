// SPDX-License-Identifier: Apache-2.0
// narrow-gradients-inl.h: gradients of 16-bit rows that lie together, straight from memory. Re-included per
// instruction set.
//
// Their bits are those of backward-inl.h, whose rows are widened first: here both arrays are read side by
// side, so that the processor fetches ahead while it computes, and nothing is stored in between.
#if defined(RHEO_ROWS_NARROW_GRADIENTS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_NARROW_GRADIENTS_INL_H_
#undef RHEO_ROWS_NARROW_GRADIENTS_INL_H_
#else
#define RHEO_ROWS_NARROW_GRADIENTS_INL_H_
#endif

#include "src/rows/backward-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// Where sums are not to be trusted.
template <RowResult kResult>
HWY_NOINLINE void gradients_by_blocks(const RowWork& work, std::int64_t first, std::size_t count) {
  for (std::size_t place = 0; place < count; ++place)
    gradient_row<float, kResult>(work, first + static_cast<std::int64_t>(place));
}

template <Format kFormat, RowResult kResult>
class NarrowGradients {
  using V = hn::Vec<RowF>;
  using Bits16 = hn::Rebind<RowBits, RowF>;
  using Gradient = RowGradient<float, kResult>;
  static constexpr std::int64_t kRoom = 4096;  // elements that stay in L1
  static constexpr int kVectors = static_cast<int>(kAtOnce / hn::MaxLanes(RowF()));

 public:
  HWY_INLINE explicit NarrowGradients(const RowWork& given)
      : work(given), gradient(given), length(static_cast<std::size_t>(given.length)) {}

  HWY_INLINE void run() {
    const auto together = std::clamp<std::int64_t>(kRoom / work.length, 1, std::int64_t{kAtOnce});
    std::fill_n(sums, kAtOnce, gradient.sums.most);
    for (first = 0; first < work.rows; first += together) {
      const auto count = static_cast<std::size_t>(std::min(work.rows - first, together));
      for (std::size_t place = 0; place < count; ++place) sums[place] = sum(place);
      write(count);
    }
  }

 private:
  static HWY_INLINE V load(const RowBits* from) {
    return widened<kFormat>(RowF(), hn::LoadU(Bits16(), from));
  }
  HWY_INLINE const RowBits* at(const RowOperand& operand, std::size_t place) const {
    return row_of<const RowBits>(operand, first + static_cast<std::int64_t>(place));
  }
  // What a row's sum is of: products of 16-bit numbers are exact in float32.
  static HWY_INLINE RowG terms(const RowBits* s, const RowBits* g) {
    V all[kVectors];
    for (int i = 0; i < kVectors; ++i) {
      const std::size_t from = static_cast<std::size_t>(i) * hn::Lanes(RowF());
      all[i] = load(g + from);
      if constexpr (kResult == RowResult::kShare) all[i] = hn::Mul(load(s + from), all[i]);
    }
    return RowG::of([&](int i) RHEO_PART {
      const V v = all[i / 2];
      return i % 2 == 0 ? hn::PromoteLowerTo(RowD(), v) : hn::PromoteUpperTo(RowD(), v);
    });
  }
  HWY_INLINE double sum(std::size_t place) const {
    const RowBits *s = at(work.x, place), *g = at(work.other, place);
    GradientSum<float> all;
    add_in_turn(all, length, [&](RowSum<float>& part, std::size_t i, std::size_t count) RHEO_PART {
      if (HWY_LIKELY(count == kAtOnce)) return part.add({terms(s + i, g + i), RowG(0.0)});
      RowBits last_s[kAtOnce]{}, last_g[kAtOnce]{};
      std::copy_n(s + i, count, last_s), std::copy_n(g + i, count, last_g);
      part.add({terms(last_s, last_g), RowG(0.0)});
    });
    return total<float>(all.sum()).high;
  }
  HWY_INLINE void write(std::size_t count) const {
    if constexpr (kResult == RowResult::kShare) {
      HWY_ALIGN float products[kAtOnce];
      if (HWY_UNLIKELY(!gradient.products_of(RowG::load(sums), products)))
        return gradients_by_blocks<kResult>(work, first, count);
      for (std::size_t place = 0; place < count; ++place)
        gradient.factor.power > 1 ? shares<true>(place, products[place])
                                  : shares<false>(place, products[place]);
    } else {
      for (std::size_t place = 0; place < count; ++place) logarithms(place, RowNumber{sums[place], 0});
    }
  }
  template <bool kPower>
  HWY_INLINE void shares(std::size_t place, float product) const {
    const ShareSlope<RowF> slope(gradient.factor, hn::Set(RowF(), product));
    each(place, [&](V s, V g) RHEO_PART { return slope.template at<kPower>(s, g); });
  }
  HWY_INLINE void logarithms(std::size_t place, const RowNumber& sum) const {
    const RowF d;
    const RowParts<float> parts(sum);
    const RowSlope<float, kResult, RowF> slope(hn::Set(d, parts.high), hn::Set(d, parts.low),
                                               hn::Set(d, static_cast<float>(work.scale)));
    each(place, [&](V y, V g) RHEO_PART { return slope.at(y, g); });
  }
  // A row's gradients slope(y[i], g[i]).
  template <class Slope>
  HWY_INLINE void each(std::size_t place, Slope&& slope) const {
    const RowBits *y = at(work.x, place), *g = at(work.other, place);
    RowBits* const to = row_of<RowBits>(work.y, first + static_cast<std::int64_t>(place));
    const std::size_t even = length / kAtOnce * kAtOnce, left = length - even;
    for (std::size_t i = 0; i < even; i += kAtOnce) sixteen(y + i, g + i, slope, to + i);
    if (left == 0) return;
    RowBits last_y[kAtOnce]{}, last_g[kAtOnce]{}, last[kAtOnce];
    std::copy_n(y + even, left, last_y), std::copy_n(g + even, left, last_g);
    sixteen(last_y, last_g, slope, last);
    std::copy_n(last, left, to + even);
  }
  template <class Slope>
  static HWY_INLINE void sixteen(const RowBits* y, const RowBits* g, Slope&& slope, RowBits* to) {
    const RowF d;
    HWY_ALIGN float results[kAtOnce];
    for (std::size_t i = 0; i < kAtOnce; i += hn::Lanes(d)) {
      const V v = slope(load(y + i), load(g + i));
      if constexpr (kNarrows<kFormat>)
        hn::StoreU(narrowed<kFormat, RowTies::kEven>(d, v), Bits16(), to + i);
      else
        hn::StoreU(v, d, results + i);
    }
    if constexpr (!kNarrows<kFormat>) narrow_floats<kFormat>(results, kAtOnce, to);
  }

  const RowWork& work;
  const Gradient gradient;
  const std::size_t length;
  std::int64_t first = 0;
  HWY_ALIGN double sums[kAtOnce];
};

template <RowResult kResult>
HWY_NOINLINE void narrow_gradients(const RowWork& work) {
  work.format == Format::kBfloat16 ? NarrowGradients<Format::kBfloat16, kResult>(work).run()
                                   : NarrowGradients<Format::kFloat16, kResult>(work).run();
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
