// SPDX-License-Identifier: Apache-2.0
// host_rows.cc: the walks over rows that a device's threads do, done on the host by all threads of a team.
#include "tests/cuda/host_rows.h"
#include "src/cuda/rows/block_team.h"
#include "src/cuda/rows/dispatch.h"
#include "src/cuda/rows/half_warp.h"
#include "src/cuda/rows/one_thread.h"

namespace rheo {

RowThreads row_threads = RowThreads::kHalfWarp;

namespace {

template <class Walk>
int walk_all(const RowsRequest& request, Walk) {
  const one_lane::RowsWork work(request);
  double high[one_lane::kBlockSlots], low[one_lane::kBlockSlots];
  const one_lane::Block<one_lane::HostThreads> block{{{high, low}}};
  for (std::int64_t row = 0; row < request.rows; ++row) {
    if (row_threads == RowThreads::kHalfWarp)
      Walk::run(one_lane::HalfWarp<one_lane::HostLanes>(), work, row);
    else if (row_threads == RowThreads::kBlock)
      Walk::run(block, work, row);
    else
      Walk::run(one_lane::OneThread(), work, row);
  }
  return 0;
}

}  // namespace

int launch_row_values(const RowsRequest& request) {
  int error = 1;
  one_lane::with_value_walk(request, [&](auto walk) { error = walk_all(request, walk); });
  return error;
}

int launch_row_gradients(const RowsRequest& request) {
  int error = 1;
  one_lane::with_gradient_walk(request, [&](auto walk) { error = walk_all(request, walk); });
  return error;
}

int launch_row_gradients_from_x(const RowsRequest& request) {
  int error = 1;
  one_lane::with_gradient_walk_from_x(request, [&](auto walk) { error = walk_all(request, walk); });
  return error;
}

}  // namespace rheo
