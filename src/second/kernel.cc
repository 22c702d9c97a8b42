// SPDX-License-Identifier: Apache-2.0
// kernel.cc: second derivatives of any activation in any format, for every instruction set.
//
// float64 is evaluated on Wide numbers; smaller formats on float64 lanes, and on Wide numbers where those may
// not do. A lane's way depends on its own x and the parameters alone.
#include <cstddef>

#include "src/second/program.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/second/kernel.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "src/second/machine-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {
namespace {

// A block of inputs as float64.
struct Block {
  HWY_ALIGN double x[kMostLanes];      // 1 in place of what is not finite
  HWY_ALIGN double given[kMostLanes];  // as they are
  HWY_ALIGN double grad[kMostLanes];
  HWY_ALIGN double y[kMostLanes];
};

class Evaluation {
 public:
  Evaluation(const Program& program, const double* p, bool plain)
      : program_(program), p_(p), plain_(plain && plain_parameters(program, p)) {
    if (plain_) quick_.prepare(program, p);
  }

  // b.y from b.x, b.given and b.grad.
  HWY_INLINE void operator()(Block& b) {
    bool wanted = !plain_;
    if (plain_) wanted = quick(b);
    if (HWY_UNLIKELY(wanted)) exact(b);
    for (std::size_t i = 0; i < kVectors * lanes(); i += lanes()) special(b, i);
  }

 private:
  static HWY_INLINE std::size_t lanes() { return hn::Lanes(DWide()); }

  // True where a lane needs more than float64; NaN stands there.
  HWY_INLINE bool quick(Block& b) {
    const DWide d;
    quick_(b.x);
    bool all = true;
    for (std::size_t k = 0; k < kVectors; ++k) {
      const std::size_t i = k * lanes();
      const Quick y = quick_.result(k);
      right_[k] = quick_serves(hn::Load(d, b.x + i), y, quick_.noted(k));
      all = all && hn::AllTrue(d, right_[k]);
      hn::Store(quick_product(hn::Load(d, b.grad + i), y), d, b.y + i);
    }
    return !all;
  }
  HWY_NOINLINE void exact(Block& b) {
    const DWide d;
    prepare_exact();
    exact_(b.x);
    for (std::size_t k = 0; k < kVectors; ++k) {
      const std::size_t i = k * lanes();
      const VWide y = full_product(hn::Load(d, b.grad + i), exact_.result(k));
      hn::Store(plain_ ? hn::IfThenElse(right_[k], hn::Load(d, b.y + i), y) : y, d, b.y + i);
    }
  }
  HWY_INLINE void special(Block& b, std::size_t i) {
    const DWide d;
    const VWide x = hn::Load(d, b.given + i);
    if (HWY_LIKELY(hn::AllTrue(d, hn::IsFinite(x)))) return;
    know_ends();
    hn::Store(with_special(x, hn::Load(d, b.grad + i), hn::Load(d, b.y + i), ends_), d, b.y + i);
  }
  HWY_INLINE void prepare_exact() {
    if (!ready_) exact_.prepare(program_, p_);
    ready_ = true;
  }
  HWY_NOINLINE void know_ends() {
    if (ends_known_) return;
    ends_known_ = true;
    prepare_exact();
    ends_ = find_ends(program_, p_, exact_);
  }

  Machine<Quick> quick_;
  Machine<Full> exact_;
  MWide right_[kVectors];
  const Program& program_;
  const double* p_;
  bool plain_, ready_ = false, ends_known_ = false;
  SecondEnds ends_;
};

template <class E, bool kGrad>
HWY_INLINE void walk(Evaluation& evaluation, const typename E::T* x, const typename E::T* grad,
                     typename E::T* y, std::size_t n) {
  const DWide d;
  const typename E::D de;
  const std::size_t lanes = hn::Lanes(d), step = kVectors * lanes;
  Block b;
  for (std::size_t i = 0; i < kMostLanes; ++i) b.grad[i] = 1;
  for (std::size_t at = 0; at < n; at += step) {
    for (std::size_t i = 0; i < step; i += lanes) {
      const std::size_t begin = HWY_MIN(at + i, n), count = HWY_MIN(lanes, n - begin);
      const VWide given =
          count == lanes ? load_wide_lanes<E>(x + begin) : load_wide_lanes<E>(x + begin, count);
      hn::Store(given, d, b.given + i);
      hn::Store(hn::IfThenElse(hn::IsFinite(given), given, hn::Set(d, 1.0)), d, b.x + i);
      if constexpr (kGrad)
        hn::Store(count == lanes ? load_wide_lanes<E>(grad + begin) : load_wide_lanes<E>(grad + begin, count),
                  d, b.grad + i);
    }
    evaluation(b);
    for (std::size_t i = 0; i < step && at + i < n; i += lanes) {
      const auto result = E::narrow(hn::Load(d, b.y + i));
      if (n - at - i >= lanes)
        hn::StoreU(result, de, y + at + i);
      else
        hn::StoreN(result, de, y + at + i, n - at - i);
    }
  }
}

template <Format kFormat>
void run_format(const Program& program, const void* x, const void* grad, void* y, std::size_t n,
                const double* p) {
  using E = Element<kFormat>;
  using T = typename E::T;
  const auto* const from = static_cast<const T*>(x);
  auto* const to = static_cast<T*>(y);
  Evaluation evaluation(program, p, kFormat != Format::kFloat64);
  if (grad != nullptr)
    walk<E, true>(evaluation, from, static_cast<const T*>(grad), to, n);
  else
    walk<E, false>(evaluation, from, nullptr, to, n);
}

// f'' is 0 everywhere: NaN stays, whatever the gradient is.
template <Format kFormat>
void run_zero(const void* x, void* y, std::size_t n) {
  using E = Element<kFormat>;
  const auto* const from = static_cast<const typename E::T*>(x);
  auto* const to = static_cast<typename E::T*>(y);
  const DWide d;
  const typename E::D de;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t i = 0; i < n; i += lanes) {
    const std::size_t count = HWY_MIN(lanes, n - i);
    hn::StoreN(E::narrow(zero_but_nan(load_wide_lanes<E>(from + i, count))), de, to + i, count);
  }
}

template <Format kFormat>
void of_format(const Program& program, const void* x, const void* grad, void* y, std::size_t n,
               const double* p) {
  if (program.zero) return run_zero<kFormat>(x, y, n);
  run_format<kFormat>(program, x, grad, y, n, p);
}

void second(Format format, const Program& program, const void* x, const void* grad, void* y, std::size_t n,
            const double* p) {
  if (format == Format::kFloat64) return of_format<Format::kFloat64>(program, x, grad, y, n, p);
  if (format == Format::kBfloat16) return of_format<Format::kBfloat16>(program, x, grad, y, n, p);
  if (format == Format::kFloat16) return of_format<Format::kFloat16>(program, x, grad, y, n, p);
  of_format<Format::kFloat32>(program, x, grad, y, n, p);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rheo {
HWY_EXPORT(second);

void second_kernel(Format format, const Program& program, const void* x, const void* grad, void* y,
                   std::size_t n, const double* parameters) {
  HWY_DYNAMIC_DISPATCH(second)(format, program, x, grad, y, n, parameters);
}

}  // namespace rheo
#endif
