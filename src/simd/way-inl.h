// SPDX-License-Identifier: Apache-2.0
// way-inl.h: the kernels' results for vectors in registers. Re-included per instruction set.
//
// Which body serves is decided as in block-inl.h. Lanes that a block kernel would set aside are evaluated by
// a branch, in a function of its own, which keeps the common way short; so each lane has the block kernel's
// bits.
#if defined(RHEO_SIMD_WAY_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_SIMD_WAY_INL_H_
#undef RHEO_SIMD_WAY_INL_H_
#else
#define RHEO_SIMD_WAY_INL_H_
#endif

#include <cstddef>
#include <limits>
#include <string_view>

#include "src/block/evaluate-inl.h"
#include "src/block/float64-inl.h"
#include "src/block/plain-inl.h"
#include "src/block/table-inl.h"
#include "src/block/tail-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// Ways to a result; a number that is not negative is a table's, by its place in the list.
inline constexpr int kByFormula = -1, kByPlain = -2, kByPlainDefaults = -3, kByPairs = -4,
                     kByPairsDefaults = -5;

template <class A, class Wanted>
constexpr bool matches(const double* p, Wanted&& wanted) {
  for (std::size_t i = 0; i < A::info.parameters.size(); ++i)
    if (p[i] < wanted(i) || p[i] > wanted(i)) return false;
  return true;
}
template <class A>
constexpr bool has_defaults(const double* p) {
  return matches<A>(p, [](std::size_t i) { return A::info.parameters[i].initial; });
}

template <class A, class Task, class Table>
constexpr bool table_serves(const double* p) {
  constexpr Role kRole = Task::kRole == Role::kBackward  ? Role::kDerivative
                         : Task::kRole == Role::kProduct ? Role::kValue
                                                         : Task::kRole;
  return Table::activation == A::info.name && Table::role == kRole &&
         matches<A>(p, [](std::size_t i) { return Table::parameters[i]; });
}

template <class A, class Task, class... Table>
constexpr int way_of_float(const double* p, Tables<Table...>) {
  int place = 0, found = kByFormula;
  ((found < 0 && table_serves<A, Task, Table>(p) ? found = place : 0, ++place), ...);
  if (found >= 0) return found;
  if (gains_by_defaults<A, Task>() && has_defaults<A>(p)) return kByPlainDefaults;
  return is_plain<A, Task>() ? kByPlain : kByFormula;
}

template <class A, class Task>
constexpr int way_of_double(const double* p) {
  constexpr bool kSpecial = A::info.parameters.size() > 0 && !Quick64<A, Task, false>::kArithmetic;
  if (kSpecial && has_defaults<A>(p)) return kByPairsDefaults;
  return quick_parameters<A>(p) ? kByPairs : kByFormula;
}

// The formula on float64 lanes, where it is rare or long.
template <class A, class Task, class V>
HWY_NOINLINE V formula_apart(V x, V grad, const double* p) {
  return Promoted<A, Task>(p)(x, grad);
}

// Lanes beyond a table, by its tails or the formula: those of all vectors together, as in a block.
template <class A, class Task, class Table, class G>
HWY_INLINE void beyond_table(const typename G::Condition& outside, const G& x, const G& grad, G& y,
                             const double* p) {
  const typename G::D d;
  // walk_tails takes two vectors at a time.
  constexpr std::size_t kRoom = (G::kN + 2) * hn::MaxLanes(d);
  HWY_ALIGN float xs[kRoom] = {}, grads[kRoom] = {}, ys[kRoom];
  std::size_t count = 0;
  for (int i = 0; i < G::kN; ++i) {
    hn::StoreU(hn::Compress(x[i], outside[i]), d, xs + count);
    if (Task::kHasGrad) hn::StoreU(hn::Compress(grad[i], outside[i]), d, grads + count);
    count += hn::CountTrue(d, outside[i]);
  }
  if constexpr (requires { Table::tails; }) {
    walk_tails<Tailed<A, Task, Table>>(xs, grads, ys, count, p);
  } else {
    walk_formula<Promoted<A, Task>>(xs, grads, ys, count, p);
  }
  hn::StoreU(hn::Zero(d), d, ys + count);
  const float* from = ys;
  for (int i = 0; i < G::kN; ++i) {
    y[i] = hn::IfThenElse(outside[i], hn::Expand(hn::LoadU(d, from), outside[i]), y[i]);
    from += hn::CountTrue(d, outside[i]);
  }
}

template <class A, class Task, class Table, class G>
HWY_INLINE G by_table(const G& given, const G& grad, const double* p) {
  using D = typename G::D;
  constexpr Plan kPlan = Table::plan;
  constexpr bool kProduct = Task::kRole == Role::kProduct;
  using Tabled = Tabled<kPlan, D, G::kN>;
  const D d;
  const Tabled table{Table::numbers, layout<Table::rows, typename Tabled::Lookup>()};
  const G x = kPlan.mirrored ? -given : given;
  G y = evaluate_table<Task::kRole>(table, x, grad);
  if constexpr (kProduct || kPlan.range != Range::kAll) {
    const auto outside = G::where([&](int i) RHEO_PART {
      if constexpr (kProduct) return beyond_product(table, x[i], y[i]);
      return hn::Not(table.covered(x[i]));
    });
    auto any = outside[0];
    for (int i = 1; i < G::kN; ++i) any = hn::Or(any, outside[i]);
    if (HWY_UNLIKELY(!hn::AllFalse(d, any))) beyond_table<A, Task, Table>(outside, given, grad, y, p);
  }
  if constexpr (kProduct || kPlan.range == Range::kBetween || HWY_ARCH_X86) return y;
  // Elsewhere than on x86 a NaN is lost where x was held.
  return G::of([&](int i) RHEO_PART { return hn::IfThenElse(hn::IsNaN(given[i]), given[i], y[i]); });
}

