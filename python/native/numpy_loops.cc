// SPDX-License-Identifier: Apache-2.0
// numpy_loops.cc: inner loops, which NumPy calls without the interpreter's lock for all but few elements.
//
// NumPy hands over aligned elements of the machine's byte order, and has copied what overlaps, but for two
// cases: the same memory exactly, and what a loop from the front makes sense of: inputs ahead of the output
// (f(x[1:], out=x[:-1])), and reductions, which read what they wrote. The library refuses these, and they go
// through blocks on the stack.
#include "numpy_loops.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

#include "numpy_flags.h"
#include "numpy_library.h"

namespace rheo::numpy {

namespace {

// So that a step between aligned elements is a whole number of elements.
static_assert(alignof(double) == sizeof(double));

void write_nan(rheo_format format, char* to) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  const auto single = static_cast<float>(kNan);
  const std::uint16_t half = format == RHEO_FLOAT16 ? 0x7e00 : 0x7fc0;
  if (format == RHEO_FLOAT64) std::memcpy(to, &kNan, sizeof kNan);
  if (format == RHEO_FLOAT32) std::memcpy(to, &single, sizeof single);
  if (size_of(format) == 2) std::memcpy(to, &half, sizeof half);
}

// Whether a loop from the front reads each element before it overwrites it, block by block.
bool reads_ahead(const char* input, std::int64_t input_stride, const char* output, std::int64_t output_stride,
                 std::int64_t n, std::int64_t size) {
  const auto in = reinterpret_cast<std::intptr_t>(input), out = reinterpret_cast<std::intptr_t>(output);
  const std::int64_t in_reach = (n - 1) * input_stride * size, out_reach = (n - 1) * output_stride * size;
  const bool apart = std::max(in, in + in_reach) + size <= std::min(out, out + out_reach) ||
                     std::max(out, out + out_reach) + size <= std::min(in, in + in_reach);
  if (apart) return true;
  if (input_stride != output_stride || input_stride == 0) return false;
  return input_stride > 0 ? in >= out : in <= out;
}

// The same of all inputs and outputs.
bool all_read_ahead(const Callee& callee, rheo_format format, char* const* operands,
                    const std::int64_t* strides, std::int64_t n) {
  const int inputs = callee.inputs();
  for (int out = inputs; out < inputs + callee.outputs(); ++out) {
    if (strides[out] == 0) return false;
    for (int i = 0; i < inputs; ++i)
      if (!reads_ahead(operands[i], strides[i], operands[out], strides[out], n, size_of(format)))
        return false;
  }
  return true;
}

bool all_dense(const std::int64_t* strides, int count) {
  return std::all_of(strides, strides + count, [](std::int64_t stride) { return stride == 1; });
}

template <class T>
void copy(const char* from, std::int64_t from_step, char* to, std::int64_t to_step, std::int64_t n) {
  for (std::int64_t k = 0; k < n; ++k) std::memcpy(to + k * to_step, from + k * from_step, sizeof(T));
}

// n elements of that many bytes. Steps are in bytes.
void copy_elements(std::int64_t size, const char* from, std::int64_t from_step, char* to,
                   std::int64_t to_step, std::int64_t n) {
  (size == 8   ? copy<std::uint64_t>
   : size == 4 ? copy<std::uint32_t>
               : copy<std::uint16_t>)(from, from_step, to, to_step, n);
}

constexpr std::int64_t kBlock = 256;

// Blocks on the stack, in order; elements one by one where outputs are read again, as in reductions and
// accumulations.
rheo_status run_blocks(const Callee& callee, rheo_format format, char* const* operands,
                       const std::int64_t* strides, std::int64_t n) {
  const int inputs = callee.inputs(), count = inputs + callee.outputs();
  const std::int64_t size = size_of(format);
  alignas(64) char memory[kMostOperands][kBlock * sizeof(double)];
  char* blocks[kMostOperands];
  std::int64_t ones[kMostOperands];
  for (int i = 0; i < count; ++i) blocks[i] = memory[i], ones[i] = 1;
  const std::int64_t most = all_read_ahead(callee, format, operands, strides, n) ? kBlock : 1;
  for (std::int64_t at = 0; at < n; at += most) {
    const std::int64_t now = std::min(most, n - at);
    for (int i = 0; i < inputs; ++i)
      copy_elements(size, operands[i] + at * strides[i] * size, strides[i] * size, blocks[i], size, now);
    if (const rheo_status status = run_elements(callee, format, blocks, ones, now); status != RHEO_OK)
      return status;
    for (int i = inputs; i < count; ++i)
      copy_elements(size, blocks[i], size, operands[i] + at * strides[i] * size, strides[i] * size, now);
  }
  return RHEO_OK;
}

// Few elements with gaps between them. The library gathers as well, but prepares for many: of 16 elements
// that takes as long as all the rest of a call.
bool gathers_here(const Callee& callee, rheo_format format, char* const* operands,
                  const std::int64_t* strides, std::int64_t n) {
  return 1 < n && n <= kBlock && !all_dense(strides, callee.inputs() + callee.outputs()) &&
         all_read_ahead(callee, format, operands, strides, n);
}

// How many elements to compute before the others, so that these are stored in whole cache lines: NumPy's
// arrays mostly begin inside one, where plain arithmetic runs at 0.7 of its speed. Smaller outputs stay in
// the nearest cache, where it matters less than a second call.
std::int64_t head_of(const Callee& callee, rheo_format format, char* const* operands,
                     const std::int64_t* strides, std::int64_t n) {
  constexpr std::int64_t kLine = 64, kLeastBytes = 32768;
  constexpr std::int64_t kParallel = 65536;  // elements, from which on the library uses its threads
  const int count = callee.inputs() + callee.outputs();
  if (n * size_of(format) < kLeastBytes || !all_dense(strides, count)) return 0;
  const auto behind =
      static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(operands[count - 1]) % kLine);
  const std::int64_t head = (kLine - behind) % kLine / size_of(format);
  return n >= kParallel && n - head < kParallel ? 0 : head;
}

