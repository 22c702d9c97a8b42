// SPDX-License-Identifier: Apache-2.0
// on_host.h: what a device's threads do, done on the host one after the other.
#pragma once

#include <cstdlib>
#include <cstring>

#include "src/cuda/launchers.h"

namespace rheo::one_lane {

// What dispatch() calls.
struct OnHost {
  const Request& request;
  int error = 0;

  explicit OnHost(const Request& r) : request(r) {}

  template <class Format, class Body>
  void operator()(Format, const Body& body) const {
    using T = typename Format::T;
    constexpr std::int64_t kSize = Pack<T>::kSize;
    const auto* const x = static_cast<const T*>(request.x);
    const auto* const grad = static_cast<const T*>(request.grad);
    for (std::int64_t begin = 0; begin < request.n; begin += kSize) {
      Pack<T> xs{}, gs{};
      for (std::int64_t i = 0; i < kSize; ++i) {
        const bool inside = begin + i < request.n;
        xs.v[i] = inside ? x[begin + i] : T(0);
        gs.v[i] = inside && grad != nullptr ? grad[begin + i] : Format::kNone;
      }
      const Pack<T> ys = Format::evaluate(body, xs, gs);
      for (std::int64_t i = 0; i < kSize && begin + i < request.n; ++i)
        static_cast<T*>(request.y)[begin + i] = ys.v[i];
    }
  }
};

// Whole packs, which have to lie at multiples of 16 bytes.
struct Checked {
  template <class T>
  static Pack<T> load(const T* from) {
    Pack<T> p;
    std::memcpy(&p, aligned(from), sizeof p);
    return p;
  }
  template <class T>
  static void store(const Pack<T>& p, T* to) {
    std::memcpy(aligned(to), &p, sizeof p);
  }

 private:
  template <class P>
  static P* aligned(P* address) {
    if (reinterpret_cast<std::uintptr_t>(address) % 16 != 0) std::abort();
    return address;
  }
};

// What dispatch_gate() calls.
struct GateOnHost {
  const GateRequest& request;
  int error = 0;

  explicit GateOnHost(const GateRequest& r) : request(r) {}

  template <class Gate>
  void operator()(const Gate& gate) const {
    const GateArrays<typename Gate::T> arrays(request);
    for (std::int64_t pack = 0; pack < arrays.packs(); ++pack) gate_pack<Checked>(gate, arrays, pack);
  }
};

// What launch_learned() calls: a grid's threads, block by block.
struct LearnedOnHost {
  const LearnedRequest& request;
  int error = 0;

  explicit LearnedOnHost(const LearnedRequest& r) : request(r) {}

  template <class A, class Task, class AllTables, class Wide>
  void map() const {
    constexpr unsigned kThreads = 256;
    const LearnedArrays arrays(request, kThreads, Steps<Wide>::kSize, kBlocks);
    each_block(arrays.share, [&](std::int64_t x, std::int64_t y) {
      for (unsigned t = 0; t < kThreads; ++t) map_thread<A, Task, AllTables, Wide>(arrays, Thread{x, y, t});
    });
  }
  template <class A, class Task, class AllTables, class Wide>
  void terms() const {
    sum<Wide>([](const LearnedArrays& arrays, Thread thread, Terms<Wide>& terms) {
      term_thread<A, Task, AllTables>(arrays, thread, terms);
    });
  }
  template <class Wide>
  void plain_sum() const {
    sum<Wide>(plain_sum_thread<Wide>);
  }

 private:
  static constexpr std::int64_t kBlocks = 3;  // few, so that columns are long

  template <class Wide, class Body>
  void sum(const Body& body) const {
    constexpr unsigned kThreads = TermsOf<Wide>::kThreads;
    const LearnedArrays arrays(request, kThreads, Steps<Wide>::kSize, kBlocks);
    each_block(arrays.share, [&](std::int64_t x, std::int64_t y) {
      std::int64_t rows[kThreads * TermsOf<Wide>::kWords];
      for (unsigned t = 0; t < kThreads; ++t) {
        Terms<Wide> terms(arrays.y != nullptr ? nullptr : rows + t, kThreads);
        body(arrays, Thread{x, y, t}, terms);
      }
      if (arrays.y != nullptr) return;
      for (unsigned t = 0; t < kThreads; ++t)
        collect<Wide>(arrays.columns, arrays.share, Thread{x, y, t}, kThreads, rows, request.sums,
                      [this](std::int64_t word, std::int64_t number) { request.words[word] += number; });
    });
  }
  template <class Each>
  static void each_block(const Share& share, const Each& each) {
    for (std::int64_t y = 0; y < share.blocks_y; ++y)
      for (std::int64_t x = 0; x < share.blocks_x; ++x) each(x, y);
  }
};

}  // namespace rheo::one_lane
