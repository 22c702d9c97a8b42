// SPDX-License-Identifier: Apache-2.0
// ranged32-inl.h: Pair32, for formulas with functions that take arguments of some sizes only. Re-included per
// instruction set.
//
// A number remembers how far those arguments were, and may be a quotient that is yet to be rounded, so that a
// factor can still go to the numerator. What is known while compiling stands in plain members, as Pair32's.
#if defined(RHEO_MATH_RANGED32_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_MATH_RANGED32_INL_H_
#undef RHEO_MATH_RANGED32_INL_H_
#else
#define RHEO_MATH_RANGED32_INL_H_
#endif

#include <limits>

#include "src/math/pair32-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// G is a Group of vectors.
template <class G>
struct Ranged32 {
  using Condition = typename G::Condition;
  using Pair = Pair32<G>;
  static constexpr bool kIsLane = true;

  Pair pair;            // the number, or a quotient's numerator
  G far;                // the size of the farthest argument (kExpFar, kExpHalf)
  bool ranged = false;  // there was one
  // Where functions hold arguments, as nothing changes from there on.
  float held = std::numeric_limits<float>::infinity();
  // pair / ((1 + part) + rest), of which `reciprocal` is nearly the reciprocal; the larger of 1 and part is
  // at least half the sum.
  bool quotient = false;
  G part, rest, reciprocal;

  HWY_INLINE Ranged32() : far(0.0F), part(0.0F), rest(0.0F), reciprocal(0.0F) {}
  // Written down, as those of Group are.
  HWY_INLINE Ranged32(const Ranged32& a)
      : pair(a.pair),
        far(a.far),
        ranged(a.ranged),
        held(a.held),
        quotient(a.quotient),
        part(a.part),
        rest(a.rest),
        reciprocal(a.reciprocal) {}
  HWY_INLINE Ranged32& operator=(const Ranged32& a) {
    pair = a.pair, far = a.far, ranged = a.ranged, held = a.held;
    quotient = a.quotient, part = a.part, rest = a.rest, reciprocal = a.reciprocal;
    return *this;
  }
  HWY_INLINE explicit Ranged32(const Pair& p) : Ranged32() { pair = p; }
  HWY_INLINE Ranged32(const G& v) : Ranged32(Pair(v)) {}
  HWY_INLINE Ranged32(double c) : Ranged32(Pair(c)) {}
  HWY_INLINE Ranged32(Constant c) : Ranged32(Pair(c)) {}

  // The number as two.
  HWY_INLINE Pair divided() const {
    if (!quotient) return pair;
    const G y = pair.high * reciprocal;
    return Pair(y, reciprocal * left_of(y), false);
  }
  // With one rounding.
  HWY_INLINE G round() const {
    if (!quotient) return pair.round();
    if (pair.is(1)) return fused(reciprocal, left_of(reciprocal), reciprocal);
    const G y = pair.high * reciprocal;
    // What is left of a subnormal number is wrong by as much as one, and must not decide a tie.
    const G sum = fused(slightly_less(reciprocal), left_of(y), y);
    // What underflows to 0 keeps its sign.
    const auto sign = hn::Set(typename G::D(), -0.0F);
    return G::of([&](int i) RHEO_PART { return hn::Or(sum[i], hn::And(y[i], sign)); });
  }

  friend HWY_ATTR HWY_INLINE Ranged32 operator-(const Ranged32& a) { return of(-a.divided(), a, a); }
  friend HWY_ATTR HWY_INLINE Ranged32 operator+(const Ranged32& a, const Ranged32& b) {
    return of(a.divided() + b.divided(), a, b);
  }
  friend HWY_ATTR HWY_INLINE Ranged32 operator-(const Ranged32& a, const Ranged32& b) { return a + -b; }
  friend HWY_ATTR HWY_INLINE Ranged32 operator*(const Ranged32& a, const Ranged32& b) {
    if (a.is_reciprocal() && b.pair.single && !b.quotient) return a.times(b);
    if (b.is_reciprocal() && a.pair.single && !a.quotient) return b.times(a);
    return of(a.divided() * b.divided(), a, b);
  }
  // b is a constant.
  friend HWY_ATTR HWY_INLINE Ranged32 operator/(const Ranged32& a, const Ranged32& b) {
    return of(a.divided() / b.pair, a, b);
  }
  friend HWY_ATTR HWY_INLINE Condition operator>(const Ranged32& a, const Ranged32& b) {
    return a.divided() > b.divided();
  }
  friend HWY_ATTR HWY_INLINE Condition operator<(const Ranged32& a, const Ranged32& b) { return b > a; }
  friend HWY_ATTR HWY_INLINE Condition operator>=(const Ranged32& a, const Ranged32& b) {
    return a.divided() >= b.divided();
  }
  friend HWY_ATTR HWY_INLINE Condition operator<=(const Ranged32& a, const Ranged32& b) { return b >= a; }
  friend HWY_ATTR HWY_INLINE Ranged32 select(const Condition& c, const Ranged32& yes, const Ranged32& no) {
    Ranged32 result = of(select(c, yes.divided(), no.divided()), yes, no);
    if (result.ranged) result.far = choose(c, yes.far, no.far);
    return result;
  }
  friend HWY_ATTR HWY_INLINE Ranged32 abs(const Ranged32& a) { return of(abs(a.divided()), a, a); }

 private:
  HWY_INLINE bool is_reciprocal() const { return quotient && pair.is(1); }
  HWY_INLINE Ranged32 times(const Ranged32& numerator) const {
    Ranged32 result = *this;
    result.pair = numerator.pair;
    if (numerator.ranged) result.far = larger(far, numerator.far);
    return result;
  }
  // A number made of a and b.
  HWY_INLINE static Ranged32 of(const Pair& p, const Ranged32& a, const Ranged32& b) {
    Ranged32 result(p);
    result.held = a.held < b.held ? a.held : b.held, result.ranged = a.ranged || b.ranged;
    if (result.ranged) result.far = !a.ranged ? b.far : !b.ranged ? a.far : larger(a.far, b.far);
    return result;
  }
  // The numerator less y ((1 + part) + rest): exact but for its last digits.
  HWY_INLINE G left_of(const G& y) const {
    const G one(1.0F), most = fused_from(y, larger(one, part), pair.high);
    return fused_from(y, rest, fused_from(y, smaller(one, part), most));
  }
  HWY_INLINE static G slightly_less(const G& v) {
    using D = typename G::D;
    return G::of([&](int i) RHEO_PART {
      const hn::RebindToUnsigned<D> du;
      return hn::BitCast(D(), hn::Sub(hn::BitCast(du, v[i]), hn::Set(du, 16)));
    });
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
