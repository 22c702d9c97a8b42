// SPDX-License-Identifier: Apache-2.0
// capi.cc: gates in the C ABI of the device kernels.
#include <initializer_list>
#include <string>
#include <vector>

#include "rheobase/cuda.h"
#include "src/capi/gate_checks.h"
#include "src/cuda/device.h"

namespace {

using namespace rheo::device;
using rheo::fail, rheo::require;

// What a call asks for, checked but for memory.
struct Checked {
  rheo::GateLauncher launcher;
  rheo::Format format;
  rheo::GateNumbers numbers;
  std::vector<double> parameters;
  std::size_t bytes, both;  // of the result, and of what holds a
};

void check_width(const rheo_cuda_gate& g) {
  if (!rheo::halved(g) || g.count == 0) return;
  if (g.width < 1 || g.count % g.width != 0) {
    fail(RHEO_ERROR_SHAPE, "width is " + std::to_string(g.width) +
                               "; expected a divisor of count, which is " + std::to_string(g.count));
  }
}

struct Named {
  const void* memory;
  const char* name;
  bool wanted;
  std::size_t bytes;
};

// Inputs, then outputs.
std::vector<Named> inputs(const rheo_cuda_gate& g, const Checked& c) {
  return {{g.a, "a", true, c.both},
          {g.b, "b", !rheo::packed(g), c.both},
          {g.grad, "grad", g.role == RHEO_BACKWARD, c.bytes}};
}
std::vector<Named> outputs(const rheo_cuda_gate& g, const Checked& c) {
  const bool backward = g.role == RHEO_BACKWARD;
  return {{g.y, "y", !backward, c.bytes},
          {g.da, "da", backward, c.both},
          {g.db, "db", backward && !rheo::packed(g), c.both}};
}

void check_memory(const rheo_cuda_gate& g, const Checked& c) {
  const std::vector<Named> in = inputs(g, c), out = outputs(g, c);
  for (const auto& list : {in, out})
    for (const Named& m : list)
      if (m.wanted) require(m.memory, m.name), check_aligned(m.memory, m.name, rheo::size_of(c.format));
  for (const Named& o : out) {
    for (const Named& i : in) {
      // As rheo_run_gate() has it: db is not a, and in one array grad and y are no place for others.
      const bool a_for_b = o.memory == g.db && i.memory == g.a;
      check_overlap(i.memory, i.bytes, o.memory, o.bytes, i.name, o.name, !a_for_b && i.bytes == o.bytes);
    }
  }
  check_overlap(g.da, c.both, g.db, c.both, "da", "db", false);
}

Checked checked(const char* name, const rheo_cuda_gate& g) {
  check_size(g.struct_size, sizeof(rheo_cuda_gate));
  check_flags(g.flags);
  rheo::check_gate(g);
  rheo::check_single(g, false);
  const rheo::Activation* const a = rheo::find_activation(name);
  if (a == nullptr) fail(RHEO_ERROR_NAME, rheo::name_error(name));
  Checked c{};
  c.format = rheo::checked_format(g.format);
  c.parameters =
      rheo::checked_together(*a, rheo::given_parameters(g.parameters, g.parameter_count), c.format);
  c.numbers = rheo::gate_numbers(g, c.format);
  c.launcher = item_of(rheo::launcher_lists(), *a->entry).gate[g.role == RHEO_BACKWARD ? 1 : 0];
  check_count(g.count);
  check_width(g);
  c.bytes = static_cast<std::size_t>(g.count) * rheo::size_of(c.format);
  c.both = rheo::packed(g) ? 2 * c.bytes : c.bytes;
  if (g.count > 0) check_memory(g, c);
  return c;
}

void start(const Checked& c, const rheo_cuda_gate& g, int device) {
  rheo::GateRequest r{};
  r.format = c.format;
  r.a = g.a, r.b = g.b, r.grad = g.grad;
  r.y = g.y, r.da = g.da, r.db = g.db;
  r.n = g.count, r.width = g.width;
  r.halves = rheo::halved(g), r.interleaved = rheo::packed(g) && !r.halves, r.swapped = rheo::swapped(g);
  r.limit = c.numbers.limit, r.offset = c.numbers.offset;
  r.parameters = c.parameters.data();
  r.stream = g.stream;
  r.multiprocessors = multiprocessors(device);
  check(c.launcher(r), "launch");
}

void run(const char* name, const rheo_cuda_gate& g) {
  const Checked c = checked(name, g);
  if (g.count == 0) return;
  const int device = current_device();
  if ((g.flags & RHEO_CUDA_UNCHECKED) == 0) {
    for (const auto& list : {inputs(g, c), outputs(g, c)})
      for (const Named& m : list) check_pointer(m.memory, m.name, device);
  }
  start(c, g, device);
}

void run_host(const char* name, const rheo_cuda_gate& g) {
  if (g.stream != nullptr) fail(RHEO_ERROR_UNSUPPORTED, "stream has to be null");
  const Checked c = checked(name, g);
  if (g.count == 0) return;
  const int device = current_device();
  const bool backward = g.role == RHEO_BACKWARD;
  const Buffer a(g.a, c.both, "a"), b(g.b, c.both, "b"), grad(g.grad, c.bytes, "grad");
  const Buffer y(backward ? 0 : c.bytes, "y");
  rheo_cuda_gate inside = g;
  inside.a = a.data, inside.b = b.data, inside.grad = grad.data;
  inside.y = y.data, inside.da = backward ? a.data : nullptr, inside.db = backward ? b.data : nullptr;
  start(c, inside, device);
  wait();
  y.copy_out(g.y, c.bytes, "y"), a.copy_out(g.da, c.both, "da"), b.copy_out(g.db, c.both, "db");
}

}  // namespace

extern "C" {

rheo_status rheo_cuda_run_gate(const char* activation, const rheo_cuda_gate* gate) {
  return guarded([&] { require(activation, "activation"), require(gate, "gate"), run(activation, *gate); });
}

rheo_status rheo_cuda_run_gate_host(const char* activation, const rheo_cuda_gate* gate) {
  return guarded(
      [&] { require(activation, "activation"), require(gate, "gate"), run_host(activation, *gate); });
}

}  // extern "C"
