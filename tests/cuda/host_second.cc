// SPDX-License-Identifier: Apache-2.0
// host_second.cc: what threads of a device do of second derivatives, done on the host one after the other.
#include "tests/cuda/host_second.h"

#include <algorithm>
#include <vector>

#include "src/cuda/second/thread.h"

namespace rheo {

namespace {

constexpr double kUntouched = 123.5;

template <Format kFormat>
bool walk(const Program& program, const void* x, const void* grad, void* y, std::int64_t n,
          const double* parameters, std::int64_t threads) {
  using T = typename one_lane::Element<kFormat>::T;
  const auto* const from = static_cast<const T*>(x);
  auto* const to = static_cast<T*>(y);
  if (program.zero) {
    for (std::int64_t i = 0; i < n; ++i) one_lane::zero_element<kFormat>(from, to, i);
    return true;
  }
  const SecondWork work = second_work(program, parameters);
  const auto used = static_cast<std::size_t>(threads * one_lane::own_numbers(work));
  std::vector<double> slots(used + static_cast<std::size_t>(threads), kUntouched);
  for (std::int64_t i = 0; i < n; ++i) {
    const one_lane::OwnSlots own{slots.data() + i % threads, static_cast<unsigned>(threads)};
    one_lane::second_element<kFormat>(work, own, from, static_cast<const T*>(grad), to, i);
  }
  const auto untouched = [](double v) { return v == kUntouched; };
  if (n == 1) {  // then the others had nothing to do
    for (std::size_t i = 0; i < used; ++i)
      if (i % static_cast<std::size_t>(threads) != 0 && !untouched(slots[i])) return false;
  }
  return std::all_of(slots.begin() + static_cast<std::ptrdiff_t>(used), slots.end(), untouched);
}

}  // namespace

bool walk_second(Format format, const Program& program, const void* x, const void* grad, void* y,
                 std::int64_t n, const double* p, std::int64_t threads) {
  if (format == Format::kFloat64) return walk<Format::kFloat64>(program, x, grad, y, n, p, threads);
  if (format == Format::kBfloat16) return walk<Format::kBfloat16>(program, x, grad, y, n, p, threads);
  if (format == Format::kFloat16) return walk<Format::kFloat16>(program, x, grad, y, n, p, threads);
  return walk<Format::kFloat32>(program, x, grad, y, n, p, threads);
}

}  // namespace rheo
