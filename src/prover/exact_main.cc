// SPDX-License-Identifier: Apache-2.0
// exact_main.cc: the program rheobase-exact, the oracle for other programs. Exit codes: 0 done, 1 a result
// could not be decided or written, 2 wrong request.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <bit>
#include <cmath>
#include <cstdio>
#include <thread>

#include "src/capi/call.h"
#include "src/core/describe.h"
#include "src/core/number_text.h"
#include "src/prover/exact.h"
#include "src/prover/request.h"

namespace rheo::oracle {

namespace {

static_assert(std::endian::native == std::endian::little, "the bytes are read and written as they lie");

struct Options {
  std::string name;
  std::string role = "value";
  std::string format = "float32";
  std::vector<std::string> settings;
  int exponent = 0;
  bool json = false;
  int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
};

// All of standard input, widened to float64.
template <class T>
std::vector<double> numbers() {
  std::vector<double> all;
  std::vector<T> part(std::size_t{1} << 14);
  std::size_t bytes = 0, filled = 0;  // a pipe may end a read within a number
  char* const raw = reinterpret_cast<char*>(part.data());
  while ((bytes = std::fread(raw + filled, 1, part.size() * sizeof(T) - filled, stdin)) > 0) {
    filled += bytes;
    const std::size_t whole = filled / sizeof(T);
    all.insert(all.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(whole));
    std::copy(raw + whole * sizeof(T), raw + filled, raw);
    filled -= whole * sizeof(T);
  }
  if (std::ferror(stdin) != 0) throw std::runtime_error("standard input cannot be read");
  if (filled > 0) {
    throw Failure{RHEO_ERROR_SHAPE,
                  fmt::format("standard input ends within a number: {} bytes are left over, "
                              "expected {} each",
                              filled, sizeof(T))};
  }
  return all;
}

// A number, or what JSON has no number for as a string.
std::string json_number(double value) {
  const std::string text = number_text(value);
  return std::isfinite(value) ? text : '"' + text + '"';
}

void print_json(const std::vector<Pair>& pairs) {
  fmt::print("[");
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    fmt::print("{}\n  [{}, {}]", i == 0 ? "" : ",", json_number(pairs[i].high), json_number(pairs[i].low));
  }
  fmt::print("\n]\n");
}

bool write_bytes(const std::vector<Pair>& pairs) {
  return std::fwrite(pairs.data(), sizeof(Pair), pairs.size(), stdout) == pairs.size();
}

int run(const Options& o) {
  const Format format = o.format == "float32" ? Format::kFloat32 : Format::kFloat64;
  const Role role = o.role == "value"        ? Role::kValue
                    : o.role == "derivative" ? Role::kDerivative
                                             : Role::kBackward;
  const Activation& a = named_activation(o.name);
  const ExactRequest request{&a, role, set_parameters(a, o.settings, format), o.threads, o.exponent};
  std::vector<double> x = format == Format::kFloat32 ? numbers<float>() : numbers<double>();
  std::vector<double> grad;
  if (role == Role::kBackward) {
    if (x.size() % 2 != 0) {
      throw Failure{
          RHEO_ERROR_SHAPE,
          fmt::format("standard input holds {} numbers; backward needs as many gradients as x", x.size())};
    }
    const auto middle = x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2);
    grad.assign(middle, x.end());
    x.erase(middle, x.end());
  }
  const std::vector<Pair> pairs = exact_pairs(request, x, grad);
  if (o.json) print_json(pairs);
  if ((!o.json && !write_bytes(pairs)) || std::fflush(stdout) != 0)
    throw std::runtime_error("standard output cannot be written");
  return 0;
}

int program(int argc, char** argv) {
  CLI::App app{
      "Exact results from ball arithmetic, for programs. Reads x from standard input as raw little-endian\n"
      "numbers of the format (for backward: all x, then as many gradients) and writes for each x two "
      "float64,\n"
      "high and low, to standard output: the exact result is high + low, to about 100 bits.",
      "rheobase exact"};
  Options o;
  app.add_option("NAME", o.name, "Activation, preset or alias")->required();
  app.add_option("--role", o.role, "Which result")
      ->check(CLI::IsMember({"value", "derivative", "backward"}))
      ->capture_default_str();
  app.add_option("--format", o.format, "Format of x, and what parameters are rounded to")
      ->check(CLI::IsMember({"float32", "float64"}))
      ->capture_default_str();
  app.add_option("--set", o.settings, "PARAMETER=NUMBER")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--exponent", o.exponent,
                 "Multiply results by 2^N, so that subnormal ones keep their digits")
      ->check(CLI::Range(-2000, 2000))
      ->capture_default_str();
  app.add_flag("--json", o.json, "Write a JSON array of the pairs [high, low] instead of bytes");
  app.add_option("--threads", o.threads, "Threads")->check(CLI::Range(1, 256))->capture_default_str();
  app.footer("Example:\n  rheobase exact elu --set alpha=0.5 --format float64 < x.bin > exact.bin");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& e) {
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    throw Failure{RHEO_ERROR_UNSUPPORTED, e.what()};
  }
  return run(o);
}

}  // namespace

}  // namespace rheo::oracle

int main(int argc, char** argv) {
  try {
    return rheo::oracle::program(argc, argv);
  } catch (const rheo::Failure& failure) {
    fmt::print(stderr, "rheobase exact: {}\n", failure.message);
  } catch (const std::exception& e) {
    fmt::print(stderr, "rheobase exact: {}\n", e.what());
    return 1;
  }
  return 2;
}
