// SPDX-License-Identifier: Apache-2.0
// tail-inl.h: evaluates what a table does not cover (Tail in table.h). Re-included per instruction set.
//
// Tails fall too steeply for intervals of float32 polynomials, and need few digits: one exponential and a
// polynomial in float64 are within 2^-32 of them, several times faster than the formula. Kernels of arrays do
// not ask them where only a line is left (Lines).
#if defined(RHEO_BLOCK_TAIL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_TAIL_INL_H_
#undef RHEO_BLOCK_TAIL_INL_H_
#else
#define RHEO_BLOCK_TAIL_INL_H_
#endif

#include "src/block/evaluate-inl.h"
#include "src/block/table-inl.h"
#include "src/block/table.h"
#include "src/math/exp2_coefficients.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// 2^x, relative error at most 2^-34, for |x| <= 1000.
template <class G>
HWY_INLINE G brief_exp2(const G& x) {
  using D = typename G::D;
  static constexpr auto kTerms = copied(kExp2Brief);
  const G magic(kMagic), shifted = x + magic, f = x - (shifted - magic);
  constexpr int kLast = sizeof(kTerms.c) / sizeof(double) - 1;
  G sum(kTerms.c[kLast]);
  for (int k = kLast; k-- > 0;) sum = fused(sum, f, G(kTerms.c[k]));
  // The magic sum ends in the bits of the exponent.
  return G::of([&](int i) RHEO_PART {
    const hn::RebindToUnsigned<D> du;
    const auto exponent = hn::ShiftLeft<52>(hn::BitCast(du, shifted[i]));
    return hn::BitCast(D(), hn::Add(hn::BitCast(du, sum[i]), exponent));
  });
}

// log2(e) q, less what does not count.
constexpr List<double, 4> binary_exponent(const List<double, 4>& q) {
  List<double, 4> scaled;
  std::size_t terms = q.size();
  double left_out = 0;
  for (; terms > 1; --terms) {
    left_out += q[terms - 1] < 0 ? -q[terms - 1] : q[terms - 1];
    if (left_out > 0x1p-38) break;
  }
  for (scaled.count = 0; scaled.count < terms; ++scaled.count)
    scaled.items[scaled.count] = kLog2E.high * q[scaled.count];
  return scaled;
}

template <class Table>
constexpr List<Tail, 2> binary_tails() {
  List<Tail, 2> tails = Table::tails;
  for (std::size_t k = 0; k < tails.size(); ++k) tails.items[k].q = binary_exponent(tails[k].q);
  return tails;
}

// Beyond both ends, each lane takes its own side's numbers, of which the left one's come first. They are
// constants of their own: a GPU's code cannot refer to the table's.
template <class Table, class G>
struct Sides {
  static constexpr List<Tail, 2> kTails = binary_tails<Table>();
  static constexpr bool kTwo = kTails.size() == 2;
  static constexpr Tail kFirst = kTails[0], kLast = kTails[kTwo ? 1 : 0];
  static constexpr double kMiddle = Table::numbers.middle;
  typename G::Condition right;

  HWY_INLINE explicit Sides(const G& x) : right(x > G(kMiddle)) {}

  // x, or the end where nothing is left of the exponential.
  HWY_INLINE static G held(const G& x) {
    const G above = kFirst.low < kMiddle ? larger(x, G(kFirst.low)) : x;
    return kLast.high > kMiddle ? smaller(above, G(kLast.high)) : above;
  }
  template <auto kNumber>
  HWY_INLINE G number() const {
    constexpr double kLeft = kFirst.*kNumber, kRight = kLast.*kNumber;
    return pick(kLeft, kRight);
  }
  static constexpr bool kHasLine =
      kFirst.line[0] != 0 || kFirst.line[1] != 0 || kLast.line[0] != 0 || kLast.line[1] != 0;
  HWY_INLINE G line(const G& x) const {
    constexpr double kLeft[] = {kFirst.line[0], kFirst.line[1]}, kRight[] = {kLast.line[0], kLast.line[1]};
    // clang-format off
    const G left = line<kLeft[0] == 0 && kLeft[1] == 1>(x, kLeft[0], kLeft[1]);
    if constexpr (!kTwo) return left;
    return choose(right, line<kRight[0] == 0 && kRight[1] == 1>(x, kRight[0], kRight[1]), left);
    // clang-format on
  }
  // c[0] + c[1] u + ... with the coefficients of a list; nothing is 0.
  template <auto kList>
  HWY_INLINE G polynomial(const G& u) const {
    constexpr std::size_t kTerms = HWY_MAX((kFirst.*kList).size(), (kLast.*kList).size());
    if constexpr (kTerms == 0) {
      return G(0.0);
    } else {
      return horner<kList, kTerms>(u, std::make_index_sequence<kTerms - 1>());
    }
  }
  template <auto kList>
  static constexpr bool kHas = (kFirst.*kList).size() > 0 || (kLast.*kList).size() > 0;

 private:
  HWY_INLINE G pick(double on_left, double on_right) const {
    if constexpr (kTwo) return choose(right, G(on_right), G(on_left));
    return G(on_left);
  }
  template <bool kIdentity>
  HWY_INLINE static G line(const G& x, double constant, double slope) {
    if constexpr (kIdentity) return x;
    return slope == 0 ? G(constant) : fused(x, G(slope), G(constant));
  }
  template <auto kList, std::size_t kTerm>
  HWY_INLINE G term() const {
    constexpr double kLeft = (kFirst.*kList)[kTerm], kRight = (kLast.*kList)[kTerm];
    return pick(kLeft, kRight);
  }
  template <auto kList, std::size_t kTerms, std::size_t... K>
  HWY_INLINE G horner(const G& u, std::index_sequence<K...>) const {
    G sum = term<kList, kTerms - 1>();
    ((sum = fused(sum, u, term<kList, kTerms - 2 - K>())), ...);
    return sum;
  }
};

