// SPDX-License-Identifier: Apache-2.0
// copy.cc: a vector load-store loop, the other half of what `rheobase bench` calls copy speed.
#include <cstddef>

#if defined(__x86_64__) && defined(__GNUC__)
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLONES
#endif

// The compiler has to leave this a loop: turned into memcpy it would measure the same thing twice (the build
// passes -fno-tree-loop-distribute-patterns or -fno-builtin). `bytes` is a multiple of 256.
extern "C" CLONES void rheobase_copy(void* __restrict to, const void* __restrict from, std::size_t bytes) {
  typedef float Vector __attribute__((vector_size(64), aligned(4), may_alias));
  auto* __restrict out = static_cast<Vector*>(to);
  const auto* __restrict in = static_cast<const Vector*>(from);
  for (std::size_t i = 0; i < bytes / sizeof(Vector); i += 4) {
    const Vector a = in[i], b = in[i + 1], c = in[i + 2], d = in[i + 3];
    out[i] = a, out[i + 1] = b, out[i + 2] = c, out[i + 3] = d;
  }
}
