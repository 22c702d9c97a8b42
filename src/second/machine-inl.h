// SPDX-License-Identifier: Apache-2.0
// machine-inl.h: runs a program, each instruction on a block of lanes. Re-included per instruction set.
#if defined(RHEO_SECOND_MACHINE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef RHEO_SECOND_MACHINE_INL_H_
#undef RHEO_SECOND_MACHINE_INL_H_
#else
#define RHEO_SECOND_MACHINE_INL_H_
#endif

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "src/second/product-inl.h"
#include "src/second/steps-inl.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {

// Vectors that an instruction is done on: enough that finding out which one it is costs little.
inline constexpr std::size_t kVectors = 4;
inline constexpr std::size_t kMostLanes = kVectors * hn::MaxLanes(DWide());

// A vector's parts lie one after the other.
template <class N>
class BlockSlots {
 public:
  static constexpr std::size_t kVectors = HWY_NAMESPACE::kVectors;

  HWY_INLINE BlockSlots() {}  // the compiler's own would not be for the instruction set at hand

  HWY_INLINE N get(std::size_t slot, std::size_t k) const {
    return load_number<N>(place(slot, k), hn::Lanes(DWide()));
  }
  HWY_INLINE void put(std::size_t slot, std::size_t k, const N& a) {
    store_number(a, memory_ + index(slot, k), hn::Lanes(DWide()));
  }
  HWY_INLINE MWide get_condition(std::size_t slot, std::size_t k) const {
    return load_condition(place(slot, k));
  }
  HWY_INLINE void put_condition(std::size_t slot, std::size_t k, MWide a) {
    store_condition(a, memory_ + index(slot, k));
  }
  HWY_INLINE const double* place(std::size_t slot, std::size_t k) const { return memory_ + index(slot, k); }

 private:
  static HWY_INLINE std::size_t index(std::size_t slot, std::size_t k) {
    return (slot * kVectors + k) * kParts<N> * hn::Lanes(DWide());
  }

  HWY_ALIGN double memory_[static_cast<std::size_t>(kSlots) * kParts<N> * kMostLanes];
};

template <class N>
class Machine {
 public:
  HWY_INLINE Machine() {}

  // Numbers, parameters, and what does not depend on x.
  HWY_INLINE void prepare(const Program& program, const double* p) {
    each_ = &program.each, result_ = program.result;
    for (std::size_t k = 0; k < kVectors; ++k) {
      steps_.set_noted(k, hn::FirstN(DWide(), 0));
      for (std::size_t i = 0; i < program.parameters; ++i)
        steps_.put(1 + i, k, number_of<N>(hn::Set(DWide(), p[i])));
      for (const Program::Number& c : program.numbers) steps_.put(c.to, k, constant_of<N>(c.high, c.low));
    }
    run(program.once);
    for (std::size_t k = 0; k < kVectors; ++k) prepared_[k] = steps_.noted(k);
  }
  // The result for finite x[kVectors] vectors; it stays until the next call.
  HWY_INLINE void operator()(const double* x) {
    for (std::size_t k = 0; k < kVectors; ++k) {
      steps_.set_noted(k, prepared_[k]);
      steps_.put(0, k, number_of<N>(hn::Load(DWide(), x + k * hn::Lanes(DWide()))));
    }
    run(*each_);
  }
  HWY_INLINE N result(std::size_t k) const { return steps_.get(result_, k); }
  HWY_INLINE MWide noted(std::size_t k) const { return steps_.noted(k); }
  // How the first vector of a slot lies in memory.
  HWY_INLINE const double* slot(std::size_t at) const { return steps_.place(at, 0); }

 private:
  HWY_NOINLINE void run(const std::vector<Instruction>& list) { steps_.run(list.data(), list.size()); }

  Steps<N, BlockSlots<N>> steps_;
  MWide prepared_[kVectors];
  const std::vector<Instruction>* each_;
  std::uint8_t result_;
};

// f'' at both infinities: 0 where f' has a finite limit there, else what f'' is at the largest number. A zero
// has the sign of the numbers that it is the limit of. `exact` is prepared.
HWY_INLINE SecondEnds find_ends(const Program& program, const double* p, Machine<Full>& exact) {
  const DWide d;
  const std::size_t lanes = hn::Lanes(d), last = kVectors * lanes - 1;
  HWY_ALIGN double x[kMostLanes], y[kMostLanes];
  std::fill(x, x + kMostLanes, std::numeric_limits<double>::max());
  x[0] = -x[0];
  exact(x);
  for (std::size_t k = 0; k < kVectors; ++k)
    hn::Store(full_product(hn::Set(d, 1.0), exact.result(k)), d, y + k * lanes);
  const Facts facts = program.facts(p);
  return {std::isinf(facts.left.derivative) ? y[0] : std::copysign(0.0, y[0]),
          std::isinf(facts.right.derivative) ? y[last] : std::copysign(0.0, y[last])};
}

}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#endif  // per-target guard