// f by the tails, for finite x that the table does not cover.
template <class Table, class G>
HWY_INLINE G tail(const G& given) {
  const G x = Table::plan.fold == Fold::kEven ? magnitude(given) : given;
  using Side = Sides<Table, G>;
  const Side side(x);
  const G u = fused(side.held(x), side.template number<&Tail::scale>(), side.template number<&Tail::shift>());
  const G e = brief_exp2(side.template polynomial<&Tail::q>(u));
  G share = side.template polynomial<&Tail::r>(u);
  if constexpr (Side::template kHas<&Tail::s>) share = fused(e, side.template polynomial<&Tail::s>(u), share);
  if constexpr (!Side::kHasLine) return e * share;
  return fused(e, share, side.line(x));
}

// Two float32 vectors, as many as four of float64, which wait for each other's results in turn.
template <class A, class Task, class Table>
struct Tailed : Task {
  using DF = hn::ScalableTag<float>;
  using D = hn::Repartition<double, DF>;
  using VF = hn::Vec<DF>;
  using G = Group<D, 4>;

  Ends<A, Task, DF> ends;
  const double* parameters;

  HWY_INLINE explicit Tailed(const double* p) : ends(p), parameters(p) {}

  HWY_INLINE static G promote(const float* from) {
    return G::of([&](int i) RHEO_PART {
      const hn::Rebind<float, D> dh;
      return hn::PromoteTo(D(), hn::LoadU(dh, from + static_cast<std::size_t>(i) * hn::Lanes(D())));
    });
  }
  // What is not finite: limits, and NaN.
  HWY_INLINE VF special(VF x, VF grad, VF y) const {
    const VF limit = ends.apply(x, y);
    if constexpr (!Task::kHasGrad) return limit;
    if constexpr (Task::kOfValue) return hn::IfThenElse(hn::IsFinite(x), y, hn::Mul(grad, limit));
    // A derivative that is exactly 0 is 0 by definition: 0 for every gradient, NaN too.
    const VF outside = hn::IfThenZeroElse(hn::Eq(limit, hn::Zero(DF())), hn::Mul(grad, limit));
    return hn::IfThenElse(hn::IsFinite(x), y, outside);
  }
  // Whether some lanes may be the formula's.
  static constexpr bool kRight = Task::kRole == Role::kProduct || Table::plan.squared;

  // Products that lost digits within the table are the formula's, and so are those of values that are 0 to
  // float32, but not to the other factor; and inputs too near to 0 for the table.
  HWY_NOINLINE void put_right(const float* x, const float* grad, float* y, std::size_t used) const {
    const DF d;
    const Tabled<Table::plan, DF, 1> table{Table::numbers, nullptr};
    const VF given = hn::LoadU(d, x), v = Table::plan.mirrored ? hn::Neg(given) : given;
    auto lost = table.covered(v);  // the zeros beyond the last input as well
    if constexpr (Table::plan.squared) lost = hn::Or(lost, table.too_near(v));
    for (const Tail& t : Table::tails) {
      if (Task::kRole != Role::kProduct || t.line[0] != 0 || t.line[1] != 0) continue;
      constexpr double kLess = 1 - 0x1p-20;  // so that rounding the end does not matter
      const VF left = hn::Set(d, static_cast<float>(kLess * t.low)),
               right = hn::Set(d, static_cast<float>(kLess * t.high)),
               size = Table::plan.fold == Fold::kEven ? hn::Abs(given) : given;
      lost = hn::Or(lost, t.low < Table::numbers.middle ? hn::Lt(size, left) : hn::Gt(size, right));
    }
    if (hn::AllFalse(d, hn::And(lost, hn::FirstN(d, used)))) return;
    const VF exact = Promoted<A, Task>(parameters)(given, Task::kHasGrad ? hn::LoadU(d, grad) : given);
    hn::StoreU(hn::IfThenElse(lost, exact, hn::LoadU(d, y)), d, y);
  }
  // Arrays end in room for a step.
  HWY_INLINE void walk(const float* x, const float* grad, float* y, std::size_t n) const {
    const hn::Rebind<float, D> dh;
    const std::size_t half = hn::Lanes(dh), lanes = hn::Lanes(DF());
    for (std::size_t i = 0; i < n; i += 4 * half) {
      G result = tail<Table>(promote(x + i));
      if constexpr (Task::kHasGrad) result = promote(grad + i) * result;
      for (int k = 0; k < 4; ++k)
        hn::StoreU(hn::DemoteTo(dh, result[k]), dh, y + i + static_cast<std::size_t>(k) * half);
      for (std::size_t k = i; k < i + 4 * half; k += lanes) {
        if constexpr (kRight) put_right(x + k, grad + k, y + k, n - HWY_MIN(n, k));
        const VF v = hn::LoadU(DF(), x + k);
        if (HWY_LIKELY(hn::AllTrue(DF(), hn::IsFinite(v)))) continue;
        const VF g = Task::kHasGrad ? hn::LoadU(DF(), grad + k) : v;
        hn::StoreU(special(v, g, hn::LoadU(DF(), y + k)), DF(), y + k);
      }
    }
  }
};

template <class K>
HWY_NOINLINE void walk_tails(const float* x, const float* grad, float* y, std::size_t n, const double* p) {
  const K kernel(p);
  kernel.walk(x, grad, y, n);
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
