// SPDX-License-Identifier: Apache-2.0
// plain16-inl.h: plain arithmetic in 16-bit formats: widened, evaluated and rounded in registers. Re-included
// per instruction set.
//
// walk16.cc does the same in general, where float32's results lie in memory for a while: what takes hardly
// more time than reading and writing has no use for that.
#if defined(RHEO_BLOCK_PLAIN16_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_PLAIN16_INL_H_
#undef RHEO_BLOCK_PLAIN16_INL_H_
#else
#define RHEO_BLOCK_PLAIN16_INL_H_
#endif

#include <cstddef>
#include <cstdint>

#include "src/block/plain-inl.h"
#include "src/block/walk16-inl.h"
#include "src/block/walk16.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// What float32's results are, for an x and gradients of 16 bits.
enum class Exactness {
  kEverywhere,
  kNormal,  // but for subnormal ones
  kNowhere  // to be relied on
};

template <class A, class Task, bool kDefaults>
constexpr Exactness exactness_of() {
  const Arithmetic y = arithmetic_of<A, Task, kDefaults>(kDigits16);
  const int digits = Task::kHasGrad ? Arithmetic::digits_of_product(y.digits, kDigits16) : y.digits;
  if (!fits_float32(digits)) return Exactness::kNowhere;
  return y.roundings == 0 && (!Task::kHasGrad || y.unit) ? Exactness::kEverywhere : Exactness::kNormal;
}

// Results of the kernel K of float32, in the format F.
template <class F, class K, Exactness kExactness>
class Direct16 {
 public:
  using Bits = Bits16;

  HWY_INLINE Direct16(const Kernels16& kernels, const K& kernel, const double* p, Bits* y)
      : kernel_(kernel), doubts_(kernels, p, y) {}

  HWY_INLINE void walk(const Bits* x, const Bits* grad, Bits* y, std::size_t n) {
    const std::size_t done = steps<false>(x, grad, y, 0, n);
    part(x, grad, y, done, n - done);
    doubts_.settle(F::kFormat, kGrad);
  }
  // Past the caches.
  HWY_INLINE void stream(const Bits* x, const Bits* grad, Bits* y, std::size_t n) {
    const std::size_t first = before_vectors(y, n);
    part(x, grad, y, 0, first);
    const std::size_t done = steps<true>(x, grad, y, first, n);
    hwy::FlushStream();  // before what is in doubt, and before another thread is told
    part(x, grad, y, done, n - done);
    doubts_.settle(F::kFormat, kGrad);
  }

 private:
  static constexpr bool kGrad = K::kHasGrad;
  static constexpr int kPairs = kSide < 2 ? 1 : kSide / 2;  // vectors of 16 bits side by side
  static_assert(kPairs <= kMostPairs);
  using G = Group<D32, 2 * kPairs>;
  using Near = typename G::Condition;

