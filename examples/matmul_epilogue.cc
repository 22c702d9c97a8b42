// SPDX-License-Identifier: Apache-2.0
// matmul_epilogue.cc: a matrix multiply with bias and GELU in its epilogue, against GELU in a pass of its
// own.
//
//   matmul_epilogue [M [K [N]]]   y[M, N] = gelu(a[M, K] w[K, N] + bias[N]), float32; by default 512, 256,
//   512
//
// On each instruction set of this machine it compares bits, then times both on the best one, one thread.
// From an installation in PREFIX, with Highway's headers and libhwy:
//
//   c++ -std=c++20 -O2 -I. -I PREFIX/include matmul_epilogue.cc -L PREFIX/lib -lrheobase -lhwy -o
//   matmul_epilogue
//
// docs/simd.md explains the calls. A real runtime's kernel packs its operands and has threads; its last lines
// are the same.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "matmul_epilogue.cc"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>
#include <rheobase/simd/gelu-inl.h>

#ifndef MATMUL_EPILOGUE_ONCE
#define MATMUL_EPILOGUE_ONCE
#include <cstddef>

// Row-major; m is a multiple of kTileRows, n of kTileColumns.
struct Problem {
  std::size_t m, k, n;
  const float *a, *w, *bias;
};
inline constexpr std::size_t kTileRows = 4, kTileColumns = 64;
#endif

HWY_BEFORE_NAMESPACE();
namespace example {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
namespace simd = rheobase::HWY_NAMESPACE::simd;

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;

// So many vectors of a row are summed side by side: with 32 registers, four rows of four.
constexpr std::size_t kVectors = HWY_TARGET <= HWY_AVX3 ? 4 : 2;

// One tile of the result, which never leaves the registers before it is finished.
template <bool kActivate>
void Tile(const Problem& p, std::size_t row, std::size_t column, float* y) {
  const D d;
  const std::size_t lanes = hn::Lanes(d);
  V sum[kTileRows][kVectors];
  for (auto& sums : sum)
    for (std::size_t v = 0; v < kVectors; ++v) sums[v] = hn::LoadU(d, p.bias + column + v * lanes);
  for (std::size_t k = 0; k < p.k; ++k) {
    V w[kVectors];
    for (std::size_t v = 0; v < kVectors; ++v) w[v] = hn::LoadU(d, p.w + k * p.n + column + v * lanes);
    for (std::size_t r = 0; r < kTileRows; ++r) {
      const V a = hn::Set(d, p.a[(row + r) * p.k + k]);
      for (std::size_t v = 0; v < kVectors; ++v) sum[r][v] = hn::MulAdd(a, w[v], sum[r][v]);
    }
  }
  for (std::size_t r = 0; r < kTileRows; ++r) {
    if constexpr (kActivate) simd::GeluInPlace(d, sum[r]);
    for (std::size_t v = 0; v < kVectors; ++v)
      hn::StoreU(sum[r][v], d, y + (row + r) * p.n + column + v * lanes);
  }
}

template <bool kActivate>
void Multiply(const Problem& p, float* y) {
  for (std::size_t column = 0; column < p.n; column += kVectors * hn::Lanes(D()))
    for (std::size_t row = 0; row < p.m; row += kTileRows) Tile<kActivate>(p, row, column, y);
}

void MultiplyOnly(const Problem& p, float* y) { Multiply<false>(p, y); }
void MultiplyAndActivate(const Problem& p, float* y) { Multiply<true>(p, y); }
const char* LibrarysName() { return simd::GeluSetting::name; }

}  // namespace HWY_NAMESPACE
}  // namespace example
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <rheobase/rheobase.hpp>
#include <vector>

