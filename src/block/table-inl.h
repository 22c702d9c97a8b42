// SPDX-License-Identifier: Apache-2.0
// table-inl.h: evaluates tables (table.h). Re-included per instruction set.
//
// One template serves all tables: it is instantiated for plans, and the numbers are data. Inputs outside a
// table's range are set aside (aside-inl.h), for its tails or the formula; NaN is not, but of products.
#if defined(RHEO_BLOCK_TABLE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_TABLE_INL_H_
#undef RHEO_BLOCK_TABLE_INL_H_
#else
#define RHEO_BLOCK_TABLE_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <limits>

#include "src/block/aside-inl.h"
#include "src/block/evaluate-inl.h"
#include "src/block/table.h"
#include "src/math/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

template <Plan kPlan, class D, int kN>
struct Tabled {
  using V = hn::Vec<D>;
  using DU = hn::RebindToUnsigned<D>;
  using VU = hn::Vec<DU>;
  using G = Group<D, kN>;
  static constexpr bool kSloped = kPlan.slope != Slope::kNone;
  using Lookup = Rows<kPlan.entries, kPlan.degree + 1, kSloped, D, kN>;
  static constexpr bool kAdded = kPlan.fold == Fold::kRectified || kPlan.fold == Fold::kLowered;

  // A fold that takes |x| makes the range symmetric: its middle is 0, and |x| is at hand.
  static constexpr bool kCentered = kPlan.fold != Fold::kPlain && kPlan.fold != Fold::kOneSided;

  const Numbers& numbers;
  const float* HWY_RESTRICT rows;
  Lines lines{};

  // What grows as x leaves the range, so that one comparison does for the largest of several: floats as
  // integers. That of NaN is beyond all, but in kFrom if it is positive.
  HWY_INLINE VU farness(V x) const {
    if constexpr (kPlan.range == Range::kFrom) return hn::BitCast(DU(), x);
    const VU far = hn::BitCast(DU(), hn::Abs(kCentered ? x : hn::Sub(x, hn::Set(D(), numbers.middle))));
    if constexpr (!kPlan.squared) return far;
    return hn::Or(far, hn::VecFromMask(DU(), hn::RebindMask(DU(), too_near(x))));
  }
  // Inputs that are left to the formula, wherever tails are.
  HWY_INLINE static hn::Mask<D> too_near(V x) {
    return hn::And(hn::Lt(hn::Abs(x), hn::Set(D(), kNearestSquared)), hn::Ne(x, hn::Zero(D())));
  }
  HWY_INLINE hn::Mask<D> within(VU farness) const {
    const float last = kPlan.range == Range::kFrom ? numbers.low : numbers.half;
    return hn::RebindMask(D(), hn::Le(farness, hn::BitCast(DU(), hn::Set(D(), last))));
  }
  HWY_INLINE hn::Mask<D> covered(V x) const { return within(farness(x)); }

  // Where f is a line, and the line; of x as given, not mirrored.
  HWY_INLINE hn::Mask<D> on_line(V given) const {
    const auto left = hn::Le(given, hn::Set(D(), lines.left.from));
    return hn::Or(left, hn::Ge(given, hn::Set(D(), lines.right.from)));
  }
  HWY_INLINE V line(V given) const {
    const auto of = [given](const Lines::Side& side) RHEO_PART {
      const V kept = hn::BitCast(D(), hn::Set(DU(), side.kept));
      return hn::Or(hn::And(given, kept), hn::Set(D(), side.constant));
    };
    return hn::IfThenElse(hn::Le(given, hn::Set(D(), lines.left.from)), of(lines.left), of(lines.right));
  }

  // f(x) with one rounding after the other.
  HWY_INLINE G value(const G& x) const {
    if constexpr (kPlan.squared) {
      G high, low;
      pair(x, high, low);
      return high + low;
    }
    const Parts s = parts(x);
    if constexpr (kAdded) {
      // Beside 0, the head is x / 2 exactly.
      const G zero(0.0F), part = kPlan.fold == Fold::kRectified ? larger(x, zero) : smaller(x, zero);
      return unfold(x, s.rest + (kSloped ? fused(s.slope, s.distance, part) : part));
    }
    return unfold(x, kSloped ? fused(s.slope, s.distance, s.rest) : s.rest);
  }

