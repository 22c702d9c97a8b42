// SPDX-License-Identifier: Apache-2.0
// from_cpp.cc: a user's program in C++20, with every header. Argument: an activation.
#include <rheobase/forms.hpp>
#include <rheobase/int8.hpp>
#include <rheobase/masks.hpp>
#include <rheobase/outputs.hpp>
#include <rheobase/random.hpp>
#include <rheobase/rheobase.hpp>
#include <rheobase/rows.hpp>
#include <rheobase/sums.hpp>

#include <cstdio>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::vector<float> x{-1, 0, 2};
  std::vector<float> y(3), gated(3);
  try {
    const rheobase::activation f{std::string(argv[1])};
    f(x, y);
    rheobase::gate gate(f);
    gate(x, x, gated);
    rheobase::sums<float> sum;
    sum.add(y);
    std::printf("%s %.9g %.9g %.9g\n", rheo_version(), static_cast<double>(y[0]), static_cast<double>(y[1]),
                static_cast<double>(y[2]));
  } catch (const rheobase::error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 2;
  }
  // An exception crosses from the header to the program, whatever the library was built with.
  try {
    rheobase::activation{"no such activation"};
  } catch (const rheobase::error& e) {
    return e.status() == RHEO_ERROR_NAME ? 0 : 1;
  }
  return 1;
}
