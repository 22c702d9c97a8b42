/* SPDX-License-Identifier: Apache-2.0
 * peer.h: what a peer written in C++ exports; bench/peers/_native.py calls it.
 */
#pragma once

#include <stdint.h>

extern "C" {

// One job: function names are the peer's own, as its Python file gives them.
struct PeerJob {
  const char* function;
  double alpha, beta;
  int32_t backward;  // y = grad f'(x), else y = f(x)
  int32_t float64;   // format of all three, else float32
  int32_t threads;
  int64_t n;
  const void* x;
  const void* grad;  // null unless backward
  void* y;
};

#define PEER_EXPORT __attribute__((visibility("default")))

// The library's version.
PEER_EXPORT const char* peer_version(void);
// Prepares a job for any number of runs; null when the library cannot do it, and peer_error() says why.
PEER_EXPORT void* peer_open(const PeerJob* job);
// What is timed.
PEER_EXPORT void peer_run(void* job);
PEER_EXPORT void peer_close(void* job);
PEER_EXPORT const char* peer_error(void);

}  // extern "C"
