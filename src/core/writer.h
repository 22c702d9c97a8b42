// SPDX-License-Identifier: Apache-2.0
// writer.h: writes JSON. The core has no JSON library: it only ever writes, and only its own constants.
#pragma once

#include <cmath>
#include <string>
#include <utility>

#include "src/core/describe.h"

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

}  // namespace rheo
