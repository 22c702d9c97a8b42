// SPDX-License-Identifier: Apache-2.0
// rows_call.h: a call of a row function, checked: for whoever runs it, the CPU's threads or a device.
// Implemented in rows_call.cc.
#pragma once

#include <cstddef>
#include <utility>

#include "rheobase/rheobase.h"
#include "src/rows/run.h"

namespace rheo {

// One walk over the tensor. The job has no kernel yet, and its dimensions are as the caller gave them, but
// that there is one at least.
struct RowStep {
  RowTask task;
  RowJob job;
};

// What there is to do, in this order: a walk or two, or nothing where there are no elements.
class RowSteps {
 public:
  void add(RowStep step) { all_[count_++] = std::move(step); }
  RowStep* begin() { return all_; }
  RowStep* end() { return all_ + count_; }

 private:
  RowStep all_[2] = {};
  std::size_t count_ = 0;
};

// All of the call is checked but struct_size, flags, threads and executor. Throws Failure.
RowSteps checked_rows(const RowInfo& info, const rheo_rows_call& call);

}  // namespace rheo
