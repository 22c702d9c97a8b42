// SPDX-License-Identifier: Apache-2.0
// digest.cc: prints the instruction set in use and a hash of every row function's results, rows and columns.
#include <cstdio>

#include "tests/core/hash.h"
#include "tests/rows/number16.h"
#include "tests/rows/rows.h"

namespace rheo::test {
namespace {

template <class T>
std::vector<T> columns_of(const char* name, const std::vector<T>& x, std::size_t length) {
  std::vector<T> y(x.size());
  const Strides shape = {static_cast<std::int64_t>(length), static_cast<std::int64_t>(x.size() / length)};
  rheo_rows_call call = rows_call(shape, x.data(), y.data());
  call.axis = 0;
  rheo_rows_run(row_function(name), &call);
  return y;
}

template <class T>
void print_digests(const char* name, const char* format) {
  std::uint64_t value = kHashStart, backward = kHashStart;
  for (const std::size_t length : {1, 2, 7, 15, 16, 17, 33, 64, 100, 257, 1000, 4096, 5000}) {
    for (unsigned kind = 0; kind < kKinds; kind += length < 300 ? 1 : 9) {
      std::vector<T> x, grad;
      for (unsigned row = 0; row < (length < 300 ? 20U : 3U); ++row) {
        const auto more = sample_row<T>(length, kind + row), slopes = sample_row<T>(length, kind + row + 3);
        x.insert(x.end(), more.begin(), more.end()), grad.insert(grad.end(), slopes.begin(), slopes.end());
      }
      if (kind % 7 == 3)
        x[x.size() / 2] = T(-HUGE_VAL), x[x.size() / 3] = std::numeric_limits<T>::quiet_NaN();
      const auto y =
          values_of(name, x, length, kind % 3 == 1 ? 0.375 : 1.0, kind % 3 == 2 ? grad : std::vector<T>{});
      value = hash(hash(value, y), columns_of(name, x, length));
      backward = hash(backward, gradients_of(name, y, grad, length));
    }
  }
  std::printf("%s %s value %016llx backward %016llx\n", name, format, static_cast<unsigned long long>(value),
              static_cast<unsigned long long>(backward));
}

}  // namespace
}  // namespace rheo::test

int main() {
  const char* target = nullptr;
  if (rheo_target(&target) != RHEO_OK) {
    std::fprintf(stderr, "%s\n", rheo_last_error());
    return 2;
  }
  std::printf("%s\n", target);
  for (const std::string& name : rheo::test::listed(rheo_rows_names)) {
    rheo::test::print_digests<float>(name.c_str(), "float32");
    rheo::test::print_digests<double>(name.c_str(), "float64");
    rheo::test::print_digests<rheo::test::Bfloat16>(name.c_str(), "bfloat16");
    rheo::test::print_digests<rheo::test::Float16>(name.c_str(), "float16");
  }
}
