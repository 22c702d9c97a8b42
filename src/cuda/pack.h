// SPDX-License-Identifier: Apache-2.0
// pack.h: what a thread takes of an array at a time.
#pragma once

namespace rheo {

// 16 bytes.
template <class T>
struct alignas(16) Pack {
  static constexpr int kSize = 16 / sizeof(T);
  T v[kSize];
};

}  // namespace rheo
