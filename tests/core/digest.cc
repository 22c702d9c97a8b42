// SPDX-License-Identifier: Apache-2.0
// digest.cc: prints the instruction set in use and a hash of every function's results; targets_test.cc runs
// it once per instruction set and compares.
#include <cstdio>
#include <string>

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

constexpr std::size_t kPoints = 20000, kPointsPerSetting = 500;

template <class T>
void print_digests(const Activation& a, const char* format) {
  constexpr std::uint64_t kStart = 0xcbf29ce484222325u;
  const std::vector<T> x = sample<T>(kPoints), grad = sample<T>(kPoints, 2);
  const Function<T> f(a);
  std::uint64_t value = hash(kStart, f.value(x)), derivative = hash(kStart, f.derivative(x));
  std::uint64_t backward = hash(kStart, f.backward(grad, x));
  const std::span<const T> some(x.data(), kPointsPerSetting), gradients(grad.data(), kPointsPerSetting);
  for (const Values& values : settings<T>(a)) {
    const Function<T> g(a, values);
    value = hash(value, g.value(some));
    derivative = hash(derivative, g.derivative(some));
    backward = hash(backward, g.backward(gradients, some));
  }
  for (const auto& [role, digest] :
       {std::pair("value", value), {"derivative", derivative}, {"backward", backward}})
    std::printf("%s %s %s %016llx\n", a.name, format, role, static_cast<unsigned long long>(digest));
}

}  // namespace
}  // namespace rheo::test

int main() {
  using namespace rheo;
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
    test::print_digests<float>(a, "float32");
    test::print_digests<double>(a, "float64");
  }
}
