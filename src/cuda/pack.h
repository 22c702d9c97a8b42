// SPDX-License-Identifier: Apache-2.0
// pack.h: what a thread takes of an array at a time.
#pragma once

// A loop whose arrays have to stay in registers, though a compiler may find it too long to unroll.
#ifdef __CUDACC__
#define RHEO_UNROLLED _Pragma("unroll")
#else
#define RHEO_UNROLLED
#endif

// Of a template for host and device that calls what it is given, which may be for one of both alone.
#ifdef __CUDACC__
#define RHEO_CALLS_ANYTHING _Pragma("nv_exec_check_disable")
#else
#define RHEO_CALLS_ANYTHING
#endif

namespace rheo {

// 16 bytes.
template <class T>
struct alignas(16) Pack {
  static constexpr int kSize = 16 / sizeof(T);
  T v[kSize];
};

}  // namespace rheo
