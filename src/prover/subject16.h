// SPDX-License-Identifier: Apache-2.0
// subject16.h: what a proof of a 16-bit format is about, and its inputs.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <numeric>
#include <vector>

#include "src/block/walk16.h"
#include "src/core/format16.h"
#include "src/proofs/parallel.h"
#include "src/prover/exhaustive16.h"
#include "src/prover/oracle.h"
#include "src/prover/ulp.h"

namespace rheo::oracle {

using Bits16 = std::uint16_t;
inline constexpr std::size_t kPatterns16 = 1 << 16;

// All patterns, in order.
inline std::vector<Bits16> all_patterns16() {
  std::vector<Bits16> list(kPatterns16);
  std::iota(list.begin(), list.end(), Bits16{0});
  return list;
}

// Calls body(pattern) for those that the request looks at, on its threads, and says how far it is.
template <class Body>
void each_pattern(const Request16& request, Body&& body) {
  std::mutex mutex;
  std::size_t done = 0;
  const auto look = [&](std::size_t i) {
    if (i % request.every != 0) return;
    body(static_cast<Bits16>(i));
    const std::lock_guard lock(mutex);
    if (request.progress && ++done % 64 == 0)
      request.progress(static_cast<double>(done) / static_cast<double>(kPatterns16));
  };
  proofs::parallel(request.threads, kPatterns16, look, flint_cleanup);
  if (request.progress) request.progress(1);
}

// One function, role and format.
struct Subject16 {
  const Activation& activation;
  const Formula& formula;
  Format format;
  Role role;
  Format16 layout;
  double parameters[kMaxParameters] = {};
  Facts facts;

  explicit Subject16(const Request16& r)
      : activation(*r.activation),
        formula(*find_formula(activation.entry->info->name)),
        format(r.format),
        role(r.role),
        layout(format16_of(format)) {
    for (std::size_t i = 0; i < activation.entry->info->parameters.size(); ++i)
      parameters[i] = static_cast<double>(static_cast<float>(activation.initial(i)));
    facts = activation.entry->facts(parameters);
  }
  void run(const Bits16* x, const Bits16* grad, Bits16* y, std::size_t n) const {
    walk16(format, activation.kernels16(role), x, grad, y, n, parameters);
  }
  // One input's results for all gradients.
  void run_all(Bits16 x, const std::vector<Bits16>& grads, std::vector<Bits16>& y) const {
    const std::vector<Bits16> same(grads.size(), x);
    run(same.data(), grads.data(), y.data(), grads.size());
  }
  // Of ulp.h.
  Layout ulp_layout() const {
    return {layout.precision, layout.lowest, widened(static_cast<Bits16>(layout.infinity - 1), layout)};
  }
  // What float32 promises at an infinity or NaN.
  double limit(double x) const {
    const Limit& limit = x > 0 ? facts.right : facts.left;
    return std::isnan(x) ? x : role == Role::kValue ? limit.value : limit.derivative;
  }
};

}  // namespace rheo::oracle
