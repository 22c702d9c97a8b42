// SPDX-License-Identifier: Apache-2.0
// plain-inl.h: formulas that float32 itself can evaluate. Re-included per instruction set.
//
// Plain arithmetic (arithmetic.h finds out) is evaluated on pairs of float32 (Pair32) and rounded once; where
// the file says how float32 does it, on float32 as it is (Single). float64 lanes (Promoted of evaluate-inl.h)
// take over where a formula needs its limits at infinity to be told.
#if defined(RHEO_BLOCK_PLAIN_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_PLAIN_INL_H_
#undef RHEO_BLOCK_PLAIN_INL_H_
#else
#define RHEO_BLOCK_PLAIN_INL_H_
#endif

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include "src/block/evaluate-inl.h"
#include "src/block/ranged-inl.h"
#include "src/math/pair32-functions-inl.h"
#include "src/math/single-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// Whether the file says how float32 does it.
template <class A, class Task, class R, std::size_t... I>
constexpr bool has_float32(std::index_sequence<I...>) {
  if constexpr (requires(R x, const R* p) { A::float32(x, p[I]...); }) return Task::kRole == Role::kValue;
  return false;
}

// Whether the slope grows beyond all numbers; without parameters, which may make it do so.
template <class A>
constexpr bool grows() {
  if constexpr (A::info.parameters.size() == 0) {
    const Facts facts = A::facts();
    const auto bounded = [](double v) { return -kInfinity < v && v < kInfinity; };
    return !bounded(facts.left.derivative) || !bounded(facts.right.derivative);
  }
  return false;
}

// Whether it is plain arithmetic that float32 can do: exact, or rounded once; or, where neither parameters
// nor a value that grows faster than x make numbers on the way overflow that the result's size does not show,
// any.
template <class A, class Task, bool kDefaults = false>
constexpr bool is_plain() {
  if (has_float32<A, Task, Arithmetic>(Indices<A>())) return true;
  const Arithmetic y = arithmetic_of<A, Task, kDefaults>();
  if (!y.plain) return false;
  // Of a derivative a table is quicker than a second product.
  if (y.function && (Task::kRole == Role::kDerivative || Task::kRole == Role::kBackward)) return false;
  if (y.roundings == 0 || (y.roundings == 1 && (!Task::kHasGrad || (y.function && Task::kOfValue))))
    return true;
  if (y.function) return false;  // a table is quicker than a second product
  return A::info.parameters.size() == 0 && (Task::kRole == Role::kBackward || !grows<A>());
}

// Whether knowing that the parameters are the defaults makes it plain, or takes a product away.
template <class A, class Task>
constexpr bool gains_by_defaults() {
  if (A::info.parameters.size() == 0 || !is_plain<A, Task, true>()) return false;
  return !is_plain<A, Task>() || arithmetic_of<A, Task>().function;
}

template <class G>
HWY_INLINE Pair32<G> pair_of(const Pair32<G>& y) {
  return y;
}
template <class G>
HWY_INLINE Pair32<G> pair_of(const Ranged32<G>& y) {
  return y.divided();
}

// Where a plain formula's result is not what it should be.
enum class Amend {
  kNothing,
  kZerosAndNaN,  // f(-0), and NaN
  kEnds          // and at infinities, where float64 takes over
};

// What trying has found out.
template <class T>
struct Found {
  T kept;  // a result of |x| above it stays; those of NaN and, where need be, of 0 are x itself
  Amend amend;
};

