// SPDX-License-Identifier: Apache-2.0
// forms.cc: gates and fused calls against the same in separate passes, one thread, interleaved.
//
//   rheobase-forms NAME...   names of activations
//
// Separately, act(a) is written to memory, then multiplied with b by a loop of the compiler's; scale x + bias
// is such a loop before the activation. What separate passes read is always in two arrays, beside packed
// layouts too. The ratio says how many times as fast one pass is. Of many runs the best counts, as other work
// on the machine only ever makes one slower. RHEOBASE_FORMS_RUNS sets how many there are.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "bench/timing.h"
#include "rheobase/rheobase.h"
#include "src/math/format16.h"

namespace {

constexpr std::int64_t kKi = 1024, kMi = 1024 * kKi;

void check(rheo_status status) {
  if (status == RHEO_OK) return;
  std::fprintf(stderr, "rheobase-forms: %s\n", rheo_last_error());
  std::exit(2);
}

template <class T>
std::vector<T> normal(std::int64_t n, unsigned seed) {
  std::minstd_rand random(seed);
  std::normal_distribution<double> distribution;
  std::vector<T> some(64 * kKi), all(static_cast<std::size_t>(n));
  for (T& v : some) {
    const double x = distribution(random);
    if constexpr (sizeof(T) == 2) {
      v = rheo::narrowed(x, rheo::kBfloat16Format);
    } else {
      v = static_cast<T>(x);
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = some[i % some.size()];
  return all;
}

float wide(float v) { return v; }
float wide(std::uint16_t v) {
  const std::uint32_t bits = std::uint32_t{v} << 16;
  float result = 0;
  __builtin_memcpy(&result, &bits, sizeof result);
  return result;
}
void narrow(float v, float& to) { to = v; }
// Rounded, but for NaN: what a compiler makes vectors of.
void narrow(float v, std::uint16_t& to) {
  std::uint32_t bits = 0;
  __builtin_memcpy(&bits, &v, sizeof bits);
  to = static_cast<std::uint16_t>((bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16);
}

template <class T>
struct Setup {
  const rheo_activation* act = nullptr;
  std::int64_t n;
  std::vector<T> a, b, grad, packed, y, t, dpacked;

  explicit Setup(std::int64_t count)
      : n(count),
        a(normal<T>(n, 1)),
        b(normal<T>(n, 2)),
        grad(normal<T>(n, 3)),
        packed(normal<T>(2 * n, 4)),
        y(a.size()),
        t(a.size()),
        dpacked(packed.size()) {}

  static constexpr std::uint32_t kFormat = sizeof(T) == 2 ? RHEO_BFLOAT16 : RHEO_FLOAT32;

  void call(rheo_role role, const T* x, const T* g, T* out) const {
    rheo_call c{};
    c.struct_size = sizeof c, c.role = role, c.format = kFormat, c.rank = 1, c.threads = 1, c.shape = &n;
    c.x = x, c.grad = g, c.y = out;
    check(rheo_run(act, &c));
  }
  rheo_gate gate(rheo_role role) const {
    rheo_gate g{};
    g.struct_size = sizeof g, g.role = role, g.format = kFormat, g.layout = RHEO_TWO_ARRAYS, g.threads = 1;
    g.rank = 1, g.shape = &n;
    return g;
  }
  void run(const rheo_gate& g) const { check(rheo_run_gate(act, &g)); }
  void multiply(const T* u, const T* v, T* out) const {
    for (std::int64_t i = 0; i < n; ++i) narrow(wide(u[i]) * wide(v[i]), out[i]);
  }
  void move(const T* u, T* out) const {
    for (std::int64_t i = 0; i < n; ++i) narrow(wide(u[i]) * 0.5F + 1, out[i]);
  }
};

void compare(const char* what, std::int64_t n, int runs, const std::function<void()>& one,
             const std::function<void()>& separate) {
  const std::vector<double> best = bench::best_in_turns(runs, {one, separate});
  std::printf("  %-34s %6.2f Gelem/s, separately %6.2f, ratio %.2f\n", what,
              static_cast<double>(n) / best[0] * 1e-9, static_cast<double>(n) / best[1] * 1e-9,
              best[1] / best[0]);
}

template <class T>
void measure(const std::string& name, std::int64_t n, int runs) {
  Setup<T> s(n);
  check(rheo_find(name.c_str(), &s.act));
  std::printf("%s, %s, %lld elements\n", name.c_str(), sizeof(T) == 2 ? "bfloat16" : "float32",
              static_cast<long long>(n));
  rheo_gate value = s.gate(RHEO_VALUE), packed = value, back = s.gate(RHEO_BACKWARD);
  value.a = s.a.data(), value.b = s.b.data(), value.y = s.y.data();
  const auto separately = [&] {
    s.call(RHEO_VALUE, s.a.data(), nullptr, s.t.data());
    s.multiply(s.t.data(), s.b.data(), s.y.data());
  };
  compare("gate, two arrays", n, runs, [&] { s.run(value); }, separately);
  const std::int64_t shape[] = {n / kKi, 2 * kKi};
  packed.rank = 2, packed.shape = shape, packed.a = s.packed.data(), packed.y = s.y.data();
  for (const auto& [layout, text] :
       {std::pair(RHEO_HALVES, "gate, halves of 1,024"), {RHEO_INTERLEAVED, "gate, interleaved"}}) {
    packed.layout = layout;
    compare(text, n, runs, [&] { s.run(packed); }, separately);
  }
  back.a = s.a.data(), back.b = s.b.data(), back.grad = s.grad.data();
  back.da = s.dpacked.data(), back.db = s.dpacked.data() + n;
  compare(
      "both gradients", n, runs, [&] { s.run(back); },
      [&] {
        s.call(RHEO_VALUE, s.a.data(), nullptr, s.t.data());
        s.multiply(s.t.data(), s.grad.data(), s.dpacked.data() + n);
        s.multiply(s.grad.data(), s.b.data(), s.t.data());
        s.call(RHEO_BACKWARD, s.a.data(), s.t.data(), s.dpacked.data());
      });
  rheo_stage stage{s.act, nullptr, 0};
  rheo_term scale{}, bias{};
  scale.kind = bias.kind = RHEO_NUMBER, scale.number = 0.5, bias.number = 1;
  rheo_fused f{};
  f.struct_size = sizeof f, f.format = Setup<T>::kFormat, f.threads = 1, f.rank = 1, f.shape = &n;
  f.stages = &stage, f.stage_count = 1, f.scale = &scale, f.bias = &bias, f.x = s.a.data(), f.y = s.y.data();
  compare(
      "act(scale x + bias)", n, runs, [&] { check(rheo_run_fused(&f)); },
      [&] {
        s.move(s.a.data(), s.t.data());
        s.call(RHEO_VALUE, s.t.data(), nullptr, s.y.data());
      });
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> names(argv + 1, argv + argc);
  if (names.empty()) {
    std::fprintf(stderr, "usage: rheobase-forms NAME...\n");
    return 2;
  }
  const int runs = bench::runs_from("RHEOBASE_FORMS_RUNS", 9);
  for (const std::string& name : names) {
    measure<float>(name, 64 * kKi, 50 * runs), measure<float>(name, 16 * kMi, runs);
    measure<std::uint16_t>(name, 64 * kKi, 50 * runs), measure<std::uint16_t>(name, 16 * kMi, runs);
  }
}
