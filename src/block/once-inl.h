// SPDX-License-Identifier: Apache-2.0
// once-inl.h: float64 where at most one operation rounds. Re-included per instruction set.
//
// Comparisons, sums and products by themselves are what IEEE 754 says they are: no pair is needed for the
// result of one, and it is right where it overflows or underflows, too. arithmetic.h finds out which formulas
// are no more than that.
#if defined(RHEO_BLOCK_ONCE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_ONCE_INL_H_
#undef RHEO_BLOCK_ONCE_INL_H_
#else
#define RHEO_BLOCK_ONCE_INL_H_
#endif

#include <cstddef>
#include <utility>

#include "src/block/plain-inl.h"
#include "src/math/pair64-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// How float32 does it where the file says that, for any parameters.
template <class A>
constexpr Arithmetic own_arithmetic() {
  const auto of = []<std::size_t... I>(Sign sign, std::index_sequence<I...>) {
    return A::float32(Arithmetic(sign), (static_cast<void>(I), Arithmetic(Sign::kAny))...);
  };
  return Arithmetic::any_of(of(Sign::kPositive, Indices<A>()), of(Sign::kNotPositive, Indices<A>()));
}

// Whether that rounds once: then it is as right in float64, whose operations are the same.
template <class A, class Task>
constexpr bool has_own_once() {
  if constexpr (has_float32<A, Task, Arithmetic>(Indices<A>())) {
    return own_arithmetic<A>().plain && own_arithmetic<A>().roundings <= 1;
  } else {
    return false;
  }
}

// Whether the formula rounds once, or the result: a gradient's product with an exact number.
template <class A, class Task>
constexpr bool is_once() {
  constexpr Arithmetic y = arithmetic_of<A, Task>();
  if (has_own_once<A, Task>()) return true;
  return y.plain && !y.function && y.direct && y.roundings <= (Task::kRole == Role::kValue ? 1 : 0);
}

// The formula on pairs of float64, parameters being those of the call or, with kDefaults, constants.
template <class A, class Task, bool kDefaults, class G, std::size_t... I>
HWY_INLINE Pair64<G, !Task::kOfValue> number64(const G& x, const double* parameters,
                                               std::index_sequence<I...> indices) {
  using N = Pair64<G, !Task::kOfValue>;
  if constexpr (has_own_once<A, Task>()) {
    return N(A::float32(Single<G>(x), Single<G>(G(parameters[I]))...).v);
  } else {
    const N p[] = {kDefaults ? N(kInitial<A, I>) : N(G(parameters[I]))..., N()};
    return evaluate<A, Task>(N(x), p, indices);
  }
}

template <class A, class Task>
struct Once64 : Task {
  using T = double;
  using DF = hn::ScalableTag<double>;

  double parameters[kMaxParameters];
  Found<double> found;

  HWY_INLINE explicit Once64(const double* p) {
    for (std::size_t i = 0; i < A::info.parameters.size(); ++i) parameters[i] = p[i];
    found = tried_at_ends<A, Task, DF, true, false>(p, [&](const auto& x) RHEO_PART { return formula(x); });
  }
  template <class G>
  HWY_INLINE G formula(const G& x) const {
    return number64<A, Task, false>(x, parameters, Indices<A>()).high;
  }
  template <Amend kAmend, class G>
  HWY_INLINE G apply(const G& x, const G& grad) const {
    const G y = amended<kAmend>(x, formula(x), found.kept);
    if constexpr (!Task::kHasGrad) return y;
    if constexpr (Task::kOfValue) return grad * y;
    // A derivative that is exactly 0 is 0 by definition: 0 for every gradient, NaN too.
    return zero_where(equal(y, G(0.0)), grad * y);
  }
};

template <Amend kAmend, class K>
HWY_NOINLINE void walk_once(const K& given, const double* x, const double* grad, double* y, std::size_t n) {
  const K kernel = given;  // stores to y cannot change a copy
  walk_groups<kAmend>(kernel, x, grad, y, n);
}

// From so many elements on; for fewer, trying takes longer than pairs do, which give the same.
inline constexpr std::size_t kWorthTrying = 64;

// False where that is not worth while, or the formula needs its limits to be told: nothing was done.
template <class A, class Task>
HWY_INLINE bool try_once(const double* x, const double* grad, double* y, std::size_t n, const double* p) {
  if constexpr (is_once<A, Task>()) {
    if (n < kWorthTrying) return false;
    const Once64<A, Task> kernel(p);
    if (kernel.found.amend == Amend::kEnds) return false;
    if (kernel.found.amend == Amend::kNothing)
      walk_once<Amend::kNothing>(kernel, x, grad, y, n);
    else
      walk_once<Amend::kZerosAndNaN>(kernel, x, grad, y, n);
    return true;
  }
  return false;
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
