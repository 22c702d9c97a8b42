// SPDX-License-Identifier: Apache-2.0
// digest.cc [POINTS]: prints the instruction set in use and a hash of every function's results.
//
// targets_test.cc runs it once per instruction set and compares; scripts/test-aarch64 compares it with
// another processor's.
#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>

#include "src/block/gate.h"
#include "src/block/lookup.h"
#include "src/core/run.h"
#include "tests/core/each.h"

namespace rheo::test {
namespace {

// FNV-1a over the results' bits; NaN is a class.
template <class T>
std::uint64_t hash(std::uint64_t state, const std::vector<T>& y) {
  for (const T v : y) {
    const Bits<T> b = std::isnan(v) ? bits(std::numeric_limits<T>::quiet_NaN()) : bits(v);
    for (unsigned i = 0; i < 8 * sizeof b; i += 8) state = (state ^ ((b >> i) & 255)) * 0x100000001b3u;
  }
  return state;
}

// POINTS with the initial parameters, and the fortieth part for each setting of them.
constexpr std::size_t kPoints = 20000, kShare = 40;

constexpr std::uint64_t kStart = 0xcbf29ce484222325u;

// One for all parameters, where there are any.
template <class T>
void print_parameter_digest(const Activation& a, const char* format, std::span<const T> x,
                            std::span<const T> grad) {
  const std::size_t count = a.entry->info->parameters.size();
  if (count == 0) return;
  std::uint64_t digest = kStart;
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
    state = (state ^ (b & 255)) * 0x100000001b3u;
    state = (state ^ (b >> 8)) * 0x100000001b3u;
  }
  return state;
}

// Values and both gradients, with and without a limit.
template <class T, class Hash>
void print_gate_digest(const Activation& a, Format format, const char* name, const std::vector<T>& x,
                       const std::vector<T>& b, const std::vector<double>& p, Hash&& hash_of) {
  Gate gate{};
  gate.format = format, gate.parameters = p.data();
  if constexpr (sizeof(T) == 2) {
    gate.product16 = a.product_kernels16(), gate.backward16 = a.kernels16(Role::kBackward);
  } else {
    gate.product = a.product_kernel(format), gate.backward = a.kernel(format, Role::kBackward);
  }
  std::uint64_t digest = kStart;
  std::vector<T> y(x.size()), db(x.size());
  for (const bool limited : {false, true}) {
    if (limited) gate.limit = 7, gate.offset = 1;
    gate_value(gate, x.data(), b.data(), y.data(), x.size());
    digest = hash_of(digest, y);
    gate_backward(gate, x.data(), b.data(), b.data(), y.data(), db.data(), x.size());
    digest = hash_of(hash_of(digest, y), db);
  }
  std::printf("%s %s gate %016llx\n", a.name, name, static_cast<unsigned long long>(digest));
}

template <class T>
void print_digests(const Activation& a, const char* format, std::size_t points) {
  const std::vector<T> x = sample<T>(points), grad = sample<T>(points, 2);
  const Function<T> f(a);
  std::uint64_t value = hash(kStart, f.value(x)), derivative = hash(kStart, f.derivative(x));
  std::uint64_t backward = hash(kStart, f.backward(grad, x));
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
  const std::vector<double> p(f.parameters(), f.parameters() + kMaxParameters);
  print_gate_digest(a, sizeof(T) == 4 ? Format::kFloat32 : Format::kFloat64, format, x, grad, p,
                    [](std::uint64_t state, const std::vector<T>& y) { return hash(state, y); });
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
                static_cast<unsigned long long>(hash16(kStart, y, format)));
  }
  print_gate_digest(a, format, name, x, grad, p,
                    [format](std::uint64_t state, const std::vector<std::uint16_t>& results) {
                      return hash16(state, results, format);
                    });
}

// Bytes through tables, at lengths that leave parts of vectors.
void print_lookup_digest() {
  std::uint64_t digest = kStart;
  std::uint8_t table[kTableSize], x[3 * kTableSize], y[3 * kTableSize];
  for (unsigned seed = 1; seed <= 100; ++seed) {
    const std::size_t n = sizeof x - seed;
    for (std::size_t i = 0; i < kTableSize; ++i)
      table[i] = static_cast<std::uint8_t>((i * 40503 + 977) * seed >> 7);
    for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<std::uint8_t>(i * (2 * seed + 1));
    look_up(table, x, y, n);
    for (std::size_t i = 0; i < n; ++i) digest = (digest ^ y[i]) * 0x100000001b3u;
  }
  std::printf("lookup int8 value %016llx\n", static_cast<unsigned long long>(digest));
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
  test::print_lookup_digest();
}
