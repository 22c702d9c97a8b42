// SPDX-License-Identifier: Apache-2.0
// lut.cc: `rheobase lut NAME ...`, an activation of 8-bit codes as a table: text, JSON, or C for a device.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <limits>

#include "src/cli/library.h"
#include "src/cli/settings.h"
#include "src/cli/verbs.h"

namespace rheo::cli {

namespace {

struct Options {
  std::string name;
  std::string in_scale, in_zero, out_scale, out_zero;
  std::string convention = "tflite", type = "int8";
  std::vector<std::string> settings;
  bool json = false, c = false;
};

// What was asked for, and its table.
struct Result {
  rheo_quantization quantization{};
  std::vector<Setting> settings;
  std::array<std::uint8_t, 256> table{};

  int low() const { return quantization.codes == RHEO_INT8 ? -128 : 0; }
  int at(int code) const {
    const std::uint8_t byte = table[static_cast<std::uint8_t>(code)];
    return quantization.codes == RHEO_INT8 ? static_cast<std::int8_t>(byte) : byte;
  }
};

// Scales are float32 in every framework.
float parse_scale(const std::string& text, const std::string& argument) {
  const double value = parse_number(text, argument);
  const float rounded = static_cast<float>(value);
  if ((rounded == 0 && value != 0) || (std::isinf(rounded) && std::isfinite(value)))
    throw UserError{fmt::format("{} is '{}', which no float32 can hold", argument, text)};
  if (!(rounded > 0) || std::isinf(rounded))
    throw UserError{fmt::format("{} is '{}'; expected a positive finite number", argument, text)};
  return rounded;
}

std::int32_t parse_zero(const std::string& text, const std::string& argument, bool is_signed) {
  const double value = parse_number(text, argument);
  const int low = is_signed ? -128 : 0, high = is_signed ? 127 : 255;
  if (!(value >= low && value <= high) || value != std::trunc(value)) {
    throw UserError{
        fmt::format("{} is '{}'; expected a whole number from {} to {}", argument, text, low, high)};
  }
  return static_cast<std::int32_t>(value);
}

Result make(const Options& o) {
  Result r;
  const bool is_signed = o.type == "int8";
  r.quantization.struct_size = sizeof r.quantization;
  r.quantization.codes = is_signed ? RHEO_INT8 : RHEO_UINT8;
  r.quantization.convention = o.convention == "tflite" ? RHEO_TFLITE
                              : o.convention == "onnx" ? RHEO_ONNX
                                                       : RHEO_TORCH;
  const rheo_activation* activation = find(o.name);
  r.quantization.in_scale = parse_scale(o.in_scale, "--in-scale");
  r.quantization.in_zero = parse_zero(o.in_zero, "--in-zero", is_signed);
  r.quantization.out_scale = parse_scale(o.out_scale, "--out-scale");
  r.quantization.out_zero = parse_zero(o.out_zero, "--out-zero", is_signed);
  r.settings = parse_settings(o.settings);
  const std::vector<rheo_parameter> parameters = parameters_of(r.settings);
  r.quantization.parameters = parameters.data();
  r.quantization.parameter_count = parameters.size();
  check(rheo_int8_table(activation, &r.quantization, r.table.data()));
  r.quantization.parameters = nullptr;
  return r;
}

double value_of(int code, float scale, std::int32_t zero) {
  return static_cast<double>(scale * static_cast<float>(code - zero));
}

void print_text(const Result& r) {
  const rheo_quantization& q = r.quantization;
  fmt::print("{:>6} {:>16} {:>6} {:>16}\n", "code", "x", "result", "y");
  for (int code = r.low(); code < r.low() + 256; ++code) {
    fmt::print("{:>6} {:>16.9g} {:>6} {:>16.9g}\n", code, value_of(code, q.in_scale, q.in_zero), r.at(code),
               value_of(r.at(code), q.out_scale, q.out_zero));
  }
}

void print_json(const Options& o, const Result& r) {
  const rheo_quantization& q = r.quantization;
  Json parameters = Json::object(), table = Json::array();
  for (const Setting& s : r.settings) parameters[s.name] = s.value;
  for (int code = r.low(); code < r.low() + 256; ++code) table.push_back(r.at(code));
  const auto side = [](float scale, std::int32_t zero) {
    return Json{{"scale", Json::parse(fmt::format("{}", scale))}, {"zero", zero}};
  };
  fmt::print("{}\n", Json{{"name", o.name},
                          {"type", o.type},
                          {"convention", o.convention},
                          {"parameters", parameters},
                          {"in", side(q.in_scale, q.in_zero)},
                          {"out", side(q.out_scale, q.out_zero)},
                          {"first", r.low()},
                          {"table", table}}
                         .dump());
}

// A name or alias as the start of a C identifier.
std::string identifier(const std::string& name) {
  std::string text = name;
  for (char& c : text) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) != 0 ? "f" + text : text;
}

std::string number_of_code(const char* symbol, float scale, std::int32_t zero) {
  if (zero == 0) return fmt::format("{} * {}", scale, symbol);
  return fmt::format("{} * ({} {} {})", scale, symbol, zero < 0 ? '+' : '-', std::abs(zero));
}

void print_c(const Options& o, const Result& r) {
  const rheo_quantization& q = r.quantization;
  const std::string name = identifier(o.name) + "_" + o.type;
  std::string function = o.name;
  for (const Setting& setting : r.settings) function += fmt::format(", {} = {}", setting.name, setting.value);
  fmt::print("/* {}, as a table of {} codes, made by rheobase {}.\n", function, o.type, rheo_version());
  fmt::print(" * A code q stands for x = {}; the result r for y = {}.\n",
             number_of_code("q", q.in_scale, q.in_zero), number_of_code("r", q.out_scale, q.out_zero));
  fmt::print(" * y is rounded to a code as by {}.\n", o.convention == "tflite" ? "TensorFlow Lite"
                                                      : o.convention == "onnx"
                                                          ? "ONNX's QuantizeLinear"
                                                          : "PyTorch's quantize_per_tensor");
  fmt::print(" * The index is the code's byte: for q below 0 it is q + 256. */\n");
  fmt::print("#include <stdint.h>\n\nstatic const {}_t {}_table[256] = {{", o.type, name);
  for (int byte = 0; byte < 256; ++byte) {
    fmt::print("{}{:4}{}", byte % 16 == 0 ? "\n   " : "",
               r.at(q.codes == RHEO_INT8 ? static_cast<std::int8_t>(byte) : byte), byte < 255 ? "," : "");
  }
  fmt::print("\n}};\n\nstatic inline {0}_t {1}({0}_t q) {{ return {1}_table[(uint8_t)q]; }}\n", o.type, name);
}

}  // namespace

