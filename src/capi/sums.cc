// SPDX-License-Identifier: Apache-2.0
// sums.cc: the C ABI of exact sums: checks, then the walks of src/sums/reduce.h.
#include "rheobase/sums.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "src/capi/checks.h"
#include "src/capi/guard.h"
#include "src/capi/sums_checks.h"
#include "src/core/format16.h"
#include "src/sums/reduce.h"

namespace rheo {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void check_version(const rheo_sums_call& call) {
  if (call.struct_size != sizeof(rheo_sums_call)) {
    fail(RHEO_ERROR_UNSUPPORTED, "struct_size is " + std::to_string(call.struct_size) +
                                     "; this library knows " + std::to_string(sizeof(rheo_sums_call)));
  }
  check_threads(call.threads);
}

// What belongs to an activation, and its kernel; null without one.
Kernel checked_kernel(const rheo_sums_call& call, const SumForm& form, std::vector<double>& parameters) {
  if (call.activation == nullptr) {
    check_no_activation(call);
    return nullptr;
  }
  const Activation& a = *call.activation;
  if (form.statistics) fail(RHEO_ERROR_ROLE, "activation is given, but kind is RHEO_SUMS_STATISTICS");
  parameters = checked_together(a, given_parameters(call.parameters, call.parameter_count), form.format);
  require(call.with_respect_to, "with_respect_to");
  const Format sums = form.format == Format::kFloat64 ? Format::kFloat64 : Format::kFloat32;
  return a.parameter_kernel(sums, parameter_index(a.name, a.entry->info->parameters, call.with_respect_to));
}

void check_axis(const rheo_sums_call& call, const SumForm& form) {
  if (call.axis < -1 || call.axis >= call.rank) {
    fail(RHEO_ERROR_SHAPE, "axis is " + std::to_string(call.axis) + "; expected -1 to " +
                               std::to_string(call.rank - 1) + ", as rank is " + std::to_string(call.rank));
  }
  if (call.axis < 0 && form.channels != 1) {
    fail(RHEO_ERROR_SHAPE, "channels is " + std::to_string(form.channels) + "; expected 1 where axis is -1");
  }
  if (call.axis >= 0 && call.shape[call.axis] != form.channels) {
    fail(RHEO_ERROR_SHAPE, "channels is " + std::to_string(form.channels) + "; expected " +
                               std::to_string(call.shape[call.axis]) + ", the extent of axis " +
                               std::to_string(call.axis));
  }
}

void check_apart(const rheo_sums_call& call, const std::vector<Dimension>& dims, Operand operand,
                 const void* data, std::int64_t size, const char* name) {
  const Extent e = extent_of(dims, operand, size);
  const auto at = reinterpret_cast<std::intptr_t>(data),
             workspace = reinterpret_cast<std::intptr_t>(call.workspace);
  const auto bytes = static_cast<std::intptr_t>(call.words * sizeof(std::int64_t));
  if (workspace < at + e.high && at + e.low < workspace + bytes)
    fail(RHEO_ERROR_OVERLAP, std::string("workspace overlaps ") + name);
}

void run_sums(const rheo_sums_call& call) {
  check_version(call);
  const SumForm form = checked_form(&call.form);
  std::vector<double> parameters;
  const Kernel kernel = checked_kernel(call, form, parameters);
  std::vector<Dimension> dims =
      read_shape(call.rank, call.shape, {call.x_strides, call.grad_strides, call.x_strides});
  check_axis(call, form);
  check_workspace(form, call.workspace, call.words);
  if (call.executor != nullptr && call.executor->run == nullptr)
    fail(RHEO_ERROR_NULL, "executor->run is null");
  const std::int64_t n = element_count(dims);
  if (n == 0) return;
  require(call.x, "x");
  const auto size = static_cast<std::int64_t>(size_of(form.format));
  check_apart(call, dims, kX, call.x, size, "x");
  if (call.grad != nullptr) check_apart(call, dims, kGrad, call.grad, size, "grad");
  Dimension channels{1, {0, 0, 0}};
  if (call.axis >= 0) {
    channels = dims[static_cast<std::size_t>(call.axis)];
    dims.erase(dims.begin() + call.axis);
  }
  const ReductionPlan plan =
      plan_reduction({form, std::move(dims), channels, static_cast<const char*>(call.x),
                      static_cast<const char*>(call.grad), kernel, parameters.data(), call.workspace});
  const RangeTask task = [](std::int64_t begin, std::int64_t end, void* context) {
    run_reduction(*static_cast<const ReductionPlan*>(context), begin, end);
  };
  run_pieces(call.executor, call.threads, plan.work, n, task, const_cast<ReductionPlan*>(&plan));
  carry_words(form, call.workspace);
}

void merge_sums(const SumForm& form, std::int64_t* into, const std::int64_t* from) {
  const std::size_t added = added_words(form), all = all_words(form);
  // Each carried, so that adding never overflows.
  std::vector<std::int64_t> other(from, from + form.added());
  for (std::size_t at = 0; at < added; at += form.added()) {
    const SumForm one{form.format, form.statistics, 1};
    std::copy_n(from + at, form.added(), other.data());
    carry_words(one, other.data());
    carry_words(one, into + at);
    for (std::size_t i = 0; i < form.added(); ++i) into[at + i] += other[i];
    carry_words(one, into + at);
  }
  for (std::size_t i = added; i < all; ++i) into[i] = std::max(into[i], from[i]);
}

// One channel's words, and what they say.
class Channel {
 public:
  Channel(const SumForm& form, const std::int64_t* workspace, std::int64_t channel)
      : form_(form),
        words_(workspace + static_cast<std::size_t>(channel) * form.added()),
        extremes_(workspace + added_words(form) + static_cast<std::size_t>(channel) * form.extremes()) {}

