// SPDX-License-Identifier: Apache-2.0
// timing.h: how the programs of bench/ time: contenders take turns, and of many runs the best counts, as
// other work on the machine only ever makes one slower.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <vector>

namespace bench {

// Of one run.
template <class Body>
double seconds(const Body& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The best of so many runs, in seconds, of each body.
inline std::vector<double> best_in_turns(int runs, const std::vector<std::function<void()>>& bodies) {
  std::vector<double> best(bodies.size(), 1e30);
  for (int run = 0; run < runs; ++run)
    for (std::size_t i = 0; i < bodies.size(); ++i) best[i] = std::min(best[i], seconds(bodies[i]));
  return best;
}

// How many runs the environment asks for, at least one; else so many as are usual.
inline int runs_from(const char* variable, int usual) {
  const char* given = std::getenv(variable);
  if (given == nullptr) return usual;
  return static_cast<int>(std::clamp(std::strtol(given, nullptr, 10), 1L, 1'000'000L));
}

}  // namespace bench
