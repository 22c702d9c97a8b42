// SPDX-License-Identifier: Apache-2.0
// evaluate-inl.h: results from a formula alone, in general. Re-included per instruction set.
//
// float32 is evaluated on float64 lanes (F64), where neither a table (table-inl.h) nor float32 itself
// (plain-inl.h) does; float64 on pairs with an exponent (Wide), where pairs without one (float64-inl.h) do
// not do: with one rounding at the end in each case.
#if defined(RHEO_BLOCK_EVALUATE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_EVALUATE_INL_H_
#undef RHEO_BLOCK_EVALUATE_INL_H_
#else
#define RHEO_BLOCK_EVALUATE_INL_H_
#endif

#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>

#include "src/core/info.h"
#include "src/core/kernels.h"
#include "src/math/arithmetic.h"
#include "src/math/erfc-inl.h"
#include "src/math/exp-inl.h"
#include "src/math/log1p-inl.h"
#include "src/math/pair64-functions-inl.h"
#include "src/math/sigmoid-inl.h"
#include "src/math/softplus-inl.h"
#include "src/math/tanh-inl.h"

#undef RHEO_INLINE
#define RHEO_INLINE constexpr HWY_ATTR HWY_INLINE

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

#include "src/math/dual-inl.h"

template <class A>
using Indices = std::make_index_sequence<A::info.parameters.size()>;

// The default of a parameter: a constant of its own, as a GPU's code cannot refer to A::info.
template <class A, std::size_t kParameter>
inline constexpr double kInitial = A::info.parameters[kParameter].initial;

// What a kernel computes: the role, and for kParameter which parameter.
template <Role kRole_, std::size_t kParameter_ = 0>
struct Task {
  static constexpr Role kRole = kRole_;
  static constexpr std::size_t kParameter = kParameter_;
  static constexpr bool kHasGrad =
      kRole == Role::kBackward || kRole == Role::kParameter || kRole == Role::kProduct;
  // Made of the formula's value, not of a derivative.
  static constexpr bool kOfValue = kRole == Role::kValue || kRole == Role::kProduct;
  // May write past the caches (streamed-inl.h); not on SSE2, which does fused operations lane by lane.
  static constexpr bool kStreams =
      HWY_ARCH_X86 && HWY_NATIVE_FMA && kRole != Role::kParameter && kRole != Role::kProduct;
};