template <class A, class Task, class G, class... Table>
HWY_INLINE G by_tables(int way, const G& x, const G& grad, [[maybe_unused]] const double* p,
                       Tables<Table...>) {
  G y;
  [[maybe_unused]] int place = 0;
  (void)((place++ == way && (y = by_table<A, Task, Table>(x, grad, p), true)) || ...);
  return y;
}

// Finds out by trying which special values the formula gets wrong: long, and once for each object.
template <class A, class Task, bool kDefaults>
HWY_NOINLINE Plain<A, Task, kDefaults> tried(const double* p) {
  return Plain<A, Task, kDefaults>(p);
}

// As Plain::apply, whose way to float64 needs vectors in memory.
template <Amend kAmend, class A, class Task, bool kDefaults, class G>
HWY_INLINE G amended_plain(const Plain<A, Task, kDefaults>& kernel, const G& x, const G& grad,
                           const double* p) {
  G far;
  G y = kernel.template inside<kAmend>(x, grad, far);
  using P = Plain<A, Task, kDefaults>;
  if constexpr (kAmend != Amend::kEnds && !P::kAsks) return y;
  auto right = kernel.template ordinary<kAmend>(x, y, far);
  if (HWY_UNLIKELY(!G::all(right))) {
    kernel.template hold<kAmend>(x, grad, y, right);
    for (int i = 0; i < G::kN; ++i)
      y[i] = hn::IfThenElse(right[i], y[i], formula_apart<A, Task>(x[i], grad[i], p));
  }
  return y;
}
template <class A, class Task, bool kDefaults, class G>
HWY_INLINE G by_plain(const Plain<A, Task, kDefaults>& kernel, const G& x, const G& grad, const double* p) {
  if (kernel.amend == Amend::kNothing) return amended_plain<Amend::kNothing>(kernel, x, grad, p);
  if (kernel.amend == Amend::kZerosAndNaN) return amended_plain<Amend::kZerosAndNaN>(kernel, x, grad, p);
  return amended_plain<Amend::kEnds>(kernel, x, grad, p);
}

// Functions are long, and called; arithmetic is short, and inlined.
template <class A, class Task>
inline constexpr bool kShort = !arithmetic_of<A, Task>().function;

template <class A, class Task, class G>
HWY_INLINE G by_formula(const G& x, const G& grad, const double* p) {
  if constexpr (kShort<A, Task>) {
    const Promoted<A, Task> kernel(p);
    return G::of([&](int i) RHEO_PART { return kernel(x[i], grad[i]); });
  }
  return G::of([&](int i) RHEO_PART { return formula_apart<A, Task>(x[i], grad[i], p); });
}

// float64 that pairs cannot do.
template <class A, class Task, class V>
HWY_NOINLINE V beyond_pairs(V x, V grad, const double* p) {
  return Float64<A, Task>(p)(x, grad);
}

// As many vectors as pairs take side by side.
template <class A, class Task, bool kDefaults, class V>
HWY_INLINE V pairs(const V& x, const V& grad, const double* p) {
  using K = Quick64<A, Task, kDefaults>;
  const K kernel(p);
  const auto number = kernel.number(x);
  typename K::M right = V::nowhere();
  V y = K::kArithmetic ? kernel.any(x, grad, number, right) : kernel.nonzero(x, grad, number, right);
  if (HWY_UNLIKELY(!V::all(right))) {
    if constexpr (!K::kArithmetic) y = kernel.any(x, grad, number, right);
    for (int i = 0; i < V::kN; ++i) {
      if (hn::AllTrue(typename K::D(), right[i])) continue;
      y[i] = hn::IfThenElse(right[i], y[i], beyond_pairs<A, Task>(x[i], grad[i], p));
    }
  }
  return y;
}
template <class A, class Task, bool kDefaults, class V>
HWY_NOINLINE V pairs_apart(const V& x, const V& grad, const double* p) {
  return pairs<A, Task, kDefaults>(x, grad, p);
}
// One vector, or as many.
template <class A, class Task, bool kDefaults, class G>
HWY_INLINE G by_pairs(const G& x, const G& grad, const double* p) {
  using V = typename Quick64<A, Task, kDefaults>::V;
  const auto longer = [](const G& g)
                          RHEO_PART { return V::of([&](int i) RHEO_PART { return g[i % G::kN]; }); };
  const V xs = longer(x), grads = longer(grad);
  const V ys = Quick64<A, Task, kDefaults>::kArithmetic ? pairs<A, Task, kDefaults>(xs, grads, p)
                                                        : pairs_apart<A, Task, kDefaults>(xs, grads, p);
  return G::of([&](int i) RHEO_PART { return ys[i]; });
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
