// SPDX-License-Identifier: Apache-2.0
// host_rows.h: which threads of a device host_rows.cc stands in for.
#pragma once

namespace rheo {

enum class RowThreads {
  kHalfWarp,
  kBlock,
  kOne
};

// Of each row.
extern RowThreads row_threads;

}  // namespace rheo