void add_lut(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("lut", "A table of 256 codes, for quantized numbers");
  auto o = std::make_shared<Options>();
  verb->add_option("NAME", o->name, "Activation, preset or alias")->required();
  verb->add_option("--in-scale", o->in_scale, "A code q of x stands for SCALE * (q - ZERO)")->required();
  verb->add_option("--in-zero", o->in_zero, "The code of x = 0")->required();
  verb->add_option("--out-scale", o->out_scale, "The same of the results")->required();
  verb->add_option("--out-zero", o->out_zero, "The same of the results")->required();
  verb->add_option("--convention", o->convention, "Whose rounding")
      ->check(CLI::IsMember({"tflite", "onnx", "torch"}))
      ->capture_default_str();
  verb->add_option("--type", o->type, "The codes")
      ->check(CLI::IsMember({"int8", "uint8"}))
      ->capture_default_str();
  add_settings(*verb, o->settings, "-p,--set,--param");
  CLI::Option* json = verb->add_flag("--json", o->json, "As one JSON object");
  verb->add_flag("--c", o->c, "As C11, to be included on a device")->excludes(json);
  verb->footer(
      "Example:\n  rheobase lut gelu --in-scale 0.05 --in-zero 3 --out-scale 0.02 --out-zero -110 --c > "
      "gelu_int8.h");
  verb->callback([o] {
    const Result r = make(*o);
    if (o->json) return print_json(*o, r);
    return o->c ? print_c(*o, r) : print_text(r);
  });
}

}  // namespace rheo::cli
