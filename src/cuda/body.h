// SPDX-License-Identifier: Apache-2.0
// body.h: what a thread computes of a few elements, with the tables and formulas of src/block and src/math.
//
// A body is made from the parameters: on the host, and copied to the device as it is, or by a thread that
// reads them from memory. It chooses as src/block/block-inl.h does, and does the same operations, so its
// results are the same bits as a CPU's: tests/cuda walks through them on the host and compares.
#pragma once

#include "src/block/evaluate-inl.h"
#include "src/block/float64-inl.h"
#include "src/block/plain-inl.h"
#include "src/block/table-inl.h"
#include "src/block/tail-inl.h"
#include "src/block/tie.h"
#include "src/cuda/table_rows.h"

namespace rheo::one_lane {

using DF = hn::ScalableTag<float>;
using DD = hn::ScalableTag<double>;

inline constexpr int kTogether = 4;  // float32 elements that a thread evaluates side by side
using Floats = Group<DF, kTogether>;

// The formula on float64, rounded once.
template <class A, class TheTask>
struct FormulaBody {
  using Task = TheTask;

  Promoted<A, Task> formula;

  HWY_INLINE explicit FormulaBody(const double* p) : formula(p) {}

  HWY_INLINE double exact(double x, double grad) const {
    return formula.half(hn::Vec1<double>{x}, hn::Vec1<double>{grad}).raw;
  }
  HWY_INLINE Floats operator()(const Floats& x, const Floats& grad) const {
    return Floats::of([&](int i) RHEO_PART {
      return hn::Vec1<float>{
          static_cast<float>(exact(static_cast<double>(x[i].raw), static_cast<double>(grad[i].raw)))};
    });
  }
};

// Plain arithmetic on float32.
template <class A, class TheTask, bool kDefaults>
struct PlainBody {
  using Task = TheTask;
  using P = Plain<A, Task, kDefaults>;
  static constexpr unsigned kFirstFour = 0;
  static constexpr FunctionRows kRows = arithmetic_of<A, Task, kDefaults>().rows;
  using OfExp = Rows<kExpEntries, 0, false, DF, kTogether>;
  using OfTanh = Rows<kTanhEntries, 2, false, DF, kTogether>;
  using Lookup = std::conditional_t<kRows == FunctionRows::kExp, OfExp,
                                    std::conditional_t<kRows == FunctionRows::kTanh, OfTanh, void>>;

  P plain;
  Promoted<A, Task> formula;

  HWY_INLINE explicit PlainBody(const double* p) : plain(p), formula(p) {}

  HWY_INLINE static const float* rows() {
    if constexpr (kRows == FunctionRows::kExp) return layout<kExpRows, Lookup>();
    if constexpr (kRows == FunctionRows::kTanh) return layout<kTanhRows, Lookup>();
    return nullptr;
  }
  HWY_INLINE Floats operator()(const Floats& x, const Floats& grad) const {
    if (plain.amend == Amend::kNothing) return apply<Amend::kNothing>(x, grad);
    if (plain.amend == Amend::kZerosAndNaN) return apply<Amend::kZerosAndNaN>(x, grad);
    return apply<Amend::kEnds>(x, grad);
  }

 private:
  using One = hn::Vec1<float>;

