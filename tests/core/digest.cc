// SPDX-License-Identifier: Apache-2.0
// digest.cc [POINTS]: prints the instruction set in use and a hash of every function's results. Forms have a
// program of their own (tests/forms/digest.cc).
//
// targets_test.cc runs it once per instruction set and compares; scripts/test-aarch64 compares it with
// another processor's.
#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>

#include "src/core/run.h"
#include "tests/core/each.h"
#include "tests/core/hash.h"

namespace rheo::test {
namespace {

// POINTS with the initial parameters, and the fortieth part for each setting of them.
constexpr std::size_t kPoints = 20000, kShare = 40;

// One for all parameters, where there are any.
template <class T>
void print_parameter_digest(const Activation& a, const char* format, std::span<const T> x,
                            std::span<const T> grad) {
  const std::size_t count = a.entry->info->parameters.size();
  if (count == 0) return;
  std::uint64_t digest = kHashStart;
  for (std::size_t k = 0; k < count; ++k) {
    const Function<T> f(a);
    digest = hash(hash(digest, f.parameter(k, x)), f.parameter(k, grad, x));
    for (const Values& values : settings<T>(a))
      digest = hash(digest, Function<T>(a, values).parameter(k, x.first(x.size() / kShare)));
  }
  std::printf("%s %s parameters %016llx\n", a.name, format, static_cast<unsigned long long>(digest));
}

std::uint64_t hash16(std::uint64_t state, const std::vector<std::uint16_t>& y, Format format) {
  const std::uint16_t infinity = format == Format::kBfloat16 ? 0x7F80 : 0x7C00;
  for (const std::uint16_t bits : y) {
    const unsigned b = (bits & 0x7FFF) > infinity ? infinity + 1U : bits;  // NaN is a class
    state = hash_byte(hash_byte(state, b), b >> 8);
  }
  return state;
}

template <class T>
void print_digests(const Activation& a, const char* format, std::size_t points) {
  const std::vector<T> x = sample<T>(points), grad = sample<T>(points, 2);
  const Function<T> f(a);
  std::uint64_t value = hash(kHashStart, f.value(x)), derivative = hash(kHashStart, f.derivative(x));
  std::uint64_t backward = hash(kHashStart, f.backward(grad, x));
  const std::span<const T> some(x.data(), points / kShare), gradients(grad.data(), points / kShare);
  for (const Values& values : settings<T>(a)) {
    const Function<T> g(a, values);
    value = hash(value, g.value(some));
    derivative = hash(derivative, g.derivative(some));
    backward = hash(backward, g.backward(gradients, some));
  }
  for (const auto& [role, digest] :
       {std::pair("value", value), {"derivative", derivative}, {"backward", backward}})
    std::printf("%s %s %s %016llx\n", a.name, format, role, static_cast<unsigned long long>(digest));
  print_parameter_digest<T>(a, format, x, grad);
}

// All 65,536 inputs with the initial parameters, and backward with other patterns as gradients.
void print_digests16(const Activation& a, Format format, const char* name) {
  constexpr std::size_t kPatterns = 65536;
  std::vector<std::uint16_t> x(kPatterns), grad(kPatterns), y(kPatterns);
  for (std::size_t i = 0; i < kPatterns; ++i)
    x[i] = static_cast<std::uint16_t>(i), grad[i] = static_cast<std::uint16_t>(i * 40503 + 977);
  std::vector<double> p(kMaxParameters);
  for (std::size_t i = 0; i < a.entry->info->parameters.size(); ++i)
    p[i] = static_cast<double>(static_cast<float>(a.initial(i)));
  for (const auto& [role, text] :
       {std::pair(Role::kValue, "value"), {Role::kDerivative, "derivative"}, {Role::kBackward, "backward"}}) {
    const bool backward = role == Role::kBackward;
    walk16(format, a.kernels16(role), x.data(), backward ? grad.data() : nullptr, y.data(), kPatterns,
           p.data());
    std::printf("%s %s %s %016llx\n", a.name, name, text,
                static_cast<unsigned long long>(hash16(kHashStart, y, format)));
  }
}

// The number of points that the command line asks for; 0 when it is none.
std::size_t points_of(int argc, char** argv) {
  if (argc < 2) return kPoints;
  const std::string_view text = argv[1];
  std::size_t points = 0;
  const auto [end, failure] = std::from_chars(text.begin(), text.end(), points);
  return argc == 2 && failure == std::errc() && end == text.end() ? points : 0;
}

}  // namespace
}  // namespace rheo::test

int main(int argc, char** argv) {
  using namespace rheo;
  const std::size_t points = test::points_of(argc, argv);
  if (points == 0) {
    std::fprintf(stderr, "usage: rheobase_digest [POINTS]\n");
    return 2;
  }
  std::string error;
  const char* target = target_in_use(error);
  if (target == nullptr) {
    std::fprintf(stderr, "%s\n", error.c_str());
    return 2;
  }
  // The place of a kernel in this program tells instruction sets apart, whatever their names say.
  const auto kernel =
      reinterpret_cast<std::intptr_t>(all_activations()[0].kernel(Format::kFloat32, Role::kValue));
  std::printf("%s %lld\n", target,
              static_cast<long long>(kernel - reinterpret_cast<std::intptr_t>(&run_range)));
  for (const Activation& a : all_activations()) {
    test::print_digests<float>(a, "float32", points);
    test::print_digests<double>(a, "float64", points);
    test::print_digests16(a, Format::kBfloat16, "bfloat16");
    test::print_digests16(a, Format::kFloat16, "float16");
  }
}