// The formula's value, or its derivative: the file's own where it has one, else over dual numbers.
template <class A, class Task, class R, std::size_t... I>
constexpr HWY_INLINE R evaluate(R x, const R* p, std::index_sequence<I...>) {
  if constexpr (Task::kOfValue) {
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

// How the result is made of an x of so many digits, for any parameters or for the defaults.
template <class A, class Task, bool kDefaults = false>
constexpr Arithmetic arithmetic_of(int digits = Arithmetic::kFloatDigits) {
  const auto of = [digits](Sign sign) {
    Arithmetic p[kMaxParameters];
    for (std::size_t i = 0; i < A::info.parameters.size(); ++i)
      p[i] = kDefaults ? Arithmetic(A::info.parameters[i].initial) : Arithmetic(Sign::kAny);
    Arithmetic x(sign, digits);
    x.itself = true;
    return evaluate<A, Task, Arithmetic>(x, p, Indices<A>());
  };
  return Arithmetic::any_of(of(Sign::kPositive), of(Sign::kNotPositive));
}

// Whether the parameters are wanted(0), wanted(1), ...
template <class A, class Wanted>
HWY_INLINE bool parameters_are(const double* p, Wanted&& wanted) {
  for (std::size_t i = 0; i < A::info.parameters.size(); ++i)
    if (p[i] < wanted(i) || p[i] > wanted(i)) return false;
  return true;
}
template <class A>
HWY_INLINE bool are_defaults(const double* p) {
  return [p]<std::size_t... I>(std::index_sequence<I...>) {
    return (true && ... && !(p[I] < kInitial<A, I> || p[I] > kInitial<A, I>));
  }(Indices<A>());
}

// Sizes of parameters, where they are not 0 or infinite.
inline constexpr double kSmallestParameter = 0x1p-30, kLargestParameter = 0x1p30;

template <class A>
constexpr bool quick_parameters(const double* p) {
  for (std::size_t i = 0; i < A::info.parameters.size(); ++i) {
    const double size = p[i] < 0 ? -p[i] : p[i];
    const bool zero_or_infinite = !(size > 0) || size > std::numeric_limits<double>::max();
    if (!zero_or_infinite && !(size >= kSmallestParameter && size <= kLargestParameter)) return false;
  }
  return true;
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
      left = set(facts.parameters[Task::kParameter].left);
      right = set(facts.parameters[Task::kParameter].right);
    } else {
      constexpr bool kValue = Task::kOfValue;
      left = set(kValue ? facts.left.value : facts.left.derivative);
      right = set(kValue ? facts.right.value : facts.right.derivative);
    }
  }
  HWY_INLINE static V set(double v) { return hn::Set(D(), static_cast<hn::TFromD<D>>(v)); }
  HWY_INLINE V apply(V x, V y) const {
    const D d;
    y = hn::IfThenElse(hn::IsInf(x), hn::IfThenElse(hn::Lt(x, hn::Zero(d)), left, right), y);
    return at_zero(x, hn::IfThenElse(hn::IsNaN(x), x, y));
  }
  static HWY_INLINE V at_zero(V x, V y) {
    if constexpr (!Task::kOfValue) return y;
    const auto zero = hn::Zero(D());
    return hn::IfThenElse(hn::And(hn::Eq(x, zero), hn::Eq(y, zero)), x, y);
  }
};

// float32 in general: each half of a vector is promoted, evaluated and rounded once.
template <class A, class Task>
struct Promoted : Task {
  using T = float;
  using DF = hn::ScalableTag<float>;
  using D = hn::Repartition<double, DF>;
  using V = hn::Vec<D>;
  using VF = hn::Vec<DF>;

  Ends<A, Task, D> ends;
  F64<D> parameters[kMaxParameters];

  HWY_INLINE explicit Promoted(const double* p) : ends(p) {
    for (std::size_t i = 0; i < A::info.parameters.size(); ++i) parameters[i] = F64<D>(p[i]);
  }
  // ended(x, y): y, but for what the formula cannot say.
  template <class Ended>
  static HWY_INLINE V half_of(V x, V grad, const F64<D>* p, Ended&& ended) {
    const V y = ended(x, evaluate<A, Task>(F64<D>(x), p, Indices<A>()).v);
    if constexpr (!Task::kHasGrad) return y;
    if constexpr (Task::kOfValue) return hn::Mul(grad, y);
    // A derivative that is exactly 0 is 0 by definition (f64-inl.h): 0 for every gradient, NaN too.
    return hn::IfThenZeroElse(hn::Eq(y, hn::Zero(D())), hn::Mul(grad, y));
  }
  // half(upper, x, grad) for both halves.
  template <class Half>
  static HWY_INLINE VF joined(VF x, VF grad, Half&& half) {
    const D d;
    const DF df;
    const hn::Half<DF> dh;
    const V low = half(false, hn::PromoteLowerTo(d, x), hn::PromoteLowerTo(d, grad));
    const V high = half(true, hn::PromoteUpperTo(d, x), hn::PromoteUpperTo(d, grad));
    return hn::Combine(df, hn::DemoteTo(dh, high), hn::DemoteTo(dh, low));
  }
  HWY_INLINE V half(V x, V grad) const {
    return half_of(x, grad, parameters, [&](V v, V y) RHEO_PART { return ends.apply(v, y); });
  }
  HWY_INLINE VF operator()(VF x, VF grad) const {
    return joined(x, grad, [&](bool, V half_x, V half_grad) RHEO_PART { return half(half_x, half_grad); });
  }
};

