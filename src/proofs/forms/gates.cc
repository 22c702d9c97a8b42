// SPDX-License-Identifier: Apache-2.0
// gates.cc: digests of gates and of fused calls.
#include <cstdint>

#include "src/proofs/forms/calls.h"
#include "src/proofs/forms/forms.h"

namespace rheo::proofs {

namespace {

constexpr std::int64_t kRows = 17, kColumns = 241, kCount = kRows * kColumns;

struct Gate {
  const NumberFormat& format;
  const rheo_activation* activation;
  double limit, offset;
  Hash& hash;

  rheo_gate call(rheo_role role, std::uint32_t layout) const {
    rheo_gate gate{};
    gate.struct_size = sizeof gate, gate.role = static_cast<std::uint32_t>(role);
    gate.format = format.code, gate.layout = layout, gate.limit = limit, gate.offset = offset;
    return gate;
  }

  // Each operand with strides of its own: backwards, with gaps, and dense.
  void add_two_arrays() const {
    const std::int64_t shape[] = {kCount}, backwards[] = {-1}, gaps[] = {2};
    const Numbers a = Numbers::mixed(format, kCount, 1), b = Numbers::mixed(format, 2 * kCount, 2),
                  grad = Numbers::mixed(format, kCount, 3);
    Numbers y(format, kCount), da(format, kCount), db(format, 2 * kCount);
    rheo_gate value = call(RHEO_VALUE, RHEO_TWO_ARRAYS);
    value.rank = 1, value.shape = shape, value.b_strides = gaps;
    value.a = a.data(), value.b = b.data(), value.y = y.data();
    require_ok(rheo_run_gate(activation, &value));
    hash.add(y);
    value.a = a.at(kCount - 1), value.a_strides = backwards;
    require_ok(rheo_run_gate(activation, &value));
    hash.add(y);
    rheo_gate back = call(RHEO_BACKWARD, RHEO_TWO_ARRAYS);
    back.rank = 1, back.shape = shape, back.b_strides = back.db_strides = gaps;
    back.a = a.data(), back.b = b.data(), back.grad = grad.data(), back.da = da.data(), back.db = db.data();
    require_ok(rheo_run_gate(activation, &back));
    hash.add(da), hash.add(db);
  }

  void add_one_array(std::uint32_t layout) const {
    const std::int64_t shape[] = {kRows, 2 * kColumns};
    const Numbers both = Numbers::mixed(format, 2 * kCount, 4), grad = Numbers::mixed(format, kCount, 5);
    Numbers y(format, kCount), gradients(format, 2 * kCount);
    rheo_gate value = call(RHEO_VALUE, layout), back = call(RHEO_BACKWARD, layout);
    value.rank = back.rank = 2, value.shape = back.shape = shape;
    value.a = back.a = both.data(), value.y = y.data();
    back.grad = grad.data(), back.da = gradients.data();
    require_ok(rheo_run_gate(activation, &value)), require_ok(rheo_run_gate(activation, &back));
    hash.add(y), hash.add(gradients);
  }
};

struct Fused {
  const NumberFormat& format;
  const rheo_activation* activation;
  Hash& hash;

  void add(const rheo_term* scale, const rheo_term* bias, std::uint32_t stages, bool columns = false) const {
    const std::int64_t shape[] = {kRows, kColumns}, across[] = {1, kRows};
    const Numbers x = Numbers::mixed(format, kCount, 1);
    Numbers y(format, kCount);
    const rheo_stage stage{activation, nullptr, 0};
    const rheo_stage all[] = {stage, stage, stage};
    rheo_fused fused{};
    fused.struct_size = sizeof fused, fused.format = format.code;
    fused.rank = 2, fused.shape = shape, fused.stages = all, fused.stage_count = stages;
    fused.scale = scale, fused.bias = bias, fused.x = x.data(), fused.y = y.data();
    if (columns) fused.x_strides = across;
    require_ok(rheo_run_fused(&fused));
    hash.add(y);
  }
};

rheo_term number(double value) {
  rheo_term term{};
  term.kind = RHEO_NUMBER, term.number = value;
  return term;
}

rheo_term numbers(rheo_term_kind kind, const Numbers& data, std::int32_t axis = 0) {
  rheo_term term{};
  term.kind = static_cast<std::uint32_t>(kind), term.axis = axis;
  term.format = data.format().code, term.data = data.data();
  return term;
}

}  // namespace

std::string gate_digest(const std::string& name, const std::string& format) {
  Hash hash;
  for (const bool limited : {false, true}) {
    const Gate gate{number_format(format), activation_named(name), limited ? 7.0 : 0.0, limited ? 1.0 : 0.0,
                    hash};
    gate.add_two_arrays();
    for (const std::uint32_t layout :
         {RHEO_HALVES, RHEO_HALVES_SWAPPED, RHEO_INTERLEAVED, RHEO_INTERLEAVED_SWAPPED})
      gate.add_one_array(layout);
  }
  return hash.text();
}

std::string fused_digest(const std::string& name, const std::string& format) {
  Hash hash;
  const NumberFormat& own = number_format(format);
  const NumberFormat& terms = own.size == 2 ? number_format("float32") : own;
  const Numbers column = Numbers::ordinary(terms, kColumns, 6, 4), row = Numbers::ordinary(own, kRows, 7, 4),
                element = Numbers::mixed(own, kCount, 8);
  const rheo_term half = number(0.5), one = number(1), of_columns = numbers(RHEO_CHANNEL, column, 1),
                  of_rows = numbers(RHEO_CHANNEL, row, 0), of_elements = numbers(RHEO_ELEMENT, element);
  const Fused fused{own, activation_named(name), hash};
  fused.add(nullptr, nullptr, 3);
  fused.add(&half, &one, 1);
  fused.add(nullptr, &of_columns, 1, true);
  fused.add(&of_rows, nullptr, 2);
  fused.add(&of_rows, &of_columns, 1);
  fused.add(&of_elements, &one, 1);
  fused.add(&half, &of_elements, 1, true);
  return hash.text();
}

}  // namespace rheo::proofs
