// SPDX-License-Identifier: Apache-2.0
// arrays.cc: calls whose parameters are arrays: checked, then walked by src/core/varied.h.
#include "rheobase/arrays.h"

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "src/capi/checks.h"
#include "src/capi/guard.h"
#include "src/core/cursor.h"
#include "src/core/varied.h"

namespace rheo {

namespace {

using Arrays = std::span<const rheo_parameter_array>;

// Which parameters the arrays are. Throws Failure.
std::vector<ParameterArray> named_arrays(const Activation& a, const rheo_call& call, Arrays arrays) {
  const Parameters& list = a.entry->info->parameters;
  bool seen[kMaxParameters] = {};
  for (const rheo_parameter& p : given_parameters(call.parameters, call.parameter_count))
    seen[parameter_index(a.name, list, p.name)] = true;
  std::vector<ParameterArray> named;
  for (const rheo_parameter_array& array : arrays) {
    if (array.name == nullptr) fail(RHEO_ERROR_NULL, "a parameter's name is null");
    const std::size_t at = parameter_index(a.name, list, array.name);
    if (seen[at]) fail(RHEO_ERROR_PARAMETER, std::string(a.name) + ": " + list[at].name + " is given twice");
    seen[at] = true;
    named.push_back({at, static_cast<const char*>(array.values)});
  }
  return named;
}

// A job's dimensions, with the arrays' strides. Throws Failure.
std::vector<VariedDimension> varied(const std::vector<Dimension>& dims, Arrays arrays) {
  std::vector<VariedDimension> result;
  for (const Dimension& d : dims) {
    VariedDimension v{d.extent, {}};
    std::copy_n(d.stride, kOperands, v.stride);
    result.push_back(v);
  }
  for (std::size_t a = 0; a < arrays.size(); ++a) {
    if (arrays[a].values == nullptr) fail(RHEO_ERROR_NULL, std::string(arrays[a].name) + ".values is null");
    std::int64_t contiguous = 1;
    for (std::size_t i = dims.size(); i-- > 0; contiguous *= dims[i].extent)
      result[i].stride[kOperands + a] = arrays[a].strides != nullptr ? arrays[a].strides[i] : contiguous;
  }
  return result;
}

// y is no array's memory, or the very numbers. Throws Failure.
void check_apart(const Job& job, const VariedJob& varied, Arrays arrays) {
  const auto size = static_cast<std::int64_t>(size_of(job.work.format));
  const std::int64_t value_size = job.work.format == Format::kFloat64 ? sizeof(double) : sizeof(float);
  for (std::size_t a = 0; a < arrays.size(); ++a) {
    std::vector<Dimension> dims = job.dimensions;
    for (std::size_t i = 0; i < dims.size(); ++i)
      dims[i].stride[kX] = varied.dimensions[i].stride[kOperands + a];
    const Extent in = extent_of(dims, kX, value_size), out = extent_of(dims, kY, size);
    const auto base =
        reinterpret_cast<std::intptr_t>(job.y) - reinterpret_cast<std::intptr_t>(varied.arrays[a].values);
    if (base + out.low >= in.high || base + out.high <= in.low) continue;
    if (size != value_size) fail(RHEO_ERROR_OVERLAP, std::string("y overlaps ") + arrays[a].name);
    check_overlap(dims, kX, varied.arrays[a].values, job.y, size, arrays[a].name);
  }
}

// Values of an activation's parameters, checked one after the other.
class Checker {
 public:
  Checker(const Activation& activation, const VariedJob& job, const rheo_call& call)
      : a_(activation), job_(job), format_(job.work.format), rank_(static_cast<std::size_t>(call.rank)) {
    for (std::size_t i = 0; i < job.dimensions.size(); ++i) {
      const std::int64_t* strides = job.dimensions[i].stride + kOperands;
      const bool same = std::all_of(strides, strides + job.arrays.size(), [](auto s) { return s == 0; });
      if (same || job.dimensions[i].extent == 1) continue;  // whose stride may be any
      dims_.push_back(job.dimensions[i]), axes_.push_back(i);
    }
    if (dims_.empty()) dims_.push_back({1, {}});
    std::copy_n(job.parameters, kMaxParameters, values_);
  }

  // All values, each of them once where dimensions do not change them. Throws Failure.
  void check_all() {
    double last[kMaxParameters];
    std::fill_n(last, kMaxParameters, std::numeric_limits<double>::quiet_NaN());  // never the same
    StridedCursor<VariedDimension> cursor(dims_, 0);
    each_run(dims_, cursor, product_of_extents(dims_), [&](const auto& c, std::int64_t, std::int64_t n) {
      if (!fine_at_a_glance(c, n)) check_run(c, n, last);
    });
  }

