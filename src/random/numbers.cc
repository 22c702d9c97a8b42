// SPDX-License-Identifier: Apache-2.0
// numbers.cc: the random numbers themselves, for those who want to see or use them.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/random/numbers.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"
#include "src/random/numbers-inl.h"

#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {
namespace {

// Calls body(first, done, count) for blocks of up to kDrawn of n elements.
template <class Body>
HWY_INLINE void each_block(std::uint64_t first, std::size_t n, Body&& body) {
  for (std::size_t done = 0; done < n; done += kDrawn)
    body(first + done, done, n - done < kDrawn ? n - done : kDrawn);
}

void words(Stream stream, std::uint64_t first, std::size_t n, std::uint32_t* result) {
  NumberRoom room;
  each_block(first, n, [&](std::uint64_t from, std::size_t done, std::size_t count) HWY_ATTR {
    std::memcpy(result + done, random_words(stream, from, count, 0, room.first), count * sizeof *result);
  });
}

template <Draws kDraws>
void numbers(Stream stream, std::uint64_t first, std::size_t n, double* result) {
  NumberRoom room;
  each_block(first, n, [&](std::uint64_t from, std::size_t done, std::size_t count) HWY_ATTR {
    draw<kDraws>(stream, from, count, room);
    std::memcpy(result + done, room.numbers, count * sizeof *result);
  });
}

const NumberKernels* number_table() {
  static constexpr NumberKernels table{words, numbers<Draws::kUniform>, numbers<Draws::kNormal>};
  return &table;
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rheo {
HWY_EXPORT(number_table);

const NumberKernels& number_kernels() { return *HWY_DYNAMIC_DISPATCH(number_table)(); }

}  // namespace rheo
#endif
