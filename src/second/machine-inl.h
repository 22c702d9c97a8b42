// SPDX-License-Identifier: Apache-2.0
// machine-inl.h: runs a program's instructions, each on a block of lanes. Re-included per instruction set.
//
// On float64 lanes (F64) it notes where their 53 bits may not do: sums that cancel, products that underflow,
// comparisons of what is nearly equal. On Wide numbers there is nothing to note.
#if defined(RHEO_SECOND_MACHINE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_SECOND_MACHINE_INL_H_
#undef RHEO_SECOND_MACHINE_INL_H_
#else
#define RHEO_SECOND_MACHINE_INL_H_
#endif

#include <cstddef>
#include <vector>

#include "src/block/element-inl.h"
#include "src/math/erfc-inl.h"
#include "src/math/exp-inl.h"
#include "src/math/group-inl.h"
#include "src/math/log1p-inl.h"
#include "src/math/sigmoid-inl.h"
#include "src/math/softplus-inl.h"
#include "src/math/tanh-inl.h"
#include "src/second/program.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// Vectors that an instruction is done on: enough that finding out which one it is costs little.
inline constexpr std::size_t kVectors = 4;
inline constexpr std::size_t kMostLanes = kVectors * hn::MaxLanes(DWide());

using MWide = hn::Mask<DWide>;
using Quick = F64<DWide>;
using Full = Wide<DWide>;

// How numbers lie in memory, one vector after another; conditions stand in the first one.
HWY_INLINE void store_number(const Quick& a, double* to) { hn::Store(a.v, DWide(), to); }
HWY_INLINE void store_number(const Full& a, double* to) {
  const DWide d;
  hn::Store(a.high, d, to);
  hn::Store(a.low, d, to + hn::Lanes(d));
  hn::Store(a.exponent, d, to + 2 * hn::Lanes(d));
}
template <class N>
HWY_INLINE N load_number(const double* from);
template <>
HWY_INLINE Quick load_number<Quick>(const double* from) {
  return hn::Load(DWide(), from);
}
template <>
HWY_INLINE Full load_number<Full>(const double* from) {
  const DWide d;
  return {hn::Load(d, from), hn::Load(d, from + hn::Lanes(d)), hn::Load(d, from + 2 * hn::Lanes(d))};
}

// Of a finite or infinite float64, and of a constant that is high + low.
template <class N>
HWY_INLINE N number_of(VWide x);
template <>
HWY_INLINE Quick number_of<Quick>(VWide x) {
  return x;
}
template <>
HWY_INLINE Full number_of<Full>(VWide x) {
  return load_wide(DWide(), x);
}
template <class N>
HWY_INLINE N constant_of(double high, double low);
template <>
HWY_INLINE Quick constant_of<Quick>(double high, double) {
  return Quick(high);
}
template <>
HWY_INLINE Full constant_of<Full>(double high, double low) {
  return high == 0 ? number_of<Full>(hn::Set(DWide(), high)) : Full(Constant{high, low, nullptr, 0, 0});
}

// sigmoid(x) sigmoid(-x), from one exponential.
template <class N>
HWY_INLINE N both_tails(const N& x) {
  const N e = exp(-abs(x)), sum = N(1.0) + e;
  return e / (sum * sum);
}

template <class N>
class Machine {
 public:
  static constexpr bool kNotes = std::is_same_v<N, Quick>;
  static constexpr std::size_t kParts = kNotes ? 1 : 3;

  HWY_INLINE Machine() {}  // the compiler's own would not be for the instruction set at hand

  // Numbers, parameters, and what does not depend on x.
  HWY_INLINE void prepare(const Program& program, const double* p) {
    each_ = &program.each, result_ = program.result;
    for (std::size_t k = 0; k < kVectors; ++k) {
      noted_[k] = nothing();
      for (std::size_t i = 0; i < program.parameters; ++i)
        put(1 + i, k, number_of<N>(hn::Set(DWide(), p[i])));
      for (const Program::Number& c : program.numbers) put(c.to, k, constant_of<N>(c.high, c.low));
    }
    run(program.once);
    for (std::size_t k = 0; k < kVectors; ++k) prepared_[k] = noted_[k];
  }
  // The result for finite x[kVectors] vectors; it stays until the next call.
  HWY_INLINE void operator()(const double* x) {
    for (std::size_t k = 0; k < kVectors; ++k) {
      noted_[k] = prepared_[k];
      put(0, k, number_of<N>(hn::Load(DWide(), x + k * hn::Lanes(DWide()))));
    }
    run(*each_);
  }
  HWY_INLINE N result(std::size_t k) const { return get(result_, k); }
  HWY_INLINE MWide noted(std::size_t k) const { return noted_[k]; }

 private:
  static constexpr double kSmallest = 0x1p-900;  // of products that may lack their last bits
  static constexpr double kLost = 0x1p-10;       // of a sum's terms
  static constexpr double kNear = 0x1p-40;       // relative distance of what is compared

  static HWY_INLINE MWide nothing() { return hn::FirstN(DWide(), 0); }
  HWY_INLINE std::size_t place(std::size_t slot, std::size_t k) const {
    return (slot * kVectors + k) * kParts * hn::Lanes(DWide());
  }
  HWY_INLINE N get(std::size_t slot, std::size_t k) const { return load_number<N>(memory_ + place(slot, k)); }
  HWY_INLINE void put(std::size_t slot, std::size_t k, const N& a) {
    store_number(a, memory_ + place(slot, k));
  }
  HWY_INLINE void note(std::size_t k, MWide where) { noted_[k] = hn::Or(noted_[k], where); }

