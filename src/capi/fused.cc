// SPDX-License-Identifier: Apache-2.0
// fused.cc: checks a fused call's descriptor, and runs it.
#include <cmath>

#include "src/block/chain.h"
#include "src/capi/checks.h"
#include "src/capi/forms.h"
#include "src/capi/guard.h"
#include "src/core/describe.h"

namespace rheo {

namespace {

constexpr std::uint32_t kMaxStages = 16;

// A chain, and which operands of the form its arrays are.
struct FusedCall {
  Chain chain;
  int scales = -1, biases = -1, y = -1;
};

void check_fields(const rheo_fused& f) {
  check_descriptor(f.struct_size, sizeof(rheo_fused), f.flags, f.threads);
  if (f.stage_count < 1 || f.stage_count > kMaxStages) {
    fail(RHEO_ERROR_SHAPE,
         "stage_count is " + std::to_string(f.stage_count) + "; expected 1 to " + std::to_string(kMaxStages));
  }
  if (f.stages == nullptr) fail(RHEO_ERROR_NULL, "stages is null");
}

std::vector<Stage> stages_of(const rheo_fused& f, Format format) {
  std::vector<Stage> stages;
  for (std::uint32_t k = 0; k < f.stage_count; ++k) {
    const rheo_stage& s = f.stages[k];
    const std::string name = "stages[" + std::to_string(k) + "]";
    if (s.activation == nullptr) fail(RHEO_ERROR_NULL, name + ".activation is null");
    if (s.parameter_count > 0 && s.parameters == nullptr) fail(RHEO_ERROR_NULL, name + ".parameters is null");
    const Activation& a = *s.activation;
    Stage stage{};
    stage.parameters = checked_together(a, {s.parameters, s.parameter_count}, format);
    if (is16(format)) {
      stage.value16 = a.kernels16(Role::kValue, {.x = kDigits32});
    } else {
      stage.value = a.kernel(format, Role::kValue);
    }
    stages.push_back(std::move(stage));
  }
  return stages;
}

Format term_format(const char* name, const rheo_term& t, Format format) {
  if (t.format == 0) return format;
  const Format given = checked_format(t.format);
  if (given == format || (is16(format) && given == Format::kFloat32)) return given;
  fail(RHEO_ERROR_FORMAT, std::string(name) + ".format is " + std::to_string(t.format) +
                              "; expected that of x, or RHEO_FLOAT32 with a 16-bit x");
}

Term term_of(const char* name, const rheo_term& t, Format format) {
  if (t.reserved != 0) {
    fail(RHEO_ERROR_UNSUPPORTED,
         std::string(name) + ".reserved is " + std::to_string(t.reserved) + "; expected 0");
  }
  if (t.kind == RHEO_NUMBER) {
    const double rounded =
        format == Format::kFloat64 ? t.number : static_cast<double>(static_cast<float>(t.number));
    if (!std::isfinite(rounded)) {
      fail(RHEO_ERROR_PARAMETER, std::string(name) + " is " + number_text(t.number) +
                                     "; expected a finite number in the format of x");
    }
    return {true, false, rounded, format};
  }
  if (t.kind != RHEO_CHANNEL && t.kind != RHEO_ELEMENT) {
    fail(RHEO_ERROR_SHAPE, std::string(name) + ".kind is " + std::to_string(t.kind) +
                               "; expected RHEO_NUMBER, RHEO_CHANNEL or RHEO_ELEMENT");
  }
  return {true, true, 0, term_format(name, t, format)};
}

// The axis of a term for each channel.
std::size_t axis_of(const char* name, const rheo_term& t, std::int32_t rank) {
  if (t.axis < -rank || t.axis >= rank) {
    fail(RHEO_ERROR_SHAPE, std::string(name) + ".axis is " + std::to_string(t.axis) + "; expected " +
                               (rank == 0 ? "no channels where rank is 0"
                                          : std::to_string(-rank) + " to " + std::to_string(rank - 1)));
  }
  return static_cast<std::size_t>(t.axis < 0 ? t.axis + rank : t.axis);
}

void set_strides(std::vector<FormDimension>& dims, int operand, const std::int64_t* given,
                 const rheo_fused& f) {
  const std::vector<std::int64_t> row_major = contiguous(f.shape, f.rank);
  for (std::size_t i = 0; i < dims.size(); ++i)
    dims[i].stride[operand] = given != nullptr ? given[i] : row_major[i];
}

int add_term(FormBuilder& form, const char* name, const rheo_term& t, const Term& term, const rheo_fused& f) {
  if (!term.array) return -1;
  const int operand = form.input(name, t.data, size_of(term.format));
  if (t.kind == RHEO_ELEMENT) {
    set_strides(form.dimensions(), operand, t.strides, f);
  } else {
    FormDimension& channel = form.dimensions()[axis_of(name, t, f.rank)];
    channel.stride[operand] = t.strides != nullptr ? t.strides[0] : 1;
  }
  return operand;
}

void body(const void* self, void* const* o, std::size_t n) {
  const FusedCall& call = *static_cast<const FusedCall*>(self);
  run_chain(call.chain, o[0], call.scales < 0 ? nullptr : o[call.scales],
            call.biases < 0 ? nullptr : o[call.biases], o[call.y], n);
}

void run_fused(const rheo_fused& f) {
  check_fields(f);
  FusedCall call;
  Chain& chain = call.chain;
  chain.format = checked_format(f.format);
  chain.stages = stages_of(f, chain.format);
  if (f.scale != nullptr) chain.scale = term_of("scale", *f.scale, chain.format);
  if (f.bias != nullptr) chain.bias = term_of("bias", *f.bias, chain.format);
  FormBuilder form(dimensions_of(f.rank, f.shape));
  for (const auto& [term, name] : {std::pair(f.scale, "scale"), std::pair(f.bias, "bias")})
    if (term != nullptr && term->kind == RHEO_CHANNEL) axis_of(name, *term, f.rank);  // throws
  if (form.empty()) return;
  if (f.executor != nullptr && f.executor->run == nullptr) fail(RHEO_ERROR_NULL, "executor->run is null");
  const std::size_t size = size_of(chain.format);
  const int x = form.input("x", f.x, size);
  set_strides(form.dimensions(), x, f.x_strides, f);
  if (f.scale != nullptr) call.scales = add_term(form, "scale", *f.scale, chain.scale, f);
  if (f.bias != nullptr) call.biases = add_term(form, "bias", *f.bias, chain.bias, f);
  call.y = form.output("y", f.y, size);
  set_strides(form.dimensions(), call.y, f.y_strides, f);
  for (const int in : {x, call.scales, call.biases})
    if (in >= 0) form.allow(in, call.y);
  form.check();
  form.run(body, &call, f.executor, f.threads);
}

}  // namespace

}  // namespace rheo

extern "C" rheo_status rheo_run_fused(const rheo_fused* fused) {
  return rheo::guarded([&] {
    rheo::require(fused, "fused");
    rheo::run_fused(*fused);
  });
}
