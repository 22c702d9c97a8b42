// SPDX-License-Identifier: Apache-2.0
// rows_call.h: a call of a row function, checked: for whoever runs it, the CPU's threads or a device.
// Implemented in rows_call.cc.
#pragma once

#include <vector>

#include "rheobase/rheobase.h"
#include "src/rows/run.h"

namespace rheo {

// One walk over the tensor. The job has no kernel yet, and its dimensions are as the caller gave them, but
// that there is one at least.
struct RowStep {
  RowTask task;
  RowJob job;
};

// What there is to do, in this order; nothing where there are no elements. All of the call is checked but
// struct_size, flags, threads and executor. Throws Failure.
std::vector<RowStep> checked_rows(const RowInfo& info, const rheo_rows_call& call);

}  // namespace rheo