 private:
  // Whether a function's only parameter has n values, one behind the other, that its domain plainly allows.
  bool fine_at_a_glance(const StridedCursor<VariedDimension>& cursor, std::int64_t n) const {
    const Parameters& list = a_.entry->info->parameters;
    if (list.size() != 1 || dims_.back().stride[kOperands] != 1) return false;
    const Domain domain = list[0].domain;
    const bool any_sign = domain == Domain::kFinite || domain == Domain::kFiniteOrInfinite;
    const auto of = [&](auto zero) {
      using T = decltype(zero);
      const char* const address = job_.arrays[0].values + cursor.offset[kOperands] * std::int64_t{sizeof(T)};
      return reinterpret_cast<std::uintptr_t>(address) % alignof(T) == 0 &&
             all_finite_above(reinterpret_cast<const T*>(address), n, any_sign ? T(-kInfinity) : zero);
    };
    return format_ == Format::kFloat64 ? of(0.0) : of(0.0F);
  }
  void check_run(const StridedCursor<VariedDimension>& cursor, std::int64_t n, double* last) {
    const auto& inner = dims_.back();
    for (std::int64_t i = 0; i < n; ++i) {
      bool fine = true;
      for (std::size_t a = 0; a < job_.arrays.size(); ++a) {
        const std::int64_t offset = cursor.offset[kOperands + a] + i * inner.stride[kOperands + a];
        const double value = read_parameter(format_, job_.arrays[a], offset);
        values_[job_.arrays[a].parameter] = value;
        fine = fine && value > 0 && value < kInfinity;  // which all domains allow
      }
      if (std::equal(values_, values_ + kMaxParameters, last)) continue;
      std::copy_n(values_, kMaxParameters, last);
      if (!fine || a_.entry->objection(values_) != nullptr) check_closely(cursor, i);
    }
  }
  void check_closely(const StridedCursor<VariedDimension>& cursor, std::int64_t inside) {
    try {
      check_parameters(a_.name, a_.entry->info->parameters, {}, format_, values_);
      check_together(a_, values_);
    } catch (const Failure& failure) {
      fail(failure.status, failure.message + place_text(cursor, inside));
    }
  }
  // " (at [2, 0])": where in the call's shape.
  std::string place_text(const StridedCursor<VariedDimension>& cursor, std::int64_t inside) const {
    std::vector<std::int64_t> index(rank_);
    for (std::size_t i = 0; i < axes_.size(); ++i)
      index[axes_[i]] = cursor.index[i] + (i + 1 == axes_.size() ? inside : 0);
    std::string text;
    for (const std::int64_t i : index) text.append(text.empty() ? "" : ", ").append(std::to_string(i));
    return index.empty() ? "" : " (at [" + text + "])";
  }

  const Activation& a_;
  const VariedJob& job_;
  Format format_;
  std::size_t rank_;
  std::vector<VariedDimension> dims_;
  std::vector<std::size_t> axes_;  // theirs in the call's shape
  double values_[kMaxParameters];
};

void run_arrays(const Activation& a, const rheo_call& call, Arrays arrays) {
  if (arrays.empty()) return run_call(a, call);
  check_version(call);
  check_threads(call.threads);
  const Format format = checked_format(call.format);
  const Role role = role_of(call);
  double parameters[kMaxParameters] = {};
  check_parameters(a, given_parameters(call.parameters, call.parameter_count), format, parameters);
  std::vector<ParameterArray> named = named_arrays(a, call, arrays);
  Job job{work_of(a, call, format, role), {}, {}, {}, {}, parameters};
  if (!place(call, role, job)) return;
  VariedJob all{job.work,   varied(job.dimensions, arrays),   job.x,           job.grad, job.y,
                parameters, a.entry->info->parameters.size(), std::move(named)};
  check_apart(job, all, arrays);
  Checker(a, all, call).check_all();
  simplify(job.dimensions), prepare_output(job);  // which is all that job is for from here on
  simplify_dimensions(all.dimensions);
  const std::int64_t n = product_of_extents(all.dimensions);
  const RangeTask task = [](std::int64_t begin, std::int64_t end, void* context) {
    run_varied(*static_cast<const VariedJob*>(context), begin, end);
  };
  run_pieces(call.executor, call.threads, n, n, task, &all);
}

}  // namespace

}  // namespace rheo

extern "C" rheo_status rheo_run_arrays(const rheo_activation* activation, const rheo_call* call,
                                       const rheo_parameter_array* arrays, size_t count) {
  return rheo::guarded([&] {
    rheo::require(activation, "activation"), rheo::require(call, "call");
    if (count > 0) rheo::require(arrays, "arrays");
    rheo::run_arrays(*activation, *call, {arrays, count});
  });
}