  // f(x) before the last rounding, as high + low, where it is far from overflow. kFine keeps what the last
  // step to p loses: tables of values are made for one rounding after the other, in which it hardly counts.
  template <bool kFine = false>
  HWY_INLINE void pair(const G& x, G& high, G& low) const {
    const Parts s = parts(x);
    high = s.rest;
    low = fused(s.p, s.u, s.value - s.rest);
    if constexpr (kFine) low = fused(fused(s.inner, s.u, s.first - s.p), s.u, low);
    if constexpr (kAdded) {
      const G zero(0.0F), part = kPlan.fold == Fold::kRectified ? larger(x, zero) : smaller(x, zero);
      const G head = kSloped ? fused(s.slope, s.distance, part) : part;  // exact: 0, x or x / 2
      high = head + s.rest;
      const G moved = high - head;
      low = low + ((head - (high - moved)) + (s.rest - moved));
    } else if constexpr (kSloped) {
      high = fused(s.slope, s.distance, s.rest);
      low = low + (fused_less(s.slope, s.distance, high) + s.rest);
    }
    if constexpr (kPlan.squared) {
      const G z = folded(x), square = z * z;
      low = fused(high, fused_less(z, z, square), low * square);
      const G product = high * square;
      low = low + fused_less(high, square, product), high = product;
    }
    if constexpr (kPlan.fold == Fold::kReflected) {
      const auto right = x > G(0.0F);
      const G total(numbers.total), other = total - high, rest = ((total - other) - high) - low;
      high = choose(right, other, high), low = choose(right, rest, low);
    }
    if constexpr (kPlan.fold == Fold::kOneSided) {
      const auto right = x > G(0.0F);
      G line_high(numbers.line[0]), line_low(numbers.line[1]);
      if constexpr (kPlan.line == Line::kIdentity) line_high = x, line_low = G(0.0F);
      if constexpr (kPlan.line == Line::kSlope) {
        line_high = x * G(numbers.line[0]);
        line_low = fused(x, G(numbers.line[1]), fused_less(x, G(numbers.line[0]), line_high));
      }
      high = choose(right, line_high, high), low = choose(right, line_low, low);
    }
    if constexpr (kPlan.fold == Fold::kOdd) high = flipped(high, x), low = flipped(low, x);
    if constexpr (kPlan.signed_zero) {
      const auto sign = hn::Set(D(), -0.0F);
      high = G::of([&](int i) RHEO_PART { return hn::Or(high[i], hn::And(x[i], sign)); });
    }
  }

 private:
  struct Parts {
    G u, p, value, rest, slope, distance;
    G first, inner;  // p = first + inner u
    HWY_INLINE Parts() {}
  };

