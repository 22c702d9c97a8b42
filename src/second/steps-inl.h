// SPDX-License-Identifier: Apache-2.0
// steps-inl.h: what a program's instructions do. Re-included per instruction set, and for CUDA's threads.
//
// On float64 lanes (F64) it is noted where their 53 bits may not do: sums that cancel, products that
// underflow, comparisons of what is nearly equal. On Wide numbers there is nothing to note.
#if defined(RHEO_SECOND_STEPS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_SECOND_STEPS_INL_H_
#undef RHEO_SECOND_STEPS_INL_H_
#else
#define RHEO_SECOND_STEPS_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

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

using MWide = hn::Mask<DWide>;
using Quick = F64<DWide>;
using Full = Wide<DWide>;

// Numbers in memory: their parts lie `stride` apart. Conditions stand in the place of the first part.
template <class N>
inline constexpr std::size_t kParts = std::is_same_v<N, Quick> ? 1 : 3;
HWY_INLINE void store_number(const Quick& a, double* to, std::size_t) { hn::Store(a.v, DWide(), to); }
HWY_INLINE void store_number(const Full& a, double* to, std::size_t stride) {
  const DWide d;
  hn::Store(a.high, d, to);
  hn::Store(a.low, d, to + stride);
  hn::Store(a.exponent, d, to + 2 * stride);
}
template <class N>
HWY_INLINE N load_number(const double* from, std::size_t stride);
template <>
HWY_INLINE Quick load_number<Quick>(const double* from, std::size_t) {
  return hn::Load(DWide(), from);
}
template <>
HWY_INLINE Full load_number<Full>(const double* from, std::size_t stride) {
  const DWide d;
  return {hn::Load(d, from), hn::Load(d, from + stride), hn::Load(d, from + 2 * stride)};
}
HWY_INLINE void store_condition(MWide a, double* to) { hn::Store(hn::VecFromMask(DWide(), a), DWide(), to); }
HWY_INLINE MWide load_condition(const double* from) { return hn::MaskFromVec(hn::Load(DWide(), from)); }

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

// `Slots` keep kVectors vectors of N side by side in each slot: get(slot, k), put(slot, k, number) and the
// same of conditions, get_condition() and put_condition().
template <class N, class Slots>
class Steps : public Slots {
 public:
  static constexpr std::size_t kVectors = Slots::kVectors;

  template <class... Given>
  HWY_INLINE explicit Steps(const Given&... given) : Slots(given...) {}

  // Where it was noted that N does not serve, and where it is known from before.
  HWY_INLINE MWide noted(std::size_t k) const { return noted_[k]; }
  HWY_INLINE void set_noted(std::size_t k, MWide where) { noted_[k] = where; }
  HWY_INLINE void run(const Instruction* instructions, std::size_t count) {
    for (std::size_t at = 0; at < count; ++at) step(fetched(instructions + at));
  }

 private:
  static constexpr bool kNotes = std::is_same_v<N, Quick>;
  static constexpr double kSmallest = 0x1p-900;  // of products that may lack their last bits
  static constexpr double kLost = 0x1p-10;       // of a sum's terms
  static constexpr double kNear = 0x1p-40;       // relative distance of what is compared

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

  // By one load.
  static HWY_INLINE Instruction fetched(const Instruction* from) {
    std::uint64_t bits;
    Instruction i;
    static_assert(sizeof bits == sizeof i);
    memcpy(&bits, from, sizeof bits);
    memcpy(&i, &bits, sizeof i);
    return i;
  }
  template <class Body>
  HWY_INLINE void unary(const Instruction& i, Body&& body) {
    for (std::size_t k = 0; k < kVectors; ++k) this->put(i.to, k, body(this->get(i.from[0], k)));
  }
  template <class Body>
  HWY_INLINE void binary(const Instruction& i, Body&& body) {
    for (std::size_t k = 0; k < kVectors; ++k)
      this->put(i.to, k, body(k, this->get(i.from[0], k), this->get(i.from[1], k)));
  }
  template <class Body>
  HWY_INLINE void compare(const Instruction& i, Body&& body) {
    for (std::size_t k = 0; k < kVectors; ++k) {
      const N a = this->get(i.from[0], k), b = this->get(i.from[1], k);
      note_comparison(k, a, b);
      this->put_condition(i.to, k, body(a, b));
    }
  }
  HWY_INLINE void choose(const Instruction& i) {
    for (std::size_t k = 0; k < kVectors; ++k) {
      const MWide condition = this->get_condition(i.from[0], k);
      this->put(i.to, k, select(condition, this->get(i.from[1], k), this->get(i.from[2], k)));
    }
  }

  HWY_INLINE void step(const Instruction& i) {
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

  MWide noted_[kVectors];
};

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
