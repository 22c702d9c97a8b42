// SPDX-License-Identifier: Apache-2.0
// library.h: the C ABI as the program uses it: exceptions, JSON, one activation at a time.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rheobase/rheobase.h"
#include "src/math/format16.h"

namespace rheo::cli {

using Json = nlohmann::ordered_json;

// What the user asked for cannot be done: one line, exit code 2.
struct UserError {
  std::string message;
};

// Runs a program and returns its exit code: 2, and one line on stderr, where it throws or its output does not
// arrive.
int run_program(int (*program)(int argc, char** argv), int argc, char** argv);

// Throws UserError with the library's message.
void check(rheo_status status);

// What a function of the C ABI lists.
std::vector<std::string> listed(rheo_status (*names)(const char* const**, size_t*));

std::vector<std::string> names();
const rheo_activation* find(const std::string& name);
Json describe(const rheo_activation* activation);

// "alpha=0.5" as a parameter.
struct Setting {
  std::string name;
  double value;
};
std::vector<Setting> parse_settings(const std::vector<std::string>& texts);

// As calls take them; their names are those of the settings.
std::vector<rheo_parameter> parameters_of(const std::vector<Setting>& settings);

// A number, "inf" or "nan", or an error that names the argument.
double parse_number(const std::string& text, const std::string& argument);

// "bfloat16" as its format.
rheo_format format_named(const std::string& name);
std::vector<std::string> format_names();

// Null for formats of 32 bits and more.
const Format16* format16_of(rheo_format format);

// The nearest number of that format.
double rounded_to(double value, rheo_format format);

// One result. The parameter is that of RHEO_PARAMETER.
double run(const rheo_activation* activation, rheo_role role, rheo_format format, double x, double grad,
           const std::vector<Setting>& settings, const std::string& parameter = "");

// A JSON number or one of the strings "inf", "-inf", "nan", as text.
std::string number_text(const Json& value);

}  // namespace rheo::cli
