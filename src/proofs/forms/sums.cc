// SPDX-License-Identifier: Apache-2.0
// sums.cc: digests of exact sums, statistics, and gradients of parameters.
#include <cstdint>
#include <vector>

#include "src/proofs/forms/calls.h"
#include "src/proofs/forms/forms.h"

namespace rheo::proofs {

namespace {

constexpr std::int64_t kChannels = 17, kOthers = 241, kCount = kChannels * kOthers;

class Accumulator {
 public:
  Accumulator(const NumberFormat& format, rheo_sums_kind kind, std::int64_t channels)
      : form_{static_cast<std::uint32_t>(kind), format.code, channels} {
    std::size_t words = 0;
    require_ok(rheo_sums_size(&form_, &words, nullptr));
    words_.resize(words);
    require_ok(rheo_sums_clear(&form_, words_.data(), words));
  }

  // Channels outermost (axis 0) or innermost (axis 1); all are one with axis -1.
  rheo_sums_call call(const Numbers& x, std::int32_t axis) {
    shape_[0] = axis == 1 ? kOthers : kChannels, shape_[1] = axis == 1 ? kChannels : kOthers;
    rheo_sums_call call{};
    call.struct_size = sizeof call, call.form = form_, call.rank = 2, call.axis = axis, call.shape = shape_;
    call.x = x.data(), call.workspace = words_.data(), call.words = words_.size();
    return call;
  }

  // The workspace, and the results in every format.
  void add_to(Hash& hash) const {
    hash.add(words_.data(), words_.size() * sizeof words_[0]);
    if (form_.kind == RHEO_SUMS_STATISTICS) {
      std::vector<rheo_statistics> all(static_cast<std::size_t>(form_.channels));
      require_ok(rheo_sums_statistics(&form_, words_.data(), words_.size(), all.data()));
      for (const rheo_statistics& s : all) {
        for (const std::int64_t n : {s.count, s.nan, s.infinite, s.minus_infinite, s.zeros, s.negatives})
          hash.add(&n, sizeof n);
        Numbers numbers(number_format("float64"), 7);
        std::size_t i = 0;
        for (const double v :
             {s.minimum, s.maximum, s.sum, s.sum_of_squares, s.mean, s.variance, s.sample_variance})
          numbers.set(i++, v);
        hash.add(numbers);
      }
      return;
    }
    for (const NumberFormat& format : kNumberFormats) {
      Numbers result(format, static_cast<std::size_t>(form_.channels));
      require_ok(rheo_sums_finish(&form_, words_.data(), words_.size(), format.code, result.data()));
      hash.add(result);
    }
  }

 private:
  rheo_sums_form form_;
  std::vector<std::int64_t> words_;
  std::int64_t shape_[2] = {};
};

}  // namespace

std::string sums_digest(const std::string& name, const std::string& format) {
  Hash hash;
  const NumberFormat& own = number_format(format);
  const rheo_sums_kind kind = name == "statistics" ? RHEO_SUMS_STATISTICS : RHEO_SUMS_TERMS;
  for (const Numbers& x : {Numbers::wide(own, kCount, 1), Numbers::ordinary(own, kCount, 1, 8),
                           Numbers::mixed(own, kCount, 1)}) {
    for (const std::int32_t axis : {-1, 0, 1}) {
      Accumulator sums(own, kind, axis < 0 ? 1 : kChannels);
      const rheo_sums_call call = sums.call(x, axis);
      require_ok(rheo_sums_add(&call));
      sums.add_to(hash);
    }
  }
  return hash.text();
}

std::string gradient_digest(const std::string& name, const std::string& format) {
  Hash hash;
  const NumberFormat& own = number_format(format);
  const Numbers x = Numbers::ordinary(own, kCount, 1, 8), grad = Numbers::wide(own, kCount, 2);
  bool any = false;
  for (const std::string& parameter : parameters_of(name)) {
    for (const std::int32_t axis : {-1, 1}) {
      Accumulator sums(own, RHEO_SUMS_TERMS, axis < 0 ? 1 : kChannels);
      rheo_sums_call call = sums.call(x, axis);
      call.activation = activation_named(name), call.grad = grad.data();
      call.with_respect_to = parameter.c_str();
      require_ok(rheo_sums_add(&call));
      sums.add_to(hash);
    }
    any = true;
  }
  return any ? hash.text() : "";
}

}  // namespace rheo::proofs
