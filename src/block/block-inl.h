// SPDX-License-Identifier: Apache-2.0
// block-inl.h: the loops over contiguous memory. Re-included per instruction set.
//
// float32 is evaluated on float64 lanes (F64), float64 on pairs with an exponent (Wide); the formula is the
// same. A lane's result depends on its own x and the parameters alone: there is one path, and tails run
// through it as well.
#if defined(RHEO_BLOCK_BLOCK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_BLOCK_INL_H_
#undef RHEO_BLOCK_BLOCK_INL_H_
#else
#define RHEO_BLOCK_BLOCK_INL_H_
#endif

#include <cstddef>
#include <type_traits>
#include <utility>

#include "src/core/info.h"
#include "src/core/kernels.h"
#include "src/math/erfc-inl.h"
#include "src/math/exp-inl.h"
#include "src/math/log1p-inl.h"
#include "src/math/sigmoid-inl.h"
#include "src/math/softplus-inl.h"
#include "src/math/tanh-inl.h"

#undef RHEO_INLINE
#define RHEO_INLINE HWY_INLINE

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

#include "src/math/dual-inl.h"

template <class A>
using Indices = std::make_index_sequence<A::info.parameters.size()>;

// What a kernel computes: the role, and for kParameter which parameter.
template <Role kRole_, std::size_t kParameter_ = 0>
struct Task {
  static constexpr Role kRole = kRole_;
  static constexpr std::size_t kParameter = kParameter_;
  static constexpr bool kHasGrad = kRole == Role::kBackward || kRole == Role::kParameter;
};

// The formula's value, or its derivative: the file's own where it has one, else over dual numbers.
template <class A, class Task, class R, std::size_t... I>
HWY_INLINE R evaluate(R x, const R* p, std::index_sequence<I...>) {
  if constexpr (Task::kRole == Role::kValue) {
    return A::formula(x, p[I]...);
  } else if constexpr (Task::kRole == Role::kParameter) {
    constexpr std::size_t k = Task::kParameter;
    if constexpr (requires { A::parameter_derivative(At<k>(), x, p[I]...); }) {
      return A::parameter_derivative(At<k>(), x, p[I]...);
    } else {
      return A::formula(Dual<R>(x, R(0.0)), Dual<R>(p[I], R(I == k ? 1.0 : 0.0))...).slope;
    }
  } else if constexpr (requires { A::derivative(x, p[I]...); }) {
    return A::derivative(x, p[I]...);
  } else {
    return A::formula(Dual<R>(x, R(1.0)), Dual<R>(p[I], R(0.0))...).slope;
  }
}

template <class A, std::size_t... I>
constexpr Facts facts_of(const double* p, std::index_sequence<I...>) {
  return A::facts(p[I]...);
}

// What a formula cannot say: limits at infinities, NaN, and the sign of f(-0) = 0.
template <class A, class Task, class D>
struct Ends {
  using V = hn::Vec<D>;
  V left, right;

  HWY_INLINE explicit Ends(const double* p) {
    const Facts facts = facts_of<A>(p, Indices<A>());
    if constexpr (Task::kRole == Role::kParameter) {
      left = hn::Set(D(), facts.parameters[Task::kParameter].left);
      right = hn::Set(D(), facts.parameters[Task::kParameter].right);
    } else {
      constexpr bool kValue = Task::kRole == Role::kValue;
      left = hn::Set(D(), kValue ? facts.left.value : facts.left.derivative);
      right = hn::Set(D(), kValue ? facts.right.value : facts.right.derivative);
    }
  }
  HWY_INLINE V apply(V x, V y) const {
    const D d;
    y = hn::IfThenElse(hn::IsInf(x), hn::IfThenElse(hn::Lt(x, hn::Zero(d)), left, right), y);
    y = hn::IfThenElse(hn::IsNaN(x), x, y);
    if constexpr (Task::kRole == Role::kValue) {
      const auto zero = hn::Zero(d);
      y = hn::IfThenElse(hn::And(hn::Eq(x, zero), hn::Eq(y, zero)), x, y);
    }
    return y;
  }
};

// float32: each half of a vector is promoted, evaluated and rounded once.
template <class A, class Task>
struct Float32 : Task {
  using T = float;
  using DF = hn::ScalableTag<float>;
  using D = hn::Repartition<double, DF>;
  using V = hn::Vec<D>;
  using VF = hn::Vec<DF>;

  Ends<A, Task, D> ends;
  F64<D> parameters[kMaxParameters];