  HWY_INLINE void note_sum(std::size_t k, const N& a, const N& b, const N& sum) {
    if constexpr (kNotes) {
      const VWide larger = hn::Max(hn::Abs(a.v), hn::Abs(b.v));
      note(k, hn::Lt(hn::Abs(sum.v), hn::Mul(larger, hn::Set(DWide(), kLost))));
    }
  }
  // Of products and quotients.
  HWY_INLINE void note_product(std::size_t k, const N& a, const N& b, const N& y) {
    if constexpr (kNotes) {
      const VWide zero = hn::Zero(DWide());
      const MWide small = hn::Lt(hn::Abs(y.v), hn::Set(DWide(), kSmallest));
      note(k, hn::And(small, hn::And(hn::Ne(a.v, zero), hn::Ne(b.v, zero))));
    }
  }
  HWY_INLINE void note_comparison(std::size_t k, const N& a, const N& b) {
    if constexpr (kNotes) {
      const VWide larger = hn::Max(hn::Abs(a.v), hn::Abs(b.v));
      note(k, hn::Lt(hn::Abs(hn::Sub(a.v, b.v)), hn::Mul(larger, hn::Set(DWide(), kNear))));
    }
  }

  template <class Body>
  HWY_INLINE void unary(const Instruction& i, Body&& body) {
    for (std::size_t k = 0; k < kVectors; ++k) put(i.to, k, body(get(i.from[0], k)));
  }
  template <class Body>
  HWY_INLINE void binary(const Instruction& i, Body&& body) {
    for (std::size_t k = 0; k < kVectors; ++k) put(i.to, k, body(k, get(i.from[0], k), get(i.from[1], k)));
  }
  template <class Body>
  HWY_INLINE void compare(const Instruction& i, Body&& body) {
    for (std::size_t k = 0; k < kVectors; ++k) {
      const N a = get(i.from[0], k), b = get(i.from[1], k);
      note_comparison(k, a, b);
      hn::Store(hn::VecFromMask(DWide(), body(a, b)), DWide(), memory_ + place(i.to, k));
    }
  }
  HWY_INLINE void choose(const Instruction& i) {
    for (std::size_t k = 0; k < kVectors; ++k) {
      const MWide condition = hn::MaskFromVec(hn::Load(DWide(), memory_ + place(i.from[0], k)));
      put(i.to, k, select(condition, get(i.from[1], k), get(i.from[2], k)));
    }
  }

  HWY_NOINLINE void run(const std::vector<Instruction>& instructions) {
    for (const Instruction& i : instructions) {
      switch (i.operation) {
        case Operation::kAdd:
          binary(i, [&](std::size_t k, N a, N b) RHEO_PART {
            const N y = a + b;
            note_sum(k, a, b, y);
            return y;
          });
          break;
        case Operation::kSubtract:
          binary(i, [&](std::size_t k, N a, N b) RHEO_PART {
            const N y = a - b;
            note_sum(k, a, b, y);
            return y;
          });
          break;
        case Operation::kMultiply:
          binary(i, [&](std::size_t k, N a, N b) RHEO_PART {
            const N y = a * b;
            note_product(k, a, b, y);
            return y;
          });
          break;
        case Operation::kDivide:
          binary(i, [&](std::size_t k, N a, N b) RHEO_PART {
            const N y = a / b;
            note_product(k, a, b, y);
            return y;
          });
          break;
        case Operation::kLess:
          compare(i, [](N a, N b) RHEO_PART { return a < b; });
          break;
        case Operation::kGreater:
          compare(i, [](N a, N b) RHEO_PART { return a > b; });
          break;
        case Operation::kLessOrEqual:
          compare(i, [](N a, N b) RHEO_PART { return a <= b; });
          break;
        case Operation::kGreaterOrEqual:
          compare(i, [](N a, N b) RHEO_PART { return a >= b; });
          break;
        case Operation::kSelect:
          choose(i);
          break;
        case Operation::kNegate:
          unary(i, [](N a) RHEO_PART { return -a; });
          break;
        default:
          function(i);
      }
    }
  }
  HWY_INLINE void function(const Instruction& i) {
    switch (i.operation) {
      case Operation::kExp:
        return unary(i, [](N a) RHEO_PART { return exp(a); });
      case Operation::kExpm1:
        return unary(i, [](N a) RHEO_PART { return expm1(a); });
      case Operation::kLog1p:
        return unary(i, [](N a) RHEO_PART { return log1p(a); });
      case Operation::kSigmoid:
        return unary(i, [](N a) RHEO_PART { return sigmoid(a); });
      case Operation::kTails:
        return unary(i, [](N a) RHEO_PART { return both_tails(a); });
      case Operation::kTanh:
        return unary(i, [](N a) RHEO_PART { return tanh(a); });
      case Operation::kXMinusTanh:
        return unary(i, [](N a) RHEO_PART { return x_minus_tanh(a); });
      case Operation::kSoftplus:
        return unary(i, [](N a) RHEO_PART { return softplus(a); });
      case Operation::kErfc:
        return unary(i, [](N a) RHEO_PART { return erfc(a); });
      case Operation::kExpMinusSquare:
        return unary(i, [](N a) RHEO_PART { return exp_minus_square(a); });
      default:
        return;  // numbers and inputs are no instructions
    }
  }

  HWY_ALIGN double memory_[static_cast<std::size_t>(kSlots) * kParts * kMostLanes];
  MWide noted_[kVectors], prepared_[kVectors];
  const std::vector<Instruction>* each_;
  std::uint8_t result_;
};

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
