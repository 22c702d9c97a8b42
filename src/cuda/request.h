// SPDX-License-Identifier: Apache-2.0
// request.h: a checked call for the device, and the launchers that each activation's file is compiled to.
#pragma once

#include <cstdint>

#include "src/core/kernels.h"

namespace rheo {

// y[i] from x[i] (and grad[i]) for n > 0 contiguous elements in device memory.
struct Request {
  Format format;
  const void* x;
  const void* grad;
  void* y;
  std::int64_t n;
  const double* parameters;
  void* stream;         // a cudaStream_t
  int multiprocessors;  // of the device
};

// Starts the kernel; a cudaError_t.
using Launcher = int (*)(const Request&);

struct Launchers {
  Launcher table[kRoles];
  Launcher parameter[kMaxParameters];
};

// Of the activations of one file, in its order.
struct LauncherList {
  const char* file;
  Launchers items[8];
};

}  // namespace rheo
