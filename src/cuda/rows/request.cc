// SPDX-License-Identifier: Apache-2.0
// request.cc: from a checked walk over a tensor's rows to what a kernel is given.
#include "src/cuda/rows/request.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "src/capi/call.h"
#include "src/core/cursor.h"

namespace rheo {

namespace {

// The operands of a kernel, in the order of RowsDimension's strides.
constexpr int kKernelOperands = 4;
constexpr RowsOperand RowsRequest::* kOfKernel[kKernelOperands] = {&RowsRequest::x, &RowsRequest::other,
                                                                   &RowsRequest::y, &RowsRequest::grad};
constexpr int kYStride = 2;

struct RowsDimension {
  std::int64_t extent;
  std::int64_t stride[kKernelOperands];
};

// Beside the axis, in the order in which the results lie, as few as can be.
std::vector<RowsDimension> dimensions_of(const RowJob& job) {
  std::vector<RowsDimension> dims;
  for (std::size_t i = 0; i < job.dimensions.size(); ++i) {
    const Dimension& d = job.dimensions[i];
    const std::int64_t grad = job.grad != nullptr ? job.grad_strides[i] : d.stride[kY];
    dims.push_back({d.extent, {d.stride[kX], d.stride[kGrad], d.stride[kY], grad}});
  }
  std::stable_sort(dims.begin(), dims.end(), [](const RowsDimension& a, const RowsDimension& b) {
    return std::llabs(a.stride[kYStride]) > std::llabs(b.stride[kYStride]);
  });
  merge_dimensions(dims);
  if (dims.size() > kMaxRowDimensions) {
    fail(RHEO_ERROR_SHAPE, "shape has " + std::to_string(dims.size()) +
                               " dimensions beside the axis that do not lie together; a device takes up to " +
                               std::to_string(kMaxRowDimensions));
  }
  return dims;
}

}  // namespace

RowsRequest rows_request(const RowStep& step, RowResult result) {
  const RowJob& job = step.job;
  const std::vector<RowsDimension> dims = dimensions_of(job);
  RowsRequest r{};
  r.task = step.task, r.result = result, r.format = job.format, r.scale = job.scale;
  r.length = job.axis.extent, r.rows = product_of_extents(dims);
  r.dimensions = static_cast<int>(dims.size());
  r.x.data = const_cast<char*>(job.x), r.x.along = job.axis.stride[kX];
  r.other.data = const_cast<char*>(job.other), r.other.along = job.axis.stride[kGrad];
  r.y.data = job.y, r.y.along = job.axis.stride[kY];
  r.grad.data = const_cast<char*>(job.grad), r.grad.along = job.grad_along;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    r.extent[i] = dims[i].extent;
    for (int o = 0; o < kKernelOperands; ++o) (r.*kOfKernel[o]).across[i] = dims[i].stride[o];
  }
  return r;
}

}  // namespace rheo
