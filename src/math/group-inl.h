// SPDX-License-Identifier: Apache-2.0
// group-inl.h: several vectors side by side as one number. Re-included per instruction set.
//
// Each operation is done on all of them before the next: a chain of operations waits for its own results, and
// the other chains fill the gap. (A compiler leaves the order of a loop over vectors as it is, and the
// processor's window is too short to find it.)
#if defined(RHEO_MATH_GROUP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_GROUP_INL_H_
#undef RHEO_MATH_GROUP_INL_H_
#else
#define RHEO_MATH_GROUP_INL_H_
#endif

#include <limits>
#include <utility>

#include "src/math/f64-inl.h"

// A lambda that is part of its caller, for the instruction set at hand.
#undef RHEO_PART
#define RHEO_PART HWY_ATTR __attribute__((always_inline))

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// So many vectors of float32 are evaluated side by side: with 16 registers, two.
inline constexpr int kSide = HWY_TARGET <= HWY_AVX3 ? 4 : HWY_NATIVE_FMA ? 2 : 1;

template <class T, int kN>
struct Lanes {
  T v[kN];
  HWY_INLINE T& operator[](int i) { return v[i]; }
  HWY_INLINE const T& operator[](int i) const { return v[i]; }
};

// {body(0), body(1), ...}
template <class T, int kN, class Body>
HWY_INLINE Lanes<T, kN> each(Body&& body) {
#if HWY_NATIVE_FMA
  return [&]<int... I>(std::integer_sequence<int, I...>)
             RHEO_PART { return Lanes<T, kN>{{body(I)...}}; }(std::make_integer_sequence<int, kN>());
#else
  Lanes<T, kN> all;
#pragma GCC unroll 1
  for (int i = 0; i < kN; ++i) all.v[i] = body(i);
  return all;
#endif
}

template <class D_, int kN_>
struct Group : Lanes<hn::Vec<D_>, kN_> {
  using D = D_;
  static constexpr int kN = kN_;
  using T = hn::TFromD<D>;
  using V = hn::Vec<D>;
  using Base = Lanes<V, kN>;
  using Condition = Lanes<hn::Mask<D>, kN>;

  // Written down: a constructor that the compiler makes is not for this instruction set.
  HWY_INLINE Group() : Base(each<V, kN>([](int) RHEO_PART { return hn::Zero(D()); })) {}
  constexpr HWY_INLINE Group(const Base& lanes) : Base(lanes) {}
  // One by one: g++ 12 copies an array of vectors by way of memory, and waits for it.
  HWY_INLINE Group(const Group& g) : Base(each<V, kN>([&](int i) RHEO_PART { return g[i]; })) {}
  HWY_INLINE Group& operator=(const Group& g) {
    for (int i = 0; i < kN; ++i) this->v[i] = g[i];
    return *this;
  }
  HWY_INLINE explicit Group(V same) : Base(each<V, kN>([&](int) RHEO_PART { return same; })) {}
  HWY_INLINE explicit Group(T c) : Group(hn::Set(D(), c)) {}

  HWY_INLINE static Group load(const T* from) {
    return of([&](int i) RHEO_PART { return hn::LoadU(D(), from + i * static_cast<int>(hn::Lanes(D()))); });
  }
  HWY_INLINE void store(T* to) const {
    for (int i = 0; i < kN; ++i) hn::StoreU(this->v[i], D(), to + i * static_cast<int>(hn::Lanes(D())));
  }
  // Past the caches, to whole vectors of memory.
  HWY_INLINE void stream(T* to) const {
    for (int i = 0; i < kN; ++i) hn::Stream(this->v[i], D(), to + i * static_cast<int>(hn::Lanes(D())));
  }
  template <class Body>
  HWY_INLINE static Group of(Body&& body) {
    return each<V, kN>(body);
  }
  template <class Body>
  HWY_INLINE static Condition where(Body&& body) {
    return each<hn::Mask<D>, kN>(body);
  }

