// SPDX-License-Identifier: Apache-2.0
// random.cc: how fast functions that draw random numbers are, one thread, 65,536 elements in cache.
//
//   rheobase-random-speed [ROUNDS]   (default 200)
//
// Elements per second of the best round, since other work on the machine only ever makes a round slower; in
// brackets the median's.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "rheobase/rheobase.h"

namespace {

constexpr std::size_t kElements = 65536;

struct Speed {
  double best, median;  // 1e9 elements a second
};

template <class Body>
Speed speed(std::size_t rounds, Body&& body) {
  std::vector<double> times;
  for (std::size_t i = 0; i < rounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    body();
    times.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(times.begin(), times.end());
  constexpr double kScale = kElements / 1e9;
  return {kScale / times.front(), kScale / times[rounds / 2]};
}

void print(const char* what, const char* role, const char* format, Speed s) {
  std::printf("%-14s %-9s %-9s %6.2f (%.2f)\n", what, role, format, s.best, s.median);
}

void stop_on(rheo_status status) {
  if (status == RHEO_OK) return;
  std::fprintf(stderr, "%s\n", rheo_last_error());
  std::exit(1);
}

void measure(const char* name, std::size_t rounds, std::vector<double>& memory) {
  const rheo_random* function = nullptr;
  stop_on(rheo_random_find(name, &function));
  const std::int64_t extent = kElements;
  rheo_random_call call{};
  call.struct_size = sizeof call;
  call.training = 1, call.threads = 1;
  call.rank = 1, call.shape = &extent;
  call.x = memory.data(), call.y = memory.data() + 2 * kElements;
  constexpr const char* kFormats[] = {"float32", "float64", "bfloat16", "float16"};
  for (const rheo_role role : {RHEO_VALUE, RHEO_BACKWARD}) {
    call.role = role;
    call.grad = role == RHEO_BACKWARD ? memory.data() + kElements : nullptr;
    for (std::uint32_t format = RHEO_FLOAT32; format <= RHEO_FLOAT16; ++format) {
      call.format = format;
      const Speed s = speed(rounds, [&] { stop_on(rheo_random_run(function, &call)); });
      print(name, role == RHEO_VALUE ? "value" : "backward", kFormats[format - RHEO_FLOAT32], s);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const long given = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 200;
  if (given < 1 || given > 1000000) {
    std::fprintf(stderr, "rheobase-random-speed: ROUNDS is '%s'; expected 1 to 1000000\n", argv[1]);
    return 2;
  }
  const auto rounds = static_cast<std::size_t>(given);
  // Bits that are ordinary numbers of about 1 in every format.
  std::vector<double> memory(3 * kElements, 0);
  const std::uint16_t ordinary = 0x3C00;
  std::fill_n(reinterpret_cast<std::uint16_t*>(memory.data()), 4 * memory.size(), ordinary);
  std::printf("%-14s %-9s %-9s %s\n", "name", "role", "format", "Gelem/s");
  for (const auto& [what, kind] :
       {std::pair("words", RHEO_WORDS), {"uniforms", RHEO_UNIFORMS}, {"normals", RHEO_NORMALS}}) {
    print(what, "", "", speed(rounds, [&, k = kind] {
            stop_on(rheo_random_numbers(k, 1, 2, 0, memory.data() + 2 * kElements, kElements));
          }));
  }
  std::fill_n(reinterpret_cast<std::uint16_t*>(memory.data()), 4 * memory.size(), ordinary);
  const char* const* names = nullptr;
  size_t count = 0;
  stop_on(rheo_random_names(&names, &count));
  for (size_t i = 0; i < count; ++i) measure(names[i], rounds, memory);
  return 0;
}