  HWY_INLINE G folded(const G& x) const {
    const G zero(0.0F), end(numbers.end);
    // On x86 the order of the operands keeps NaN, where it gets here.
    if constexpr (kPlan.fold == Fold::kPlain) return x;
    if constexpr (kPlan.fold == Fold::kOneSided)
      return kPlan.held ? larger(end, smaller(zero, x)) : smaller(zero, x);
    return kPlan.held ? smaller(end, magnitude(x)) : magnitude(x);
  }
  HWY_INLINE Parts parts(const G& x) const {
    const G z = folded(x), b(numbers.b);
    const G index = fused(z, kPlan.quadratic ? fused(z, G(numbers.a), b) : b, G(numbers.offset));
    Lookup at(rows, index);
    Parts s;
    s.u = z - at.template row<0>();
    s.p = at.template row<kPlan.degree + 1>();
    horner(s, at, std::make_integer_sequence<int, kPlan.degree - 1>());
    s.value = at.template row<1>();
    s.rest = fused(s.p, s.u, s.value);
    if constexpr (kSloped) {
      s.slope = at.template row<kPlan.degree + 2>();
      s.distance = kPlan.slope == Slope::kOrigin ? z : z - G(numbers.root);
    }
    return s;
  }
  template <int... K>
  HWY_INLINE static void horner(Parts& s, Lookup& at, std::integer_sequence<int, K...>) {
    ((s.inner = s.p, s.first = at.template row<kPlan.degree - K>(), s.p = fused(s.p, s.u, s.first)), ...);
  }
  HWY_INLINE G unfold(const G& x, const G& y) const {
    const auto sign = hn::Set(D(), -0.0F);
    if constexpr (kPlan.fold == Fold::kOdd)
      return G::of([&](int i) RHEO_PART { return hn::Xor(y[i], hn::And(x[i], sign)); });
    if constexpr (kPlan.fold == Fold::kReflected) return choose(x > G(0.0F), G(numbers.total) - y, y);
    const G both = kPlan.fold == Fold::kOneSided ? choose(x > G(0.0F), line(x), y) : y;
    if constexpr (!kPlan.signed_zero) return both;
    return G::of([&](int i) RHEO_PART { return hn::Or(both[i], hn::And(x[i], sign)); });
  }
  HWY_INLINE G line(const G& x) const {
    if constexpr (kPlan.line == Line::kIdentity) return x;
    if constexpr (kPlan.line == Line::kFlat) return G(numbers.line[0]);
    // The low part must not meet an infinity.
    const G finite = smaller(x, G(std::numeric_limits<float>::max()));
    return fused(x, G(numbers.line[0]), finite * G(numbers.line[1]));
  }
};

// f(x), f'(x), grad f'(x), or grad f(x).
template <Role kRole, Plan kPlan, class D, int kN, class G = Group<D, kN>>
HWY_INLINE G evaluate_table(const Tabled<kPlan, D, kN>& table, const G& x, const G& grad) {
  if constexpr (kRole == Role::kValue) {
    return table.value(x);
  } else {
    G high, low;
    table.template pair<kRole == Role::kProduct>(x, high, low);
    if constexpr (kRole == Role::kProduct) return product_of_value(grad, high, low);
    if constexpr (kRole == Role::kDerivative) return high + low;
    const G y = product(grad, high, low);
    if constexpr (!kPlan.squared) return y;
    // Of a derivative that is 0 at 0: for every gradient, NaN too.
    return G::of([&](int i) RHEO_PART { return hn::IfThenZeroElse(hn::Eq(x[i], hn::Zero(D())), y[i]); });
  }
}

// Lanes of a product y that the table does not do: those that it does not cover, and where parts of the
// number may have underflowed (tiny x and results; a table of values has its root at 0, if any, and otherwise
// ends before they are tiny) or overflowed.
template <Plan kPlan, class D, int kN, class V = hn::Vec<D>>
HWY_INLINE hn::Mask<D> beyond_product(const Tabled<kPlan, D, kN>& table, V x, V y) {
  const D d;
  const auto tiny = [d](V v) RHEO_PART {
    return hn::And(hn::Lt(hn::Abs(v), hn::Set(d, kSmallestProduct)), hn::Ne(v, hn::Zero(d)));
  };
  auto inside = hn::Not(hn::Or(tiny(x), tiny(y)));
  if constexpr (kPlan.range != Range::kAll) inside = hn::And(inside, table.covered(x));
  if constexpr (kPlan.range != Range::kBetween)  // nor NaN
    inside = hn::And(inside, hn::Le(hn::Abs(x), hn::Set(d, kLargestFactor)));
  return hn::Not(inside);
}