// A loop cannot raise. Values of keywords were tried when the ufunc was made; what is left are parameters in
// arrays that were given to `varied` itself: NaN where they are not allowed.
void run_checked(const Callee& callee, rheo_format format, char* const* operands, const std::int64_t* strides,
                 std::int64_t n) {
  rheo_status status = RHEO_ERROR_OVERLAP;
  if (!gathers_here(callee, format, operands, strides, n))
    status = run_elements(callee, format, operands, strides, n);
  if (status == RHEO_ERROR_OVERLAP) status = run_blocks(callee, format, operands, strides, n);
  if (status == RHEO_OK) return;
  const int inputs = callee.inputs();
  for (int i = inputs; i < inputs + callee.outputs(); ++i)
    for (std::int64_t k = 0; k < n; ++k) write_nan(format, operands[i] + k * strides[i] * size_of(format));
}

void elements_loop(char** operands, const std::intptr_t* dimensions, const std::intptr_t* steps, void* data) {
  const auto& [callee, format] = *static_cast<const Callee::Typed*>(data);
  const FlagsKept flags;
  const std::int64_t size = size_of(format);
  std::int64_t strides[kMostOperands];
  const int count = callee->inputs() + callee->outputs();
  for (int i = 0; i < count; ++i) strides[i] = steps[i] / size;
  const std::int64_t n = dimensions[0], head = head_of(*callee, format, operands, strides, n);
  if (head != 0) run_checked(*callee, format, operands, strides, head);
  char* rest[kMostOperands];
  for (int i = 0; i < count; ++i) rest[i] = operands[i] + head * size;
  run_checked(*callee, format, rest, strides, n - head);
}

