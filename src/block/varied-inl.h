// SPDX-License-Identifier: Apache-2.0
// varied-inl.h: the kernels of float32 whose parameters have a value for each element. Re-included per
// instruction set.
//
// A lane's bits are those of a call with its parameters, so what such a call does in another way (by a table,
// with limits at infinity, for parameters of other sizes) is left to it: those lanes are named.
#if defined(RHEO_BLOCK_VARIED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_VARIED_INL_H_
#undef RHEO_BLOCK_VARIED_INL_H_
#else
#define RHEO_BLOCK_VARIED_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "src/block/block-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

using VariedD = hn::ScalableTag<float>;

// So many vectors side by side by the formula on float64 lanes; `right` is where that is what a call gives.
template <class A, class Task>
struct VariedPromoted {
  using Formula = Promoted<A, Task>;
  using D = typename Formula::D;
  using G = Group<VariedD, 1>;

  static HWY_INLINE G result(const G& x, const G& grad, const G* parameters, typename G::Condition& right) {
    F64<D> low[kMaxParameters], high[kMaxParameters];
    for (std::size_t i = 0; i < A::info.parameters.size(); ++i) {
      low[i] = F64<D>(hn::PromoteLowerTo(D(), parameters[i][0]));
      high[i] = F64<D>(hn::PromoteUpperTo(D(), parameters[i][0]));
    }
    right = G::where([&](int) RHEO_PART { return hn::IsFinite(x[0]); });
    return G(Formula::joined(x[0], grad[0], [&](bool upper, auto half_x, auto half_grad) RHEO_PART {
      return Formula::half_of(half_x, half_grad, upper ? high : low,
                              [](auto v, auto y) RHEO_PART { return Ends<A, Task, D>::at_zero(v, y); });
    }));
  }
};

// The same by float32.
template <class A, class Task>
struct VariedPlain {
  using K = Plain<A, Task, false, true>;
  using G = Group<VariedD, kSide>;

  static HWY_INLINE G result(const G& x, const G& grad, const G* parameters, typename G::Condition& right) {
    const K kernel(parameters);
    G far;
    const G y = kernel.template inside<Amend::kNothing>(x, grad, far);
    right = K::kRanged ? far <= G(K::kFar) : magnitude(x) <= G(K::kLarge);
    if constexpr (K::kNarrow) {
      const G least(static_cast<float>(kSmallestParameter)), most(static_cast<float>(kLargestParameter));
      for (std::size_t i = 0; i < A::info.parameters.size(); ++i) {
        const G size = magnitude(parameters[i]);
        right = G::both(right, G::both(size >= least, size <= most));
      }
    }
    return G::of([&](int i) RHEO_PART { return Ends<A, Task, VariedD>::at_zero(x[i], y[i]); });
  }
};

// Where all parameters are those wanted.
template <class A, class G, class Wanted>
HWY_INLINE typename G::Condition lanes_with(const G* parameters, Wanted&& wanted) {
  auto all = equal(parameters[0], G(static_cast<float>(wanted(0))));
  for (std::size_t i = 1; i < A::info.parameters.size(); ++i)
    all = G::both(all, equal(parameters[i], G(static_cast<float>(wanted(i)))));
  return all;
}

// Where a call does it in a way of its own: by a table, or knowing the defaults.
template <class A, class Task, class Table, class G>
HWY_INLINE typename G::Condition lanes_of_table(const G* parameters) {
  if constexpr (serves<A, Task, Table>())
    return lanes_with<A>(parameters, [](std::size_t i) { return Table::parameters[i]; });
  return G::nowhere();
}
template <class A, class Task, class... Table, class G>
HWY_INLINE typename G::Condition lanes_of_call(const G* parameters) {
  auto lanes = G::nowhere();
  ((lanes = G::either(lanes, lanes_of_table<A, Task, Table>(parameters))), ...);
  if constexpr (gains_by_defaults<A, Task>())
    lanes = G::either(lanes,
                      lanes_with<A>(parameters, [](std::size_t i) { return A::info.parameters[i].initial; }));
  return lanes;
}

// One step's elements, all of them. Says which are left as they were: by bits, of the first element first.
template <class A, class Task, class... Table>
HWY_INLINE std::uint64_t varied_step(const float* x, const float* grad, float* y, const float* const* from) {
  using Way = std::conditional_t<is_plain<A, Task>(), VariedPlain<A, Task>, VariedPromoted<A, Task>>;
  using G = typename Way::G;
  const VariedD d;
  G parameters[A::info.parameters.size()];
  for (std::size_t k = 0; k < A::info.parameters.size(); ++k) parameters[k] = G::load(from[k]);
  auto right = G::nowhere();
  const G result = Way::result(G::load(x), Task::kHasGrad ? G::load(grad) : G(1.0F), parameters, right);
  const auto as_call = lanes_of_call<A, Task, Table...>(parameters);
  const auto done = G::where([&](int i) RHEO_PART { return hn::AndNot(as_call[i], right[i]); });
  if (HWY_LIKELY(G::all(done))) {
    result.store(y);
    return 0;
  }
  choose(done, result, G::load(y)).store(y);
  std::uint64_t left = 0;
  for (int i = G::kN; i-- > 0;) {
    std::uint8_t bits[8] = {};
    hn::StoreMaskBits(d, hn::Not(done[i]), bits);
    left = left << hn::Lanes(d) | bits[0] | static_cast<std::uint64_t>(bits[1]) << 8;
  }
  return left;
}

// y[i] = f(x[i]) or grad[i] f'(x[i]) with the parameters parameters[k][i]; y may be x or grad. Returns how
// many elements are left as they were, with their indices, in order, in others[n].
template <class A, class Task, class... Table>
std::size_t varied_kernel(const float* x, const float* grad, float* y, std::size_t n,
                          const float* const* parameters, std::uint32_t* others) {
  constexpr std::size_t kParameters = A::info.parameters.size();
  constexpr std::size_t kMost = hn::MaxLanes(VariedD()) * static_cast<std::size_t>(kSide);
  const std::size_t step = hn::Lanes(VariedD()) * (is_plain<A, Task>() ? kSide : 1);
  HWY_ALIGN float padded[kParameters + 2][kMost];
  std::size_t count = 0;
  for (std::size_t i = 0; i < n; i += step) {
    const std::size_t used = HWY_MIN(step, n - i);
    const bool whole = used == step;
    // What is left of a step is repeated, so that all of it may be computed with.
    const auto operand = [&](const float* given, std::size_t k) RHEO_PART {
      if (HWY_LIKELY(whole)) return given + i;
      for (std::size_t lane = 0; lane < step; ++lane) padded[k][lane] = given[i + lane % used];
      return static_cast<const float*>(padded[k]);
    };
    const float* p[kParameters];
    for (std::size_t k = 0; k < kParameters; ++k) p[k] = operand(parameters[k], k);
    const float* const xs = operand(x, kParameters);
    const float* const gs = Task::kHasGrad ? operand(grad, kParameters + 1) : nullptr;
    HWY_ALIGN float rest[kMost];
    float* const ys = whole ? y + i : rest;
    if (!whole) std::copy_n(y + i, used, rest);
    std::uint64_t left = varied_step<A, Task, Table...>(xs, gs, ys, p);
    if (!whole) std::copy_n(rest, used, y + i);
    for (; HWY_UNLIKELY(left != 0); left &= left - 1) {
      const auto lane = static_cast<std::size_t>(hwy::Num0BitsBelowLS1Bit_Nonzero64(left));
      if (lane < used) others[count++] = static_cast<std::uint32_t>(i + lane);
    }
  }
  return count;
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
