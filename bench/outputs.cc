// SPDX-License-Identifier: Apache-2.0
// outputs.cc: rheobase-outputs, how far derivatives from outputs are from those of x, and how fast they are.
//
//   rheobase-outputs errors [FORMAT] [NAME...]   beside float64's derivative, which is within one ulp of its
//                                                own: all numbers of float32 (the default), bfloat16 or
//                                                float16, a million of float64
//   rheobase-outputs speed [NAME...]             beside backward from x, float32, one thread, best of many
//                                                interleaved runs
//
// Default parameters; all activations that can, or the named ones. Rows of errors are those of
// docs/outputs.md.
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "bench/timing.h"
#include "rheobase/rheobase.h"
#include "src/capi/call.h"
#include "src/math/format16.h"

namespace {

using Function = const rheo_activation*;

void stop_on(rheo_status status) {
  if (status == RHEO_OK) return;
  std::fprintf(stderr, "rheobase-outputs: %s\n", rheo_last_error());
  std::exit(2);
}

Function find(const char* name) {
  Function f = nullptr;
  stop_on(rheo_find(name, &f));
  return f;
}

struct Layout {
  const char* name;
  rheo_format format;
  int digits, lowest;  // of the significand; exponent of the smallest number
};
constexpr Layout kLayouts[] = {{"float32", RHEO_FLOAT32, 24, -149},
                               {"float64", RHEO_FLOAT64, 53, -1074},
                               {"bfloat16", RHEO_BFLOAT16, 8, -133},
                               {"float16", RHEO_FLOAT16, 11, -24}};

bool can(Function f, rheo_format format) {
  std::int32_t supported = 0;
  stop_on(rheo_output_supported(f, format, nullptr, 0, &supported, nullptr));
  return supported != 0;
}

template <class Run>
void call(Run run, Function f, rheo_role role, rheo_format format, std::int64_t n, const void* x,
          const void* grad, void* y) {
  rheo_call c{};
  c.struct_size = sizeof c;
  c.role = role, c.format = format, c.rank = 1, c.threads = 1, c.shape = &n;
  c.x = x, c.grad = grad, c.y = y;
  stop_on(run(f, &c));
}

double wide(const Layout&, float x) { return static_cast<double>(x); }
double wide(const Layout&, double x) { return x; }
double wide(const Layout& layout, std::uint16_t x) {
  return rheo::widened(x, layout.format == RHEO_BFLOAT16 ? rheo::kBfloat16Format : rheo::kFloat16Format);
}

constexpr double kSteep = 0.0625;

struct Errors {
  double largest = 0, place = 0;        // of the error as a share of max(1, |f'|)
  double steep = 0;                     // largest one in ulp where |f'| >= kSteep
  double lost = HUGE_VAL, lost_at = 0;  // least |x| where more than half of f' is missing

  void add(const Layout& layout, double x, double found, double exact) {
    if (std::isnan(exact)) return;
    const double error = found == exact ? 0 : std::fabs(found - exact), size = std::fabs(exact);
    const double share = error / std::max(1.0, size);
    if (share > largest) largest = share, place = x;
    if (error > size / 2 && std::fabs(x) < lost) lost = std::fabs(x), lost_at = x;
    if (size >= kSteep && std::isfinite(size))
      steep = std::max(steep, std::ldexp(error, layout.digits - 1 - std::ilogb(size)));
  }
};

// How many of n inputs could change the errors, by derivatives in float32 that are within an ulp of the exact
// ones. In float32 with some margin, and written so that compilers make vectors of it.
int candidates(const Errors& errors, const float* x, const float* found, const float* near, std::size_t n) {
  const auto largest = 0.999F * static_cast<float>(errors.largest),
             steep = 0.999F * 0x1p-24F * static_cast<float>(errors.steep),
             lost = static_cast<float>(errors.lost);
  int count = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const float size = std::fabs(near[i]), ulp = 0x1p-23F * size + 0x1p-149F;
    const float error = (std::fabs(found[i] - near[i]) + ulp) * 1.0001F;
    const int larger = error > largest ? 1 : 0, by_share = error > largest * size ? 1 : 0;
    const int is_steep = size > 0.0624F ? 1 : 0, steeper = error > steep * size ? 1 : 0;
    const int half = error > 0.499F * size ? 1 : 0, sooner = std::fabs(x[i]) <= lost ? 1 : 0;
    count += (larger & by_share) | (is_steep & steeper) | (half & sooner);
  }
  return count;
}

