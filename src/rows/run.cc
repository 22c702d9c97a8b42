// SPDX-License-Identifier: Apache-2.0
// run.cc: walks the rows of a strided tensor: a kernel gets those along the innermost of the other
// dimensions.
#include "src/rows/run.h"

#include <algorithm>

#include "src/core/memory.h"

namespace rheo {

std::int64_t row_grain(const RowJob& job) {
  const std::int64_t rows = std::max<std::int64_t>(1, kGrain / std::max<std::int64_t>(1, job.axis.extent));
  if (job.axis.stride[kX] == 1) return rows;
  const std::int64_t together = rows_side_by_side(is16(job.format));
  return (rows + together - 1) / together * together;
}

void run_rows(const RowJob& job, std::int64_t begin, std::int64_t end) {
  const auto& dims = job.dimensions;
  const Dimension& inner = dims.back();
  const auto size = static_cast<std::int64_t>(size_of(job.format));
  for (std::int64_t at = begin; at < end;) {
    std::int64_t offset[kOperands]{}, grad_offset = 0, rest = at;
    for (std::size_t i = dims.size(); i-- > 0;) {
      const std::int64_t place = rest % dims[i].extent;
      for (int o = 0; o < kOperands; ++o) offset[o] += place * dims[i].stride[o];
      if (job.grad != nullptr) grad_offset += place * job.grad_strides[i];
      rest /= dims[i].extent;
    }
    const std::int64_t count = std::min(end - at, inner.extent - at % inner.extent);
    const auto operand = [&](const char* data, Operand o) -> RowOperand {
      if (data == nullptr) return {};
      return {const_cast<char*>(data) + offset[o] * size, job.axis.stride[o], inner.stride[o]};
    };
    RowWork work{job.axis.extent,    count,     operand(job.x, kX), operand(job.other, kGrad),
                 operand(job.y, kY), job.scale, job.format};
    if (job.grad != nullptr)
      work.grad = {const_cast<char*>(job.grad) + grad_offset * size, job.grad_along, job.grad_strides.back()};
    job.kernel(work);
    at += count;
  }
}

void prepare_rows(const RowJob& job) {
  if (job.dimensions.size() != 1 || job.axis.stride[kY] != 1) return;
  const Dimension& rows = job.dimensions.front();
  if (rows.extent > 1 && rows.stride[kY] != job.axis.extent) return;
  prefer_huge_pages(job.y, static_cast<std::size_t>(rows.extent * job.axis.extent) * size_of(job.format));
}

}  // namespace rheo