  // Plain::apply of src/block/plain-inl.h, whose pointer to the parameters is the host's.
  template <Amend kAmend>
  HWY_INLINE Floats apply(const Floats& x, const Floats& grad) const {
    Floats far;
    Floats y = plain.template inside<kAmend>(x, grad, far);
    if constexpr (kAmend == Amend::kEnds || P::kAsks) {
      auto right = plain.template ordinary<kAmend>(x, y, far);
      if (!Floats::all(right)) {
        plain.template hold<kAmend>(x, grad, y, right);
        for (int i = 0; i < kTogether; ++i)
          if (!right[i].on) y[i] = beyond(x[i], grad[i]);
      }
    }
    return y;
  }
  HWY_NOINLINE One beyond(One x, One grad) const {
    return hn::DemoteTo(DF(), formula.half(hn::PromoteTo(DD(), x), hn::PromoteTo(DD(), grad)));
  }
};

// A table, which lies in shared memory behind kFirst fours of another; what it does not cover goes to its
// tails or to the formula.
template <class A, class TheTask, class Table, unsigned kFirst = 0>
struct TableBody {
  using Task = TheTask;
  static constexpr unsigned kFirstFour = kFirst;
  static constexpr bool kTails = requires { Table::tails; };
  static constexpr bool kProduct = Task::kRole == Role::kProduct;
  static constexpr Plan kPlan = Table::plan;
  static_assert(kPlan.degree + 1 > kFunctionTerms, "Rows takes it for the table of a function");
  using T = Tabled<kPlan, DF, kTogether>;
  using Lookup = typename T::Lookup;
  struct Nothing {
    HWY_INLINE explicit Nothing(const double*) {}
  };
  using Formula = Promoted<A, Task>;
  using Beyond = std::conditional_t<kTails, Tailed<A, Task, Table>, Formula>;
  using Instead = std::conditional_t<kTails && (kProduct || kPlan.squared), Formula, Nothing>;

  Numbers numbers;
  Beyond beyond;
  Instead instead;  // of tails, where they lose a product's digits or x is too near to 0

  HWY_INLINE explicit TableBody(const double* p) : numbers(table_numbers()), beyond(p), instead(p) {}

  HWY_INLINE static const float* rows() { return layout<Table::rows, Lookup>(); }
  HWY_INLINE static Numbers table_numbers() {
    constexpr Numbers kNumbers = Table::numbers;  // a GPU's code cannot refer to the table's own
    return kNumbers;
  }

  HWY_INLINE Floats operator()(const Floats& given, const Floats& grad) const {
    const T table{numbers, place_of_rows<kFirst>(rows())};
    const Floats x = kPlan.mirrored ? -given : given;
    Floats y = evaluate_table<Task::kRole>(table, x, grad);
    if constexpr (kPlan.range == Range::kAll && !kProduct) {
      return Floats::of([&](int i) RHEO_PART { return hn::IfThenElse(hn::IsNaN(given[i]), given[i], y[i]); });
    } else {
      bool all = true;
      for (int i = 0; i < kTogether; ++i) all = all && inside(table, x[i], y[i]);
      if (!all) {
        for (int i = 0; i < kTogether; ++i)
          if (!inside(table, x[i], y[i])) y[i] = outside(given[i], grad[i]);
      }
      return y;
    }
  }

 private:
  using One = hn::Vec1<float>;

  // A NaN that the table covers is lost where x is held, as a GPU's smaller of two is a number.
  HWY_INLINE static bool inside(const T& table, One x, One y) {
    if constexpr (kProduct) return !beyond_product(table, x, y).on;
    return table.covered(x).on && !hn::IsNaN(x).on;
  }
  // Called, as it is long and seldom needed.
  HWY_NOINLINE One outside(One given, One grad) const {
    const auto wide = [](One v) { return hn::PromoteTo(DD(), v); };
    if constexpr (kTails) {
      using G = Group<DD, 1>;
      G y = tail<Table>(G(wide(given)));
      if constexpr (Task::kHasGrad) y = G(wide(grad)) * y;
      One result = hn::DemoteTo(DF(), y[0]);
      if constexpr (kProduct || kPlan.squared) {
        if (lost(given)) result = hn::DemoteTo(DF(), instead.half(wide(given), wide(grad)));
      }
      return hn::IsFinite(given).on ? result : beyond.special(given, grad, result);
    } else {
      return hn::DemoteTo(DF(), beyond.half(wide(given), wide(grad)));
    }
  }
  // Tailed::put_right of src/block/tail-inl.h: what the table covers, what is too near to 0 for it, and
  // values that are 0 to float32.
  HWY_INLINE bool lost(One given) const {
    const T table{numbers, nullptr};
    if (kPlan.squared && T::too_near(given).on) return true;
    return kProduct && (table.covered(kPlan.mirrored ? -given : given).on || ends<0>(given) ||
                        (Table::tails.size() == 2 && ends<1>(given)));
  }
  template <std::size_t kTail>
  HWY_INLINE static bool ends(One given) {
    constexpr std::size_t kAt = kTail < Table::tails.size() ? kTail : 0;
    constexpr double kLine[] = {Table::tails[kAt].line[0], Table::tails[kAt].line[1]};
    if constexpr (kLine[0] != 0 || kLine[1] != 0) return false;
    constexpr double kInside = 1 - 0x1p-20, kMiddle = Table::numbers.middle;
    constexpr bool kLeft = Table::tails[kAt].low < kMiddle;
    constexpr auto kEnd =
        static_cast<float>(kInside * (kLeft ? Table::tails[kAt].low : Table::tails[kAt].high));
    const float size = (kPlan.fold == Fold::kEven ? hn::Abs(given) : given).raw;
    return kLeft ? size < kEnd : size > kEnd;
  }
};

// float64: pairs, and wide numbers where these do not do. kDefaults: with the default parameters as
// constants.
inline constexpr int kDoubles = kSide64;
using Doubles = Group<DD, kDoubles>;

// Wide numbers, one at a time. Called, as it is long, seldom needed, and of several bodies.
template <class A, class Task>
struct OneWide {
  Float64<A, Task> wide;