// Tries formula(x) at zeros, infinities and NaN; kSameNaN: which has to be x with all its bits. With kRanged,
// infinities are left to others in any case.
template <class A, class Task, class D, bool kSameNaN, bool kRanged, class Formula>
HWY_INLINE Found<hn::TFromD<D>> tried_at_ends(const double* p, Formula&& formula) {
  using T = hn::TFromD<D>;
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  using Limits = std::numeric_limits<T>;
  constexpr int kVectors = hn::MaxLanes(D()) >= 8 ? 1 : hn::MaxLanes(D()) >= 4 ? 2 : 5;
  constexpr std::size_t kRoom = kVectors * hn::MaxLanes(D());
  static constexpr T kProbes[kRoom] = {T(0), -T(0), Limits::infinity(), -Limits::infinity(),
                                       kSameNaN ? Limits::signaling_NaN() : Limits::quiet_NaN()};
  HWY_ALIGN T found[kRoom], expected[kRoom];
  const Ends<A, Task, D> ends(p);
  const auto x = Group<D, kVectors>::load(kProbes), y = formula(x);
  y.store(found);
  Group<D, kVectors>::of([&](int i) RHEO_PART { return ends.apply(x[i], y[i]); }).store(expected);
  const auto right = [&](int i) { return std::bit_cast<Bits>(found[i]) == std::bit_cast<Bits>(expected[i]); };
  const bool at_zeros = right(0) && right(1), at_infinities = kRanged || (right(2) && right(3));
  const bool at_nan = kSameNaN ? right(4) : std::isnan(found[4]);
  return {at_zeros ? T(-1) : T(0), !at_infinities         ? Amend::kEnds
                                   : !at_nan || !at_zeros ? Amend::kZerosAndNaN
                                                          : Amend::kNothing};
}
// x where the formula is wrong at zeros and NaN.
template <Amend kAmend, class G>
HWY_INLINE G amended(const G& x, const G& y, typename G::T kept) {
  if constexpr (kAmend != Amend::kZerosAndNaN) return y;
  return choose(magnitude(x) > G(kept), y, x);  // NaN fails each comparison
}

// float32 where the formula is plain arithmetic. With kVaried the parameters are a vector's; then there is
// nothing but inside().
template <class A, class Task, bool kDefaults, bool kVaried = false>
struct Plain : Task {
  using T = float;
  using DF = hn::ScalableTag<float>;
  using V = hn::Vec<DF>;
  using Formula = Promoted<A, Task>;
  static constexpr bool kOwn = has_float32<A, Task, Single<Group<DF, 1>>>(Indices<A>());
  static constexpr Arithmetic kArithmetic = arithmetic_of<A, Task, kDefaults>();
  // No parameters change what trying finds out.
  static constexpr bool kFixed = kDefaults || A::info.parameters.size() == 0;
  // Of a function that takes arguments of some sizes only.
  static constexpr bool kRanged = !kOwn && kArithmetic.ranged;
  // Or one whose products need parameters of some sizes.
  static constexpr bool kNarrow = kRanged || (Task::kRole == Role::kProduct && kArithmetic.function);
  static constexpr float kFar = Task::kHasGrad ? kExpNear : kExpFar;  // and so far its argument may be

  struct Nothing {
    HWY_INLINE explicit Nothing(const double*) {}
  };

  const double* parameters64 = nullptr;
  const void* vectors = nullptr;  // Group[], with kVaried
  float parameters[kMaxParameters];
  float kept = -1;
  Amend amend = Amend::kNothing;
  std::conditional_t<kRanged && !kVaried, Ends<A, Task, DF>, Nothing> ends;

  template <class G>
  HWY_INLINE explicit Plain(const G* given) : vectors(given), ends(nullptr) {}

  HWY_INLINE explicit Plain(const double* p) : parameters64(p), ends(p) {
    for (std::size_t i = 0; i < A::info.parameters.size(); ++i) parameters[i] = static_cast<float>(p[i]);
    const auto found = tried_at_ends<A, Task, DF, false, kRanged>(
        p, [&](const auto& x) RHEO_PART { return formula(x).round(); });
    kept = found.kept, amend = found.amend;
    // With others numbers on the way may overflow, or underflow.
    if (kNarrow && !kFixed && !quick_parameters<A>(p)) amend = Amend::kEnds;
  }
  // With what trying has found out before.
  HWY_INLINE Plain(const double* p, float kept_results, Amend needed)
      : parameters64(p), kept(kept_results), amend(needed), ends(p) {
    for (std::size_t i = 0; i < A::info.parameters.size(); ++i) parameters[i] = static_cast<float>(p[i]);
  }
  template <class G>
  HWY_INLINE G parameter(std::size_t i) const {
    if constexpr (kVaried) return static_cast<const G*>(vectors)[i];
    return G(parameters[i]);
  }
  template <class R, class G, std::size_t... I>
  HWY_INLINE R own(const G& x, std::index_sequence<I...>) const {
    return A::float32(R(x), R(parameter<G>(I))...);
  }
  template <class G>
  using Number = std::conditional_t<kRanged, Ranged32<G>, Pair32<G>>;
  template <bool kHeld = false, class G>
  HWY_INLINE Number<G> formula(const G& x) const {
    if constexpr (kOwn) return Pair32<G>(own<Single<G>>(x, Indices<A>()).v);
    Number<G> number(x);
    if constexpr (kRanged && kHeld) number.held = kFar;
    return formula(number, Indices<A>());
  }
  template <class R, std::size_t... I>
  HWY_INLINE R formula(const R& x, std::index_sequence<I...> indices) const {
    using G = std::remove_cvref_t<decltype(x.round())>;
    const R p[] = {kDefaults ? R(kInitial<A, I>) : R(parameter<G>(I))..., R()};
    return evaluate<A, Task>(x, p, indices);
  }
  template <Amend kAmend, class G>
  HWY_INLINE G apply(const G& x, const G& grad) const {
    G far;
    const G y = inside<kAmend>(x, grad, far);
    if constexpr (kAmend != Amend::kEnds && !kAsks) return y;
    if constexpr (kAmend != Amend::kEnds && kUnderflows && !kGrows)
      if (HWY_LIKELY(all_right<Plain>(x, y, far))) return y;
    const auto right = ordinary<kAmend>(x, y, far);
    if (HWY_LIKELY(G::all(right))) return y;
    const G same_x = x, same_grad = grad;  // x itself need not be in memory
    return choose(right, y, beyond(same_x, same_grad));
  }

