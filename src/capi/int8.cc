// SPDX-License-Identifier: Apache-2.0
// int8.cc: the C ABI of 8-bit codes: tables and their use.
#include "rheobase/int8.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "src/block/lookup.h"
#include "src/capi/call.h"
#include "src/capi/guard.h"
#include "src/core/describe.h"
#include "src/core/memory.h"
#include "src/core/pool.h"
#include "src/core/quantize.h"

namespace rheo {

namespace {

// A byte takes so little time that four times as many are worth a thread as of float32 (src/core/run.h).
constexpr std::int64_t kGrainBytes = 65536, kParallelBytes = 4 * kGrainBytes;

[[noreturn]] void fail(rheo_status status, std::string message) { throw Failure{status, std::move(message)}; }

Codes checked_codes(std::uint32_t codes) {
  if (codes == RHEO_INT8) return {-128, 127};
  if (codes == RHEO_UINT8) return {0, 255};
  fail(RHEO_ERROR_FORMAT, "codes is " + std::to_string(codes) + "; expected RHEO_INT8 or RHEO_UINT8");
}

Rounding checked_convention(std::uint32_t convention) {
  if (convention == RHEO_TFLITE) return Rounding::kReciprocalAway;
  if (convention == RHEO_ONNX) return Rounding::kDivideEven;
  if (convention == RHEO_TORCH) return Rounding::kReciprocalEven;
  fail(RHEO_ERROR_UNSUPPORTED,
       "convention is " + std::to_string(convention) + "; expected RHEO_TFLITE, RHEO_ONNX or RHEO_TORCH");
}

Scale checked_scale(const std::string& side, float scale, std::int32_t zero, Codes codes) {
  if (!(scale > 0) || !std::isfinite(scale)) {
    fail(RHEO_ERROR_PARAMETER, side + "_scale is " + number_text(static_cast<double>(scale)) +
                                   "; expected a positive finite number");
  }
  if (zero < codes.low || zero > codes.high) {
    fail(RHEO_ERROR_PARAMETER, side + "_zero is " + std::to_string(zero) + "; expected one of the codes, " +
                                   std::to_string(codes.low) + " to " + std::to_string(codes.high));
  }
  return {scale, zero};
}

struct Quantization {
  Codes codes;
  Rounding rounding;
  Scale in, out;
};

Quantization checked_quantization(const rheo_quantization& q) {
  if (q.struct_size != sizeof(rheo_quantization)) {
    fail(RHEO_ERROR_UNSUPPORTED, "struct_size is " + std::to_string(q.struct_size) + "; this library knows " +
                                     std::to_string(sizeof(rheo_quantization)));
  }
  if (q.flags != 0) fail(RHEO_ERROR_UNSUPPORTED, "flags is " + std::to_string(q.flags) + "; expected 0");
  const Codes codes = checked_codes(q.codes);
  const Quantization checked{codes, checked_convention(q.convention),
                             checked_scale("in", q.in_scale, q.in_zero, codes),
                             checked_scale("out", q.out_scale, q.out_zero, codes)};
  if (checked.rounding != Rounding::kDivideEven && std::isinf(1.0F / q.out_scale)) {
    fail(RHEO_ERROR_PARAMETER, "out_scale is " + number_text(static_cast<double>(q.out_scale)) +
                                   "; expected a number whose reciprocal a float32 can hold");
  }
  return checked;
}

// f of every code's number: in float64, rounded once to float32, so that no error of ours moves a result over
// a tie that the function itself is not at.
void evaluate_codes(const Activation& a, const double* parameters, const Quantization& q, float* results) {
  double numbers[kTableSize], values[kTableSize];
  for (std::size_t i = 0; i < kTableSize; ++i)
    numbers[i] = static_cast<double>(number_of(q.codes.low + static_cast<std::int32_t>(i), q.in));
  a.kernel(Format::kFloat64, Role::kValue)(numbers, nullptr, values, kTableSize, parameters);
  for (std::size_t i = 0; i < kTableSize; ++i) results[i] = static_cast<float>(values[i]);
}

void make_table(const Activation& a, const rheo_quantization& given, std::uint8_t* table) {
  const Quantization q = checked_quantization(given);
  const std::vector<double> parameters =
      checked_together(a, given_parameters(given.parameters, given.parameter_count), Format::kFloat32);
  float results[kTableSize];
  evaluate_codes(a, parameters.data(), q, results);
  for (std::size_t i = 0; i < kTableSize; ++i) {
    if (!std::isnan(results[i])) continue;
    const std::int32_t code = q.codes.low + static_cast<std::int32_t>(i);
    fail(RHEO_ERROR_PARAMETER, std::string(a.name) + " is NaN at code " + std::to_string(code) +
                                   ", where x is " + number_text(static_cast<double>(number_of(code, q.in))));
  }
  for (std::size_t i = 0; i < kTableSize; ++i) {
    const std::int32_t code = q.codes.low + static_cast<std::int32_t>(i);
    table[static_cast<std::uint8_t>(code)] =
        static_cast<std::uint8_t>(code_of(results[i], q.out, q.codes, q.rounding));
  }
}

struct LookupJob {
  const std::uint8_t *table, *x;
  std::uint8_t* y;
};

void run_lookup(std::int64_t begin, std::int64_t end, void* context) {
  const LookupJob& job = *static_cast<const LookupJob*>(context);
  look_up(job.table, job.x + begin, job.y + begin, static_cast<std::size_t>(end - begin));
}

bool apart(const void* a, std::int64_t a_size, const void* b, std::int64_t b_size) {
  const auto from = reinterpret_cast<std::uintptr_t>(a), other = reinterpret_cast<std::uintptr_t>(b);
  return from < other ? other - from >= static_cast<std::uintptr_t>(a_size)
                      : from - other >= static_cast<std::uintptr_t>(b_size);
}

void check_apply(const LookupJob& job, std::int64_t n, std::int32_t threads, const rheo_executor* executor) {
  if (n < 0 || n > std::numeric_limits<std::int64_t>::max() / 4)
    fail(RHEO_ERROR_SHAPE, "n is " + std::to_string(n) + "; expected a number of bytes");
  if (threads < 0 || threads > kMaxThreads) {
    fail(RHEO_ERROR_THREADS,
         "threads is " + std::to_string(threads) + "; expected 0 to " + std::to_string(kMaxThreads));
  }
  if (executor != nullptr && executor->run == nullptr) fail(RHEO_ERROR_NULL, "executor->run is null");
  require(job.table, "table");
  if (n == 0) return;
  require(job.x, "x"), require(job.y, "y");
  if (job.x != job.y && !apart(job.x, n, job.y, n))
    fail(RHEO_ERROR_OVERLAP, "y overlaps x without being the same memory");
  if (!apart(job.table, kTableSize, job.y, n)) fail(RHEO_ERROR_OVERLAP, "y overlaps table");
}

void apply(LookupJob job, std::int64_t n, std::int32_t threads, const rheo_executor* executor) {
  check_apply(job, n, threads, executor);
  if (n == 0) return;
  prefer_huge_pages(job.y, static_cast<std::size_t>(n));
  if (executor != nullptr && n > kGrainBytes)
    return executor->run(executor->self, n, kGrainBytes, run_lookup, &job);
  std::string error;  // was looked at when the call came in
  const bool alone = executor != nullptr || n < kParallelBytes;
  run_in_pool(alone ? 1 : threads != 0 ? threads : default_threads(error), n, kGrainBytes, run_lookup, &job);
}

}  // namespace

}  // namespace rheo

extern "C" {

rheo_status rheo_int8_table(const rheo_activation* activation, const rheo_quantization* quantization,
                            uint8_t table[256]) {
  return rheo::guarded([&] {
    rheo::require(activation, "activation"), rheo::require(quantization, "quantization");
    rheo::require(table, "table");
    rheo::make_table(*activation, *quantization, table);
  });
}

rheo_status rheo_int8_apply(const uint8_t table[256], const void* x, void* y, int64_t n, int32_t threads,
                            const rheo_executor* executor) {
  return rheo::guarded([&] {
    rheo::apply({table, static_cast<const std::uint8_t*>(x), static_cast<std::uint8_t*>(y)}, n, threads,
                executor);
  });
}

}  // extern "C"
