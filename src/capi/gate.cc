// SPDX-License-Identifier: Apache-2.0
// gate.cc: checks a gate's descriptor, and runs it.
#include "src/block/gate.h"

#include <cstdint>

#include "src/capi/checks.h"
#include "src/capi/forms.h"
#include "src/capi/gate_checks.h"
#include "src/capi/guard.h"

namespace rheo {

namespace {

// In the order of a form's operands: inputs a, b and perhaps grad, outputs y, or da and db.
constexpr int kA = 0, kB = 1, kGradient = 2;

void check_fields(const rheo_gate& g) {
  check_descriptor(g.struct_size, sizeof(rheo_gate), g.flags, g.threads);
  check_gate(g);
  check_single(g, g.b_strides != nullptr || g.db_strides != nullptr);
}

Gate gate_of(const Activation& activation, const rheo_gate& g, Format format, const double* parameters) {
  Gate gate{};
  gate.format = format, gate.parameters = parameters;
  const GateNumbers numbers = gate_numbers(g, format);
  gate.limit = numbers.limit, gate.offset = numbers.offset;
  if (is16(format)) {
    // The limit is a number of float32, and what is moved has as many digits.
    const int a = gate.limited() ? kDigits32 : kDigits16, b = gate.plain() ? kDigits16 : kDigits32;
    gate.product16 = activation.product_kernels16({.x = a, .grad = b});
    gate.backward16 = activation.kernels16(Role::kBackward, {.x = a, .grad = kDigits32});
    // Of plain arithmetic, a product is as quick as a value.
    if (!activation.plain_product() && !gate.product16.float32_exact)
      gate.value = activation.kernel(Format::kFloat32, Role::kValue);
  } else {
    gate.product = activation.product_kernel(format);
    gate.backward = activation.kernel(format, Role::kBackward);
  }
  return gate;
}

void set_strides(std::vector<FormDimension>& dims, int operand, const std::vector<std::int64_t>& strides) {
  for (std::size_t i = 0; i < dims.size(); ++i) dims[i].stride[operand] = strides[i];
}

std::vector<std::int64_t> strides_or(const std::int64_t* given, const std::int64_t* shape,
                                     std::int32_t rank) {
  return given != nullptr ? std::vector<std::int64_t>(given, given + rank) : contiguous(shape, rank);
}

// Where two halves of one array lie: the strides of both, and how many elements each one's first is behind
// the array's.
struct Halves {
  std::vector<std::int64_t> strides;
  std::int64_t a, b;
};

Halves halves_of(const rheo_gate& g, const std::int64_t* given) {
  Halves h{strides_or(given, g.shape, g.rank), 0, 0};
  std::int64_t& last = h.strides.back();
  const bool interleaved_layout = !halved(g);
  std::int64_t second = last, width = 0;
  const bool overflow =
      (!interleaved_layout && __builtin_mul_overflow(last, g.shape[g.rank - 1] / 2, &second)) ||
      __builtin_mul_overflow(last, interleaved_layout ? 2 : 1, &last) ||
      __builtin_mul_overflow(second, std::int64_t{16}, &width);  // in bytes
  if (overflow) fail(RHEO_ERROR_SHAPE, "strides reach beyond the address space");
  (swapped(g) ? h.a : h.b) = second;
  return h;
}

const char* moved(const void* memory, std::int64_t elements, std::size_t size) {
  return memory == nullptr ? nullptr
                           : static_cast<const char*>(memory) + elements * static_cast<std::int64_t>(size);
}
char* moved(void* memory, std::int64_t elements, std::size_t size) {
  return const_cast<char*>(moved(static_cast<const void*>(memory), elements, size));
}

// Extents of the result, whose last one is half of what holds both factors.
std::vector<FormDimension> result_dimensions(const rheo_gate& g) {
  std::vector<FormDimension> dims = dimensions_of(g.rank, g.shape);
  if (!packed(g)) return dims;
  if (g.rank == 0)
    fail(RHEO_ERROR_SHAPE, "rank is 0; where one array holds both factors, it has a last axis");
  std::int64_t& last = dims.back().extent;
  if (last % 2 != 0) {
    fail(RHEO_ERROR_SHAPE, "shape[" + std::to_string(g.rank - 1) + "] is " + std::to_string(last) +
                               "; the last axis of what holds both factors has an even extent");
  }
  last /= 2;
  return dims;
}

void add_inputs(FormBuilder& form, const rheo_gate& g, const std::int64_t* result_shape, std::size_t size) {
  std::vector<FormDimension>& dims = form.dimensions();
  if (packed(g)) {
    const Halves h = halves_of(g, g.a_strides);
    form.input("a", moved(g.a, h.a, size), size), form.input("b", moved(g.a, h.b, size), size);
    set_strides(dims, kA, h.strides), set_strides(dims, kB, h.strides);
  } else {
    form.input("a", g.a, size), form.input("b", g.b, size);
    set_strides(dims, kA, strides_or(g.a_strides, g.shape, g.rank));
    set_strides(dims, kB, strides_or(g.b_strides, g.shape, g.rank));
  }
  if (g.role != RHEO_BACKWARD) return;
  form.input("grad", g.grad, size);
  set_strides(dims, kGradient, strides_or(g.grad_strides, result_shape, g.rank));
}

void add_outputs(FormBuilder& form, const rheo_gate& g, const std::int64_t* result_shape, std::size_t size) {
  std::vector<FormDimension>& dims = form.dimensions();
  if (g.role == RHEO_VALUE) {
    const int y = form.output("y", g.y, size);
    set_strides(dims, y, strides_or(g.y_strides, result_shape, g.rank));
    return form.allow(kA, y), form.allow(kB, y);
  }
  int da = 0, db = 0;
  if (packed(g)) {
    const Halves h = halves_of(g, g.da_strides);
    da = form.output("da", moved(g.da, h.a, size), size),
    db = form.output("db", moved(g.da, h.b, size), size);
    set_strides(dims, da, h.strides), set_strides(dims, db, h.strides);
  } else {
    da = form.output("da", g.da, size), db = form.output("db", g.db, size);
    set_strides(dims, da, strides_or(g.da_strides, g.shape, g.rank));
    set_strides(dims, db, strides_or(g.db_strides, g.shape, g.rank));
  }
  for (const int in : {kA, kB, kGradient}) form.allow(in, da);
  form.allow(kB, db), form.allow(kGradient, db);
}

void value(const void* self, void* const* o, std::size_t n) {
  gate_value(*static_cast<const Gate*>(self), o[0], o[1], o[2], n);
}
void backward(const void* self, void* const* o, std::size_t n) {
  gate_backward(*static_cast<const Gate*>(self), o[0], o[1], o[2], o[3], o[4], n);
}

// Whether a short gate's memory is as it has to be.
bool short_run(const rheo_gate& g, Format format) {
  if (packed(g) ||
      !is_short(g.rank, g.shape, g.executor,
                {g.a_strides, g.b_strides, g.grad_strides, g.y_strides, g.da_strides, g.db_strides}))
    return false;
  const auto span = [&](const void* memory) { return Span(memory, *g.shape, format); };
  const Span a = span(g.a), b = span(g.b);
  if (!a.usable || !b.usable) return false;
  if (g.role == RHEO_VALUE) {
    const Span y = span(g.y);
    return y.usable && y.same_or_apart(a) && y.same_or_apart(b);
  }
  const Span grad = span(g.grad), da = span(g.da), db = span(g.db);
  return grad.usable && da.usable && db.usable && da.apart(db) && da.same_or_apart(a) &&
         da.same_or_apart(b) && da.same_or_apart(grad) && db.apart(a) && db.same_or_apart(b) &&
         db.same_or_apart(grad);
}

void run_short(const rheo_gate& g, const Gate& gate) {
  const auto n = static_cast<std::size_t>(*g.shape);
  if (g.role == RHEO_VALUE) return gate_value(gate, g.a, g.b, g.y, n);
  gate_backward(gate, g.a, g.b, g.grad, g.da, g.db, n);
}

void run_gate(const Activation& activation, const rheo_gate& g) {
  check_fields(g);
  const Format format = checked_format(g.format);
  double parameters[kMaxParameters] = {};
  check_parameters(activation, given_parameters(g.parameters, g.parameter_count), format, parameters);
  const Gate gate = gate_of(activation, g, format, parameters);
  if (short_run(g, format)) {
    check_together(activation, parameters);
    return run_short(g, gate);
  }
  FormBuilder form(result_dimensions(g));
  if (form.empty()) return;
  check_together(activation, parameters);
  if (g.executor != nullptr && g.executor->run == nullptr) fail(RHEO_ERROR_NULL, "executor->run is null");
  std::vector<std::int64_t> result_shape;
  for (const FormDimension& d : form.dimensions()) result_shape.push_back(d.extent);
  add_inputs(form, g, result_shape.data(), size_of(format));
  add_outputs(form, g, result_shape.data(), size_of(format));
  form.check();
  form.run(g.role == RHEO_VALUE ? value : backward, &gate, g.executor, g.threads);
}

}  // namespace

}  // namespace rheo

extern "C" rheo_status rheo_run_gate(const rheo_activation* activation, const rheo_gate* gate) {
  return rheo::guarded([&] {
    rheo::require(activation, "activation"), rheo::require(gate, "gate");
    rheo::run_gate(*activation, *gate);
  });
}
