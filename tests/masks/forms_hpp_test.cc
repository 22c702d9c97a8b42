// SPDX-License-Identifier: Apache-2.0
// forms_hpp_test.cc: sums.hpp and masks.hpp, compiled with all warnings as errors: the examples of docs/.
#include <gtest/gtest.h>

#include "rheobase/masks.hpp"
#include "rheobase/sums.hpp"
#include "tests/core/sample.h"

namespace {

using rheo::test::same;
using Floats = std::vector<float>;

std::span<const float> of(const Floats& x) { return x; }

// The first activation that has a parameter, and its name.
std::pair<rheobase::activation, std::string> with_parameter() {
  for (const std::string& name : rheobase::names()) {
    const rheobase::activation f(name);
    const std::string text = f.describe(), key = "\"parameters\": [{\"name\": \"";
    const std::size_t at = text.find(key);
    if (at == std::string::npos) continue;
    const std::size_t begin = at + key.size();
    return {f, text.substr(begin, text.find('"', begin) - begin)};
  }
  throw std::runtime_error("no activation has a parameter");
}

TEST(SumsHpp, PartsOfABatchMergeToTheWhole) {
  const Floats x = rheo::test::finite(rheo::test::sample<float>(2000)), grad(x.size(), 0.5F);
  const auto [f, parameter] = with_parameter();
  rheobase::sums<float> all, first, second;
  const std::size_t half = x.size() / 2;
  all.add(f, parameter, of(grad), of(x));
  first.add(f, parameter, of(grad).first(half), of(x).first(half));
  second.add(f, parameter, of(grad).subspan(half), of(x).subspan(half));
  second.merge(first);
  EXPECT_TRUE(std::ranges::equal(all.words(), second.words()));
  EXPECT_TRUE(same(all.result()[0], second.result()[0]));
  all.clear();
  EXPECT_EQ(all.result()[0], 0);
}

TEST(SumsHpp, ChannelsAreTheLastDimension) {
  rheobase::sums<float> three(3);
  three.add(Floats{1, 2, 3, 10, 20, 30});
  EXPECT_EQ(three.result(), (Floats{11, 22, 33}));
  rheobase::statistics<double> two(2);
  two.add(std::vector<double>{1, 0, 3, 0});
  EXPECT_EQ(two.result()[0].mean, 2);
  EXPECT_EQ(two.result()[0].variance, 1);
  EXPECT_EQ(two.result()[1].zeros, 2);
}

TEST(SumsHpp, WrongSizesAreRefused) {
  rheobase::sums<float> three(3), one;
  EXPECT_THROW(three.add(Floats{1, 2}), rheobase::error);
  EXPECT_THROW(three.merge(one), rheobase::error);
  EXPECT_THROW(three.merge(three), rheobase::error);
  EXPECT_THROW(rheobase::sums<float>(0), rheobase::error);
  const auto [f, parameter] = with_parameter();
  EXPECT_THROW(one.add(f, parameter, of(Floats{1}), of(Floats{1, 2})), rheobase::error);
  EXPECT_THROW(one.add(f, "no such", {}, of(Floats{1, 2})), rheobase::error);
}

TEST(MasksHpp, BackwardNeedsNoX) {
  int count = 0;
  for (const std::string& name : rheobase::names()) {
    const rheobase::activation f(name);
    if (!rheobase::has_mask(f)) continue;
    ++count;
    const Floats x = rheo::test::finite(rheo::test::sample<float>(1000)), grad = x;
    Floats y(x.size()), dx(x.size()), expected(x.size());
    const rheobase::masked g(f);
    const std::vector<std::uint8_t> mask = g.forward(of(x), std::span<float>(y));
    g.backward(mask, of(grad), std::span<float>(dx));
    f.backward(grad, x, expected);
    for (std::size_t i = 0; i < x.size(); ++i) ASSERT_TRUE(same(dx[i], expected[i])) << name << ' ' << i;
    EXPECT_THROW(g.backward(std::span(mask).first(3), of(grad), std::span<float>(dx)), rheobase::error);
    EXPECT_THROW(g.forward(of(x).first(5), std::span<float>(y)), rheobase::error);
  }
  EXPECT_GT(count, 0);
}

}  // namespace
