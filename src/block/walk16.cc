// SPDX-License-Identifier: Apache-2.0
// walk16.cc: 16-bit formats, a block at a time: widened to float32, evaluated, and rounded once.
//
// The float32 kernels are within one ulp, so they decide how nearly all results round. The others are
// evaluated anew in float64, many together. So a lane's result depends on its own input alone.
#include "src/block/walk16.h"

#include <cstdint>

#include "src/block/doubts.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/block/walk16.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "src/block/walk16-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {
namespace {

using Bits = Bits16;

constexpr std::size_t kBlock16 = 1024;

// So many elements at a time; a block is a multiple of them.
HWY_INLINE std::size_t step16() { return kMostPairs * hn::Lanes(D16()); }

template <class F>
HWY_INLINE void widen_block(const Bits* from, std::size_t n, float* to) {
  const D16 d16;
  const D32 d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t i = 0; i < n; i += 2 * lanes) {
    V32 first, second;
    F::widen(hn::LoadU(d16, from + i), first, second);
    hn::Store(first, d, to + i), hn::Store(second, d, to + i + lanes);
  }
}

// One block: the results of float32, in the order of widen(), become y.
template <class F, bool kGrad>
struct Rounding {
  const float *results, *grads;
  const Bits *x, *grad;  // y may be one of them: they are read before y is written there
  V32 share;             // below this share of the gradient, float32's derivative is not to be trusted
  std::size_t begin, size;
  Doubts& doubts;

  struct Pair {
    V16 rounded;
    hn::Mask<D32> first, second;  // where there is doubt

    HWY_INLINE Pair() {}  // written down: a compiler's own is not for this instruction set
  };
  template <bool kExact>
  HWY_INLINE Pair pair(std::size_t i) const {
    const D32 d;
    const std::size_t lanes = hn::Lanes(d);
    const V32 first = hn::Load(d, results + i), second = hn::Load(d, results + i + lanes);
    Pair p;
    if constexpr (kExact) {
      p.rounded = F::narrow_exact(first, second, p.first, p.second);
    } else {
      p.rounded = F::narrow(first, second, p.first, p.second);
    }
    if constexpr (kGrad && !kExact && F::kAsWideAsFloat32) {
      p.first = hn::Or(p.first, lost(first, grads + i));
      p.second = hn::Or(p.second, lost(second, grads + i + lanes));
    }
    return p;
  }
  HWY_INLINE static bool in_doubt(const Pair& a, const Pair& b) {
    return !hn::AllFalse(D32(), hn::Or(hn::Or(a.first, a.second), hn::Or(b.first, b.second)));
  }
  HWY_INLINE hn::Mask<D32> lost(V32 result, const float* from) const {
    return hn::Lt(hn::Abs(result), hn::Mul(share, hn::Abs(hn::Load(D32(), from))));
  }
  template <bool kExact>
  HWY_NOINLINE void note(std::size_t at) const {
    doubts.prepare(step16(), F::kFormat, kGrad);
    for (std::size_t i = at; i < at + step16(); i += hn::Lanes(D16())) {
      const Pair p = pair<kExact>(i);
      add_doubts<F, kGrad>(doubts, p.first, p.second, i, x, grad, size, begin);
    }
  }
  template <bool kExact>
  HWY_INLINE void round(Bits* y) const {
    const D16 d16;
    for (std::size_t i = 0; i < size; i += step16()) {
      constexpr bool kExactFirst = kExact && F::kExactIsQuicker;
      Pair a = pair<kExactFirst>(i), b = pair<kExactFirst>(i + hn::Lanes(d16));
      if (HWY_UNLIKELY(in_doubt(a, b))) {
        if constexpr (kExact && !kExactFirst) a = pair<true>(i), b = pair<true>(i + hn::Lanes(d16));
        if (!kExact || in_doubt(a, b)) note<kExact>(i);
      }
      hn::StoreU(a.rounded, d16, y + i), hn::StoreU(b.rounded, d16, y + i + hn::Lanes(d16));
    }
  }
};

// Blocks of float32, two of which fit in L1.
template <bool kGrad>
struct Room {
  HWY_ALIGN float x[kBlock16], grad[kGrad ? kBlock16 : 1];
};