// Whether beyond_product() may hold for any lane of several vectors, by integers: sizes of x and y, where a 0
// counts as the largest, and how far x is.
template <Plan kPlan, class D, int kN, class G = Group<D, kN>>
HWY_INLINE bool may_be_beyond(const Tabled<kPlan, D, kN>& table, const G& x, const G& y, hn::Mask<D> used) {
  const hn::RebindToUnsigned<D> du;
  const auto bits = [&](float v) RHEO_PART { return hn::BitCast(du, hn::Set(D(), v)); };
  const auto size = [&](auto v) RHEO_PART { return hn::BitCast(du, hn::Abs(v)); };
  const auto one = hn::Set(du, 1);
  auto least = bits(std::numeric_limits<float>::infinity()), most = hn::Zero(du), farthest = most;
  for (int i = 0; i < kN; ++i) {
    const auto size_of_x = size(x[i]);
    least = hn::Min(least, hn::Min(hn::Sub(size_of_x, one), hn::Sub(size(y[i]), one)));
    if constexpr (kPlan.range != Range::kBetween) most = hn::Max(most, size_of_x);
    if constexpr (kPlan.range != Range::kAll) farthest = hn::Max(farthest, table.farness(x[i]));
  }
  auto inside = hn::RebindMask(D(), hn::Ge(least, hn::Sub(bits(kSmallestProduct), one)));
  if constexpr (kPlan.range != Range::kBetween)
    inside = hn::And(inside, hn::RebindMask(D(), hn::Le(most, bits(kLargestFactor))));
  if constexpr (kPlan.range != Range::kAll) inside = hn::And(inside, table.within(farthest));
  return !hn::AllTrue(D(), hn::Or(inside, hn::Not(used)));
}

// grad f(x): what may have lost digits goes to aside as well, and so does NaN.
template <Plan kPlan, class D, int kN, class G = Group<D, kN>>
HWY_INLINE G product_group(const Tabled<kPlan, D, kN>& table, const G& given, const G& x, const G& grad,
                           std::size_t at, hn::Mask<D> used, Aside<float>& aside) {
  const D d;
  const G y = evaluate_table<Role::kProduct>(table, x, grad);
  if (HWY_UNLIKELY(may_be_beyond(table, x, y, used))) {
    for (int i = 0; i < kN; ++i)
      aside.add(d, hn::And(beyond_product(table, x[i], y[i]), used), given[i], grad[i],
                at + static_cast<std::size_t>(i) * hn::Lanes(d), true);
  }
  return y;
}

// Sets aside what the table does not cover, but for NaN, which passes through it, and lines.
template <Role kRole, Plan kPlan, class D, int kN, class G = Group<D, kN>>
HWY_INLINE void set_aside(const Tabled<kPlan, D, kN>& table, const G& given, const G& x, const G& grad,
                          std::size_t at, hn::Mask<D> used, Aside<float>& aside) {
  for (int i = 0; i < kN; ++i) {
    auto done = hn::Or(table.covered(x[i]), hn::IsNaN(x[i]));
    if constexpr (kPlan.range == Range::kBetween) done = hn::Or(done, table.on_line(given[i]));
    aside.add(D(), hn::AndNot(done, used), given[i], grad[i],
              at + static_cast<std::size_t>(i) * hn::Lanes(D()), kRole == Role::kBackward);
  }
}

// y, with the results of what lies on lines.
template <Role kRole, Plan kPlan, class D, int kN, class G = Group<D, kN>>
HWY_INLINE G with_lines(const Tabled<kPlan, D, kN>& table, const G& given, const G& grad, const G& y) {
  return G::of([&](int i) RHEO_PART {
    const auto line = table.line(given[i]);
    return hn::IfThenElse(table.on_line(given[i]), kRole == Role::kBackward ? hn::Mul(grad[i], line) : line,
                          y[i]);
  });
}

// The results of kN vectors that begin at `at`; what neither the table nor a line is goes to aside. Only the
// lanes `used` count.
template <Role kRole, Plan kPlan, class D, int kN, class G = Group<D, kN>>
HWY_INLINE G evaluate_group(const Tabled<kPlan, D, kN>& table, const G& given, const G& grad, std::size_t at,
                            hn::Mask<D> used, Aside<float>& aside) {
  const D d;
  const G x = kPlan.mirrored ? -given : given;
  if constexpr (kRole == Role::kProduct) return product_group(table, given, x, grad, at, used, aside);
  bool far = false;
  if constexpr (kPlan.range != Range::kAll) {
    auto farthest = table.farness(x[0]);
    for (int i = 1; i < kN; ++i) farthest = hn::Max(farthest, table.farness(x[i]));
    far = !hn::AllTrue(d, hn::Or(table.within(farthest), hn::Not(used)));
    if (HWY_UNLIKELY(far)) set_aside<kRole>(table, given, x, grad, at, used, aside);
  }
  G y = evaluate_table<kRole>(table, x, grad);
  if constexpr (kPlan.range == Range::kBetween) {
    if (HWY_UNLIKELY(far)) y = with_lines<kRole>(table, given, grad, y);
  }
  if constexpr (HWY_ARCH_X86) return y;
  // Elsewhere a NaN is lost where x was held.
  return G::of([&](int i) RHEO_PART { return hn::IfThenElse(hn::IsNaN(given[i]), given[i], y[i]); });
}