  static HWY_INLINE std::size_t step() { return kPairs * hn::Lanes(D16()); }
  static HWY_INLINE G widened_from(const Bits* from) {
    G g;
    for (int k = 0; k < kPairs; ++k)
      F::widen(hn::LoadU(D16(), from + static_cast<std::size_t>(k) * hn::Lanes(D16())), g[2 * k],
               g[2 * k + 1]);
    return g;
  }
  // As many steps as there are of [i, n). Returns where they end.
  template <bool kPast>
  HWY_INLINE std::size_t steps(const Bits* x, const Bits* grad, Bits* y, std::size_t i, std::size_t n) {
    for (; i + step() <= n; i += step()) one_step<kPast>(x + i, kGrad ? grad + i : nullptr, y + i, i, step());
    return i;
  }
  // Less than a step.
  HWY_INLINE void part(const Bits* x, const Bits* grad, Bits* y, std::size_t i, std::size_t size) {
    if (size == 0) return;
    by_copies<kGrad>(x + i, kGrad ? grad + i : nullptr, y + i, size,
                     [&](const Bits* part_x, const Bits* part_grad, Bits* part_y)
                         HWY_ATTR { one_step<false>(part_x, part_grad, part_y, i, size); });
  }
  // Of a step's elements, the first of which is at `place` in the call, the first `size` count.
  template <bool kPast>
  HWY_INLINE void one_step(const Bits* x, const Bits* grad, Bits* y, std::size_t place, std::size_t size) {
    const G result =
        kernel_.template apply<Amend::kZerosAndNaN>(widened_from(x), kGrad ? widened_from(grad) : G(1.0F));
    Near near = G::nowhere();
    const auto rounded = each<V16, kPairs>([&](int k) RHEO_PART {
      if constexpr (kExactness == Exactness::kNowhere)
        return F::narrow(result[2 * k], result[2 * k + 1], near[2 * k], near[2 * k + 1]);
      else
        return F::narrow_exact(result[2 * k], result[2 * k + 1], near[2 * k], near[2 * k + 1]);
    });
    if constexpr (kExactness != Exactness::kEverywhere) {
      auto any = near[0];
      for (int k = 1; k < 2 * kPairs; ++k) any = hn::Or(any, near[k]);
      if (HWY_UNLIKELY(!hn::AllFalse(D32(), any))) note(near, x, grad, place, size);
    }
    for (int k = 0; k < kPairs; ++k)
      put<kPast>(rounded[k], y + static_cast<std::size_t>(k) * hn::Lanes(D16()));
  }
  HWY_NOINLINE void note(const Near& near, const Bits* x, const Bits* grad, std::size_t place,
                         std::size_t size) {
    doubts_.prepare(step(), F::kFormat, kGrad);
    for (int k = 0; k < kPairs; ++k)
      add_doubts<F, kGrad>(doubts_, near[2 * k], near[2 * k + 1],
                           static_cast<std::size_t>(k) * hn::Lanes(D16()), x, grad, size, place);
  }

  const K kernel_;
  Doubts doubts_;
};

template <class F, class K, Exactness kExactness>
HWY_NOINLINE bool walk_direct16(const Kernels16& kernels, const void* x, const void* grad, void* y,
                                std::size_t n, const double* p) {
  const K kernel = prepared<K>(p);
  if (kernel.amend == Amend::kEnds) return false;
  auto* const to = static_cast<Bits16*>(y);
  Direct16<F, K, kExactness> direct(kernels, kernel, p, to);
  const auto *const from = static_cast<const Bits16*>(x), *const grads = static_cast<const Bits16*>(grad);
  // What is in doubt is put right in lines that would have left the caches.
  if (kExactness != Exactness::kNowhere && kernels.past_caches)
    direct.stream(from, grads, to, n);
  else
    direct.walk(from, grads, to, n);
  return true;
}

// Not what is copied, nor what takes long, and so goes by way of memory: functions, and in float16 whatever
// is looked at for ties, as two numbers are rounded for that.
template <class F, class A, class Task, bool kDefaults>
constexpr bool is_direct16() {
  constexpr Arithmetic y = arithmetic_of<A, Task, kDefaults>();
  if (!is_plain<A, Task, kDefaults>() || y.function || (y.itself && Task::kRole == Role::kValue))
    return false;
  return exactness_of<A, Task, kDefaults>() != Exactness::kNowhere || !F::kExactIsQuicker;
}

template <class F, class A, class Task>
bool kernel16(const Kernels16& kernels, const void* x, const void* grad, void* y, std::size_t n,
              const double* p) {
  if constexpr (gains_by_defaults<A, Task>() && is_direct16<F, A, Task, true>()) {
    if (are_defaults<A>(p))
      return walk_direct16<F, Plain<A, Task, true>, exactness_of<A, Task, true>()>(kernels, x, grad, y, n, p);
  }
  if constexpr (is_direct16<F, A, Task, false>())
    return walk_direct16<F, Plain<A, Task, false>, exactness_of<A, Task, false>()>(kernels, x, grad, y, n, p);
  return false;
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