  HWY_INLINE explicit Float32(const double* p) : ends(p) {
    for (std::size_t i = 0; i < A::info.parameters.size(); ++i) parameters[i] = F64<D>(p[i]);
  }
  HWY_INLINE V half(V x, V grad) const {
    const V y = ends.apply(x, evaluate<A, Task>(F64<D>(x), parameters, Indices<A>()).v);
    if constexpr (!Task::kHasGrad) return y;
    // A derivative that is exactly 0 is 0 by definition (f64-inl.h): 0 for every gradient, NaN too.
    return hn::IfThenZeroElse(hn::Eq(y, hn::Zero(D())), hn::Mul(grad, y));
  }
  HWY_INLINE VF operator()(VF x, VF grad) const {
    const D d;
    const DF df;
    const hn::Half<DF> dh;
    const V low = half(hn::PromoteLowerTo(d, x), hn::PromoteLowerTo(d, grad));
    const V high = half(hn::PromoteUpperTo(d, x), hn::PromoteUpperTo(d, grad));
    return hn::Combine(df, hn::DemoteTo(dh, high), hn::DemoteTo(dh, low));
  }
};

// float64: pairs with an exponent, rounded once.
template <class A, class Task>
struct Float64 : Task {
  using T = double;
  using D = hn::ScalableTag<double>;
  using DF = D;
  using V = hn::Vec<D>;

  Ends<A, Task, D> ends;
  Wide<D> parameters[kMaxParameters];

  HWY_INLINE explicit Float64(const double* p) : ends(p) {
    for (std::size_t i = 0; i < A::info.parameters.size(); ++i)
      parameters[i] = load_wide(D(), hn::Set(D(), p[i]));
  }
  HWY_INLINE V operator()(V x, V grad) const {
    const D d;
    const V inside = hn::IfThenElse(hn::IsFinite(x), x, hn::Set(d, 1.0));
    const Wide<D> y = evaluate<A, Task>(load_wide(d, inside), parameters, Indices<A>());
    if constexpr (!Task::kHasGrad) return ends.apply(x, store_wide(d, y));
    return product(x, grad, y);
  }
  // grad f'(x) with one rounding, and 0 for every gradient where f'(x) is exactly 0. A gradient that is not
  // finite meets the derivative's unscaled leading part, which keeps its sign and is not 0.
  HWY_INLINE V product(V x, V grad, Wide<D> y) const {
    const D d;
    // So does a gradient of 0, whose sign counts.
    const auto ordinary = hn::And(hn::IsFinite(grad), hn::Ne(grad, hn::Zero(d)));
    const V scaled = store_wide(d, load_wide(d, hn::IfThenElseZero(ordinary, grad)) * y);
    const V inner = hn::IfThenElse(ordinary, scaled, hn::Mul(grad, y.high));
    const V derivative = ends.apply(x, y.high);
    const V outer = hn::Mul(grad, derivative);
    const V both = hn::IfThenElse(hn::IsFinite(x), inner, outer);
    return hn::IfThenZeroElse(hn::Eq(derivative, hn::Zero(d)), both);
  }
};

// y[i] = kernel(x[i], grad[i]); y may be x or grad.
template <class K>
HWY_NOINLINE void walk(const void* x_data, const void* grad_data, void* y_data, std::size_t n,
                       const double* p) {
  using T = typename K::T;
  const typename K::DF d;
  const K kernel(p);
  const T* x = static_cast<const T*>(x_data);
  const T* grad = static_cast<const T*>(grad_data);
  T* y = static_cast<T*>(y_data);
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  if (K::kHasGrad && grad != nullptr) {
    for (; i + lanes <= n; i += lanes)
      hn::StoreU(kernel(hn::LoadU(d, x + i), hn::LoadU(d, grad + i)), d, y + i);
    const std::size_t rest = n - i;
    if (rest > 0) hn::StoreN(kernel(hn::LoadN(d, x + i, rest), hn::LoadN(d, grad + i, rest)), d, y + i, rest);
    return;
  }
  const auto one = hn::Set(d, T(1));
  for (; i + lanes <= n; i += lanes) hn::StoreU(kernel(hn::LoadU(d, x + i), one), d, y + i);
  if (i < n) hn::StoreN(kernel(hn::LoadN(d, x + i, n - i), one), d, y + i, n - i);
}

template <class A, template <class, class> class Number, std::size_t... I>
constexpr void fill(Kernels& kernels, Format format, std::index_sequence<I...>) {
  const auto f = static_cast<std::size_t>(format);
  kernels.table[f][static_cast<int>(Role::kValue)] = walk<Number<A, Task<Role::kValue>>>;
  kernels.table[f][static_cast<int>(Role::kDerivative)] = walk<Number<A, Task<Role::kDerivative>>>;
  kernels.table[f][static_cast<int>(Role::kBackward)] = walk<Number<A, Task<Role::kBackward>>>;
  ((kernels.parameter[f][I] = walk<Number<A, Task<Role::kParameter, I>>>), ...);
}

template <class A>
constexpr Kernels kernels_of() {
  Kernels kernels{};
  fill<A, Float32>(kernels, Format::kFloat32, Indices<A>());
  fill<A, Float64>(kernels, Format::kFloat64, Indices<A>());
  return kernels;
}

template <class... A>
const Kernels* kernel_table(Entries<A...>) {
  static constexpr Kernels table[] = {kernels_of<A>()...};
  return table;
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
