// SPDX-License-Identifier: Apache-2.0
// codes.cc: digests of what stands for numbers in fewer bits: masks, and tables of 256 codes.
#include <array>
#include <cstdint>

#include "src/math/philox.h"
#include "src/proofs/forms/calls.h"
#include "src/proofs/forms/forms.h"

namespace rheo::proofs {

namespace {

constexpr std::int64_t kRows = 17, kColumns = 241, kCount = kRows * kColumns;

struct Masks {
  const NumberFormat& format;
  const rheo_activation* activation;
  Hash& hash;

  // x and grad in rows, or across them.
  void add(bool columns) const {
    const std::int64_t shape[] = {kRows, kColumns}, across[] = {1, kRows};
    const Numbers x = Numbers::mixed(format, kCount, 1), grad = Numbers::mixed(format, kCount, 2);
    Numbers y(format, kCount);
    std::size_t bytes = 0;
    require_ok(rheo_mask_size(kCount, &bytes));
    std::vector<std::uint8_t> mask(bytes);
    rheo_call call{};
    call.struct_size = sizeof call, call.role = RHEO_VALUE, call.format = format.code;
    call.rank = 2, call.shape = shape, call.x = x.data(), call.y = y.data();
    if (columns) call.x_strides = call.grad_strides = across;
    require_ok(rheo_mask_forward(activation, &call, mask.data(), bytes));
    hash.add(mask.data(), bytes), hash.add(y);
    call.role = RHEO_BACKWARD, call.x = nullptr, call.grad = grad.data();
    require_ok(rheo_mask_backward(activation, &call, mask.data(), bytes));
    hash.add(y);
  }
};

// A table, and bytes through it, in lengths that leave parts of vectors.
void add_table(const rheo_activation* activation, const rheo_quantization& quantization, Hash& hash) {
  std::array<std::uint8_t, 256> table{};
  std::array<std::uint8_t, 1000> x{}, y{};
  const auto status = rheo_int8_table(activation, &quantization, table.data());
  hash.add(&status, sizeof status);  // a function that is NaN at a code has no table
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<std::uint8_t>(random_word({9, 0}, i));
  for (const std::int64_t n : {1000, 511, 65, 33, 7}) {
    require_ok(rheo_int8_apply(table.data(), x.data(), y.data(), n, 1, nullptr));
    hash.add(y.data(), y.size());
  }
  hash.add(table.data(), table.size());
}

}  // namespace

std::string mask_digest(const std::string& name, const std::string& format) {
  Hash hash;
  const Masks masks{number_format(format), activation_named(name), hash};
  std::int32_t supported = 0;
  std::array<double, 2> slopes{};
  require_ok(rheo_mask_supported(masks.activation, masks.format.code, nullptr, 0, &supported, slopes.data()));
  if (supported == 0) return "";
  hash.add(slopes.data(), sizeof slopes);
  masks.add(false), masks.add(true);
  return hash.text();
}

std::string int8_digest(const std::string& name, const std::string& codes) {
  Hash hash;
  const bool is_signed = codes == "int8";
  for (const std::uint32_t convention : {RHEO_TFLITE, RHEO_ONNX, RHEO_TORCH}) {
    for (const std::int32_t place : {3, 128, 250}) {
      rheo_quantization quantization{};
      quantization.struct_size = sizeof quantization;
      quantization.codes = is_signed ? RHEO_INT8 : RHEO_UINT8, quantization.convention = convention;
      quantization.in_zero = is_signed ? place - 128 : place;
      quantization.out_zero = is_signed ? 100 - place : 255 - place;
      for (const float scale : {0.0625F, 0.031F}) {
        quantization.in_scale = scale, quantization.out_scale = 0.023F;
        add_table(activation_named(name), quantization, hash);
      }
    }
  }
  return hash.text();
}

}  // namespace rheo::proofs
