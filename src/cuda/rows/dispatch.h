// SPDX-License-Identifier: Apache-2.0
// dispatch.h: which walk serves a request: use(walk) is called with it.
#pragma once

#include "src/cuda/rows/gradient.h"

namespace rheo::one_lane {

template <template <class> class Walk, class Use>
void with_format16(Format format, const Use& use) {
  if (format == Format::kBfloat16) return use(Walk<NarrowRows<Bfloat16One>>());
  use(Walk<NarrowRows<Float16One>>());
}

template <template <class> class Walk, class Use>
void with_format(Format format, const Use& use) {
  if (format == Format::kFloat32) return use(Walk<WideRows<float>>());
  if (format == Format::kFloat64) return use(Walk<WideRows<double>>());
  with_format16<Walk>(format, use);
}

template <class Use>
void with_value_walk(const RowsRequest& r, const Use& use) {
  if (r.result == RowResult::kShare) return with_format<ShareRow>(r.format, use);
  with_format<LogarithmRow>(r.format, use);
}

template <class Use>
void with_gradient_walk(const RowsRequest& r, const Use& use) {
  if (r.result == RowResult::kShare) return with_format<ShareGradients>(r.format, use);
  with_format<LogarithmGradients>(r.format, use);
}

template <class Format>
using ShareGradientsFromX = GradientsFromX<Format, RowResult::kShare>;
template <class Format>
using LogarithmGradientsFromX = GradientsFromX<Format, RowResult::kLogarithm>;

template <class Use>
void with_gradient_walk_from_x(const RowsRequest& r, const Use& use) {
  if (r.result == RowResult::kShare) return with_format16<ShareGradientsFromX>(r.format, use);
  with_format16<LogarithmGradientsFromX>(r.format, use);
}

}  // namespace rheo::one_lane