// `size` elements from the given memory; `begin` is the place of the first one in the call, and of `whole`,
// which is a multiple of step16(), only those count.
template <class F, bool kGrad>
HWY_INLINE void walk_block(const Kernels16& kernels, const Bits* x, const Bits* grad, Bits* y,
                           std::size_t begin, std::size_t size, std::size_t whole, const double* p,
                           Room<kGrad>& room, Doubts& doubts) {
  widen_block<F>(x, whole, room.x);
  if constexpr (kGrad) widen_block<F>(grad, whole, room.grad);
  kernels.quick(room.x, kGrad ? room.grad : nullptr, room.x, whole, p);
  const V32 share = hn::Set(D32(), kernels.underflows ? kLostShare : 0.0F);
  const Rounding<F, kGrad> rounding{room.x, room.grad, x, grad, share, begin, size, doubts};
  if (kernels.float32_exact) return rounding.template round<true>(y);
  rounding.template round<false>(y);
}

// Where results are x.
template <class F, bool kPast>
HWY_NOINLINE void copy(const Bits* x, Bits* y, std::size_t n) {
  const D16 d;
  const std::size_t lanes = hn::Lanes(d);
  const auto part = [&](std::size_t i, std::size_t size) HWY_ATTR {
    if (size > 0) hn::StoreN(F::kept(hn::LoadN(d, x + i, size)), d, y + i, size);
  };
  std::size_t i = kPast ? before_vectors(y, n) : 0;
  part(0, i);
  for (; i + lanes <= n; i += lanes) put<kPast>(F::kept(hn::LoadU(d, x + i)), y + i);
  if (kPast) hwy::FlushStream();
  part(i, n - i);
}

template <class F, bool kGrad>
void walk(const Kernels16& kernels, const Bits* x, const Bits* grad, Bits* y, std::size_t n,
          const double* p) {
  Room<kGrad> room;
  Doubts doubts(kernels, p, y);
  const std::size_t even = n - n % step16(), rest = n - even;
  for (std::size_t begin = 0; begin < even; begin += kBlock16) {
    const std::size_t size = even - begin < kBlock16 ? even - begin : kBlock16;
    walk_block<F, kGrad>(kernels, x + begin, kGrad ? grad + begin : nullptr, y + begin, begin, size, size, p,
                         room, doubts);
  }
  if (rest > 0) {
    by_copies<kGrad>(x + even, kGrad ? grad + even : nullptr, y + even, rest,
                     [&](const Bits* last_x, const Bits* last_grad, Bits* last_y) HWY_ATTR {
                       walk_block<F, kGrad>(kernels, last_x, last_grad, last_y, even, rest, step16(), p, room,
                                            doubts);
                     });
  }
  doubts.settle(F::kFormat, kGrad);
}

template <class F>
void walk_format(const Kernels16& kernels, const void* x, const void* grad, void* y, std::size_t n,
                 const double* p) {
  if (kernels.same) {
    const auto run = kernels.past_caches ? copy<F, true> : copy<F, false>;
    return run(static_cast<const Bits*>(x), static_cast<Bits*>(y), n);
  }
  const auto run = grad != nullptr ? walk<F, true> : walk<F, false>;
  run(kernels, static_cast<const Bits*>(x), static_cast<const Bits*>(grad), static_cast<Bits*>(y), n, p);
}

void walk_bfloat16(const Kernels16& kernels, const void* x, const void* grad, void* y, std::size_t n,
                   const double* p) {
  walk_format<Bfloat16>(kernels, x, grad, y, n, p);
}
void walk_float16(const Kernels16& kernels, const void* x, const void* grad, void* y, std::size_t n,
                  const double* p) {
  walk_format<Float16>(kernels, x, grad, y, n, p);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rheo {
HWY_EXPORT(walk_bfloat16);
HWY_EXPORT(walk_float16);

void evaluate16(Format format, const Kernels16& kernels, const void* x, const void* grad, void* y,
                std::size_t n, const double* parameters) {
  const Kernel16 direct = kernels.direct[place16(format)];
  if (direct != nullptr && direct(kernels, x, grad, y, n, parameters)) return;
  if (format == Format::kBfloat16)
    HWY_DYNAMIC_DISPATCH(walk_bfloat16)(kernels, x, grad, y, n, parameters);
  else
    HWY_DYNAMIC_DISPATCH(walk_float16)(kernels, x, grad, y, n, parameters);
}

}  // namespace rheo
#endif
