// SPDX-License-Identifier: Apache-2.0
// finish.h: accumulators carried, and read as results, one by a thread.
#pragma once

#include "src/cuda/format.h"
#include "src/cuda/learned/terms.h"

namespace rheo::one_lane {

template <class Wide>
HWY_INLINE void carry_sum(std::int64_t* words) {
  carry(TermsOf<Wide>::scale(), Bins{words});
}

HWY_INLINE RoundTo rounding_to(Format format) {
  constexpr RoundTo kTo64 = kToFloat64, kTo32 = kToFloat32, kToB = kToBfloat16, kToH = kToFloat16;
  const auto chosen = [format](int of64, int of32, int of_b, int of_h) RHEO_PART {
    return format == Format::kFloat64    ? of64
           : format == Format::kFloat32  ? of32
           : format == Format::kBfloat16 ? of_b
                                         : of_h;
  };
  // Number by number: a GPU's code cannot refer to the constants themselves.
  return {chosen(kTo64.precision, kTo32.precision, kToB.precision, kToH.precision),
          chosen(kTo64.lowest, kTo32.lowest, kToB.lowest, kToH.lowest),
          chosen(kTo64.overflow, kTo32.overflow, kToB.overflow, kToH.overflow)};
}

// rheo_sums_finish() of one sum.
template <class Wide>
HWY_INLINE double finished_sum(const std::int64_t* words, Format to) {
  using Of = TermsOf<Wide>;
  const std::int64_t *const counts = words + Of::kBins, nan = counts[0], up = counts[1], down = counts[2];
  if (nan != 0 || (up != 0 && down != 0)) return HUGE_VAL - HUGE_VAL;
  if (up != 0 || down != 0) return up != 0 ? HUGE_VAL : -HUGE_VAL;
  return rounded_row(Of::scale(), words, rounding_to(to));
}

HWY_INLINE void store_sum(double sum, Format format, void* to, std::int64_t i) {
  if (format == Format::kFloat64) {
    static_cast<double*>(to)[i] = sum;
  } else if (format == Format::kFloat32) {
    static_cast<float*>(to)[i] = static_cast<float>(sum);
  } else {
    const auto narrow = static_cast<float>(sum);
    static_cast<std::uint16_t*>(to)[i] =
        format == Format::kBfloat16 ? Bfloat16One::narrow(narrow) : Float16One::narrow(narrow);
  }
}

}  // namespace rheo::one_lane
