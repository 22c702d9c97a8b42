// SPDX-License-Identifier: Apache-2.0
// digest.cc: prints hashes of what the functions give, to be compared between instruction sets.
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <vector>

#include "rheobase/rheobase.h"
#include "src/math/format16.h"
#include "src/math/philox.h"
#include "tests/core/hash.h"

namespace {

constexpr std::size_t kCount = 4099;

// Of all bytes: no result is NaN.
std::uint64_t hash(const std::vector<unsigned char>& memory) {
  std::uint64_t state = rheo::test::kHashStart;
  for (const unsigned char byte : memory) state = rheo::test::hash_byte(state, byte);
  return state;
}

// x in [-8, 8) with some at the ends of the exponents, as the format holds it.
void fill(std::uint32_t format, std::uint64_t seed, std::vector<unsigned char>& memory) {
  for (std::size_t i = 0; i < kCount; ++i) {
    const std::uint32_t word = rheo::random_word({seed, 0}, i);
    const double x = std::ldexp(16 * static_cast<double>(rheo::uniform_of(word)) - 8,
                                word % 16 == 0 ? static_cast<int>(word >> 8) % 120 - 60 : 0);
    const auto single = static_cast<float>(x);
    const std::uint16_t half =
        rheo::narrowed(x, format == RHEO_BFLOAT16 ? rheo::kBfloat16Format : rheo::kFloat16Format);
    if (format == RHEO_FLOAT32) std::memcpy(memory.data() + 4 * i, &single, 4);
    if (format == RHEO_FLOAT64) std::memcpy(memory.data() + 8 * i, &x, 8);
    if (format == RHEO_BFLOAT16 || format == RHEO_FLOAT16) std::memcpy(memory.data() + 2 * i, &half, 2);
  }
}

int print(const char* name, std::uint32_t role, std::uint32_t format, std::uint32_t training) {
  const rheo_random* function = nullptr;
  std::vector<unsigned char> x(8 * kCount), grad(8 * kCount), y(8 * kCount);
  fill(format, 1, x), fill(format, 2, grad);
  const std::int64_t extent = kCount;
  rheo_random_call call{};
  call.struct_size = sizeof call;
  call.role = role, call.format = format, call.training = training;
  call.rank = 1, call.shape = &extent;
  call.x = x.data(), call.y = y.data();
  call.grad = role == RHEO_BACKWARD ? grad.data() : nullptr;
  call.seed = 11, call.offset = 12, call.first = 13;
  if (rheo_random_find(name, &function) != RHEO_OK || rheo_random_run(function, &call) != RHEO_OK) return 1;
  std::printf("%s %u %u %u %016" PRIx64 "\n", name, role, format, training, hash(y));
  return 0;
}

}  // namespace

int main() {
  const char* const* names = nullptr;
  size_t count = 0;
  int failed = rheo_random_names(&names, &count) != RHEO_OK ? 1 : 0;
  for (size_t i = 0; i < count; ++i)
    for (const std::uint32_t role : {RHEO_VALUE, RHEO_DERIVATIVE, RHEO_BACKWARD})
      for (const std::uint32_t format : {RHEO_FLOAT32, RHEO_FLOAT64, RHEO_BFLOAT16, RHEO_FLOAT16})
        for (const std::uint32_t training : {0U, 1U}) failed |= print(names[i], role, format, training);
  for (const std::uint32_t kind : {RHEO_WORDS, RHEO_UNIFORMS, RHEO_NORMALS}) {
    std::vector<unsigned char> room(8 * kCount);
    failed |= rheo_random_numbers(kind, 11, 12, 13, room.data(), kCount) != RHEO_OK ? 1 : 0;
    std::printf("numbers %u %016" PRIx64 "\n", kind, hash(room));
  }
  if (failed != 0) std::fprintf(stderr, "%s\n", rheo_last_error());
  return failed;
}
