// SPDX-License-Identifier: Apache-2.0
// writer.h: writes JSON, and what files of every kind declare. The core has no JSON library: it only ever
// writes, and only its own constants.
#pragma once

#include <cmath>
#include <string>
#include <utility>

#include "src/core/describe.h"
#include "src/core/info.h"

namespace rheo {

// Objects and arrays with their commas.
class Writer {
 public:
  void open(char bracket) { separate(), text_ += bracket, first_ = true; }
  void close(char bracket) { text_ += bracket, first_ = false; }
  void key(const char* name) { separate(), quote(name), text_ += ": ", first_ = true; }
  void string(const char* value) {
    separate();
    if (value == nullptr) {
      text_ += "null";
    } else {
      quote(value);
    }
  }
  void number(double value) {
    separate();
    if (std::isfinite(value)) {
      text_ += value == 0 && std::signbit(value) ? "-0.0" : number_text(value);  // JSON readers take -0 for 0
    } else {
      quote(number_text(value).c_str());
    }
  }
  void boolean(bool value) { separate(), text_ += value ? "true" : "false"; }
  void field(const char* name, const char* value) { key(name), string(value); }
  void field(const char* name, double value) { key(name), number(value); }
  void flag(const char* name, bool value) { key(name), boolean(value); }
  std::string take() { return std::move(text_); }

 private:
  void separate() {
    if (!first_) text_ += ", ";
    first_ = false;
  }
  void quote(const char* value) {
    text_ += '"';
    for (const char* p = value; *p != 0; ++p) {
      if (*p == '"' || *p == '\\') text_ += '\\';
      text_ += *p;
    }
    text_ += '"';
  }

  std::string text_;
  bool first_ = true;
};

inline void write_parameter(Writer& w, const Parameter& p, double initial) {
  w.open('{');
  w.field("name", p.name), w.field("default", initial);
  w.field("domain", domain_name(p.domain)), w.field("meaning", p.meaning);
  w.close('}');
}

// The parameters' values in a preset.
inline void write_values(Writer& w, const List<Parameter, kMaxParameters>& parameters, const Preset& preset) {
  w.open('{');
  for (std::size_t i = 0; i < preset.values.size(); ++i) w.field(parameters[i].name, preset.values[i]);
  w.close('}');
}

template <std::size_t N>
void write_aliases(Writer& w, const List<const char*, N>& aliases) {
  w.key("aliases"), w.open('[');
  for (const char* alias : aliases) w.string(alias);
  w.close(']');
}

// The parameters are needed where it fixes those of a preset.
inline void write_torch_name(Writer& w, const TorchName& t,
                             const List<Parameter, kMaxParameters>& parameters = {},
                             const Preset* fixed = nullptr) {
  w.open('{');
  w.field("module", t.module), w.field("function", t.function);
  w.key("fixed"), write_values(w, parameters, fixed != nullptr ? *fixed : Preset{});
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

template <std::size_t N>
void write_torch_names(Writer& w, const List<TorchName, N>& names) {
  w.key("torch"), w.open('[');
  for (const TorchName& t : names) write_torch_name(w, t);
  w.close(']');
}

template <std::size_t N>
void write_references(Writer& w, const List<Reference, N>& references) {
  w.key("references"), w.open('[');
  for (const Reference& r : references)
    w.open('{'), w.field("text", r.text), w.field("url", r.url), w.close('}');
  w.close(']');
}

}  // namespace rheo
