// SPDX-License-Identifier: Apache-2.0
// sums.cc: rheobase-sums, the speed of exact sums beside that of a plain vector sum, on one thread.
#include <cstdint>
#include <cstdio>
#include <functional>
#include <random>
#include <vector>

#include "bench/timing.h"
#include "rheobase/rheobase.h"

namespace {

// Sixteen lanes, eight times, as a compiler makes vectors of: rounds, and depends on the order.
float plain_sum(const float* x, std::size_t n) {
  constexpr std::size_t kLanes = 128;
  float lanes[kLanes] = {};
  for (std::size_t i = 0; i + kLanes <= n; i += kLanes)
    for (std::size_t k = 0; k < kLanes; ++k) lanes[k] += x[i + k];
  float sum = 0;
  for (const float lane : lanes) sum += lane;
  return sum;
}

struct Sums {
  rheo_sums_form form;
  std::vector<std::int64_t> words;

  Sums(rheo_sums_kind kind, std::int64_t channels) : form{kind, RHEO_FLOAT32, channels} {
    std::size_t count = 0;
    rheo_sums_size(&form, &count, nullptr);
    words.resize(count);
    rheo_sums_clear(&form, words.data(), count);
  }
  void add(const std::vector<float>& x, std::int64_t rows, std::int64_t columns, std::int32_t axis) {
    const std::int64_t shape[] = {rows, columns};
    rheo_sums_call call{};
    call.struct_size = sizeof call;
    call.threads = 1, call.form = form, call.rank = 2, call.axis = axis, call.shape = shape;
    call.x = x.data(), call.workspace = words.data(), call.words = words.size();
    if (rheo_sums_add(&call) != RHEO_OK) std::puts(rheo_last_error());
  }
};

void compare(const char* data, const std::vector<float>& x) {
  const auto n = static_cast<std::int64_t>(x.size());
  const auto best_of = [](const std::function<void()>& body) { return bench::best_in_turns(9, {body})[0]; };
  constexpr std::int64_t kChannels = 64;
  volatile float sink = 0;
  const double plain = best_of([&] { sink = plain_sum(x.data(), x.size()); });
  const auto report = [&](const char* what, double seconds) {
    std::printf("%-12s %10lld  %-22s %6.2f Gelem/s  %5.2f of the plain sum\n", data,
                static_cast<long long>(n), what, static_cast<double>(n) / seconds * 1e-9, plain / seconds);
  };
  report("plain sum", plain);
  Sums all(RHEO_SUMS_TERMS, 1), outer(RHEO_SUMS_TERMS, kChannels), inner(RHEO_SUMS_TERMS, kChannels);
  Sums statistics(RHEO_SUMS_STATISTICS, 1);
  report("exact sum", best_of([&] { all.add(x, 1, n, -1); }));
  report("64 channels, outermost", best_of([&] { outer.add(x, kChannels, n / kChannels, 0); }));
  report("64 channels, innermost", best_of([&] { inner.add(x, n / kChannels, kChannels, 1); }));
  report("statistics", best_of([&] { statistics.add(x, 1, n, -1); }));
}

}  // namespace

int main() {
  for (const std::size_t n : {std::size_t{1} << 16, std::size_t{1} << 26}) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::lognormal_distribution<float> wide(0, 2);
    std::vector<float> x(n);
    for (float& v : x) v = normal(random);
    compare("normal", x);
    for (std::size_t i = 0; i < n; ++i) x[i] = i % 2 == 0 ? wide(random) : -wide(random);
    compare("log-normal", x);
  }
}
