// SPDX-License-Identifier: Apache-2.0
// kernel.cc: derivatives from outputs, a vector at a time, for every instruction set: the output's piece,
// its two factors on float64 lanes, what they go through, and one rounding of the product with the gradient.
#include "src/outputs/kernel.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/outputs/kernel.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "src/block/element-inl.h"
#include "src/math/exp-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {
namespace {

struct Coefficients {
  VWide above, scale, slope[2], offset[2];

  // Written down: constructors that the compiler makes are not for the instruction set at hand.
  HWY_INLINE Coefficients() {}
  HWY_INLINE Coefficients(const Coefficients& other)
      : above(other.above),
        scale(other.scale),
        slope{other.slope[0], other.slope[1]},
        offset{other.offset[0], other.offset[1]} {}
};

template <Link kLink>
HWY_INLINE VWide through(VWide q) {
  if constexpr (kLink == Link::kRoot) return hn::Sqrt(q);
  if constexpr (kLink == Link::kExponential) return hn::Neg(expm1(F64<DWide>(q)).v);
  return q;
}

// Only the first kFactors factors, others are 1; of one piece, or of any number of them.
template <Link kLink, int kFactors, bool kOnePiece>
struct FromOutput {
  VWide low, high;
  int count;
  Coefficients pieces[kOnePiece ? 1 : kMostPieces];

  HWY_INLINE explicit FromOutput(const Relation& relation) : count(kOnePiece ? 1 : relation.count) {
    const DWide d;
    low = hn::Set(d, relation.low), high = hn::Set(d, relation.high);
    for (int i = 0; i < count; ++i) {
      const Piece& from = relation.pieces[i];
      pieces[i].above = hn::Set(d, from.above), pieces[i].scale = hn::Set(d, from.scale);
      for (int k = 0; k < kFactors; ++k) {
        pieces[i].slope[k] = hn::Set(d, from.slope[k]);
        pieces[i].offset[k] = hn::Set(d, from.offset[k]);
      }
    }
  }
  HWY_INLINE Coefficients chosen(VWide y) const {
    Coefficients c = pieces[0];
    if constexpr (kOnePiece) return c;
    for (int i = 1; i < count; ++i) {
      const Coefficients& next = pieces[i];
      const auto mine = hn::Gt(y, next.above);
      c.scale = hn::IfThenElse(mine, next.scale, c.scale);
      for (int k = 0; k < kFactors; ++k) {
        c.slope[k] = hn::IfThenElse(mine, next.slope[k], c.slope[k]);
        c.offset[k] = hn::IfThenElse(mine, next.offset[k], c.offset[k]);
      }
    }
    return c;
  }
  HWY_INLINE VWide operator()(VWide y, VWide grad) const {
    // Rounded outputs may lie beyond the limit, and an infinite one times 0 would be NaN. NaN stays.
    const VWide above = hn::IfThenElse(hn::Lt(y, low), low, y);
    const VWide held = hn::IfThenElse(hn::Gt(above, high), high, above);
    const Coefficients c = chosen(held);
    VWide h = c.scale;
    if constexpr (kFactors > 0) {
      VWide q = fused(c.slope[0], held, c.offset[0]);
      if constexpr (kFactors > 1) q = hn::Mul(q, fused(c.slope[1], held, c.offset[1]));
      h = hn::Mul(c.scale, through<kLink>(q));
    }
    h = hn::Add(h, hn::Zero(DWide()));  // at a limit +0, whatever the factors' signs
    const VWide result = hn::Mul(grad, h);
    // Where the derivative is 0 by definition, for every gradient, NaN too.
    const auto dead = hn::Eq(c.scale, hn::Zero(DWide()));
    return hn::IfThenElse(hn::IsNaN(y), y, hn::IfThenZeroElse(dead, result));
  }
};

template <class E, bool kGrad, class K>
HWY_INLINE void each_output(const K& kernel, const typename E::T* x, const typename E::T* grad,
                            typename E::T* y, std::size_t n) {
  const typename E::D d;
  const std::size_t lanes = hn::Lanes(d);
  const VWide one = hn::Set(DWide(), 1.0);
  std::size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    const VWide g = kGrad ? load_wide_lanes<E>(grad + i) : one;
    hn::StoreU(E::narrow(kernel(load_wide_lanes<E>(x + i), g)), d, y + i);
  }
  const std::size_t rest = n - i;
  if (rest == 0) return;
  const VWide g = kGrad ? load_wide_lanes<E>(grad + i, rest) : one;
  hn::StoreN(E::narrow(kernel(load_wide_lanes<E>(x + i, rest), g)), d, y + i, rest);
}

template <Format kFormat, Link kLink, int kFactors, bool kOnePiece>
void kernel_of(const void* x, const void* grad, void* y, std::size_t n, const double* parameters) {
  using E = Element<kFormat>;
  using T = typename E::T;
  const FromOutput<kLink, kFactors, kOnePiece> kernel(*reinterpret_cast<const Relation*>(parameters));
  if (grad != nullptr)
    each_output<E, true>(kernel, static_cast<const T*>(x), static_cast<const T*>(grad), static_cast<T*>(y),
                         n);
  else
    each_output<E, false>(kernel, static_cast<const T*>(x), nullptr, static_cast<T*>(y), n);
}

template <Format kFormat>
Kernel kernel_for(const Relation& relation) {
  const bool one = relation.count == 1;
  if (relation.link == Link::kRoot) return kernel_of<kFormat, Link::kRoot, 1, false>;
  if (relation.link == Link::kExponential)
    return one ? kernel_of<kFormat, Link::kExponential, 1, true>
               : kernel_of<kFormat, Link::kExponential, 1, false>;
  const int factors = relation.factors();
  if (factors == 0) return kernel_of<kFormat, Link::kProduct, 0, false>;
  if (factors == 1) return kernel_of<kFormat, Link::kProduct, 1, false>;
  return one ? kernel_of<kFormat, Link::kProduct, 2, true> : kernel_of<kFormat, Link::kProduct, 2, false>;
}

Kernel choose(Format format, const Relation& relation) {
  if (format == Format::kFloat64) return kernel_for<Format::kFloat64>(relation);
  if (format == Format::kBfloat16) return kernel_for<Format::kBfloat16>(relation);
  if (format == Format::kFloat16) return kernel_for<Format::kFloat16>(relation);
  return kernel_for<Format::kFloat32>(relation);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rheo {
HWY_EXPORT(choose);

Kernel output_kernel(Format format, const Relation& relation) {
  return HWY_DYNAMIC_DISPATCH(choose)(format, relation);
}

}  // namespace rheo
#endif