  HWY_INLINE explicit OneWide(const double* p) : wide(p) {}

  HWY_NOINLINE double operator()(double x, double grad) const {
    return wide(hn::Vec1<double>{x}, hn::Vec1<double>{grad}).raw;
  }
};

template <class A, class TheTask>
struct WideBody {
  using Task = TheTask;

  OneWide<A, Task> wide;

  HWY_INLINE explicit WideBody(const double* p) : wide(p) {}

  HWY_INLINE Doubles operator()(const Doubles& x, const Doubles& grad) const {
    return Doubles::of([&](int i) RHEO_PART { return hn::Vec1<double>{wide(x[i].raw, grad[i].raw)}; });
  }
};

// How a result rounds to 16 bits where float32 does not decide: the formula on float64 and, where that is too
// near to a tie as well, on wide numbers.
template <class A, class Task>
struct Decider {
  FormulaBody<A, Task> formula;
  OneWide<A, Task> wide;

  HWY_INLINE explicit Decider(const double* p) : formula(p), wide(p) {}

  HWY_INLINE std::uint16_t rounded(double x, double grad, Format16 format) const {
    // Beyond, exponents that float64 lanes hold back may matter; and a sum may lose 2^10 to cancellation.
    constexpr double kNear = 4096, kError = 0x1p-38;
    const double y = formula.exact(x, grad);
    if (std::fabs(x) < kNear) {
      const std::uint16_t result = narrowed(y * (1 - kError), format);
      if (result == narrowed(y * (1 + kError), format)) return result;
    }
    constexpr TieOf kOf = Task::kRole == Role::kValue     ? TieOf::kValue
                          : Task::kRole == Role::kProduct ? TieOf::kProduct
                                                          : TieOf::kSlope;
    return narrowed(Ties(wide, kOf, format).beside(x, grad, wide(x, grad)), format);
  }
};

// 16-bit formats: a body of float32, and who decides where that does not.
template <class A, class Body>
struct NarrowBody : Body {
  using Task = typename Body::Task;
  // A derivative that float32 gives as 0 may be another number.
  static constexpr bool kUnderflows =
      Task::kHasGrad && !Task::kOfValue && !is_plain<A, Task, Task::kRole == Role::kBackward>();

  Decider<A, Task> decider;

  HWY_INLINE explicit NarrowBody(const double* p) : Body(p), decider(p) {}
};

template <class A, class TheTask, bool kDefaults>
struct QuickBody {
  using Task = TheTask;
  using Quick = Quick64<A, Task, kDefaults>;

  Quick quick;
  OneWide<A, Task> wide;

  HWY_INLINE explicit QuickBody(const double* p) : quick(p), wide(p) {}

  HWY_INLINE Doubles operator()(const Doubles& x, const Doubles& grad) const {
    const auto number = quick.number(x);
    auto right = Doubles::nowhere();
    Doubles y = quick.any(x, grad, number, right);
    for (int i = 0; i < kDoubles; ++i)
      if (!right[i].on) y[i].raw = wide(x[i].raw, grad[i].raw);
    return y;
  }
};

}  // namespace rheo::one_lane
