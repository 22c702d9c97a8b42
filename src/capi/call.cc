// SPDX-License-Identifier: Apache-2.0
// call.cc: checks a call descriptor: versions, parameters, shapes, overlap. Also of the library of device
// kernels, so nothing here needs a kernel of a CPU.
#include "src/capi/call.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "src/capi/checks.h"
#include "src/core/cursor.h"
#include "src/core/number_text.h"
#include "src/core/pool.h"
#include "src/core/unmet.h"

namespace rheo {

void fail(rheo_status status, std::string message) { throw Failure{status, std::move(message)}; }

void check_version(const rheo_call& call) {
  if (call.struct_size != sizeof(rheo_call)) {
    fail(RHEO_ERROR_UNSUPPORTED, "struct_size is " + std::to_string(call.struct_size) +
                                     "; this library knows " + std::to_string(sizeof(rheo_call)));
  }
  if (call.flags != 0)
    fail(RHEO_ERROR_UNSUPPORTED, "flags is " + std::to_string(call.flags) + "; expected 0");
}

namespace {

// The value in the format's precision, if the parameter may have it.
double checked_value(const char* function, const Parameter& p, double value, Format format) {
  const double rounded = format == Format::kFloat64 ? value : static_cast<double>(static_cast<float>(value));
  const std::string need = unmet(p, value, rounded, "the format of x");
  if (!need.empty()) {
    fail(RHEO_ERROR_PARAMETER,
         std::string(function) + ": " + p.name + " is " + number_text(value) + "; expected " + need);
  }
  return rounded;
}

}  // namespace

std::size_t parameter_index(const char* function, const Parameters& list, const char* name) {
  for (std::size_t i = 0; i < list.size(); ++i)
    if (std::string_view(list[i].name) == name) return i;
  std::string message = std::string(function) + " has no parameter '" + name + "'";
  for (std::size_t i = 0; i < list.size(); ++i)
    message.append(i == 0 ? "; it has " : ", ").append(list[i].name);
  fail(RHEO_ERROR_NAME, message);
}

std::vector<Dimension> read_shape(std::int32_t rank, const std::int64_t* shape,
                                  const std::int64_t* const (&strides)[kOperands]) {
  if (rank < 0 || rank > kMaxRank) {
    fail(RHEO_ERROR_SHAPE, "rank is " + std::to_string(rank) + "; expected 0 to " + std::to_string(kMaxRank));
  }
  if (rank > 0 && shape == nullptr) fail(RHEO_ERROR_NULL, "shape is null");
  std::vector<Dimension> dims(static_cast<std::size_t>(rank));
  for (std::size_t i = 0; i < dims.size(); ++i) {
    dims[i].extent = shape[i];
    if (shape[i] < 0) {
      fail(RHEO_ERROR_SHAPE, "shape[" + std::to_string(i) + "] is " + std::to_string(shape[i]));
    }
  }
  const std::int64_t n = product_of_extents(dims);
  if (n < 0 || n > std::numeric_limits<std::int64_t>::max() / 16)
    fail(RHEO_ERROR_SHAPE, "shape has too many elements");
  if (n == 0) return dims;
  for (int o = 0; o < kOperands; ++o) {
    std::int64_t contiguous = 1;
    for (std::size_t i = dims.size(); i-- > 0;) {
      dims[i].stride[o] = strides[o] != nullptr ? strides[o][i] : contiguous;
      contiguous *= std::max<std::int64_t>(dims[i].extent, 1);
    }
  }
  return dims;
}

Extent extent_of(const std::vector<Dimension>& dims, Operand operand, std::int64_t size) {
  Extent e{0, size};
  for (const Dimension& d : dims) {
    std::int64_t reach = 0;
    const bool overflow =
        __builtin_mul_overflow(d.extent - 1, d.stride[operand], &reach) ||
        __builtin_mul_overflow(reach, size, &reach) ||
        __builtin_add_overflow(reach < 0 ? e.low : e.high, reach, reach < 0 ? &e.low : &e.high);
    constexpr std::int64_t kFarthest =
        std::numeric_limits<std::int64_t>::max() / 4;  // sums of two stay in range
    if (overflow || e.low < -kFarthest || e.high > kFarthest) {
      fail(RHEO_ERROR_SHAPE, "strides reach beyond the address space");
    }
  }
  return e;
}

// The dimensions of the smaller strides fill a band; the larger strides move both bands by multiples of their
// common divisor. Bands that are apart modulo it never meet. Every split into band and moves is tried.
bool interleaved(std::vector<Dimension> dims, Operand a, Operand b, std::int64_t distance,
                 std::int64_t size) {
  std::erase_if(dims, [](const Dimension& d) { return d.extent == 1; });
  const auto larger = [&](const Dimension& d) {
    return std::max(std::llabs(d.stride[a]), std::llabs(d.stride[b]));
  };
  std::sort(dims.begin(), dims.end(),
            [&](const Dimension& d, const Dimension& e) { return larger(d) < larger(e); });
  for (std::size_t split = 0; split < dims.size(); ++split) {
    const auto first_move = dims.begin() + static_cast<std::ptrdiff_t>(split);
    const std::vector<Dimension> band(dims.begin(), first_move);
    std::int64_t period = 0;
    for (auto d = first_move; d != dims.end(); ++d)
      period = std::gcd(period, std::gcd(d->stride[a], d->stride[b]));
    period *= size;
    if (period == 0) continue;
    const Extent in = extent_of(band, a, size), out = extent_of(band, b, size);
    const std::int64_t gap = (distance + out.low - in.low) % period;
    const std::int64_t start = gap < 0 ? gap + period : gap;  // of b's band behind that of a
    if (start >= in.high - in.low && period - start >= out.high - out.low) return true;
  }
  return false;
}

bool same_strides(const std::vector<Dimension>& dims, Operand a, Operand b) {
  return std::all_of(dims.begin(), dims.end(),
                     [&](const Dimension& d) { return d.extent == 1 || d.stride[a] == d.stride[b]; });
}

void check_overlap(const std::vector<Dimension>& dims, Operand input, const char* data, const char* y,
                   std::int64_t size, const char* name) {
  if (data == y && same_strides(dims, input, kY)) return;
  const Extent in = extent_of(dims, input, size), out = extent_of(dims, kY, size);
  const auto base = reinterpret_cast<std::intptr_t>(y) - reinterpret_cast<std::intptr_t>(data);
  const bool apart = base + out.low >= in.high || base + out.high <= in.low;
  if (apart || interleaved(dims, input, kY, base, size)) return;
  fail(RHEO_ERROR_OVERLAP, std::string("y overlaps ") + name + " without being the same memory");
}

// Sorted by stride, each dimension has to step over all that lies inside it.
void check_output(const std::vector<Dimension>& dims, const char* name) {
  std::vector<Dimension> sorted;
  for (const Dimension& d : dims)
    if (d.extent > 1) sorted.push_back(d);
  std::sort(sorted.begin(), sorted.end(), [](const Dimension& a, const Dimension& b) {
    return std::llabs(a.stride[kY]) < std::llabs(b.stride[kY]);
  });
  std::int64_t reach = 0;
  for (const Dimension& d : sorted) {
    const std::int64_t stride = std::llabs(d.stride[kY]);
    if (stride <= reach)
      fail(RHEO_ERROR_OVERLAP,
           std::string(name) + " overlaps itself: its strides put two elements at one place");
    reach += (d.extent - 1) * stride;
  }
}

void check_threads(std::int32_t threads) {
  if (threads >= 0 && threads <= kMaxThreads) return;
  fail(RHEO_ERROR_THREADS,
       "threads is " + std::to_string(threads) + "; expected 0 to " + std::to_string(kMaxThreads));
}

Format checked_format(std::uint32_t format) {
  if (format == RHEO_FLOAT32) return Format::kFloat32;
  if (format == RHEO_FLOAT64) return Format::kFloat64;
  if (format == RHEO_BFLOAT16) return Format::kBfloat16;
  if (format == RHEO_FLOAT16) return Format::kFloat16;
  fail(RHEO_ERROR_FORMAT, "format is " + std::to_string(format) +
                              "; expected RHEO_FLOAT32, RHEO_FLOAT64, RHEO_BFLOAT16 or RHEO_FLOAT16");
}

void check_parameters(const char* function, const Parameters& list, std::span<const rheo_parameter> given,
                      Format format, double* values) {
  bool seen[kMaxParameters] = {};
  for (const rheo_parameter& p : given) {
    if (p.name == nullptr) fail(RHEO_ERROR_NULL, "a parameter's name is null");
    const std::size_t at = parameter_index(function, list, p.name);
    if (seen[at])
      fail(RHEO_ERROR_PARAMETER, std::string(function) + ": " + list[at].name + " is given twice");
    seen[at] = true;
    values[at] = p.value;
  }
  for (std::size_t i = 0; i < list.size(); ++i)
    values[i] = checked_value(function, list[i], values[i], format);
}

void check_parameters(const Activation& a, std::span<const rheo_parameter> given, Format format,
                      double* values) {
  const Parameters& list = a.entry->info->parameters;
  for (std::size_t i = 0; i < list.size(); ++i) values[i] = a.initial(i);
  check_parameters(a.name, list, given, format, values);
}

void check_together(const char* function, const Parameters& list, const char* expected,
                    const double* values) {
  if (expected == nullptr) return;
  std::string message = function;
  for (std::size_t i = 0; i < list.size(); ++i)
    message.append(i == 0 ? ": " : ", ").append(list[i].name).append(" is ").append(number_text(values[i]));
  fail(RHEO_ERROR_PARAMETER, message.append("; expected ").append(expected));
}

std::vector<double> checked_together(const Activation& a, std::span<const rheo_parameter> given,
                                     Format format) {
  std::vector<double> values(kMaxParameters);
  check_parameters(a, given, format, values.data());
  check_together(a, values.data());
  return values;
}

}  // namespace rheo
