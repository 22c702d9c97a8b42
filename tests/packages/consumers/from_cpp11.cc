// SPDX-License-Identifier: Apache-2.0
// from_cpp11.cc: a user's program in C++11, over the C headers.
#include <rheobase/rheobase.h>

#include <cstdio>

int main() {
  const char* const* names = nullptr;
  std::size_t count = 0;
  if (rheo_names(&names, &count) != RHEO_OK) return 2;
  std::printf("%zu\n", count);
  return count > 0 ? 0 : 1;
}
