// SPDX-License-Identifier: Apache-2.0
// drawn-inl.h: a function that draws random numbers, of vectors of float64: in one role, once its numbers are
// there. Re-included per instruction set, and for CUDA's threads.
#if defined(RHEO_RANDOM_DRAWN_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_RANDOM_DRAWN_INL_H_
#undef RHEO_RANDOM_DRAWN_INL_H_
#else
#define RHEO_RANDOM_DRAWN_INL_H_
#endif

#include <cstddef>
#include <utility>

#include "src/core/kernels.h"
#include "src/math/sigmoid-inl.h"
#include "src/random/random.h"

#undef RHEO_INLINE
#define RHEO_INLINE HWY_ATTR HWY_INLINE

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// What the files' formulas may use beside the operations of F64. a b + c, rounded once.
template <class D>
HWY_INLINE F64<D> fused(F64<D> a, F64<D> b, F64<D> c) {
  return fused(a.v, b.v, c.v);
}
template <class D>
HWY_INLINE F64<D> sqrt(F64<D> a) {
  return hn::Sqrt(a.v);
}
// a x, and a zero where a is 0 and x infinite.
template <class D>
HWY_INLINE F64<D> scaled(F64<D> x, F64<D> a) {
  const D d;
  const auto lost = hn::And(hn::Eq(a.v, hn::Zero(d)), hn::IsInf(x.v));
  return hn::Mul(a.v, hn::IfThenElse(lost, hn::CopySign(hn::Set(d, 1.0), x.v), x.v));
}

// One function in one role, on vectors: x, the elements' numbers, the gradient.
template <class A, Role kRole, bool kTraining>
struct Drawn {
  static constexpr bool kDraws = kTraining;
  using D = hn::ScalableTag<double>;
  using V = hn::Vec<D>;
  using R = F64<D>;
  using Indices = std::make_index_sequence<A::info.parameters.size()>;

  R parameters[kMaxParameters];

  HWY_INLINE explicit Drawn(const double* p) {
    for (std::size_t i = 0; i < A::info.parameters.size(); ++i) parameters[i] = R(p[i]);
  }
  template <std::size_t... I>
  HWY_INLINE R formula(R x, R number, std::index_sequence<I...>) const {
    if constexpr (kRole == Role::kValue) {
      if constexpr (kTraining) return A::training(x, number, parameters[I]...);
      return A::evaluation(x, parameters[I]...);
    } else {
      if constexpr (kTraining) return A::training_derivative(x, number, parameters[I]...);
      return A::evaluation_derivative(x, parameters[I]...);
    }
  }
  HWY_INLINE V operator()(V x, V number, V grad) const {
    const D d;
    const V zero = hn::Zero(d);
    V y = formula(R(x), R(number), Indices()).v;
    if constexpr (kRole == Role::kValue) {
      y = hn::IfThenElse(hn::And(hn::Eq(x, zero), hn::Eq(y, zero)), x, y);  // f(-0) = -0 where f(0) = 0
      return hn::IfThenElse(hn::IsNaN(x), x, y);
    } else {
      y = hn::IfThenElse(hn::IsNaN(x), x, y);
      // A derivative that is exactly 0 is 0 by definition: 0 for every gradient, NaN too.
      return hn::IfThenZeroElse(hn::Eq(y, zero), hn::Mul(grad, y));
    }
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
