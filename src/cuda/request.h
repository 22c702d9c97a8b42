// SPDX-License-Identifier: Apache-2.0
// request.h: a checked call for the device, and the launchers that each activation's file is compiled to.
#pragma once

#include <cstdint>

#include "src/core/kernels.h"
#include "src/math/philox.h"

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

// A gate of n > 0 results in contiguous device memory: y, or da and db.
struct GateRequest {
  Format format;
  const void *a, *b, *grad;  // a holds both factors where b is null
  void *y, *da, *db;         // da likewise
  std::int64_t n;
  std::int64_t width;                 // of halves: a row of a has so many of each factor
  bool halves, interleaved, swapped;  // how an array holds both; swapped: b comes first
  double limit, offset;               // an infinite limit is none
  const double* parameters;
  void* stream;
  int multiprocessors;
};

// A function that draws random numbers: y[i] from x[i], the numbers of element first + i, and grad[i] (null:
// 1).
struct RandomRequest {
  Format format;
  bool backward, training;
  const void *x, *grad;
  void* y;
  std::int64_t n;
  Stream numbers;
  std::int64_t first;
  const double* parameters;
  void* stream;
  int multiprocessors;
};

// A call whose parameters are arrays in device memory, of contiguous x[outer][channels][inner] of n > 0
// elements: y[i] from x[i] (and grad[i]); or, where y is null, sums of such terms, exactly.
struct LearnedRequest {
  Format format;
  const void *x, *grad;  // grad null: 1
  void* y;
  std::int64_t* words;  // accumulators of src/sums/reduce.h
  std::int64_t sums;    // of them: one for all, or one for each channel
  std::int64_t outer, channels, inner;
  const void* parameters[kMaxParameters];  // in the file's order: one number, or one for each channel
  bool per_channel[kMaxParameters];
  Format parameter_format;
  void* stream;
  int multiprocessors;
};

// Starts the kernel; a cudaError_t.
using Launcher = int (*)(const Request&);
using GateLauncher = int (*)(const GateRequest&);
using RandomLauncher = int (*)(const RandomRequest&);
using LearnedLauncher = int (*)(const LearnedRequest&);

// Null where an activation has no parameters.
struct LearnedLaunchers {
  LearnedLauncher value, backward;
  LearnedLauncher term[kMaxParameters];  // stored, or summed where y is null
};

struct Launchers {
  Launcher table[kRoles];
  Launcher parameter[kMaxParameters];
  GateLauncher gate[2];  // value and backward
  LearnedLaunchers learned;
};

// Of the activations of one file, in its order.
struct LauncherList {
  const char* file;
  Launchers items[8];
};

// Of the functions of one file in activations/random.
struct RandomLauncherList {
  const char* file;
  RandomLauncher items[8];
};

}  // namespace rheo
