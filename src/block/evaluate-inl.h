// SPDX-License-Identifier: Apache-2.0
// evaluate-inl.h: a vector of results from a formula alone. Re-included per instruction set.
//
// float64 is evaluated on pairs with an exponent (Wide), where pairs without one (float64-inl.h) do not do.
// float32 is evaluated on float64 lanes (F64), or, where the formula is plain arithmetic, on pairs of float32
// (Pair32): with one rounding at the end in each case.
#if defined(RHEO_BLOCK_EVALUATE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_EVALUATE_INL_H_
#undef RHEO_BLOCK_EVALUATE_INL_H_
#else
#define RHEO_BLOCK_EVALUATE_INL_H_
#endif

#include <cstddef>
#include <type_traits>
#include <utility>

#include "src/core/info.h"
#include "src/core/kernels.h"
#include "src/math/arithmetic.h"
#include "src/math/erfc-inl.h"
#include "src/math/exp-inl.h"
#include "src/math/log1p-inl.h"
#include "src/math/pair32-functions-inl.h"
#include "src/math/pair64-functions-inl.h"
#include "src/math/sigmoid-inl.h"
#include "src/math/single-inl.h"
#include "src/math/softplus-inl.h"
#include "src/math/tanh-inl.h"

#undef RHEO_INLINE
#define RHEO_INLINE constexpr HWY_INLINE

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
constexpr HWY_INLINE R evaluate(R x, const R* p, std::index_sequence<I...>) {
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

// How the result is made, for any parameters or for the defaults.
template <class A, class Task, bool kDefaults = false>
constexpr Arithmetic arithmetic_of() {
  const auto of = [](Sign sign) {
    Arithmetic p[kMaxParameters];
    for (std::size_t i = 0; i < A::info.parameters.size(); ++i)
      p[i] = kDefaults ? Arithmetic(A::info.parameters[i].initial) : Arithmetic(Sign::kAny);
    return evaluate<A, Task, Arithmetic>(Arithmetic(sign), p, Indices<A>());
  };
  return Arithmetic::any_of(of(Sign::kPositive), of(Sign::kNotPositive));
}

// Whether the file says how float32 does it.
template <class A, class Task, class R, std::size_t... I>
constexpr bool has_float32(std::index_sequence<I...>) {
  if constexpr (requires(R x, const R* p) { A::float32(x, p[I]...); }) return Task::kRole == Role::kValue;
  return false;
}

// Whether it is plain arithmetic that float32 can do: exact, or rounded once; or, where neither parameters
// nor a slope that grows make numbers on the way overflow that the result's size does not show, any.
template <class A, class Task, bool kDefaults = false>
constexpr bool is_plain() {
  if (has_float32<A, Task, Arithmetic>(Indices<A>())) return true;
  const Arithmetic y = arithmetic_of<A, Task, kDefaults>();
  if (!y.plain || y.roundings == 0) return y.plain;
  if (y.roundings == 1 && !Task::kHasGrad) return true;
  if (y.function) return false;  // a table is quicker than a second product
  if constexpr (A::info.parameters.size() == 0) {
    const Facts facts = A::facts();
    return facts.left.derivative < kInfinity && facts.right.derivative < kInfinity;
  }
  return false;
}

// Whether knowing that the parameters are the defaults makes it plain, or takes a product away.
template <class A, class Task>
constexpr bool gains_by_defaults() {
  if (A::info.parameters.size() == 0 || !is_plain<A, Task, true>()) return false;
  return !is_plain<A, Task>() || arithmetic_of<A, Task>().function;
}

// Whether the parameters are wanted(0), wanted(1), ...
template <class A, class Wanted>
HWY_INLINE bool parameters_are(const double* p, Wanted&& wanted) {
  for (std::size_t i = 0; i < A::info.parameters.size(); ++i)
    if (p[i] < wanted(i) || p[i] > wanted(i)) return false;
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
      constexpr bool kValue = Task::kRole == Role::kValue;
      left = set(kValue ? facts.left.value : facts.left.derivative);
      right = set(kValue ? facts.right.value : facts.right.derivative);
    }
  }
  HWY_INLINE static V set(double v) { return hn::Set(D(), static_cast<hn::TFromD<D>>(v)); }
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

// Where a plain formula's result is not what it should be.
enum class Amend {
  kNothing,
  kZerosAndNaN,  // f(-0), and NaN
  kEnds          // and at infinities, where float64 takes over
};