// Whether all n numbers are the same bits: each those of the next.
bool all_same(const float* numbers, std::size_t n) {
  return std::memcmp(numbers, numbers + 1, (n - 1) * sizeof(float)) == 0;
}

template <class T>
struct Numbers {
  static constexpr std::size_t kBlock = 65536, kPart = 128;
  std::vector<T> x, y, found, near;
  std::vector<double> wide_x, exact;
  std::vector<std::size_t> chosen;
  std::vector<double> parameters;

  Numbers(Function f, rheo::Format format)
      : x(kBlock),
        y(kBlock),
        found(kBlock),
        near(kBlock),
        wide_x(kBlock),
        exact(kBlock),
        parameters(rheo::checked_together(*f, {}, format)) {}

  void choose(const Layout& layout, const Errors& errors, std::size_t begin) {
    if constexpr (sizeof(T) == 4) {
      if (candidates(errors, &x[begin], &found[begin], &near[begin], kPart) == 0) return;
    }
    for (std::size_t i = begin; i < begin + kPart; ++i) {
      // An output that overflowed says nothing.
      const bool overflowed = std::isinf(wide(layout, y[i])) && !std::isinf(wide(layout, x[i]));
      if (!overflowed) chosen.push_back(i);
    }
  }
  // Whether both derivatives are the same number for all of these neighbours. The exact one is within an ulp
  // of that one, and its ends, where it is farthest, stand for all.
  bool flat() const {
    if constexpr (sizeof(T) == 4) {
      const bool finite = std::isfinite(y.front()) && std::isfinite(y.back());
      return finite && all_same(found.data(), kBlock) && all_same(near.data(), kBlock);
    }
    return false;
  }
  void measure(Function f, const Layout& layout, Errors& errors) {
    constexpr auto n = static_cast<std::int64_t>(kBlock);
    call(rheo_run, f, RHEO_VALUE, layout.format, n, x.data(), nullptr, y.data());
    call(rheo_output_run, f, RHEO_DERIVATIVE, layout.format, n, y.data(), nullptr, found.data());
    if constexpr (sizeof(T) == 4)
      call(rheo_run, f, RHEO_DERIVATIVE, layout.format, n, x.data(), nullptr, near.data());
    chosen.clear();
    if (flat())
      chosen = {0, kBlock - 1};
    else
      for (std::size_t i = 0; i < kBlock; i += kPart) choose(layout, errors, i);
    for (std::size_t i = 0; i < chosen.size(); ++i) wide_x[i] = wide(layout, x[chosen[i]]);
    // With the parameters as the format has them.
    f->kernel(rheo::Format::kFloat64, rheo::Role::kDerivative)(wide_x.data(), nullptr, exact.data(),
                                                               chosen.size(), parameters.data());
    for (std::size_t i = 0; i < chosen.size(); ++i)
      errors.add(layout, wide_x[i], wide(layout, found[chosen[i]]), exact[i]);
  }
};

