// SPDX-License-Identifier: Apache-2.0
// ranged-inl.h: kernels whose functions take arguments of some sizes only (Ranged32::far). Re-included per
// instruction set.
//
// K is a Plain of plain-inl.h. Inputs that it cannot do are set aside (aside-inl.h) for float64 lanes.
#if defined(RHEO_BLOCK_RANGED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_RANGED_INL_H_
#undef RHEO_BLOCK_RANGED_INL_H_
#else
#define RHEO_BLOCK_RANGED_INL_H_
#endif

#include <cstddef>

#include "src/block/aside-inl.h"
#include "src/block/evaluate-inl.h"
#include "src/math/group-inl.h"
#include "src/math/sigmoid_coefficients.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// Whether a kernel's results are right in all lanes (Plain::ordinary). By integers, as one comparison does
// for several vectors then: the size of NaN is the largest of all, and a 0 counts as that.
template <class K, class G>
HWY_INLINE bool all_right(const G& x, const G& y, const G& far) {
  using D = typename G::D;
  const hn::RebindToUnsigned<D> du;
  const auto size = [&](auto v) RHEO_PART { return hn::BitCast(du, hn::Abs(v)); };
  const auto limit = [&](float v) RHEO_PART { return hn::BitCast(du, hn::Set(D(), v)); };
  auto farthest = hn::Zero(du);
  if constexpr (K::kRanged)
    for (int i = 0; i < G::kN; ++i) farthest = hn::Max(farthest, hn::BitCast(du, far[i]));
  const auto near = hn::Le(farthest, limit(K::kFar));
  if constexpr (!K::kUnderflows) return hn::AllTrue(du, near);
  const auto one = hn::Set(du, 1);
  auto least = hn::Sub(size(x[0]), one);
  for (int i = 0; i < G::kN; ++i)
    least = hn::Min(least, hn::Min(hn::Sub(size(x[i]), one), hn::Sub(size(y[i]), one)));
  return hn::AllTrue(du, hn::And(near, hn::Ge(least, hn::Sub(limit(kSmallestProduct), one))));
}

// The results of kN vectors that begin at `at`, with arguments held; what is not right even so goes to aside.
// Only the lanes `used` count.
template <auto kAmend, class K, class G>
HWY_INLINE G held_group(const K& kernel, const G& x, const G& grad, std::size_t at,
                        hn::Mask<typename G::D> used, Aside<float>& aside) {
  const typename G::D d;
  G y;
  auto right = G::nowhere();
  kernel.template hold<kAmend>(x, grad, y, right);
  if (HWY_LIKELY(G::all(right))) return y;
  for (int i = 0; i < G::kN; ++i)
    aside.add(d, hn::AndNot(right[i], used), x[i], grad[i], at + static_cast<std::size_t>(i) * hn::Lanes(d),
              K::kHasGrad);
  return y;
}

// From the first group on of which not all is near, arguments are held, which takes somewhat longer.
template <auto kAmend, class K>
HWY_NOINLINE void walk_ranged_block(const K& given, const float* x, const float* grad, float* y,
                                    std::size_t n, [[maybe_unused]] bool stream, Aside<float>& aside) {
  using D = typename K::DF;
  using G = Group<D, kSide>;
  using One = Group<D, 1>;
  const D d;
  const K kernel = given;  // stores to y cannot change a copy
  const std::size_t lanes = hn::Lanes(d), step = kSide * lanes;
  const auto every = hn::FirstN(d, lanes);
  const G one(1.0F);
  std::size_t i = 0;
  const auto load_grad = [&] RHEO_PART { return K::kHasGrad ? G::load(grad + i) : one; };
  for (; i + step <= n; i += step) {
    const G xs = G::load(x + i);
    G far;
    const G ys = kernel.template inside<kAmend>(xs, load_grad(), far);
    if (HWY_UNLIKELY(!all_right<K>(xs, ys, far))) break;
    if (K::kStreams && stream)
      ys.stream(y + i);
    else
      ys.store(y + i);
  }
  for (; i + step <= n; i += step) {
    const G xs = G::load(x + i);
    held_group<kAmend>(kernel, xs, load_grad(), i, every, aside).store(y + i);
  }
  for (; i < n; i += lanes) {
    const std::size_t rest = HWY_MIN(lanes, n - i);
    const One xs(hn::LoadN(d, x + i, rest)),
        gs(K::kHasGrad ? hn::LoadN(d, grad + i, rest) : hn::Set(d, 1.0F));
    hn::StoreN(held_group<kAmend>(kernel, xs, gs, i, hn::FirstN(d, rest), aside)[0], d, y + i, rest);
  }
}
template <auto kAmend, class K>
HWY_INLINE void walk_ranged(const K& kernel, const float* x, const float* grad, float* y, std::size_t n,
                            bool stream) {
  Aside<float> aside;
  HWY_ALIGN float results[Aside<float>::kRoom];
  for (std::size_t begin = 0; begin < n; begin += Aside<float>::kBlock) {
    const std::size_t size = HWY_MIN(n - begin, Aside<float>::kBlock);
    walk_ranged_block<kAmend>(kernel, x + begin, K::kHasGrad ? grad + begin : nullptr, y + begin, size,
                              stream, aside);
    if (aside.count == 0) continue;
    walk_formula<typename K::Formula>(aside.x, aside.grad, results, aside.count, kernel.parameters64);
    aside.put_back(results, y + begin, size);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
