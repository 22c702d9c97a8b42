// SPDX-License-Identifier: Apache-2.0
// library.cc: the C ABI as the program uses it.
#include "src/cli/library.h"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "src/capi/failure.h"
#include "src/math/format16.h"

namespace rheo::cli {

int run_program(int (*program)(int argc, char** argv), int argc, char** argv) {
  std::string message;
  try {
    const int code = program(argc, argv);
    // Output that did not arrive is an error, or a script would go on with half of it.
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
    message = fmt::format("cannot write to standard output: {}", std::strerror(errno));
  } catch (const UserError& e) {
    message = e.message;
  } catch (const std::exception& e) {
    message = e.what();
  }
  // fmt::print would throw where nobody reads that either.
  std::fputs(fmt::format("rheobase: {}\n", one_line(message)).c_str(), stderr);
  return 2;
}

void check(rheo_status status) {
  if (status != RHEO_OK) throw UserError{rheo_last_error()};
}

std::vector<std::string> listed(rheo_status (*names)(const char* const**, size_t*)) {
  const char* const* list = nullptr;
  size_t count = 0;
  check(names(&list, &count));
  return {list, list + count};
}

std::vector<std::string> names() { return listed(rheo_names); }

const rheo_activation* find(const std::string& name) {
  const rheo_activation* activation = nullptr;
  check(rheo_find(name.c_str(), &activation));
  return activation;
}

Json describe(const rheo_activation* activation) {
  const char* text = nullptr;
  check(rheo_describe(activation, &text));
  return Json::parse(text);
}

double parse_number(const std::string& text, const std::string& argument) {
  double value = 0;
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(begin, end, value);
  if (result.ec == std::errc::result_out_of_range && result.ptr == end) {
    throw UserError{fmt::format("{} is '{}', which no float64 can hold", argument, text)};
  }
  if (result.ec != std::errc() || result.ptr != end) {
    throw UserError{fmt::format("{} is '{}'; expected a number, inf or nan", argument, text)};
  }
  return value;
}

namespace {

Setting parse_setting(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UserError{fmt::format("--set is '{}'; expected PARAMETER=NUMBER", text)};
  }
  const std::string name = text.substr(0, equals);
  return {name, parse_number(text.substr(equals + 1), "--set " + name)};
}

}  // namespace

std::vector<Setting> parse_settings(const std::vector<std::string>& texts) {
  std::vector<Setting> settings;
  for (const std::string& text : texts) settings.push_back(parse_setting(text));
  return settings;
}

std::vector<rheo_parameter> parameters_of(const std::vector<Setting>& settings) {
  std::vector<rheo_parameter> parameters;
  for (const Setting& s : settings) parameters.push_back({s.name.c_str(), s.value});
  return parameters;
}

const Format16* format16_of(rheo_format format) {
  if (format == RHEO_BFLOAT16) return &kBfloat16Format;
  return format == RHEO_FLOAT16 ? &kFloat16Format : nullptr;
}

namespace {

double run_as16(const rheo_activation* activation, rheo_call call, double x, double grad) {
  const Format16& format = *format16_of(static_cast<rheo_format>(call.format));
  const std::uint16_t input = narrowed(x, format), gradient = narrowed(grad, format);
  std::uint16_t output = 0;
  call.x = &input;
  call.grad = call.role == RHEO_BACKWARD ? &gradient : nullptr;
  call.y = &output;
  check(rheo_run(activation, &call));
  return widened(output, format);
}

template <class T>
double run_as(const rheo_activation* activation, rheo_call call, double x, double grad) {
  const T input = static_cast<T>(x), gradient = static_cast<T>(grad);
  T output = 0;
  call.x = &input;
  call.grad = call.role == RHEO_BACKWARD ? &gradient : nullptr;
  call.y = &output;
  check(rheo_run(activation, &call));
  return static_cast<double>(output);
}

}  // namespace

std::vector<std::string> format_names() { return {"float32", "float64", "bfloat16", "float16"}; }

rheo_format format_named(const std::string& name) {
  if (name == "float64") return RHEO_FLOAT64;
  if (name == "bfloat16") return RHEO_BFLOAT16;
  return name == "float16" ? RHEO_FLOAT16 : RHEO_FLOAT32;
}

double rounded_to(double value, rheo_format format) {
  if (const Format16* format16 = format16_of(format)) return widened(narrowed(value, *format16), *format16);
  return format == RHEO_FLOAT32 ? static_cast<double>(static_cast<float>(value)) : value;
}

double run(const rheo_activation* activation, rheo_role role, rheo_format format, double x, double grad,
           const std::vector<Setting>& settings, const std::string& parameter) {
  const std::vector<rheo_parameter> parameters = parameters_of(settings);
  rheo_call call{};
  call.struct_size = sizeof call;
  call.role = role;
  call.format = format;
  call.with_respect_to = role == RHEO_PARAMETER ? parameter.c_str() : nullptr;
  call.parameters = parameters.data();
  call.parameter_count = parameters.size();
  if (format16_of(format) != nullptr) return run_as16(activation, call, x, grad);
  return format == RHEO_FLOAT32 ? run_as<float>(activation, call, x, grad)
                                : run_as<double>(activation, call, x, grad);
}

std::string number_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : fmt::format("{}", value.get<double>());
}

}  // namespace rheo::cli
