// SPDX-License-Identifier: Apache-2.0
// backward-inl.h: gradients of rows from their results. Re-included per instruction set.
//
// Two passes: the sum of s_j g_j in 32 accumulators (of a logarithm the sum of g_j); the gradients. In
// float32 the bound is 4 units of 2^-24: of shares, one is lost in products, one in the sum, two in
// gradients. The accumulators i and i + 16 are added first, then as in number-inl.h.
#if defined(RHEO_ROWS_BACKWARD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_ROWS_BACKWARD_INL_H_
#undef RHEO_ROWS_BACKWARD_INL_H_
#else
#define RHEO_ROWS_BACKWARD_INL_H_
#endif

#include "src/rows/panel-inl.h"
#include "src/rows/slope-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// Twice sixteen accumulators: an addition waits for four others, so that one vector each would be too few.
template <class T>
struct GradientSum {
  RowSum<T> even, odd;

  HWY_INLINE GradientSum() {}  // written down: a compiler's own is not for this instruction set
  HWY_INLINE RowPair sum() const { return tree_add<T>(even.sum, odd.sum); }
};

// Calls add(part, i, count) for sixteen elements at a time, of a row or of a part of it that begins at a
// multiple of 32.
template <class T, class Add>
HWY_INLINE void add_in_turn(GradientSum<T>& sum, std::size_t n, Add&& add) {
  std::size_t i = 0;
  for (; i + 2 * kAtOnce <= n; i += 2 * kAtOnce)
    add(sum.even, i, kAtOnce), add(sum.odd, i + kAtOnce, kAtOnce);
  const bool odd = i + kAtOnce <= n;
  if (odd) add(sum.even, i, kAtOnce), i += kAtOnce;
  if (i < n) add(odd ? sum.odd : sum.even, i, n - i);
}

// A row's sum; `native` where gradients are to be evaluated in T.
struct GradientTotal {
  RowNumber sum;
  bool native;
};

template <class T, RowResult kResult>
struct RowGradient {
  static constexpr bool kShare = kResult == RowResult::kShare, kNative = kShare || !kPaired<T>;
  // Shares of float32: products are rounded to float32 before they are added, where that cannot underflow.
  static constexpr bool kQuick = kShare && !kPaired<T>;

  template <bool kExact>
  static HWY_INLINE void add(RowSum<T>& sum, const T* s, const T* g) {
    if constexpr (!kShare)
      sum.add({load16(g), RowG(0.0)});
    else if constexpr (kExact)
      sum.add_product(load16(s), load16(g));
    else
      sum.add({product16(s, g), RowG(0.0)});
  }
  // A row, or a part of it that begins at a multiple of 32.
  template <bool kExact>
  static HWY_INLINE void add_some(GradientSum<T>& sum, const T* s, const T* g, std::size_t n) {
    add_in_turn(sum, n, [&](RowSum<T>& part, std::size_t i, std::size_t count) RHEO_PART {
      count == kAtOnce ? add<kExact>(part, s + i, g + i) : add_last<kExact>(part, s + i, g + i, count);
    });
  }
  template <bool kExact>
  static HWY_INLINE void add_last(RowSum<T>& sum, const T* s, const T* g, std::size_t n) {
    T last_s[kAtOnce]{}, last_g[kAtOnce]{};
    std::copy_n(s, n, last_s), std::copy_n(g, n, last_g);
    add<kExact>(sum, last_s, last_g);
  }
  const RowFactor<T> factor;
  const TrustedSums sums;
  const RowG scale;
  const bool narrow;

  HWY_INLINE explicit RowGradient(const RowWork& work)
      : factor(work.scale),
        sums(work.length, work.scale),
        scale(work.scale),
        narrow(is_narrow<T>(work.format)) {}