namespace example {
HWY_EXPORT(MultiplyOnly);
HWY_EXPORT(MultiplyAndActivate);
HWY_EXPORT(LibrarysName);

namespace {

std::vector<float> Normal(std::size_t n, float deviation, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> distribution(0, deviation);
  std::vector<float> v(n);
  for (float& x : v) x = distribution(random);
  return v;
}

template <class Body>
double Seconds(Body&& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Whether an epilogue on the target at hand gives the bits of the library's pass, on the best one.
bool SameBits(const Problem& p, const rheobase::activation& gelu, const char* target) {
  std::vector<float> separate(p.m * p.n), fused(p.m * p.n);
  HWY_DYNAMIC_DISPATCH(MultiplyOnly)(p, separate.data());
  gelu(separate, separate);
  HWY_DYNAMIC_DISPATCH(MultiplyAndActivate)(p, fused.data());
  const bool same = std::memcmp(separate.data(), fused.data(), fused.size() * sizeof(float)) == 0;
  std::printf("%-10s %s\n", target, same ? "same bits" : "DIFFERENT BITS");
  return same;
}

// Of interleaved runs the best ones, as other work on the machine only ever makes one slower.
void PrintTimes(const Problem& p, const rheobase::activation& gelu, const char* sums) {
  std::vector<float> y(p.m * p.n);
  double alone = 1e9, passes = 1e9, epilogue = 1e9;
  const double elements = static_cast<double>(p.m * p.n), work = 2 * elements * static_cast<double>(p.k);
  for (int run = 0; run < 3 + static_cast<int>(4e9 / work); ++run) {
    alone = std::min(alone, Seconds([&] { HWY_DYNAMIC_DISPATCH(MultiplyOnly)(p, y.data()); }));
    passes = std::min(passes, Seconds([&] {
                        HWY_DYNAMIC_DISPATCH(MultiplyOnly)(p, y.data());
                        gelu(y, y);
                      }));
    epilogue = std::min(epilogue, Seconds([&] { HWY_DYNAMIC_DISPATCH(MultiplyAndActivate)(p, y.data()); }));
  }
  std::printf(
      "%s: multiply alone %.3f ms; GELU adds %.2f ns per element in the epilogue, %.2f in a second pass\n",
      sums, alone * 1e3, (epilogue - alone) * 1e9 / elements, (passes - alone) * 1e9 / elements);
}

int BadUse(const char* name, const char* text, std::size_t multiple) {
  std::fprintf(stderr, "matmul_epilogue: %s is '%s'; expected a multiple of %zu, up to 65536\n", name, text,
               multiple);
  return 2;
}

}  // namespace

int Run(int argc, char** argv) {
  const char* const names[] = {"M", "K", "N"};
  const std::size_t multiples[] = {kTileRows, 1, kTileColumns};
  std::size_t sizes[] = {128, 128, 256};
  if (argc > 4) return std::fprintf(stderr, "matmul_epilogue: %d arguments; expected up to 3\n", argc - 1), 2;
  for (int i = 1; i < argc; ++i) {
    char* end = nullptr;
    const unsigned long value = std::strtoul(argv[i], &end, 10);
    if (*end != 0 || value == 0 || value > 65536 || value % multiples[i - 1] != 0)
      return BadUse(names[i - 1], argv[i], multiples[i - 1]);
    sizes[i - 1] = value;
  }
  const auto [m, k, n] = sizes;
  // As weights usually are at first, so that sums have about deviation 1; with other biases 4, where one lane
  // in twenty lies in GELU's tail.
  const auto a = Normal(m * k, 1, 1), w = Normal(k * n, 1 / std::sqrt(static_cast<float>(k)), 2);
  const auto small = Normal(n, 0.25F, 3), large = Normal(n, 4, 3);
  const Problem usual{m, k, n, a.data(), w.data(), small.data()};
  const Problem wide{m, k, n, a.data(), w.data(), large.data()};
  const rheobase::activation gelu =
      rheobase::activation(HWY_DYNAMIC_DISPATCH(LibrarysName)()).with_threads(1);
  bool same = true;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    same = SameBits(wide, gelu, hwy::TargetName(target)) && same;
  }
  hwy::SetSupportedTargetsForTest(0);
  PrintTimes(usual, gelu, "sums near 0");
  PrintTimes(wide, gelu, "wide sums");
  return same ? 0 : 1;
}

}  // namespace example

int main(int argc, char** argv) { return example::Run(argc, argv); }
#endif