// float64 in general: pairs with an exponent, rounded once.
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
  // grad f'(x) with one rounding, and 0 for every gradient where f'(x) is exactly 0; or grad f(x). A gradient
  // that is not finite meets the derivative's unscaled leading part, which keeps its sign and is not 0.
  HWY_INLINE V product(V x, V grad, Wide<D> y) const {
    const D d;
    // So does a gradient of 0, whose sign counts.
    const auto ordinary = hn::And(hn::IsFinite(grad), hn::Ne(grad, hn::Zero(d)));
    const V scaled = store_wide(d, load_wide(d, hn::IfThenElseZero(ordinary, grad)) * y);
    const V inner = hn::IfThenElse(ordinary, scaled, hn::Mul(grad, y.high));
    const V derivative = ends.apply(x, y.high);
    const V outer = hn::Mul(grad, derivative);
    const V both = hn::IfThenElse(hn::IsFinite(x), inner, outer);
    if constexpr (Task::kOfValue) return hn::IfThenElse(hn::Eq(derivative, hn::Zero(d)), outer, both);
    return hn::IfThenZeroElse(hn::Eq(derivative, hn::Zero(d)), both);
  }
};

// As many gradients of 1 as a block has elements.
template <class T>
struct Ones {
  static constexpr std::size_t kCount = 512;
  T value[kCount];
  constexpr Ones() : value() {
    for (T& v : value) v = 1;
  }
};
template <class T>
inline constexpr Ones<T> kOnes;

// Calls loop(x, grad, y, n) for all elements; where no gradients are given, in blocks, with gradients of 1:
// the loop, which is long, is compiled once.
template <class Task, class T, class Loop>
HWY_INLINE void with_grad(const T* x, const T* grad, T* y, std::size_t n, Loop&& loop) {
  if constexpr (Task::kRole != Role::kParameter) return loop(x, grad, y, n);
  const std::size_t step = grad == nullptr ? Ones<T>::kCount : n;
  for (std::size_t i = 0; i < n; i += step)
    loop(x + i, grad == nullptr ? kOnes<T>.value : grad + i, y + i, HWY_MIN(step, n - i));
}

// y[i] = kernel(x[i], grad[i]) for n elements, `lanes` at a time; without kGrad, grad[i] is 1.
template <bool kGrad, class T, class D, class Kernel>
HWY_INLINE void each_vector(D d, const T* x, const T* grad, T* y, std::size_t n, Kernel&& kernel) {
  const std::size_t lanes = hn::Lanes(d);
  const auto one = hn::Set(d, T(1));
  for (std::size_t i = 0; i < n; i += lanes) {
    // One call of the kernel, for whole vectors and for what is left: it is long, and inlined.
    const std::size_t rest = n - i;
    const bool whole = rest >= lanes;
    const auto load = [&](const T* from) RHEO_PART {
      return HWY_LIKELY(whole) ? hn::LoadU(d, from) : hn::LoadN(d, from, rest);
    };
    const auto result = kernel(load(x + i), kGrad ? load(grad + i) : one);
    if (HWY_LIKELY(whole)) {
      hn::StoreU(result, d, y + i);
    } else {
      hn::StoreN(result, d, y + i, rest);
    }
  }
}

template <class K>
HWY_NOINLINE void walk_formula(const typename K::T* x, const typename K::T* grad, typename K::T* y,
                               std::size_t n, const double* p) {
  const K kernel(p);
  with_grad<K>(x, grad, y, n, [&](auto* v, auto* g, auto* result, std::size_t count) RHEO_PART {
    each_vector<K::kHasGrad>(typename K::DF(), v, g, result, count,
                             [&](auto a, auto b) RHEO_PART { return kernel(a, b); });
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