  // add_all(exact) is the row's sum.
  template <class AddAll>
  HWY_INLINE GradientTotal total_of(AddAll&& add_all) const {
    if constexpr (kQuick) {
      const RowNumber sum = total<T>(add_all(std::false_type()).sum());
      if (HWY_LIKELY(sums.trusted(sum.high))) return {sum, true};
    }
    return {total<T>(add_all(std::true_type()).sum()), kNative && !kQuick};
  }
  // Products of sixteen rows' sums with the factor; false where one of the sums is not to be trusted.
  HWY_INLINE bool products_of(const RowG& all, T* products) const {
    const RowG size = magnitude(all);
    store16(all * RowG(static_cast<double>(factor.factor)), products);
    return RowG::all(RowG::both(size >= RowG(sums.least), size <= RowG(sums.most)));
  }
  // A gradient by way of float64, where T does not do.
  HWY_INLINE RowG slope(const RowG& y, const RowG& g, const RowPair& d) const {
    if constexpr (kShare)
      return ((g - d.high) * y) * scale;
    else
      return logarithm_gradient<T>(y, g, d, scale);
  }
  HWY_INLINE void write(const T* y, const T* g, const GradientTotal& all, const RowOutput<T>& output,
                        std::size_t n) const {
    if constexpr (kQuick) {
      if (HWY_LIKELY(all.native)) return write_quick(y, g, all.sum.high, output, n);
    } else if constexpr (kNative) {
      if (all.native) return write_native(y, g, RowParts<T>(all.sum), output, n);
    }
    if constexpr (!kNative || !kPaired<T>) write_by_float64(y, g, all.sum, output, n);
  }
  // A row's gradients at(y[i], g[i]); those of a 16-bit format are rounded to float32 first.
  template <class At>
  HWY_INLINE void each(const T* y, const T* g, const RowOutput<T>& output, std::size_t n, At&& at) const {
    if constexpr (!kPaired<T>) {
      if (HWY_UNLIKELY(narrow)) {
        HWY_ALIGN T results[kRowBlock];
        for (std::size_t begin = 0; begin < n; begin += kRowBlock) {
          const std::size_t count = std::min(n - begin, kRowBlock);
          each(y + begin, g + begin, results, count, at);
          narrow_floats(output.format, results, count, output.bits() + begin);
        }
        return;
      }
    }
    each(y, g, output.own(), n, at);
  }
  template <class At>
  static HWY_INLINE void each(const T* y, const T* g, T* to, std::size_t n, At&& at) {
    const hn::ScalableTag<T> d;
    const std::size_t lanes = hn::Lanes(d), even = n / lanes * lanes, left = n - even;
    for (std::size_t i = 0; i < even; i += lanes)
      hn::StoreU(at(hn::LoadU(d, y + i), hn::LoadU(d, g + i)), d, to + i);
    if (left > 0)
      hn::StoreN(at(hn::LoadN(d, y + even, left), hn::LoadN(d, g + even, left)), d, to + even, left);
  }
  HWY_INLINE void write_quick(const T* y, const T* g, double sum, const RowOutput<T>& output,
                              std::size_t n) const {
    const T product = factor_times(sum);
    factor.power > 1 ? write_quick<true>(y, g, product, output, n)
                     : write_quick<false>(y, g, product, output, n);
  }
  // `product` is factor times the row's sum.
  template <bool kPower>
  HWY_INLINE void write_quick(const T* y, const T* g, T product, const RowOutput<T>& output,
                              std::size_t n) const {
    using D = hn::ScalableTag<T>;
    const ShareSlope<D> slope(factor, hn::Set(D(), product));
    each(y, g, output, n,
         [&](hn::Vec<D> s, hn::Vec<D> v) RHEO_PART { return slope.template at<kPower>(s, v); });
  }
  HWY_INLINE T factor_times(double sum) const {
    return static_cast<T>(static_cast<double>(factor.factor) * sum);
  }
  HWY_INLINE void write_native(const T* y, const T* g, const RowParts<T>& sum, const RowOutput<T>& output,
                               std::size_t n) const {
    const hn::ScalableTag<T> d;
    using V = hn::Vec<decltype(d)>;
    const RowSlope<T, kResult, hn::ScalableTag<T>> slope(hn::Set(d, sum.high), hn::Set(d, sum.low),
                                                         hn::Set(d, static_cast<T>(hn::GetLane(scale[0]))));
    each(y, g, output, n, [&](V s, V v) RHEO_PART { return slope.at(s, v); });
  }
  HWY_INLINE void write_by_float64(const T* y, const T* g, const RowNumber& sum, const RowOutput<T>& output,
                                   std::size_t n) const {
    const RowPair d{RowG(sum.high), RowG(sum.low)};
    const std::size_t even = n / kAtOnce * kAtOnce;
    for (std::size_t i = 0; i < even; i += kAtOnce)
      output.store(i, slope(load16(y + i), load16(g + i), d), kAtOnce);
    if (even == n) return;
    T last_y[kAtOnce]{}, last_g[kAtOnce]{};
    std::copy_n(y + even, n - even, last_y), std::copy_n(g + even, n - even, last_g);
    output.store(even, slope(load16(last_y), load16(last_g), d), n - even);
  }
};

