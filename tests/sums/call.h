// SPDX-License-Identifier: Apache-2.0
// call.h: workspaces of exact sums, and calls that are right until a test breaks them.
#pragma once

#include "tests/capi/layout.h"
#include "tests/sums/exact_sum.h"

namespace rheo::test {

using Words = std::vector<std::int64_t>;

inline Words cleared(const rheo_sums_form& form) {
  std::size_t words = 0;
  EXPECT_EQ(rheo_sums_size(&form, &words, nullptr), RHEO_OK) << rheo_last_error();
  Words workspace(words, 12345);
  EXPECT_EQ(rheo_sums_clear(&form, workspace.data(), words), RHEO_OK) << rheo_last_error();
  return workspace;
}

// A call on contiguous x, all one channel's.
template <class T>
struct SumsCall {
  std::vector<T> x;
  std::int64_t extent;
  Words workspace;
  rheo_sums_call c{};

  SumsCall(rheo_sums_kind kind, std::vector<T> points)
      : x(std::move(points)), extent(static_cast<std::int64_t>(x.size())) {
    c.struct_size = sizeof c;
    c.form = {kind, static_cast<std::uint32_t>(format_of<T>()), 1};
    c.rank = 1, c.axis = -1, c.shape = &extent;
    c.x = x.data();
    workspace = cleared(c.form);
    c.workspace = workspace.data(), c.words = workspace.size();
  }
  SumsCall(const SumsCall&) = delete;

  void add() { ASSERT_EQ(rheo_sums_add(&c), RHEO_OK) << rheo_last_error(); }
  double sum(std::uint32_t format) {
    double wide = 0;
    float single = 0;
    void* const result = format == RHEO_FLOAT64 ? static_cast<void*>(&wide) : &single;
    EXPECT_EQ(rheo_sums_finish(&c.form, c.workspace, c.words, format, result), RHEO_OK) << rheo_last_error();
    return format == RHEO_FLOAT64 ? wide : static_cast<double>(single);
  }
  rheo_statistics statistics() {
    rheo_statistics s{};
    EXPECT_EQ(rheo_sums_statistics(&c.form, c.workspace, c.words, &s), RHEO_OK) << rheo_last_error();
    return s;
  }
};

// The words after adding all of x in one call.
template <class T>
Words words_of(rheo_sums_kind kind, const std::vector<T>& x) {
  SumsCall<T> call(kind, x);
  call.add();
  return call.workspace;
}

template <class T>
double exact_sum(const std::vector<T>& x, std::uint32_t format) {
  ExactSum sum;
  for (const T v : x) sum.add(static_cast<double>(v));
  return sum.rounded(format);
}

// Numbers of all sizes, and of both signs, so that nearly all cancels.
template <class T>
std::vector<T> cancelling(std::size_t n, std::uint64_t seed = 3) {
  std::mt19937_64 random(seed);
  std::vector<T> x;
  while (x.size() + 2 < n) {
    const T v = std::bit_cast<T>(static_cast<Bits<T>>(random()));
    if (!std::isfinite(v)) continue;
    x.push_back(v), x.push_back(-v);
    if (x.size() % 3 == 0) x.push_back(static_cast<T>(random() % 100) * std::numeric_limits<T>::denorm_min());
  }
  std::shuffle(x.begin(), x.end(), random);
  return x;
}

template <class T>
std::vector<T> normal(std::size_t n, double deviation = 1, std::uint64_t seed = 4) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> distribution(0, deviation);
  std::vector<T> x(n);
  for (T& v : x) v = static_cast<T>(distribution(random));
  return x;
}

}  // namespace rheo::test
