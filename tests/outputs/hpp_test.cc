// SPDX-License-Identifier: Apache-2.0
// hpp_test.cc: outputs.hpp, compiled with all warnings as errors.
#include <gtest/gtest.h>

#include "rheobase/outputs.hpp"
#include "tests/core/sample.h"

namespace {

using rheo::test::same;

template <class T>
void expect_calls(const rheobase::activation& f, T one) {
  const rheobase::from_output g(f);
  std::vector<T> x(300, one), y(300), expected(300), grad(300, one), dx(300), slope(300);
  g(x, y), f(x, expected);
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_TRUE(same(y[i], expected[i]));
  g.derivative(y, slope), g.backward(grad, y, dx);
  g.backward(grad, y, grad);  // in place
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_TRUE(std::isfinite(slope[i]) && same(dx[i], one * slope[i]) && same(grad[i], dx[i]));
  }
}

TEST(OutputsHpp, BackwardNeedsTheOutputAlone) {
  int count = 0;
  for (const std::string& name : rheobase::names()) {
    const rheobase::activation f(name);
    if (!rheobase::why_not_from_output(f).empty()) {
      EXPECT_THROW(rheobase::from_output{f}, rheobase::error);
      continue;
    }
    ++count;
    expect_calls(f, 2.0F);
    if (rheobase::why_not_from_output<double>(f).empty()) expect_calls(f, 2.0);
  }
  EXPECT_GT(count, 0);
}

TEST(OutputsHpp, WrongSizesAreRefused) {
  for (const std::string& name : rheobase::names()) {
    const rheobase::activation f(name);
    if (!rheobase::why_not_from_output(f).empty()) continue;
    std::vector<float> y(5), dx(4);
    EXPECT_THROW(rheobase::from_output(f).backward(y, y, dx), rheobase::error);
    EXPECT_THROW(rheobase::from_output(f).derivative(y, dx), rheobase::error);
    return;
  }
}

}  // namespace
