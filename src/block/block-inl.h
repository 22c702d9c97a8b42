// SPDX-License-Identifier: Apache-2.0
// block-inl.h: the kernels of float32 and float64, for contiguous memory. Re-included per instruction set.
//
// A lane's result depends on its own x and the parameters alone. Where the forge made a table for the
// activation, the role and these parameters, the table serves; otherwise the formula itself, in float32 where
// that can be (plain-inl.h).
#if defined(RHEO_BLOCK_BLOCK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_BLOCK_BLOCK_INL_H_
#undef RHEO_BLOCK_BLOCK_INL_H_
#else
#define RHEO_BLOCK_BLOCK_INL_H_
#endif

#include <string_view>

#include "src/block/evaluate-inl.h"
#include "src/block/float64-inl.h"
#include "src/block/plain-inl.h"
#include "src/block/table-inl.h"
#include "src/block/tail-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// A table of values serves the value and its products, one of derivatives the derivative and backward.
template <class A, class Task, class Table>
constexpr bool serves() {
  constexpr Role kRole = Task::kRole == Role::kBackward  ? Role::kDerivative
                         : Task::kRole == Role::kProduct ? Role::kValue
                                                         : Task::kRole;
  return Table::activation == A::info.name && Table::role == kRole;
}

template <class A, class Task, class Table>
HWY_INLINE bool try_table(const float* x, const float* grad, float* y, std::size_t n, const double* p,
                          bool stream) {
  if constexpr (serves<A, Task, Table>()) {
    if (!parameters_are<A>(p, [](std::size_t i) { return Table::parameters[i]; })) return false;
    const auto others = [p](const float* v, const float* g, float* result, std::size_t count) HWY_ATTR {
      if constexpr (requires { Table::tails; }) {
        walk_tails<Tailed<A, Task, Table>>(v, g, result, count, p);
      } else {
        walk_formula<Promoted<A, Task>>(v, g, result, count, p);
      }
    };
    walk_table<Table, Task::kRole>(x, grad, y, n, stream, others);
    return true;
  }
  return false;
}

template <class A, class Task>
constexpr Digits digits_of() {
  const auto of = [](int digits) {
    const Arithmetic y = arithmetic_of<A, Task>(digits);
    return y.plain && !y.function ? y.digits : Arithmetic::kManyDigits;
  };
  return {of(kDigits16), of(kDigits32)};
}

// With stream, y is apart from x and grad, and begins with a whole vector of memory.
template <class A, class Task, class... Table>
HWY_INLINE void walk_float32(const float* x, const float* grad, float* y, std::size_t n, const double* p,
                             bool stream) {
  if ((try_table<A, Task, Table>(x, grad, y, n, p, stream) || ...)) return;
  if constexpr (gains_by_defaults<A, Task>()) {
    if (are_defaults<A>(p)) return walk_plain<Plain<A, Task, true>>(x, grad, y, n, p, stream);
  }
  if constexpr (is_plain<A, Task>()) {
    walk_plain<Plain<A, Task, false>>(x, grad, y, n, p, stream);
  } else {
    walk_formula<Promoted<A, Task>>(x, grad, y, n, p);
  }
}

// The kernels' entries: y may be x or grad.
template <class A, class Task, class... Table>
void float32_kernel(const void* x, const void* grad, void* y, std::size_t n, const double* p) {
  walk_float32<A, Task, Table...>(static_cast<const float*>(x), static_cast<const float*>(grad),
                                  static_cast<float*>(y), n, p, false);
}

template <class A, class Task>
void float64_kernel(const void* x, const void* grad, void* y, std::size_t n, const double* p) {
  const auto* const x64 = static_cast<const double*>(x);
  const auto* const grad64 = static_cast<const double*>(grad);
  auto* const y64 = static_cast<double*>(y);
  const auto wide = [p](const double* v, const double* g, double* result, std::size_t count)
                        HWY_ATTR { walk_formula<Float64<A, Task>>(v, g, result, count, p); };
  if constexpr (Task::kRole == Role::kParameter) {
    wide(x64, grad64, y64, n);
  } else {
    walk_float64<A, Task>(x64, grad64, y64, n, p, wide);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