  // Up to here no slope makes a number overflow, of which pairs would make NaN.
  static constexpr float kLarge = 0x1p100F;
  // The low part of a product may underflow, and with it digits that the other factor brings back.
  static constexpr bool kUnderflows =
      Task::kRole == Role::kProduct && (kArithmetic.roundings > 0 || kArithmetic.function);
  // A slope may overflow that a small gradient brings back.
  static constexpr bool kGrows = Task::kRole == Role::kBackward && grows<A>();
  // Whether y may be wrong even if it is right at the ends.
  static constexpr bool kAsks = kUnderflows || kGrows || kRanged;

  // Where y is right. Of a product neither x nor y may be tiny; zeros are what they seem.
  template <Amend kAmend, class G>
  HWY_INLINE typename G::Condition ordinary(const G& x, const G& y, const G& far) const {
    if constexpr (kNarrow && kAmend == Amend::kEnds) return G::nowhere();
    if constexpr (kGrows && kAmend != Amend::kEnds)
      return G::where([&](int i) RHEO_PART { return hn::Not(hn::Gt(hn::Abs(x[i]), hn::Set(DF(), kLarge))); });
    const auto finite = kRanged ? far <= G(kFar) : G::both(magnitude(x) > G(kept), magnitude(x) <= G(kLarge));
    if constexpr (!kUnderflows) return finite;
    const G zero(0.0F), least(kSmallestProduct);
    const auto keeps_digits = G::both(G::either(magnitude(x) >= least, equal(x, zero)),
                                      G::either(magnitude(y) >= least, equal(y, zero)));
    return kRanged || kAmend == Amend::kEnds ? G::both(finite, keeps_digits) : keeps_digits;
  }

  // Where y is not right: with arguments held from where on nothing changes, and limits.
  template <Amend kAmend, class G>
  HWY_INLINE void hold(const G& x, const G& grad, G& y, typename G::Condition& right) const {
    if constexpr (kRanged && kAmend != Amend::kEnds) {
      G far;
      // The same where it is right already.
      y = inside<kAmend, true>(x, grad, far), right = ordinary<kAmend>(x, y, far);
      if (!G::all(right)) end(x, grad, y, right);
    }
  }

  // At infinities and NaN.
  template <class G>
  HWY_INLINE void end(const G& x, const G& grad, G& y, typename G::Condition& right) const {
    if constexpr (Task::kOfValue) {
      const auto ended = G::where([&](int i) RHEO_PART { return hn::Not(hn::IsFinite(x[i])); });
      const G limit = G::of([&](int i) RHEO_PART { return ends.apply(x[i], x[i]); });
      y = choose(ended, Task::kHasGrad ? grad * limit : limit, y);
      right = G::either(right, ended);
    }
  }

