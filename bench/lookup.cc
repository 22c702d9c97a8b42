// SPDX-License-Identifier: Apache-2.0
// lookup.cc: bytes through a table of 256 beside memcpy and a scalar loop, one thread, in cache and in
// memory.
//
//   rheobase-lookup          every instruction set of this machine; runs are interleaved, the best one counts
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <functional>
#include <vector>

#include "hwy/targets.h"
#include "src/block/lookup.h"
#include "src/core/registry.h"

namespace {

using Bytes = std::vector<std::uint8_t>;

#if defined(__GNUC__) && !defined(__clang__)
__attribute__((optimize("no-tree-vectorize")))
#endif
void scalar_loop(const std::uint8_t* table, const std::uint8_t* x, std::uint8_t* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] = table[x[i]];
}

double seconds(const std::function<void()>& body, int repeats) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < repeats; ++i) body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / repeats;
}

void measure(const char* target, std::size_t n) {
  Bytes table(rheo::kTableSize), x(n), y(n);
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<std::uint8_t>(i * 167 + 13);
  for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<std::uint8_t>((i * 2654435761U) >> 13);
  const std::function<void()> bodies[] = {
      [&] { rheo::look_up(table.data(), x.data(), y.data(), n); },
      [&] { std::memcpy(y.data(), x.data(), n); },
      [&] { scalar_loop(table.data(), x.data(), y.data(), n); },
  };
  const int repeats = static_cast<int>(std::max<std::size_t>(1, (std::size_t{1} << 22) / n));
  double best[] = {1e9, 1e9, 1e9};
  for (int round = 0; round < 15; ++round)
    for (int i = 0; i < 3; ++i) best[i] = std::min(best[i], seconds(bodies[i], repeats));
  const auto rate = [&](int i) { return static_cast<double>(n) / best[i] * 1e-9; };
  std::printf("%-10s %10zu %10.1f %10.1f %10.1f %12.2f %12.2f\n", target, n, rate(0), rate(1), rate(2),
              rate(0) / rate(1), rate(0) / rate(2));
}

}  // namespace

int main() {
  std::printf("%-10s %10s %10s %10s %10s %12s %12s\n", "target", "bytes", "GB/s", "memcpy", "scalar",
              "of memcpy", "of scalar");
  const auto sizes = {std::size_t{1} << 14, std::size_t{1} << 18, std::size_t{1} << 20, std::size_t{1} << 26};
  hwy::DisableTargets(0);
  for (const std::size_t n : sizes) measure("the best", n);
  for (const char* target : rheo::available_targets()) {
    if (!rheo::use_target(target)) continue;
    for (const std::size_t n : sizes) measure(target, n);
  }
}
