// SPDX-License-Identifier: Apache-2.0
// describe.cc: writes the JSON. The core has no JSON library: it only ever writes, and only its own
// constants.
#include "src/core/describe.h"

#include "src/core/trace.h"
#include "src/core/writer.h"
#include "src/masks/slopes.h"

namespace rheo {

namespace {

void write_parameters(Writer& w, const Activation& a) {
  w.key("parameters"), w.open('[');
  const auto& parameters = a.entry->info->parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i) write_parameter(w, parameters[i], a.initial(i));
  w.close(']');
}

void write_presets(Writer& w, const Info& info) {
  w.key("presets"), w.open('[');
  for (const Preset& preset : info.presets) {
    w.open('{');
    w.field("name", preset.name), w.field("summary", preset.summary);
    w.key("parameters"), write_values(w, info.parameters, preset);
    w.close('}');
  }
  w.close(']');
}

void write_torch(Writer& w, const Activation& a) {
  const std::string_view wanted = a.preset != nullptr ? a.preset->name : "";
  w.key("torch"), w.open('[');
  for (const TorchName& t : a.entry->info->torch) {
    const std::string_view has = t.preset != nullptr ? t.preset : "";
    if (has == wanted) write_torch_name(w, t, a.entry->info->parameters, a.preset);
  }
  w.close(']');
}

void write_limit(Writer& w, const char* name, Limit limit) {
  w.key(name), w.open('{');
  w.field("value", limit.value), w.field("derivative", limit.derivative);
  w.close('}');
}

void write_facts(Writer& w, const Activation& a) {
  double parameters[kMaxParameters]{};
  for (std::size_t i = 0; i < a.entry->info->parameters.size(); ++i) parameters[i] = a.initial(i);
  const Facts facts = a.entry->facts(parameters);
  w.key("facts"), w.open('{');
  w.key("kinks"), w.open('[');
  for (const double k : facts.kinks) w.number(k);
  w.close(']');
  w.key("range"), w.open('['), w.number(facts.low), w.number(facts.high), w.close(']');
  w.key("limits"), w.open('{'), write_limit(w, "left", facts.left), write_limit(w, "right", facts.right),
      w.close('}');
  w.flag("odd", facts.odd), w.field("monotone", facts.monotone ? "increasing" : "no");
  w.close('}');
}

void write_bound(Writer& w, const char* name, Bound bound) {
  w.key(name), w.open('{');
  w.field("value", bound.value), w.field("derivative", bound.derivative);
  w.close('}');
}

// The roles that need no table.
void write_plain(Writer& w, const Activation& a) {
  const bool* const plain = a.entry->kernels()[a.entry->index].plain;
  w.key("plain"), w.open('[');
  if (plain[static_cast<int>(Role::kValue)]) w.string("value");
  if (plain[static_cast<int>(Role::kDerivative)]) w.string("derivative");
  w.close(']');
}

// With the default (or the preset's) parameters, in float32.
void write_forms(Writer& w, const Activation& a) {
  double parameters[kMaxParameters]{};
  for (std::size_t i = 0; i < a.entry->info->parameters.size(); ++i)
    parameters[i] = static_cast<double>(static_cast<float>(a.initial(i)));
  const Slopes slopes = slopes_of(a, Format::kFloat32, parameters);
  w.key("forms"), w.open('{');
  for (const char* form : {"gate", "fused", "int8"}) w.flag(form, true);  // made of the kernels that all have
  w.key("mask"), w.open('{');
  w.flag("possible", slopes.two);
  w.key("slopes"), w.open('[');
  if (slopes.two) w.number(slopes.slope[0]), w.number(slopes.slope[1]);
  w.close(']');
  w.field("reason", slopes.two ? nullptr : "the derivative takes more than two values");
  w.close('}');
  w.close('}');
}

void write_trace(Writer& w, const Trace& trace) {
  w.key("trace"), w.open('[');
  for (const Trace::Node& node : trace.nodes()) {
    w.open('['), w.string(node.operation.c_str());
    if (!node.text.empty()) w.string(node.text.c_str());
    for (const int operand : node.operands) w.number(operand);
    w.close(']');
  }
  w.close(']');
}

}  // namespace

const char* domain_name(Domain domain) {
  switch (domain) {
    case Domain::kFinite:
      return "finite";
    case Domain::kPositive:
      return "positive";
    case Domain::kNonnegative:
      return "nonnegative";
    case Domain::kNonzero:
      return "nonzero";
    case Domain::kFiniteOrInfinite:
      return "finite_or_infinite";
  }
  return "";
}

std::string describe(const Activation& a) {
  const Info& info = *a.entry->info;
  Trace trace;
  a.entry->record(trace);
  Writer w;
  w.open('{');
  w.field("name", a.name), w.field("kind", "unary"), w.field("activation", info.name);
  w.field("file", a.entry->file);
  w.field("title", info.title), w.field("summary", a.preset != nullptr ? a.preset->summary : info.summary);
  w.field("formula", trace.formula().c_str());
  write_trace(w, trace);
  write_parameters(w, a);
  write_presets(w, info);
  write_aliases(w, a.preset == nullptr ? info.aliases : List<const char*, 12>());
  write_torch(w, a);
  w.key("bounds"), w.open('{');
  write_bound(w, "float32", info.float32), write_bound(w, "float64", info.float64);
  for (const char* format : {"bfloat16", "float16"}) write_bound(w, format, {0.5, 0.5});  // correctly rounded
  w.close('}');
  write_plain(w, a);
  write_forms(w, a);
  write_facts(w, a);
  write_references(w, info.references);
  w.close('}');
  return w.take();
}

}  // namespace rheo