// float32 where the formula is plain arithmetic.
template <class A, class Task, bool kDefaults>
struct Plain : Task {
  using T = float;
  using DF = hn::ScalableTag<float>;
  using V = hn::Vec<DF>;
  static constexpr bool kOwn = has_float32<A, Task, Single<Group<DF, 1>>>(Indices<A>());

  Promoted<A, Task> wide;
  float parameters[kMaxParameters];
  float kept;  // a result of |x| above it stays; those of NaN and, where need be, of 0 are x itself
  Amend amend;

  HWY_INLINE explicit Plain(const double* p) : wide(p) {
    const Ends<A, Task, DF> ends(p);
    for (std::size_t i = 0; i < A::info.parameters.size(); ++i) parameters[i] = static_cast<float>(p[i]);
    const auto at = [&](float x) RHEO_PART { return formula(Group<DF, 1>(x)).round()[0]; };
    const auto right_at = [&](float x) RHEO_PART {
      const V xs = hn::Set(DF(), x), y = at(x);
      return same(y, ends.apply(xs, y));
    };
    const bool at_zeros = right_at(0.0F) && right_at(-0.0F);
    kept = at_zeros ? -1.0F : 0.0F;
    constexpr float kInf = std::numeric_limits<float>::infinity();
    const bool at_nan = hn::AllTrue(DF(), hn::IsNaN(at(std::numeric_limits<float>::quiet_NaN())));
    amend = !right_at(kInf) || !right_at(-kInf) ? Amend::kEnds
            : !at_nan || !at_zeros              ? Amend::kZerosAndNaN
                                                : Amend::kNothing;
  }
  HWY_INLINE static bool same(V a, V b) {
    const hn::RebindToUnsigned<DF> du;
    return hn::AllTrue(du, hn::Eq(hn::BitCast(du, a), hn::BitCast(du, b)));
  }
  template <class R, class G, std::size_t... I>
  HWY_INLINE R own(const G& x, std::index_sequence<I...>) const {
    return A::float32(R(x), R(G(parameters[I]))...);
  }
  template <class G>
  HWY_INLINE Pair32<G> formula(const G& x) const {
    if constexpr (kOwn) return Pair32<G>(own<Single<G>>(x, Indices<A>()).v);
    Pair32<G> p[kMaxParameters];
    for (std::size_t i = 0; i < A::info.parameters.size(); ++i)
      p[i] = kDefaults ? Pair32<G>(A::info.parameters[i].initial) : Pair32<G>(G(parameters[i]));
    return evaluate<A, Task>(Pair32<G>(x), p, Indices<A>());
  }
  template <Amend kAmend, class G>
  HWY_INLINE G apply(const G& x, const G& grad) const {
    if constexpr (kAmend != Amend::kEnds) return inside<kAmend>(x, grad);
    const auto ordinary = G::both(magnitude(x) > G(kept), magnitude(x) <= G(kLarge));
    const G y = inside<kAmend>(x, grad);
    return HWY_LIKELY(G::all(ordinary)) ? y : choose(ordinary, y, beyond(x, grad));
  }

 private:
  // Up to here no slope makes a number overflow, of which pairs would make NaN.
  static constexpr float kLarge = 0x1p100F;

  template <class G>
  HWY_NOINLINE G beyond(const G& x, const G& grad) const {
    return G::of([&](int i) RHEO_PART { return wide(x[i], grad[i]); });
  }
  template <Amend kAmend, class G>
  HWY_INLINE G amended(const G& x, const G& y) const {
    if constexpr (kAmend != Amend::kZerosAndNaN) return y;
    return choose(magnitude(x) > G(kept), y, x);  // NaN fails each comparison
  }
  template <Amend kAmend, class G>
  HWY_INLINE G inside(const G& x, const G& grad) const {
    const Pair32<G> y = formula(x);
    const G rounded = amended<kAmend>(x, y.round());
    if constexpr (!Task::kHasGrad) return rounded;
    G result = grad * rounded;
    if (!y.single) {
      // Where the high part overflowed, the low one is no number.
      const G low =
          G::of([&](int i) RHEO_PART { return hn::IfThenElseZero(hn::IsFinite(y.low[i]), y.low[i]); });
      result = product(grad, y.rounded ? rounded : amended<kAmend>(x, y.high), low);
    }
    // A derivative that is exactly 0 is 0 by definition: 0 for every gradient, NaN too.
    return G::of([&](int i)
                     RHEO_PART { return hn::IfThenZeroElse(hn::Eq(rounded[i], hn::Zero(DF())), result[i]); });
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

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
