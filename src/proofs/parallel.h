// SPDX-License-Identifier: Apache-2.0
// parallel.h: long walks over many independent pieces, for the prover and `rheobase verify`.
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace rheo::proofs {

// Runs body(i) for each i of [0, n) once, on so many threads, and at_end() on each of them. The first
// exception ends the walk and is thrown again.
template <class Body, class AtEnd>
void parallel(int threads, std::size_t n, Body&& body, AtEnd&& at_end) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto work = [&] {
    try {
      for (std::size_t i = next++; i < n; i = next++) body(i);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (failure == nullptr) failure = std::current_exception();
      next = n;
    }
    at_end();
  };
  std::vector<std::thread> pool;
  for (int i = 0; i < threads; ++i) pool.emplace_back(work);
  for (std::thread& t : pool) t.join();
  if (failure != nullptr) std::rethrow_exception(failure);
}

template <class Body>
void parallel(int threads, std::size_t n, Body&& body) {
  parallel(threads, n, body, [] {});
}

}  // namespace rheo::proofs
