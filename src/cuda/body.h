// SPDX-License-Identifier: Apache-2.0
// body.h: what a thread computes of a few elements, with the tables and formulas of src/block and src/math.
//
// A body is made on the host from the parameters and copied to the device as it is. It chooses as
// src/block/block-inl.h does, and does the same operations, so its results are the same bits as a CPU's:
// tests/cuda walks through them on the host and compares.
#pragma once

#include "src/block/evaluate-inl.h"
#include "src/block/float64-inl.h"
#include "src/block/plain-inl.h"
#include "src/block/table-inl.h"
#include "src/block/tail-inl.h"
#include "src/block/tie.h"
#include "src/cuda/rows.h"

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

  explicit FormulaBody(const double* p) : formula(p) {}

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
  using Lookup = std::conditional_t<arithmetic_of<A, Task, kDefaults>().function,
                                    Rows<kExpm1Entries, 2, false, DF, kTogether>, void>;

  P plain;
  double parameters[kMaxParameters]{};

  explicit PlainBody(const double* p) : plain(p) {
    for (std::size_t i = 0; i < A::info.parameters.size(); ++i) parameters[i] = p[i];
  }
  HWY_INLINE static const float* rows() {
    if constexpr (std::is_void_v<Lookup>) {
      return nullptr;
    } else {
      return layout<kExpm1Rows, Lookup>();
    }
  }
  HWY_INLINE Floats operator()(const Floats& x, const Floats& grad) const {
    if (plain.amend == Amend::kNothing) return plain.template apply<Amend::kNothing>(x, grad);
    if (plain.amend == Amend::kZerosAndNaN) return plain.template apply<Amend::kZerosAndNaN>(x, grad);
    P here(plain);
    here.parameters64 = parameters;
    return here.template apply<Amend::kEnds>(x, grad);
  }
};

// A table; what it does not cover goes to its tails or to the formula.
template <class A, class TheTask, class Table>
struct TableBody {
  using Task = TheTask;
  static constexpr bool kTails = requires { Table::tails; };
  static constexpr Plan kPlan = Table::plan;
  using T = Tabled<kPlan, DF, kTogether>;
  using Lookup = typename T::Lookup;
  using Beyond = std::conditional_t<kTails, Tailed<A, Task, Table>, Promoted<A, Task>>;

  Numbers numbers;
  Beyond beyond;

  explicit TableBody(const double* p) : numbers(Table::numbers), beyond(p) {}

  HWY_INLINE static const float* rows() { return layout<Table::rows, Lookup>(); }

  HWY_INLINE Floats operator()(const Floats& given, const Floats& grad) const {
    const T table{numbers, rows()};
    const Floats x = kPlan.mirrored ? -given : given;
    Floats y = evaluate_table<Task::kRole>(table, x, grad);
    if constexpr (kPlan.range == Range::kAll) {
      return Floats::of([&](int i) RHEO_PART { return hn::IfThenElse(hn::IsNaN(given[i]), given[i], y[i]); });
    } else {
      // A NaN that the table covers is lost where x is held, as a GPU's smaller of two is a number.
      const auto inside = [&](int i) { return table.covered(x[i]).on && !hn::IsNaN(x[i]).on; };
      bool all = true;
      for (int i = 0; i < kTogether; ++i) all = all && inside(i);
      if (!all) {
        for (int i = 0; i < kTogether; ++i)
          if (!inside(i)) y[i] = outside(given[i], grad[i]);
      }
      return y;
    }
  }

 private:
  HWY_INLINE hn::Vec1<float> outside(hn::Vec1<float> x, hn::Vec1<float> grad) const {
    const auto wide = [](hn::Vec1<float> v) { return hn::PromoteTo(DD(), v); };
    if constexpr (kTails) {
      using G = Group<DD, 1>;
      G y = tail<Table>(G(wide(x)));
      if constexpr (Task::kHasGrad) y = G(wide(grad)) * y;
      const hn::Vec1<float> result = hn::DemoteTo(DF(), y[0]);
      return hn::IsFinite(x).on ? result : beyond.special(x, grad, result);
    } else {
      return hn::DemoteTo(DF(), beyond.half(wide(x), wide(grad)));
    }
  }
};

// float64: pairs, and wide numbers where these do not do. kDefaults: with the default parameters as
// constants.
inline constexpr int kDoubles = kSide64;
using Doubles = Group<DD, kDoubles>;

template <class A, class TheTask>
struct WideBody {
  using Task = TheTask;

  Float64<A, Task> wide;

  explicit WideBody(const double* p) : wide(p) {}

  HWY_INLINE Doubles operator()(const Doubles& x, const Doubles& grad) const {
    return Doubles::of([&](int i) RHEO_PART { return wide(x[i], grad[i]); });
  }
};

// 16-bit formats: a body of float32, and what decides how a result rounds where float32 does not: the formula
// on float64 and, where that is too near to a tie as well, on wide numbers.
template <class A, class Body>
struct NarrowBody : Body {
  using Task = typename Body::Task;
  // A derivative that float32 gives as 0 may be another number.
  static constexpr bool kUnderflows = Task::kHasGrad && !is_plain<A, Task, Task::kRole == Role::kBackward>();

  FormulaBody<A, Task> formula;
  Float64<A, Task> wide;

  explicit NarrowBody(const double* p) : Body(p), formula(p), wide(p) {}

  HWY_INLINE std::uint16_t rounded(double x, double grad, Format16 format) const {
    // Beyond, exponents that float64 lanes hold back may matter; and a sum may lose 2^10 to cancellation.
    constexpr double kNear = 4096, kError = 0x1p-38;
    const double y = formula.exact(x, grad);
    if (std::fabs(x) < kNear) {
      const std::uint16_t result = narrowed(y * (1 - kError), format);
      if (result == narrowed(y * (1 + kError), format)) return result;
    }
    const auto at = [&](double other, double g) {
      return wide(hn::Vec1<double>{other}, hn::Vec1<double>{g}).raw;
    };
    constexpr TieOf kOf = Task::kRole == Role::kValue ? TieOf::kValue : TieOf::kSlope;
    return narrowed(Ties(at, kOf, format).beside(x, grad, at(x, grad)), format);
  }
};

template <class A, class TheTask, bool kDefaults>
struct QuickBody {
  using Task = TheTask;
  using Quick = Quick64<A, Task, kDefaults>;

  Quick quick;
  Float64<A, Task> wide;

  explicit QuickBody(const double* p) : quick(p), wide(p) {}

  HWY_INLINE Doubles operator()(const Doubles& x, const Doubles& grad) const {
    const auto number = quick.number(x);
    auto right = Doubles::nowhere();
    Doubles y = quick.any(x, grad, number, right);
    for (int i = 0; i < kDoubles; ++i)
      if (!right[i].on) y[i] = wide(x[i], grad[i]);
    return y;
  }
};

}  // namespace rheo::one_lane
