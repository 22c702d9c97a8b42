// SPDX-License-Identifier: Apache-2.0
// float64-inl.h: float64 kernels. Re-included per instruction set.
//
// Pairs of float64 (Pair64) serve nearly all inputs. What they say they cannot do, NaN and infinities, and
// inputs and results of sizes where a pair's low part might underflow are set aside with their places,
// evaluated on Wide numbers (Float64 of evaluate-inl.h) together, and put in place afterwards. So a lane's
// result never depends on its neighbours. What rounds once at most needs none of this (once-inl.h).
#if defined(RHEO_BLOCK_FLOAT64_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_FLOAT64_INL_H_
#undef RHEO_BLOCK_FLOAT64_INL_H_
#else
#define RHEO_BLOCK_FLOAT64_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "src/block/aside-inl.h"
#include "src/block/evaluate-inl.h"
#include "src/block/once-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// So many vectors side by side; where fused operations are done lane by lane, they hide nothing.
inline constexpr int kSide64 = HWY_NATIVE_FMA ? 2 : 1;

// Up to these sizes of x pairs serve, and for plain arithmetic.
inline constexpr double kLargestQuick = 512, kLargestPlain = 0x1p300;
// With the defaults as parameters these are constants to the compiler: multiplying by 1 costs nothing.
template <class A, class Task, bool kDefaults>
struct Quick64 : Task {
  using D = hn::ScalableTag<double>;
  using V = Group<D, kSide64>;
  using M = typename V::Condition;
  using N = Pair64<V, !Task::kOfValue>;
  // Nothing but arithmetic: a result of 0 is one, and x may be large.
  static constexpr bool kArithmetic = arithmetic_of<A, Task>().plain && !arithmetic_of<A, Task>().function;

  double parameters[kMaxParameters];

  HWY_INLINE explicit Quick64(const double* p) {
    for (std::size_t i = 0; i < A::info.parameters.size(); ++i) parameters[i] = p[i];
  }
  HWY_INLINE N number(const V& x) const { return number64<A, Task, kDefaults>(x, parameters, Indices<A>()); }

  // f(x), f'(x) or grad f'(x) from the number y, and where it is certainly right: not at zeros.
  HWY_INLINE V nonzero(const V& x, const V& grad, const N& y, M& right) const {
    const V result = Task::kHasGrad ? product(grad, y) : y.high + y.low;
    right = V::both(magnitude(x) <= V(kLargestQuick), large_enough(result));
    if constexpr (Task::kHasGrad) right = V::both(right, large_enough(y.high));
    return result;
  }
  // The same for all lanes: zeros are right at 0, and where they are so by definition.
  HWY_INLINE V any(const V& x, const V& grad, const N& y, M& right) const {
    const V zero(0.0), size = magnitude(x);
    V result = y.round();
    const M is_zero = equal(result, zero), at_zero = equal(x, zero);
    if constexpr (!kArithmetic) {
      right = V::both(size <= V(kLargestQuick), V::either(large_enough(result), V::both(is_zero, at_zero)));
    } else if (y.rounded && (y.single || !Task::kHasGrad)) {
      right = size <= V(std::numeric_limits<double>::max());
    } else {
      const M inside = V::both(size <= V(kLargestPlain), size >= V(1 / kLargestPlain));
      right = V::both(V::either(inside, at_zero), V::either(large_enough(result), is_zero));
    }
    if constexpr (Task::kOfValue) result = choose(V::both(at_zero, is_zero), x, result);
    if constexpr (!Task::kHasGrad) return result;
    // A derivative that is exactly 0 is 0 by definition: 0 for every gradient, NaN too.
    result = Task::kOfValue ? choose(is_zero, grad * result, product(grad, y))
                            : zero_where(is_zero, product(grad, y));
    if (y.single) return result;
    const M no_product = V::either(is_zero, equal(grad, zero));
    right = V::both(right, V::either(large_enough(result), V::both(equal(result, zero), no_product)));
    return result;
  }