template <class T>
Errors errors_of(const char* name, const Layout& layout) {
  const Function f = find(name);
  Errors errors;
  Numbers<T> numbers(f, rheo::checked_format(layout.format));
  std::mt19937_64 random(1);
  const std::size_t blocks = sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 65536 : 16;
  for (std::size_t block = 0; block < blocks; ++block) {
    for (std::size_t i = 0; i < numbers.x.size(); ++i) {
      if constexpr (sizeof(T) == 8) {
        const double uniform = static_cast<double>(random() >> 11) * 0x1p-53;
        numbers.x[i] = i % 2 == 0 ? std::bit_cast<double>(random()) : 80 * uniform - 40;
      } else {
        using Bits = std::conditional_t<sizeof(T) == 2, std::uint16_t, std::uint32_t>;
        numbers.x[i] = std::bit_cast<T>(static_cast<Bits>(block << 16 | i));
      }
    }
    numbers.measure(f, layout, errors);
    if (block % 256 == 255 && isatty(STDERR_FILENO) != 0)
      std::fprintf(stderr, "\r%s %zu %%\r", name, 100 * (block + 1) / blocks);
  }
  return errors;
}

int print_errors(const Layout& layout, const std::vector<const char*>& names) {
  std::printf("| %s | largest error | at x = | ulp where f' >= 1/16 | half lost at x = |\n", layout.name);
  std::printf("|---|---:|---:|---:|---:|\n");
  for (const char* name : names) {
    if (!can(find(name), layout.format)) continue;
    const Errors e = layout.format == RHEO_FLOAT32   ? errors_of<float>(name, layout)
                     : layout.format == RHEO_FLOAT64 ? errors_of<double>(name, layout)
                                                     : errors_of<std::uint16_t>(name, layout);
    std::printf("| %s | ", name);
    e.largest > 0 ? std::printf("%.3g | %.9g | ", e.largest, e.place) : std::printf("0 |  | ");
    std::printf("%.2f | ", e.steep);
    std::isfinite(e.lost) ? std::printf("%.4g |\n", e.lost_at) : std::printf("|\n");
    std::fflush(stdout);
  }
  return 0;
}

int print_speed(const std::vector<const char*>& names) {
  std::printf("%-20s %10s %16s %16s %8s\n", "name", "elements", "from y, Gelem/s", "from x, Gelem/s",
              "ratio");
  for (const char* name : names) {
    const Function f = find(name);
    if (!can(f, RHEO_FLOAT32)) continue;
    for (const std::int64_t n : {std::int64_t{1} << 14, std::int64_t{1} << 24}) {
      const auto count = static_cast<std::size_t>(n);
      std::vector<float> x(count), y(count), grad(count, 0.5F), dx(count);
      std::mt19937 random(1);
      std::normal_distribution<float> normal;
      for (float& v : x) v = normal(random);
      call(rheo_run, f, RHEO_VALUE, RHEO_FLOAT32, n, x.data(), nullptr, y.data());
      const auto backward = [&](auto run, const std::vector<float>& from) {
        call(run, f, RHEO_BACKWARD, RHEO_FLOAT32, n, from.data(), grad.data(), dx.data());
      };
      const std::vector<double> best = bench::best_in_turns(
          n > 100000 ? 10 : 1000, {[&] { backward(rheo_output_run, y); }, [&] { backward(rheo_run, x); }});
      const double giga = static_cast<double>(n) * 1e-9;
      std::printf("%-20s %10lld %16.2f %16.2f %8.2f\n", name, static_cast<long long>(n), giga / best[0],
                  giga / best[1], best[1] / best[0]);
    }
  }
  return 0;
}

int usage() {
  std::fprintf(stderr,
               "usage: rheobase-outputs errors [float32|float64|bfloat16|float16] [NAME...]\n"
               "       rheobase-outputs speed [NAME...]\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return usage();
  const std::string verb = argv[1];
  int next = 2;
  const Layout* layout = &kLayouts[0];
  for (const Layout& known : kLayouts)
    if (verb == "errors" && argc > next && std::strcmp(argv[2], known.name) == 0) layout = &known, next = 3;
  std::vector<const char*> names(argv + next, argv + argc);
  for (const char* name : names) find(name);
  if (names.empty()) {
    const char* const* all = nullptr;
    std::size_t count = 0;
    stop_on(rheo_names(&all, &count));
    names.assign(all, all + count);
  }
  if (verb == "errors") return print_errors(*layout, names);
  if (verb == "speed") return print_speed(names);
  return usage();
}
