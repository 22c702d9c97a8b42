// SPDX-License-Identifier: Apache-2.0
// no_exceptions.cc: a user's program that is built without exceptions. Argument: an activation.
#include <cstdio>
#include <cstdlib>

#if defined(OWN_HANDLER)
[[noreturn]] static void fail(int status, const char* message) {
  std::printf("handled %d: %s\n", status, message);
  std::exit(3);
}
#define RHEOBASE_FAIL(status, message) fail(static_cast<int>(status), message)
#endif

#include <rheobase/forms.hpp>
#include <rheobase/int8.hpp>
#include <rheobase/masks.hpp>
#include <rheobase/outputs.hpp>
#include <rheobase/rheobase.hpp>
#include <rheobase/sums.hpp>

#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::vector<float> x{-1, 0, 2};
  std::vector<float> y(3);
  const rheobase::activation f(argv[1]);
  f(x, y);
  const rheobase::gate gate(f);
  gate(x, x, y);
  f(x, y);
  std::printf("%s %.9g %.9g %.9g\n", rheo_version(), static_cast<double>(y[0]), static_cast<double>(y[1]),
              static_cast<double>(y[2]));
  return 0;
}