  template <class G>
  HWY_NOINLINE G beyond(const G& x, const G& grad) const {
    const Formula wide(parameters64);
    G y;
    for (int i = 0; i < G::kN; ++i) y[i] = wide(x[i], grad[i]);  // compiled once
    return y;
  }
  template <Amend kAmend, bool kHeld = false, class G>
  HWY_INLINE G inside(const G& x, const G& grad, G& far) const {
    const Number<G> number = formula<kHeld>(x);
    if constexpr (kRanged) far = number.far;
    const G rounded = amended<kAmend>(x, number.round(), kept);
    if constexpr (!Task::kHasGrad) return rounded;
    const Pair32<G> y = pair_of(number);
    G result = grad * rounded;
    if (!y.single) {
      // Where the high part overflowed, the low one is no number; not of sigmoid and tanh, or x times them.
      constexpr bool kBounded = kArithmetic.rows != FunctionRows::kNone;
      const G low = kBounded ? y.low : G::of([&](int i) RHEO_PART {
        return hn::IfThenElseZero(hn::IsFinite(y.low[i]), y.low[i]);
      });
      const G high = y.rounded ? rounded : amended<kAmend>(x, y.high, kept);
      result = Task::kOfValue ? product_of_value(grad, high, low) : product(grad, high, low);
    }
    if constexpr (Task::kOfValue) return result;
    // A derivative that is exactly 0 is 0 by definition: 0 for every gradient, NaN too.
    return G::of([&](int i)
                     RHEO_PART { return hn::IfThenZeroElse(hn::Eq(rounded[i], hn::Zero(DF())), result[i]); });
  }
};

// Vectors side by side, and what is left one by one; with kStream, whole vectors of y's memory.
template <Amend kAmend, bool kStream = false, class K>
HWY_INLINE void walk_groups(const K& kernel, const typename K::T* x, const typename K::T* grad,
                            typename K::T* y, std::size_t n) {
  using D = typename K::DF;
  using G = Group<D, kSide>;
  using One = Group<D, 1>;
  constexpr bool kGrad = K::kHasGrad;
  const std::size_t step = kSide * hn::Lanes(D());
  const G one(typename K::T(1));
  std::size_t i = 0;
  for (; i + step <= n; i += step) {
    const G result = kernel.template apply<kAmend>(G::load(x + i), kGrad ? G::load(grad + i) : one);
    if constexpr (kStream)
      result.stream(y + i);
    else
      result.store(y + i);
  }
  each_vector<kGrad>(D(), x + i, kGrad ? grad + i : nullptr, y + i, n - i, [&](auto v, auto g) RHEO_PART {
    return kernel.template apply<kAmend>(One(v), One(g))[0];
  });
}

// A kernel; what trying finds out is kept for the calls to come, where no parameters change it.
template <class K>
HWY_INLINE K prepared(const double* p) {
  if constexpr (K::kFixed) {
    static const Found<float> found = [p] RHEO_PART {
      const K first(p);
      return Found<float>{first.kept, first.amend};
    }();
    return K(p, found.kept, found.amend);
  }
  return K(p);
}

// With stream, K::kStreams, past the caches: to whole vectors of y's memory.
template <class K>
HWY_NOINLINE void walk_plain(const float* x, const float* grad, float* y, std::size_t n, const double* p,
                             [[maybe_unused]] bool stream = false) {
  const K kernel = prepared<K>(p);
  with_grad<K>(x, grad, y, n, [&](auto* v, auto* g, auto* result, std::size_t count) RHEO_PART {
    if (K::kNarrow && kernel.amend == Amend::kEnds)
      return walk_formula<typename K::Formula>(v, g, result, count, p);
    if constexpr (K::kRanged) {
      if (kernel.amend == Amend::kNothing)
        return walk_ranged<Amend::kNothing>(kernel, v, g, result, count, stream);
      return walk_ranged<Amend::kZerosAndNaN>(kernel, v, g, result, count, stream);
    }
    if constexpr (K::kStreams && !K::kRanged) {
      if (stream && kernel.amend == Amend::kNothing)
        return walk_groups<Amend::kNothing, true>(kernel, v, g, result, count);
      if (stream && kernel.amend == Amend::kZerosAndNaN)
        return walk_groups<Amend::kZerosAndNaN, true>(kernel, v, g, result, count);
    }
    if (kernel.amend == Amend::kNothing)
      walk_groups<Amend::kNothing>(kernel, v, g, result, count);
    else if (kernel.amend == Amend::kZerosAndNaN)
      walk_groups<Amend::kZerosAndNaN>(kernel, v, g, result, count);
    else
      walk_groups<Amend::kEnds>(kernel, v, g, result, count);
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