 private:
  // Not of NaN.
  static HWY_INLINE M large_enough(const V& y) { return magnitude(y) >= V(kSmallestQuick); }
  static HWY_INLINE V product(const V& grad, const N& y) {
    const V high = grad * y.high;
    if (y.single) return high;
    const V low = fused(grad, y.low, fused_less(grad, y.high, high));
    return with_sign_of(high + low, high);
  }
};

template <class K>
HWY_NOINLINE void walk_quick(const K& given, const double* x, const double* grad, double* y, std::size_t n,
                             Aside<double>& aside) {
  using V = typename K::V;
  const typename K::D d;
  const K kernel = given;  // stores to y cannot change a copy
  const std::size_t lanes = hn::Lanes(d), step = lanes * V::kN;
  HWY_ALIGN double last_x[V::kN * hn::MaxLanes(d)]{}, last_grad[V::kN * hn::MaxLanes(d)]{},
      last_y[V::kN * hn::MaxLanes(d)];
  for (std::size_t i = 0; i < n; i += step) {
    const double *from = x + i, *grad_from = K::kHasGrad ? grad + i : from;
    double* to = y + i;
    const std::size_t count = n - i < step ? n - i : step;
    if (HWY_UNLIKELY(count < step)) {
      std::copy_n(from, count, last_x);
      if (K::kHasGrad) std::copy_n(grad_from, count, last_grad);
      from = last_x, grad_from = last_grad, to = last_y;
    }
    const V xs = V::load(from), gs = K::kHasGrad ? V::load(grad_from) : xs;
    const auto number = kernel.number(xs);
    typename K::M right = V::nowhere();
    V ys = K::kArithmetic ? kernel.any(xs, gs, number, right) : kernel.nonzero(xs, gs, number, right);
    if (HWY_UNLIKELY(!V::all(right))) {
      if constexpr (!K::kArithmetic) ys = kernel.any(xs, gs, number, right);
      for (std::size_t k = 0; k * lanes < count; ++k) {
        const auto used = hn::FirstN(d, count - k * lanes);
        aside.add(d, hn::AndNot(right[static_cast<int>(k)], used), xs[static_cast<int>(k)],
                  gs[static_cast<int>(k)], i + k * lanes, K::kHasGrad);
      }
    }
    ys.store(to);
    if (HWY_UNLIKELY(count < step)) std::copy_n(last_y, count, y + i);
  }
}

// The same for any n; `wide` evaluates those set aside: wide(x, grad, y, n).
template <class K, class WideWalk>
HWY_INLINE void walk_blocks(const double* x, const double* grad, double* y, std::size_t n, const double* p,
                            WideWalk&& wide) {
  const K kernel(p);
  Aside<double> aside;
  HWY_ALIGN double results[Aside<double>::kRoom];
  for (std::size_t begin = 0; begin < n; begin += Aside<double>::kBlock) {
    const std::size_t size = n - begin < Aside<double>::kBlock ? n - begin : Aside<double>::kBlock;
    walk_quick(kernel, x + begin, K::kHasGrad ? grad + begin : nullptr, y + begin, size, aside);
    if (aside.count == 0) continue;
    wide(aside.x, aside.grad, results, aside.count);
    aside.put_back(results, y + begin, size);
  }
}

template <class A, class Task, class WideWalk>
HWY_INLINE void walk_float64(const double* x, const double* grad, double* y, std::size_t n, const double* p,
                             WideWalk&& wide) {
  using Any = Quick64<A, Task, false>;
  constexpr bool kSpecial = A::info.parameters.size() > 0 && !Any::kArithmetic;
  if (kSpecial && are_defaults<A>(p)) return walk_blocks<Quick64<A, Task, kSpecial>>(x, grad, y, n, p, wide);
  if (!quick_parameters<A>(p)) return wide(x, grad, y, n);
  if (!try_once<A, Task>(x, grad, y, n, p)) walk_blocks<Any>(x, grad, y, n, p, wide);
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
