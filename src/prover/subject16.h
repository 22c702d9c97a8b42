// SPDX-License-Identifier: Apache-2.0
// subject16.h: what a proof of a 16-bit format is about, and its inputs.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <numeric>
#include <string>
#include <vector>

#include "src/block/memo16.h"
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
  Kernels16 kernels;
  std::vector<std::byte> memory;
  Memo16 memo;  // if results are remembered

  explicit Subject16(const Request16& r)
      : activation(*r.activation),
        formula(*find_formula(activation.entry->info->name)),
        format(r.format),
        role(r.role),
        layout(format16_of(format)) {
    for (std::size_t i = 0; i < activation.entry->info->parameters.size(); ++i)
      parameters[i] = static_cast<double>(static_cast<float>(activation.initial(i)));
    facts = activation.entry->facts(parameters);
    kernels = activation.kernels16(role);
    if (kernels.remembered == Remembered16::kNothing) return;
    memory.resize(memo_size(kernels));
    memo = memo_in(memory.data(), format, kernels, parameters);
  }
  // Evaluated; where results are remembered as well, they have to be the same: says for which input they are
  // not, "" when they are. Of two NaN, which one becomes the result depends on where they lie.
  [[nodiscard]] std::string run(const Bits16* x, const Bits16* grad, Bits16* y, std::size_t n) const {
    evaluate16(format, kernels, x, grad, y, n, parameters);
    if (kernels.remembered == Remembered16::kNothing) return "";
    std::vector<Bits16> again(n);
    recall16(memo, format, kernels, x, grad, again.data(), n, parameters);
    for (std::size_t i = 0; i < n; ++i) {
      const bool both_nan = grad != nullptr && is_nan(x[i]) && is_nan(grad[i]) && is_nan(y[i]);
      if (again[i] != y[i] && !(both_nan && is_nan(again[i])))
        return fmt::format("the result remembered for x = 0x{:04x} is another one", x[i]);
    }
    return "";
  }
  // One input's results for all gradients.
  [[nodiscard]] std::string run_all(Bits16 x, const std::vector<Bits16>& grads,
                                    std::vector<Bits16>& y) const {
    const std::vector<Bits16> same(grads.size(), x);
    return run(same.data(), grads.data(), y.data(), grads.size());
  }
  bool is_nan(Bits16 bits) const { return (bits & 0x7FFF) > layout.infinity; }
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
