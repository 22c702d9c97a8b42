// SPDX-License-Identifier: Apache-2.0
// dispatch.h: which bodies serve a gate. Its gradients need two.
#pragma once

#include "src/block/block-inl.h"
#include "src/cuda/dispatch.h"
#include "src/cuda/gate/body.h"

namespace rheo::one_lane {

using Product = Task<Role::kProduct>;
using Backward = Task<Role::kBackward>;

// The numbers of a gate, of which the limit is one of the format that it is computed in.
template <class Wide, class A>
Holds<Wide> holds_of(const GateRequest& r) {
  const bool limited = r.limit < HUGE_VAL, plain = !limited && r.offset == 0;
  const int of_a = limited ? kDigits32 : kDigits16, of_b = plain ? kDigits16 : kDigits32;
  const auto exact = [](Digits digits, int x, int factor) {
    return fits_float32(Arithmetic::digits_of_product(digits.of(x), factor));
  };
  return {static_cast<Wide>(r.limit), static_cast<Wide>(r.offset),
          exact(digits_of<A, Task<Role::kValue>>(), of_a, of_b),
          exact(digits_of<A, Task<Role::kDerivative>>(), of_a, kDigits32)};
}

// Calls start(a GateValue or GateBackward of the format), with the bodies that these parameters have.
template <bool kBackward, class A, class Body, class Other, class Format, class Start>
void start_gate(const Format& format, const GateRequest& r, const Start& start) {
  const auto holds = holds_of<typename Format::Wide, A>(r);
  if constexpr (kBackward) {
    start(GateBackward<Format, Body, Other>{format, Body(r.parameters), Other(r.parameters), holds});
  } else {
    start(GateValue<Format, Body>{format, Body(r.parameters), holds});
  }
}

template <bool kBackward, class A, class AllTables, class Start>
void dispatch_gate(const GateRequest& r, const Start& start) {
  if (r.format == Format::kFloat64) {
    return with_known64<A>(r.parameters, [&]<class Known>(Known) {
      using Other = Chosen64<A, Backward, Known>;
      start_gate<kBackward, A, Chosen64<A, Product, Known>, Other>(Float64Format(), r, start);
    });
  }
  with_known<A, Product, Backward>(r.parameters, AllTables(), [&]<class Known>(Known) {
    // A function's table lies first, else the gradient's.
    using Alone = Chosen<A, Product, Known, AllTables>;
    constexpr bool kIsFunction = requires { Alone::kRows; };
    using Other = Chosen<A, Backward, Known, AllTables, kIsFunction ? shared_fours<Alone>() : 0>;
    using Body = Chosen<A, Product, Known, AllTables, kBackward && !kIsFunction ? shared_fours<Other>() : 0>;
    if (r.format == Format::kFloat32) return start_gate<kBackward, A, Body, Other>(Float32(), r, start);
    const Either16 format{r.format == Format::kBfloat16};
    start_gate<kBackward, A, NarrowBody<A, Body>, NarrowBody<A, Other>>(format, r, start);
  });
}

// What Launchers have: Start(request) is called with the gate and has the error.
template <class Start, bool kBackward, class A, class AllTables>
int launch_gate(const GateRequest& r) {
  const Start start(r);
  dispatch_gate<kBackward, A, AllTables>(r, start);
  return start.error;
}

}  // namespace rheo::one_lane
