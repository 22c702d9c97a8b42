// SPDX-License-Identifier: Apache-2.0
// lookup.cc: bytes through a table of 256, which stays in vector registers, or in L1 where there are few.
//
// Built for one instruction set more than the kernels: AVX3_DL, whose byte permutations across the whole
// vector (VBMI) are two thirds of the work.
#if !defined(HWY_COMPILE_ONLY_STATIC) && !defined(HWY_WANT_AVX3_DL)
#define HWY_WANT_AVX3_DL
#undef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS \
  (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_ZEN4 | HWY_AVX3_SPR | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#endif
#include "src/block/lookup.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/block/lookup.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace rheo {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Byte = std::uint8_t;

#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3_DL
#define RHEO_LOOKUP_VECTORS 1
using D = hn::ScalableTag<Byte>;
using V = hn::Vec<D>;

// Two permutations of 128 entries each; the top bit chooses.
class Lookup {
 public:
  static constexpr std::size_t kVectors = 2;  // at a time

  explicit Lookup(const Byte* table) {
    static_assert(hn::MaxLanes(D()) == 64);
    const D d;
    a_ = hn::LoadU(d, table), b_ = hn::LoadU(d, table + 64);
    c_ = hn::LoadU(d, table + 128), e_ = hn::LoadU(d, table + 192);
  }
  HWY_INLINE V operator()(V x) const {
    const D d;
    const hn::RebindToSigned<D> signs;
    const auto index = hn::IndicesFromVec(d, hn::And(x, hn::Set(d, 0x7F)));
    const V low = hn::TwoTablesLookupLanes(d, a_, b_, index),
            high = hn::TwoTablesLookupLanes(d, c_, e_, index);
    return hn::IfThenElse(hn::RebindMask(d, hn::MaskFromVec(hn::BitCast(signs, x))), high, low);
  }

 private:
  V a_, b_, c_, e_;
};

#elif HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
#define RHEO_LOOKUP_VECTORS 1
using D = hn::ScalableTag<Byte>;
using V = hn::Vec<D>;

// Sixteen shuffles of 16 entries each. The instruction looks at an index's low nibble and gives 0 where its
// top bit is set. So bits 4 and 7 of x switch shuffles off, by indices that all rows share, instead of
// selecting among results: the rows hold differences (exclusive or) whose sum, of those left on, is the
// result. Bits 5 and 6 select.
class Lookup {
 public:
  static constexpr std::size_t kVectors = 1;  // at a time: two would not fit in 16 registers

  explicit Lookup(const Byte* table) {
    for (std::size_t i = 0; i < kTableSize; ++i) rows_[i] = table[i];
    for (const std::size_t bit : {std::size_t{0x10}, std::size_t{0x80}})
      for (std::size_t i = 0; i < kTableSize; ++i)
        if ((i & bit) == 0) rows_[i] ^= rows_[i | bit];
  }
  HWY_INLINE V operator()(V x) const {
    const D d;
    const V low = hn::And(x, hn::Set(d, 0x0F));
    // 0x10 + 0x70 sets the top bit and leaves the low nibble.
    const V bit4 = hn::Add(hn::And(x, hn::Set(d, 0x1F)), hn::Set(d, 0x70));
    const V bit47 = hn::Or(bit4, x);
    const auto sum = [&](std::size_t row) HWY_ATTR {
      return hn::Xor(hn::Xor3(shuffled(row, bit47), shuffled(row | 0x10, x), shuffled(row | 0x80, bit4)),
                     shuffled(row | 0x90, low));
    };
    const V twice = hn::Add(x, x), four_times = hn::Add(twice, twice);  // bits 6 and 5 on top
    return select(twice, select(four_times, sum(0x60), sum(0x40)), select(four_times, sum(0x20), sum(0x00)));
  }

 private:
  HWY_INLINE V shuffled(std::size_t row, V index) const {
    return hn::TableLookupBytesOr0(hn::LoadDup128(D(), rows_ + row), index);
  }
  static HWY_INLINE V select(V top_bits, V yes, V no) {
    const hn::RebindToSigned<D> d;
    const auto signs = hn::BitCast(d, top_bits);
    return hn::BitCast(D(), hn::IfNegativeThenElse(signs, hn::BitCast(d, yes), hn::BitCast(d, no)));
  }

  HWY_ALIGN Byte rows_[kTableSize];
};

#elif HWY_ARCH_ARM_A64
#define RHEO_LOOKUP_VECTORS 1
using D = hn::Full128<Byte>;
using V = hn::Vec<D>;

// Four lookups of 64 entries each, which leave alone what is out of their range.
class Lookup {
 public:
  static constexpr std::size_t kVectors = 2;  // at a time

  explicit Lookup(const Byte* table) {
    for (int i = 0; i < 4; ++i) quarters_[i] = vld1q_u8_x4(table + 64 * i);
  }
  HWY_INLINE V operator()(V x) const {
    const uint8x16_t step = vdupq_n_u8(64);
    uint8x16_t index = x.raw, y = vqtbl4q_u8(quarters_[0], index);
    for (int i = 1; i < 4; ++i) {
      index = vsubq_u8(index, step);
      y = vqtbx4q_u8(y, quarters_[i], index);
    }
    return V(y);
  }

 private:
  uint8x16x4_t quarters_[4];
};
#endif

#ifdef RHEO_LOOKUP_VECTORS
#undef RHEO_LOOKUP_VECTORS
void look_up_bytes(const Byte* table, const Byte* x, Byte* y, std::size_t n) {
  const D d;
  const std::size_t lanes = hn::Lanes(d);
  const Lookup lookup(table);
  const auto some = [&](std::size_t at, std::size_t count)
                        HWY_ATTR { hn::StoreN(lookup(hn::LoadN(d, x + at, count)), d, y + at, count); };
  constexpr std::size_t kVectors = Lookup::kVectors, kLong = 1024;
  std::size_t i = 0;
  if (n >= kLong) {  // whole vectors from an aligned address of y on: stores across lines cost twice as much
    i = (lanes - reinterpret_cast<std::uintptr_t>(y) % lanes) % lanes;
    some(0, i);
  }
  for (; i + kVectors * lanes <= n; i += kVectors * lanes) {
    const V first = lookup(hn::LoadU(d, x + i));
    if constexpr (kVectors == 2) hn::StoreU(lookup(hn::LoadU(d, x + i + lanes)), d, y + i + lanes);
    hn::StoreU(first, d, y + i);
  }
  for (; i < n; i += lanes) some(i, n - i < lanes ? n - i : lanes);
}
#else
void look_up_bytes(const Byte* table, const Byte* x, Byte* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] = table[x[i]];
}
#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace rheo
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace rheo {
HWY_EXPORT(look_up_bytes);

void look_up(const std::uint8_t* table, const std::uint8_t* x, std::uint8_t* y, std::size_t n) {
  HWY_DYNAMIC_DISPATCH(look_up_bytes)(table, x, y, n);
}

}  // namespace rheo
#endif