// y[i] = f(x[i]) or grad[i] f'(x[i]) by the table; what it does not cover goes to aside.
template <Role kRole, Plan kPlan>
HWY_NOINLINE void walk_block(const Numbers& given, const Lines& lines, const float* HWY_RESTRICT rows,
                             const float* x, const float* grad, float* y, std::size_t n,
                             [[maybe_unused]] bool stream, Aside<float>& aside) {
  using D = hn::ScalableTag<float>;
  using Wide = Group<D, kSide>;
  using Narrow = Lanes<hn::Vec<D>, 1>;
  constexpr bool kHasGrad = Task<kRole>::kHasGrad;
  const D d;
  const Numbers numbers = given;  // stores to y cannot change a copy
  const std::size_t lanes = hn::Lanes(d);
  const auto every = hn::FirstN(d, lanes);
  std::size_t i = 0;
  if constexpr (kSide > 1) {
    const Tabled<kPlan, D, kSide> wide{numbers, rows, lines};
    for (; i + kSide * lanes <= n; i += kSide * lanes) {
      const Wide xs = Wide::load(x + i), gs = kHasGrad ? Wide::load(grad + i) : xs;
      const Wide ys = evaluate_group<kRole>(wide, xs, gs, i, every, aside);
      if (Task<kRole>::kStreams && stream)
        ys.stream(y + i);
      else
        ys.store(y + i);
    }
  }
  const Tabled<kPlan, D, 1> narrow{numbers, rows, lines};
  for (; i < n; i += lanes) {
    const std::size_t rest = HWY_MIN(lanes, n - i);
    const Group<D, 1> xs(Narrow{{hn::LoadN(d, x + i, rest)}});
    const Group<D, 1> gs(Narrow{{kHasGrad ? hn::LoadN(d, grad + i, rest) : hn::Zero(d)}});
    hn::StoreN(evaluate_group<kRole>(narrow, xs, gs, i, hn::FirstN(d, rest), aside)[0], d, y + i, rest);
  }
}

// The same for any n; `others` evaluates those set aside: others(x, grad, y, n).
template <class Table, Role kRole, class Others>
HWY_INLINE void walk_table(const float* x, const float* grad, float* y, std::size_t n, bool stream,
                           Others&& others) {
  using Evaluation = Tabled<Table::plan, hn::ScalableTag<float>, 1>;
  using Lookup = typename Evaluation::Lookup;
  static_assert(!Evaluation::kCentered || (Table::numbers.middle >= 0 && Table::numbers.middle <= 0));
  constexpr bool kHasGrad = Task<kRole>::kHasGrad;
  static constexpr Lines kLines = lines_of<Table>();
  const float* const rows = layout<Table::rows, Lookup>();
  Aside<float> aside;
  HWY_ALIGN float results[Aside<float>::kRoom];
  for (std::size_t begin = 0; begin < n; begin += Aside<float>::kBlock) {
    const std::size_t size = n - begin < Aside<float>::kBlock ? n - begin : Aside<float>::kBlock;
    walk_block<kRole, Table::plan>(Table::numbers, kLines, rows, x + begin, kHasGrad ? grad + begin : nullptr,
                                   y + begin, size, stream, aside);
    if (aside.count == 0) continue;
    aside.end();
    others(aside.x, aside.grad, results, aside.count);
    aside.put_back(results, y + begin, size);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
