// SPDX-License-Identifier: Apache-2.0
// derivatives.cc: digests of second derivatives, and of derivatives from outputs.
#include <cstdint>

#include "src/proofs/forms/calls.h"
#include "src/proofs/forms/forms.h"

namespace rheo::proofs {

namespace {

constexpr std::int64_t kCount = 4099;

struct Derivatives {
  const NumberFormat& format;
  const rheo_activation* activation;
  rheo_status (*run)(const rheo_activation* activation, const rheo_call* call);
  Hash& hash;

  // Dense, and of every other element.
  void add(rheo_role role, const Numbers& x, const Numbers* grad) const {
    for (const std::int64_t step : {1, 2}) {
      const std::int64_t shape = kCount / step;
      Numbers y(format, static_cast<std::size_t>(shape));
      rheo_call call{};
      call.struct_size = sizeof call, call.role = static_cast<std::uint32_t>(role), call.format = format.code;
      call.rank = 1, call.shape = &shape, call.x_strides = &step, call.x = x.data(), call.y = y.data();
      if (grad != nullptr) call.grad = grad->data(), call.grad_strides = &step;
      require_ok(run(activation, &call));
      hash.add(y);
    }
  }
};

}  // namespace

std::string second_digest(const std::string& name, const std::string& format) {
  Hash hash;
  const Derivatives second{number_format(format), activation_named(name), rheo_run, hash};
  const Numbers x = Numbers::mixed(second.format, kCount, 1), grad = Numbers::mixed(second.format, kCount, 2);
  second.add(RHEO_SECOND, x, nullptr), second.add(RHEO_SECOND, x, &grad);
  return hash.text();
}

std::string output_digest(const std::string& name, const std::string& format) {
  Hash hash;
  const Derivatives from{number_format(format), activation_named(name), rheo_output_run, hash};
  std::int32_t supported = 0;
  require_ok(rheo_output_supported(from.activation, from.format.code, nullptr, 0, &supported, nullptr));
  if (supported == 0) return "";
  const Numbers y = Numbers::mixed(from.format, kCount, 1), grad = Numbers::mixed(from.format, kCount, 2);
  from.add(RHEO_DERIVATIVE, y, nullptr), from.add(RHEO_BACKWARD, y, &grad);
  return hash.text();
}

}  // namespace rheo::proofs