// Rows that lie together, some at a time, so that the sum of one need not be waited for.
template <class T, RowResult kResult>
class DirectGradients {
  using Gradient = RowGradient<T, kResult>;
  static constexpr std::int64_t kRoom = 2048;  // elements that stay in L1

 public:
  HWY_INLINE explicit DirectGradients(const RowWork& given)
      : work(given), gradient(given), length(static_cast<std::size_t>(given.length)) {}

  HWY_INLINE void run() {
    if constexpr (Gradient::kQuick)
      gradient.factor.power > 1 ? run_quick<true>() : run_quick<false>();
    else
      groups([&](std::size_t count) RHEO_PART { write_some(count); });
  }

 private:
  template <class Body>
  HWY_INLINE void groups(Body&& body) {
    const auto together = std::clamp<std::int64_t>(kRoom / work.length, 1, std::int64_t{kAtOnce});
    for (first = 0; first < work.rows; first += together)
      body(static_cast<std::size_t>(std::min(work.rows - first, together)));
  }
  HWY_INLINE const T* result(std::size_t place) const { return row_of<const T>(work.x, row(place)); }
  HWY_INLINE const T* grad(std::size_t place) const { return row_of<const T>(work.other, row(place)); }
  HWY_INLINE RowOutput<T> output(std::size_t place) const { return output_of<T>(work, row(place)); }
  HWY_INLINE std::int64_t row(std::size_t place) const { return first + static_cast<std::int64_t>(place); }
  template <bool kExact>
  HWY_INLINE GradientSum<T> sum(std::size_t place) const {
    GradientSum<T> all;
    Gradient::template add_some<kExact>(all, result(place), grad(place), length);
    return all;
  }
  HWY_INLINE void write_some(std::size_t count) const {
    GradientTotal all[kAtOnce];
    for (std::size_t place = 0; place < count; ++place)
      all[place] =
          gradient.total_of([&](auto exact) RHEO_PART { return sum<decltype(exact)::value>(place); });
    for (std::size_t place = 0; place < count; ++place)
      gradient.write(result(place), grad(place), all[place], output(place), length);
  }
  // The same, with one look at all of the sums.
  template <bool kPower>
  HWY_INLINE void run_quick() {
    HWY_ALIGN double sums[kAtOnce];
    HWY_ALIGN T products[kAtOnce];
    std::fill_n(sums, kAtOnce, gradient.sums.most);
    groups([&](std::size_t count) RHEO_PART {
      for (std::size_t place = 0; place < count; ++place)
        sums[place] = total<T>(sum<false>(place).sum()).high;
      if (HWY_UNLIKELY(!gradient.products_of(RowG::load(sums), products))) return write_some(count);
      for (std::size_t place = 0; place < count; ++place)
        gradient.template write_quick<kPower>(result(place), grad(place), products[place], output(place),
                                              length);
    });
  }

  const RowWork& work;
  const Gradient gradient;
  const std::size_t length;
  std::int64_t first = 0;
};

template <class T, RowResult kResult>
HWY_NOINLINE void direct_gradients(const RowWork& work) {
  DirectGradients<T, kResult>(work).run();
}

template <class T, RowResult kResult>
HWY_INLINE void gradient_row(const RowWork& work, std::int64_t row) {
  using Gradient = RowGradient<T, kResult>;
  HWY_ALIGN T results[kRowBlock], grad[kRowBlock], y[kRowBlock];
  const auto length = static_cast<std::size_t>(work.length);
  const auto blocks = [&](auto&& body) RHEO_PART {
    for (std::size_t begin = 0; begin < length; begin += kRowBlock) {
      const std::size_t count = std::min(length - begin, kRowBlock);
      gather(work.format, work.x, row, static_cast<std::int64_t>(begin), count, results);
      gather(work.format, work.other, row, static_cast<std::int64_t>(begin), count, grad);
      body(static_cast<std::int64_t>(begin), count);
    }
  };
  const RowOutput<T> output{reinterpret_cast<char*>(y), work.format};
  const Gradient gradient(work);
  const GradientTotal all = gradient.total_of([&](auto exact) RHEO_PART {
    GradientSum<T> sum;
    blocks([&](std::int64_t, std::size_t count)
               RHEO_PART { Gradient::template add_some<decltype(exact)::value>(sum, results, grad, count); });
    return sum;
  });
  blocks([&](std::int64_t begin, std::size_t count) RHEO_PART {
    gradient.write(results, grad, all, output, count);
    scatter(work, y, row, begin, count);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