  const std::int64_t* counts() const { return words_ + form_.counts_at(); }
  std::int64_t count(Count which) const { return counts()[which]; }
  const std::int64_t* squares() const { return words_ + form_.sums().bins; }

  // What infinities and NaN make of a sum; 0 where there are none.
  double special() const { return special_sum(counts()); }
  double sum(RoundTo to) const { return finished_sum(form_.sums(), words_, counts(), to); }
  double sum_of_squares() const {
    return special() != 0 ? std::fabs(count(kNan) > 0 ? kNaN : std::numeric_limits<double>::infinity())
                          : rounded_sum(form_.squares(), squares(), kToFloat64);
  }
  double mean() const {
    if (special() != 0 || count(kElements) == 0) return count(kElements) == 0 ? kNaN : special();
    return rounded_mean(form_.sums(), words_, count(kElements), kToFloat64);
  }
  double variance(int less) const {
    if (special() != 0 || count(kElements) <= less) return kNaN;
    return rounded_variance(form_.sums(), words_, form_.squares(), squares(), count(kElements), less,
                            kToFloat64);
  }
  double extreme(Extreme which) const {
    const std::int64_t word = extremes_[which];
    return word == kNoExtreme ? kNaN : extreme_value(word);
  }

 private:
  const SumForm& form_;
  const std::int64_t* words_;
  const std::int64_t* extremes_;
};

void store(double value, Format format, std::int64_t at, void* result) {
  const std::size_t size = size_of(format);
  char* const to = static_cast<char*>(result) + static_cast<std::size_t>(at) * size;
  const auto single = static_cast<float>(value);
  const std::uint16_t half = is16(format) ? narrowed(value, format16_of(format)) : 0;
  const void* const from = is16(format)                 ? static_cast<const void*>(&half)
                           : format == Format::kFloat32 ? static_cast<const void*>(&single)
                                                        : static_cast<const void*>(&value);
  std::memcpy(to, from, size);
}

rheo_statistics statistics_of(const Channel& channel) {
  rheo_statistics s{};
  s.count = channel.count(kElements), s.nan = channel.count(kNan);
  s.infinite = channel.count(kInfinite), s.minus_infinite = channel.count(kMinusInfinite);
  s.zeros = channel.count(kZeros), s.negatives = channel.count(kNegatives);
  s.minimum = 0 - channel.extreme(kSmallest), s.maximum = channel.extreme(kLargest);  // 0 - 0 is +0
  s.sum = channel.sum(kToFloat64), s.sum_of_squares = channel.sum_of_squares();
  s.mean = channel.mean(), s.variance = channel.variance(0), s.sample_variance = channel.variance(1);
  return s;
}

}  // namespace

}  // namespace rheo

extern "C" {

rheo_status rheo_sums_size(const rheo_sums_form* form, size_t* words, size_t* added) {
  return rheo::guarded([&] {
    const rheo::SumForm checked = rheo::checked_form(form);
    rheo::require(words, "words");
    *words = rheo::all_words(checked);
    if (added != nullptr) *added = rheo::added_words(checked);
  });
}

rheo_status rheo_sums_clear(const rheo_sums_form* form, int64_t* workspace, size_t words) {
  return rheo::guarded([&] {
    const rheo::SumForm checked = rheo::checked_form(form);
    rheo::check_workspace(checked, workspace, words);
    const std::size_t added = rheo::added_words(checked);
    std::fill_n(workspace, added, 0);
    std::fill(workspace + added, workspace + words, rheo::kNoExtreme);
  });
}

rheo_status rheo_sums_add(const rheo_sums_call* call) {
  return rheo::guarded([&] {
    rheo::require(call, "call");
    rheo::run_sums(*call);
  });
}

rheo_status rheo_sums_merge(const rheo_sums_form* form, int64_t* into, const int64_t* from, size_t words) {
  return rheo::guarded([&] {
    const rheo::SumForm checked = rheo::checked_form(form);
    rheo::check_workspace(checked, into, words, "into");
    rheo::check_workspace(checked, from, words, "from");
    const auto a = reinterpret_cast<std::uintptr_t>(into), b = reinterpret_cast<std::uintptr_t>(from);
    if ((a > b ? a - b : b - a) < words * sizeof(std::int64_t))
      rheo::fail(RHEO_ERROR_OVERLAP, "into overlaps from");
    rheo::merge_sums(checked, into, from);
  });
}

rheo_status rheo_sums_finish(const rheo_sums_form* form, const int64_t* workspace, size_t words,
                             uint32_t result_format, void* result) {
  return rheo::guarded([&] {
    const rheo::SumForm checked = rheo::checked_form(form);
    rheo::check_workspace(checked, workspace, words);
    const rheo::Format format = rheo::checked_format(result_format);
    rheo::require(result, "result");
    for (std::int64_t c = 0; c < checked.channels; ++c)
      rheo::store(rheo::Channel(checked, workspace, c).sum(rheo::rounding_to(format)), format, c, result);
  });
}

rheo_status rheo_sums_statistics(const rheo_sums_form* form, const int64_t* workspace, size_t words,
                                 rheo_statistics* result) {
  return rheo::guarded([&] {
    const rheo::SumForm checked = rheo::checked_form(form);
    if (!checked.statistics)
      rheo::fail(RHEO_ERROR_ROLE, "kind is RHEO_SUMS_TERMS; expected RHEO_SUMS_STATISTICS");
    rheo::check_workspace(checked, workspace, words);
    rheo::require(result, "result");
    for (std::int64_t c = 0; c < checked.channels; ++c)
      result[c] = rheo::statistics_of(rheo::Channel(checked, workspace, c));
  });
}

}  // extern "C"
