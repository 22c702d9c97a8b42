// SPDX-License-Identifier: Apache-2.0
// vectors-inl.h: vectors of float64 side by side. Re-included per instruction set.
//
// A chain of dependent operations leaves a processor idle, and its window is too short to find the next
// vector's. So each operation is written for kN vectors, one after the other.
#if defined(RHEO_MATH_VECTORS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_VECTORS_INL_H_
#undef RHEO_MATH_VECTORS_INL_H_
#else
#define RHEO_MATH_VECTORS_INL_H_
#endif

#include "src/math/group-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

template <class D_, int kN_>
struct Vectors : Lanes<hn::Vec<D_>, kN_> {
  using D = D_;
  using V = hn::Vec<D>;
  static constexpr int kN = kN_;
  using Base = Lanes<V, kN>;
  using Condition = Lanes<hn::Mask<D>, kN>;

  // Written down: a constructor that the compiler makes is not for this instruction set, and GCC copies an
  // array as bytes, through memory.
  HWY_INLINE Vectors() : Vectors(0.0) {}
  HWY_INLINE Vectors(const Base& lanes) : Base(lanes) {}
  HWY_INLINE Vectors(const Vectors& o) : Base(each<V, kN>([&](int i) RHEO_PART { return o[i]; })) {}
  HWY_INLINE Vectors& operator=(const Vectors& o) {
    for (int i = 0; i < kN; ++i) this->v[i] = o[i];
    return *this;
  }
  HWY_INLINE explicit Vectors(double c) : Base(each<V, kN>([&](int) RHEO_PART { return hn::Set(D(), c); })) {}

  HWY_INLINE static Vectors load(const double* from) {
    return of([&](int i) RHEO_PART { return hn::LoadU(D(), from + i * static_cast<int>(hn::Lanes(D()))); });
  }
  HWY_INLINE void store(double* to) const {
    for (int i = 0; i < kN; ++i) hn::StoreU(this->v[i], D(), to + i * static_cast<int>(hn::Lanes(D())));
  }
  template <class Body>
  HWY_INLINE static Vectors of(Body&& body) {
    return each<V, kN>(body);
  }
  template <class Body>
  HWY_INLINE static Condition where(Body&& body) {
    return each<hn::Mask<D>, kN>(body);
  }

  friend HWY_INLINE Vectors operator+(const Vectors& a, const Vectors& b) {
    return of([&](int i) RHEO_PART { return hn::Add(a[i], b[i]); });
  }
  friend HWY_INLINE Vectors operator-(const Vectors& a, const Vectors& b) {
    return of([&](int i) RHEO_PART { return hn::Sub(a[i], b[i]); });
  }
  friend HWY_INLINE Vectors operator*(const Vectors& a, const Vectors& b) {
    return of([&](int i) RHEO_PART { return hn::Mul(a[i], b[i]); });
  }
  friend HWY_INLINE Vectors operator/(const Vectors& a, const Vectors& b) {
    return of([&](int i) RHEO_PART { return hn::Div(a[i], b[i]); });
  }
  friend HWY_INLINE Vectors operator-(const Vectors& a) {
    return of([&](int i) RHEO_PART { return hn::Neg(a[i]); });
  }
  friend HWY_INLINE Vectors fused(const Vectors& a, const Vectors& b, const Vectors& c) {
    return of([&](int i) RHEO_PART { return fused(a[i], b[i], c[i]); });
  }
  friend HWY_INLINE Vectors fused_less(const Vectors& a, const Vectors& b, const Vectors& c) {
    return of([&](int i) RHEO_PART { return fused_less(a[i], b[i], c[i]); });
  }
  friend HWY_INLINE Vectors fused_from(const Vectors& a, const Vectors& b, const Vectors& c) {
    return of([&](int i) RHEO_PART { return fused_from(a[i], b[i], c[i]); });
  }
  // Of no use where one is NaN: instruction sets differ.
  friend HWY_INLINE Vectors smaller(const Vectors& a, const Vectors& b) {
    return of([&](int i) RHEO_PART { return hn::Min(a[i], b[i]); });
  }
  friend HWY_INLINE Vectors larger(const Vectors& a, const Vectors& b) {
    return of([&](int i) RHEO_PART { return hn::Max(a[i], b[i]); });
  }
  friend HWY_INLINE Vectors magnitude(const Vectors& a) {
    return of([&](int i) RHEO_PART { return hn::Abs(a[i]); });
  }
  // a, negated where the sign bit of b is set.
  friend HWY_INLINE Vectors flipped(const Vectors& a, const Vectors& b) {
    return of([&](int i) RHEO_PART { return hn::Xor(a[i], hn::And(b[i], hn::SignBit(D()))); });
  }
  friend HWY_INLINE Vectors with_sign_of(const Vectors& a, const Vectors& b) {
    return of([&](int i) RHEO_PART { return hn::CopySign(a[i], b[i]); });
  }
  friend HWY_INLINE Condition operator>(const Vectors& a, const Vectors& b) {
    return where([&](int i) RHEO_PART { return hn::Gt(a[i], b[i]); });
  }
  friend HWY_INLINE Condition operator<(const Vectors& a, const Vectors& b) { return b > a; }
  friend HWY_INLINE Condition operator>=(const Vectors& a, const Vectors& b) {
    return where([&](int i) RHEO_PART { return hn::Ge(a[i], b[i]); });
  }
  friend HWY_INLINE Condition operator<=(const Vectors& a, const Vectors& b) { return b >= a; }
  friend HWY_INLINE Condition equal(const Vectors& a, const Vectors& b) {
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
  friend HWY_INLINE Vectors choose(const Condition& c, const Vectors& yes, const Vectors& no) {
    return of([&](int i) RHEO_PART { return hn::IfThenElse(c[i], yes[i], no[i]); });
  }
  friend HWY_INLINE Vectors zero_where(const Condition& c, const Vectors& a) {
    return of([&](int i) RHEO_PART { return hn::IfThenZeroElse(c[i], a[i]); });
  }
  friend HWY_INLINE Vectors kept_where(const Condition& c, const Vectors& a) {
    return of([&](int i) RHEO_PART { return hn::IfThenElseZero(c[i], a[i]); });
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
