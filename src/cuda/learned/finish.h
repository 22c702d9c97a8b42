// SPDX-License-Identifier: Apache-2.0
// finish.h: accumulators carried, and read as results, one by a thread.
#pragma once

#include "src/cuda/format.h"
#include "src/cuda/learned/terms.h"

namespace rheo::one_lane {

template <class Wide>
HWY_INLINE void carry_sum(std::int64_t* words) {
  carry(TermsOf<Wide>::scale(), words);
}

// rheo_sums_finish() of one sum.
template <class Wide>
HWY_INLINE double finish_sum(const std::int64_t* words, Format to) {
  return finished_sum(TermsOf<Wide>::scale(), words, words + TermsOf<Wide>::kBins, rounding_to(to));
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
