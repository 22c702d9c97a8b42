// SPDX-License-Identifier: Apache-2.0
// lookup.cc: bytes through a table of 256 beside memcpy and a scalar loop, one thread, in cache and in
// memory.
//
//   rheobase-lookup          every instruction set of this machine; runs are interleaved, the best one counts
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <functional>
#include <vector>

#include "bench/timing.h"
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

void measure(const char* target, std::size_t n) {
  Bytes table(rheo::kTableSize), x(n), y(n);
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = static_cast<std::uint8_t>(i * 167 + 13);
  for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<std::uint8_t>((i * 2654435761U) >> 13);
  const std::size_t repeats = std::max<std::size_t>(1, (std::size_t{1} << 22) / n);
  const auto repeated = [repeats](const std::function<void()>& body) {
    return [repeats, body] {
      for (std::size_t i = 0; i < repeats; ++i) body();
    };
  };
  const std::vector<double> best =
      bench::best_in_turns(15, {repeated([&] { rheo::look_up(table.data(), x.data(), y.data(), n); }),
                                repeated([&] { std::memcpy(y.data(), x.data(), n); }),
                                repeated([&] { scalar_loop(table.data(), x.data(), y.data(), n); })});
  const auto rate = [&](std::size_t i) { return static_cast<double>(n * repeats) / best[i] * 1e-9; };
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
