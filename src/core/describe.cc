// SPDX-License-Identifier: Apache-2.0
// describe.cc: writes the JSON. The core has no JSON library: it only ever writes, and only its own
// constants.
#include "src/core/describe.h"

#include <array>
#include <charconv>
#include <cmath>

#include "src/core/trace.h"
#include "src/core/writer.h"

namespace rheo {

namespace {

void write_parameters(Writer& w, const Activation& a) {
  w.key("parameters"), w.open('[');
  const Info& info = *a.entry->info;
  for (std::size_t i = 0; i < info.parameters.size(); ++i) {
    const Parameter& p = info.parameters[i];
    w.open('{');
    w.field("name", p.name), w.field("default", a.initial(i));
    w.field("domain", domain_name(p.domain)), w.field("meaning", p.meaning);
    w.close('}');
  }
  w.close(']');
}

void write_values(Writer& w, const Info& info, const Preset& preset) {
  w.open('{');
  for (std::size_t i = 0; i < preset.values.size(); ++i) w.field(info.parameters[i].name, preset.values[i]);
  w.close('}');
}

void write_presets(Writer& w, const Info& info) {
  w.key("presets"), w.open('[');
  for (const Preset& preset : info.presets) {
    w.open('{');
    w.field("name", preset.name), w.field("summary", preset.summary);
    w.key("parameters"), write_values(w, info, preset);
    w.close('}');
  }
  w.close(']');
}

void write_torch_name(Writer& w, const Info& info, const TorchName& t) {
  w.open('{');
  w.field("module", t.module), w.field("function", t.function);
  w.key("fixed");
  const Preset* fixed = nullptr;
  for (const Preset& preset : info.presets)
    if (t.preset != nullptr && std::string_view(preset.name) == t.preset) fixed = &preset;
  if (fixed != nullptr) {
    write_values(w, info, *fixed);
  } else {
    w.open('{'), w.close('}');
  }
  w.key("defaults"), w.open('{');
  for (const Default& d : t.defaults) w.field(d.parameter, d.value);
  w.close('}');
  w.key("choice");
  if (t.argument == nullptr) {
    w.string(nullptr);
  } else {
    w.open('{'), w.field("argument", t.argument), w.field("value", t.choice), w.close('}');
  }
  w.flag("inplace", t.inplace), w.flag("ignores_arguments", t.ignores_arguments);
  w.close('}');
}

// The torch names of the activation, or of the preset alone.
void write_torch(Writer& w, const Activation& a) {
  w.key("torch"), w.open('[');
  for (const TorchName& t : a.entry->info->torch) {
    const std::string_view wanted = a.preset != nullptr ? a.preset->name : "";
    const std::string_view has = t.preset != nullptr ? t.preset : "";
    if (has == wanted) write_torch_name(w, *a.entry->info, t);
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

std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
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
  w.key("aliases"), w.open('[');
  if (a.preset == nullptr)
    for (const char* alias : info.aliases) w.string(alias);
  w.close(']');
  write_torch(w, a);
  w.key("bounds"), w.open('{');
  write_bound(w, "float32", info.float32), write_bound(w, "float64", info.float64);
  for (const char* format : {"bfloat16", "float16"}) write_bound(w, format, {0.5, 0.5});  // correctly rounded
  w.close('}');
  write_plain(w, a);
  write_facts(w, a);
  w.key("references"), w.open('[');
  for (const Reference& r : info.references)
    w.open('{'), w.field("text", r.text), w.field("url", r.url), w.close('}');
  w.close(']');
  w.close('}');
  return w.take();
}

}  // namespace rheo
