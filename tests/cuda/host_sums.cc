// SPDX-License-Identifier: Apache-2.0
// host_sums.cc: the kernels of sums that belong to no activation, done on the host by all threads.
#include "src/cuda/learned/sums.h"

#include "src/cuda/learned/finish.h"
#include "tests/cuda/on_host.h"

namespace rheo {

template <class Wide>
constexpr auto kWords = static_cast<std::int64_t>(one_lane::TermsOf<Wide>::kWords);

int launch_plain_sum(const LearnedRequest& request) {
  const one_lane::LearnedOnHost start(request);
  request.format == Format::kFloat64 ? start.plain_sum<double>() : start.plain_sum<float>();
  return start.error;
}

int launch_carry(Format format, std::int64_t* words, std::int64_t sums, void*) {
  for (std::int64_t i = 0; i < sums; ++i) {
    if (format == Format::kFloat64)
      one_lane::carry_sum<double>(words + i * kWords<double>);
    else
      one_lane::carry_sum<float>(words + i * kWords<float>);
  }
  return 0;
}

int launch_finish(Format format, const std::int64_t* words, std::int64_t sums, Format result_format,
                  void* result, void*) {
  for (std::int64_t i = 0; i < sums; ++i) {
    const double sum = format == Format::kFloat64
                           ? one_lane::finish_sum<double>(words + i * kWords<double>, result_format)
                           : one_lane::finish_sum<float>(words + i * kWords<float>, result_format);
    one_lane::store_sum(sum, result_format, result, i);
  }
  return 0;
}

}  // namespace rheo
