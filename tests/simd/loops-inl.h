// SPDX-License-Identifier: Apache-2.0
// loops-inl.h: loops over arrays around functions of vectors. Re-included per instruction set.
#if defined(RHEO_TESTS_SIMD_LOOPS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_TESTS_SIMD_LOOPS_INL_H_
#undef RHEO_TESTS_SIMD_LOOPS_INL_H_
#else
#define RHEO_TESTS_SIMD_LOOPS_INL_H_
#endif

#include <cstddef>
#include <utility>

#include "hwy/highway.h"
#include "tests/simd/calls.h"

// The functions of one name, as a type. PREPARED is 1 for those that take parameters.
#define RHEO_SIMD_FUNCTORS(TEXT, NAME, PREPARED)                                                  \
  struct NAME##Calls {                                                                            \
    static constexpr const char* kName = TEXT;                                                    \
    static constexpr bool kPrepared = (PREPARED) == 1;                                            \
    template <int kRole, class D, class V>                                                        \
    static HWY_INLINE V call(D d, V x, V grad) {                                                  \
      if constexpr (kRole == 0) return rheobase::HWY_NAMESPACE::simd::NAME(d, x);                 \
      if constexpr (kRole == 1) return rheobase::HWY_NAMESPACE::simd::NAME##Derivative(d, x);     \
      if constexpr (kRole == 2) return rheobase::HWY_NAMESPACE::simd::NAME##Backward(d, grad, x); \
      if constexpr (kRole == 3) return rheobase::HWY_NAMESPACE::simd::NAME##Product(d, grad, x);  \
    }                                                                                             \
    template <class D, class... V>                                                                \
    static HWY_INLINE void in_place(D d, V&... v) {                                               \
      rheobase::HWY_NAMESPACE::simd::NAME##InPlace(d, v...);                                      \
    }                                                                                             \
    RHEO_SIMD_PREPARE_##PREPARED(NAME)                                                            \
  };
#define RHEO_SIMD_PREPARE_0(NAME)
#define RHEO_SIMD_PREPARE_1(NAME)                                                                       \
  template <int kRole, class D, class... P>                                                             \
  static HWY_INLINE auto prepare(D d, P... p) {                                                         \
    if constexpr (kRole == 0) return rheobase::HWY_NAMESPACE::simd::Prepare##NAME(d, p...);             \
    if constexpr (kRole == 1) return rheobase::HWY_NAMESPACE::simd::Prepare##NAME##Derivative(d, p...); \
    if constexpr (kRole == 2) return rheobase::HWY_NAMESPACE::simd::Prepare##NAME##Backward(d, p...);   \
    if constexpr (kRole == 3) return rheobase::HWY_NAMESPACE::simd::Prepare##NAME##Product(d, p...);    \
  }                                                                                                     \
  static constexpr std::size_t parameters() {                                                           \
    return rheobase::HWY_NAMESPACE::simd::NAME##Setting::A::info.parameters.size();                     \
  }

HWY_BEFORE_NAMESPACE();
namespace rheo::test {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class Calls, int kRole, class D, class T = hn::TFromD<D>>
void loop_fixed(const T* x, const T* grad, T* y, std::size_t n, const double* /*p*/) {
  const D d;
  for (std::size_t i = 0; i < n; i += hn::Lanes(d))
    hn::StoreU(Calls::template call<kRole>(d, hn::LoadU(d, x + i), hn::LoadU(d, grad + i)), d, y + i);
}

template <class Calls, class D, class T = hn::TFromD<D>>
void loop_in_place(const T* x, const T* /*grad*/, T* y, std::size_t n, const double* /*p*/) {
  const D d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t i = 0; i < n; i += 5 * lanes) {
    const auto at = [&](std::size_t k) HWY_ATTR { return hn::LoadU(d, x + i + k * lanes); };
    auto a = at(0), b = at(1), c = at(2), e = at(3), f = at(4);
    Calls::in_place(d, a, b, c, e, f);
    hn::StoreU(a, d, y + i), hn::StoreU(b, d, y + i + lanes), hn::StoreU(c, d, y + i + 2 * lanes);
    hn::StoreU(e, d, y + i + 3 * lanes), hn::StoreU(f, d, y + i + 4 * lanes);
  }
}

template <class Calls, int kRole, class D, std::size_t... I, class T = hn::TFromD<D>>
void loop_prepared(const T* x, const T* grad, T* y, std::size_t n, const double* p,
                   std::index_sequence<I...>) {
  const D d;
  const auto prepared = Calls::template prepare<kRole>(d, p[I]...);
  for (std::size_t i = 0; i < n; i += hn::Lanes(d)) {
    const auto v = hn::LoadU(d, x + i);
    if constexpr (kRole >= 2)
      hn::StoreU(prepared(d, hn::LoadU(d, grad + i), v), d, y + i);
    else
      hn::StoreU(prepared(d, v), d, y + i);
  }
}
template <class Calls, int kRole, class D, class T = hn::TFromD<D>>
void loop_prepared(const T* x, const T* grad, T* y, std::size_t n, const double* p) {
  loop_prepared<Calls, kRole, D>(x, grad, y, n, p, std::make_index_sequence<Calls::parameters()>());
}

// The others have nothing to prepare.
template <class Calls>
constexpr bool has_parameters() {
  if constexpr (Calls::kPrepared) return Calls::parameters() > 0;
  return false;
}

template <class Calls, class T>
constexpr void fill(SimdCall<T> (&calls)[4][4]) {
  using Full = hn::ScalableTag<T>;
  using Part = hn::CappedTag<T, 2>;
  calls[0][0] = loop_fixed<Calls, 0, Full>, calls[0][1] = loop_fixed<Calls, 1, Full>;
  calls[0][2] = loop_fixed<Calls, 2, Full>, calls[0][3] = loop_fixed<Calls, 3, Full>;
  if constexpr (has_parameters<Calls>()) {
    calls[1][0] = loop_prepared<Calls, 0, Full>, calls[1][1] = loop_prepared<Calls, 1, Full>;
    calls[1][2] = loop_prepared<Calls, 2, Full>, calls[1][3] = loop_prepared<Calls, 3, Full>;
  }
  calls[2][0] = loop_in_place<Calls, Full>;
  calls[3][0] = loop_fixed<Calls, 0, Part>;
}

template <class Calls>
constexpr SimdCalls calls_of() {
  SimdCalls calls{};
  calls.name = Calls::kName;
  fill<Calls, float>(calls.float32);
  fill<Calls, double>(calls.float64);
  return calls;
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo::test
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