// Parameters are float64 for float64, else float32.
double read_parameter(rheo_format format, const char* from) {
  if (format == RHEO_FLOAT64) {
    double value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  float value;
  std::memcpy(&value, from, sizeof value);
  return static_cast<double>(value);
}

// How many elements from the first one on have the same parameters, bit by bit.
std::int64_t same_parameters(rheo_format format, char* const* parameters, const std::intptr_t* steps,
                             std::size_t count, std::int64_t n) {
  const std::size_t size = format == RHEO_FLOAT64 ? sizeof(double) : sizeof(float);
  std::int64_t same = n;
  for (std::size_t p = 0; p < count; ++p) {
    if (steps[p] == 0) continue;
    std::int64_t k = 1;
    while (k < same && std::memcmp(parameters[p], parameters[p] + k * steps[p], size) == 0) ++k;
    same = k;
  }
  return same;
}

// Operands of a varied ufunc: [grad,] x, parameters, y.
struct Varied {
  const Callee& callee;
  rheo_format format;
  int inputs;                 // grad, x
  std::size_t count;          // of parameters
  char* used[kMostOperands];  // grad, x, y
  char* parameters[kMostOperands];
  std::intptr_t used_steps[kMostOperands], parameter_steps[kMostOperands];

  Varied(const Callee& varied, rheo_format type, char** operands, const std::intptr_t* steps)
      : callee(varied),
        format(type),
        inputs(varied.role == RHEO_BACKWARD ? 2 : 1),
        count(varied.names.size()) {
    for (int i = 0; i <= inputs; ++i) {
      const int from = i < inputs ? i : i + static_cast<int>(count);
      used[i] = operands[from], used_steps[i] = steps[from];
    }
    for (std::size_t p = 0; p < count; ++p) {
      const std::size_t from = static_cast<std::size_t>(inputs) + p;
      parameters[p] = operands[from], parameter_steps[p] = steps[from];
    }
  }
};

// All by one call of the library. False where it refuses that: some parameters are not allowed, or the output
// is an input's memory in a way that NumPy allows.
bool run_at_once(const Varied& v, std::int64_t n) {
  const std::int64_t size = size_of(v.format), value_size = v.format == RHEO_FLOAT64 ? 8 : 4;
  std::int64_t strides[kMostOperands], parameter_strides[kMostOperands];
  rheo_parameter_array arrays[kMostOperands];
  for (int i = 0; i <= v.inputs; ++i) strides[i] = v.used_steps[i] / size;
  for (std::size_t p = 0; p < v.count; ++p) {
    parameter_strides[p] = v.parameter_steps[p] / value_size;
    arrays[p] = {v.callee.names[p].c_str(), v.parameters[p], &parameter_strides[p]};
  }
  rheo_call call = unary_call(v.callee, v.format, v.used, strides, &n);
  call.parameter_count = 0;
  return library.rheo_run_arrays(v.callee.activation, &call, arrays, v.count) == RHEO_OK;
}

// One call for each run of elements with the same parameters.
void run_by_runs(Varied v, std::int64_t n) {
  const std::int64_t size = size_of(v.format);
  Callee callee;
  callee.kind = Kind::kElements, callee.role = v.callee.role, callee.activation = v.callee.activation;
  callee.with_respect_to = v.callee.with_respect_to;
  callee.parameters = v.callee.parameters;
  std::int64_t strides[kMostOperands];
  for (int i = 0; i <= v.inputs; ++i) strides[i] = v.used_steps[i] / size;
  for (std::int64_t at = 0; at < n;) {
    for (std::size_t p = 0; p < v.count; ++p)
      callee.parameters[p].value = read_parameter(v.format, v.parameters[p]);
    const std::int64_t same = same_parameters(v.format, v.parameters, v.parameter_steps, v.count, n - at);
    run_checked(callee, v.format, v.used, strides, same);
    for (std::size_t p = 0; p < v.count; ++p) v.parameters[p] += same * v.parameter_steps[p];
    for (int i = 0; i <= v.inputs; ++i) v.used[i] += same * v.used_steps[i];
    at += same;
  }
}

void varied_loop(char** operands, const std::intptr_t* dimensions, const std::intptr_t* steps, void* data) {
  const auto& [callee, format] = *static_cast<const Callee::Typed*>(data);
  const FlagsKept flags;
  constexpr std::int64_t kLongRun = 16;  // elements, for which a call of their own is quicker
  const Varied varied(*callee, format, operands, steps);
  const std::int64_t n = dimensions[0], first = same_parameters(format, varied.parameters,
                                                                varied.parameter_steps, varied.count, n);
  if (first >= std::min(n, kLongRun) || !run_at_once(varied, n)) run_by_runs(varied, n);
}

// Gradients from x put the values into the output's memory first, so the library refuses grad there: row by
// row, with a copy of grad.
rheo_status run_rows_copied(const Callee& callee, rheo_format format, char* const* operands,
                            const std::int64_t (*strides)[2], std::int64_t rows, std::int64_t n) {
  const std::int64_t size = size_of(format);
  const std::unique_ptr<char[]> grad(new (std::nothrow) char[static_cast<std::size_t>(n * size)]);
  if (grad == nullptr) return RHEO_ERROR_OVERLAP;
  const int count = callee.inputs() + callee.outputs();
  char* row[kMostOperands];
  std::int64_t inside[kMostOperands][2];
  for (int i = 0; i < count; ++i) inside[i][0] = strides[i][0], inside[i][1] = strides[i][1];
  inside[0][1] = 1;
  for (std::int64_t r = 0; r < rows; ++r) {
    for (int i = 0; i < count; ++i) row[i] = operands[i] + r * strides[i][0] * size;
    copy_elements(size, row[0], strides[0][1] * size, grad.get(), size, n);
    row[0] = grad.get();
    if (const rheo_status status = run_rows(callee, format, row, inside, 1, n); status != RHEO_OK)
      return status;
  }
  return RHEO_OK;
}

void rows_loop(char** operands, const std::intptr_t* dimensions, const std::intptr_t* steps, void* data) {
  const auto& [callee, format] = *static_cast<const Callee::Typed*>(data);
  const FlagsKept flags;
  const std::int64_t size = size_of(format), rows = dimensions[0], n = dimensions[1];
  const int inputs = callee->inputs(), count = inputs + 1;
  std::int64_t strides[kMostOperands][2];
  for (int i = 0; i < count; ++i) strides[i][0] = steps[i] / size, strides[i][1] = steps[count + i] / size;
  rheo_status status = run_rows(*callee, format, operands, strides, rows, n);
  if (status == RHEO_ERROR_OVERLAP && callee->role == RHEO_BACKWARD)
    status = run_rows_copied(*callee, format, operands, strides, rows, n);
  if (status == RHEO_OK) return;
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t k = 0; k < n; ++k)
      write_nan(format, operands[inputs] + (r * strides[inputs][0] + k * strides[inputs][1]) * size);
}

}  // namespace

Loop loop_of(const Callee& callee) {
  if (callee.of_rows()) return rows_loop;
  return callee.kind == Kind::kVaried ? varied_loop : elements_loop;
}

}  // namespace rheo::numpy