  friend HWY_ATTR HWY_INLINE Group operator+(const Group& a, const Group& b) {
    return of([&](int i) RHEO_PART { return hn::Add(a[i], b[i]); });
  }
  friend HWY_ATTR HWY_INLINE Group operator-(const Group& a, const Group& b) {
    return of([&](int i) RHEO_PART { return hn::Sub(a[i], b[i]); });
  }
  friend HWY_ATTR HWY_INLINE Group operator*(const Group& a, const Group& b) {
    return of([&](int i) RHEO_PART { return hn::Mul(a[i], b[i]); });
  }
  friend HWY_ATTR HWY_INLINE Group operator/(const Group& a, const Group& b) {
    return of([&](int i) RHEO_PART { return hn::Div(a[i], b[i]); });
  }
  friend HWY_ATTR HWY_INLINE Group operator-(const Group& a) {
    return of([&](int i) RHEO_PART { return hn::Neg(a[i]); });
  }
  friend HWY_ATTR HWY_INLINE Group fused(const Group& a, const Group& b, const Group& c) {
    return of([&](int i) RHEO_PART { return fused(a[i], b[i], c[i]); });
  }
  friend HWY_ATTR HWY_INLINE Group fused_less(const Group& a, const Group& b, const Group& c) {
    return of([&](int i) RHEO_PART { return fused_less(a[i], b[i], c[i]); });
  }
  friend HWY_ATTR HWY_INLINE Group fused_from(const Group& a, const Group& b, const Group& c) {
    return of([&](int i) RHEO_PART { return fused_from(a[i], b[i], c[i]); });
  }
  // Where one is NaN, x86 returns the second operand, Arm the other one.
  friend HWY_ATTR HWY_INLINE Group smaller(const Group& a, const Group& b) {
    return of([&](int i) RHEO_PART { return hn::Min(a[i], b[i]); });
  }
  friend HWY_ATTR HWY_INLINE Group larger(const Group& a, const Group& b) {
    return of([&](int i) RHEO_PART { return hn::Max(a[i], b[i]); });
  }
  friend HWY_ATTR HWY_INLINE Group magnitude(const Group& a) {
    return of([&](int i) RHEO_PART { return hn::Abs(a[i]); });
  }
  // a, negated where the sign bit of b is set.
  friend HWY_ATTR HWY_INLINE Group flipped(const Group& a, const Group& b) {
    return of([&](int i) RHEO_PART { return hn::Xor(a[i], hn::And(b[i], hn::SignBit(D()))); });
  }
  friend HWY_ATTR HWY_INLINE Group with_sign_of(const Group& a, const Group& b) {
    return of([&](int i) RHEO_PART { return hn::CopySign(a[i], b[i]); });
  }
  friend HWY_ATTR HWY_INLINE Condition operator>(const Group& a, const Group& b) {
    return where([&](int i) RHEO_PART { return hn::Gt(a[i], b[i]); });
  }
  friend HWY_ATTR HWY_INLINE Condition operator<(const Group& a, const Group& b) { return b > a; }
  friend HWY_ATTR HWY_INLINE Condition operator>=(const Group& a, const Group& b) {
    return where([&](int i) RHEO_PART { return hn::Ge(a[i], b[i]); });
  }
  friend HWY_ATTR HWY_INLINE Condition operator<=(const Group& a, const Group& b) { return b >= a; }
  friend HWY_ATTR HWY_INLINE Condition equal(const Group& a, const Group& b) {
    return where([&](int i) RHEO_PART { return hn::Eq(a[i], b[i]); });
  }
  static HWY_INLINE Condition both(const Condition& a, const Condition& b) {
    return where([&](int i) RHEO_PART { return hn::And(a[i], b[i]); });
  }
  static HWY_INLINE Condition either(const Condition& a, const Condition& b) {
    return where([&](int i) RHEO_PART { return hn::Or(a[i], b[i]); });
  }
  static HWY_INLINE Condition nowhere() {
    return where([](int) RHEO_PART { return hn::FirstN(D(), 0); });
  }
  static HWY_INLINE bool all(const Condition& a) {
    auto every = a[0];
    for (int i = 1; i < kN; ++i) every = hn::And(every, a[i]);
    return hn::AllTrue(D(), every);
  }
  friend HWY_ATTR HWY_INLINE Group choose(const Condition& c, const Group& yes, const Group& no) {
    return of([&](int i) RHEO_PART { return hn::IfThenElse(c[i], yes[i], no[i]); });
  }
  friend HWY_ATTR HWY_INLINE Group zero_where(const Condition& c, const Group& a) {
    return of([&](int i) RHEO_PART { return hn::IfThenZeroElse(c[i], a[i]); });
  }
};

// grad (high + low) with one rounding.
template <class G>
HWY_INLINE G product(const G& grad, const G& high, const G& low) {
  using D = typename G::D;
  const G largest(std::numeric_limits<float>::max());
  const G y =
      fused(grad, high, smaller(largest, larger(-largest, grad)) * low);  // infinity times a low part of 0
  // Of a gradient of 0 the two terms may differ in sign.
  const auto sign = hn::Set(D(), -0.0F);
  return G::of([&](int i) RHEO_PART { return hn::Or(y[i], hn::And(sign, hn::Xor(grad[i], high[i]))); });
}

// Where the size of x or of a product with f(x) is below it, and not 0, the product's low part may underflow.
// Where that of x is above the other, f(x) may overflow that the other factor brings back.
inline constexpr float kSmallestProduct = 0x1p-100F, kLargestFactor = 0x1p100F;

// The same of a value, which may be so large that the product of its low part overflows: then that one's sign
// must not decide.
template <class G>
HWY_INLINE G product_of_value(const G& factor, const G& high, const G& low) {
  const G largest(std::numeric_limits<float>::max());
  const G rest = smaller(largest, larger(-largest, factor)) * low;
  const G y = fused(factor, high, smaller(largest, larger(-largest, rest)));
  const auto sign = hn::Set(typename G::D(), -0.0F);
  return G::of([&](int i) RHEO_PART { return hn::Or(y[i], hn::And(sign, hn::Xor(factor[i], high[i]))); });
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
