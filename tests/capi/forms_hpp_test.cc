// SPDX-License-Identifier: Apache-2.0
// forms_hpp_test.cc: gates and fused calls as C++ programs write them.
#include "rheobase/forms.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace {

using rheobase::activation;
using rheobase::error;
using rheobase::fused;
using rheobase::gate;
using rheobase::layout;

TEST(FormsHpp, AGateTakesTwoArraysOrOne) {
  const gate reglu{activation("relu")};
  const std::vector<float> a = {1, -2, 3, 4}, b = {5, 6, 7, 8}, expected = {5, -0.0F, 21, 32};
  std::vector<float> y(4);
  reglu(a, b, y);
  EXPECT_EQ(y, expected);
  reglu(std::vector<float>{1, -2, 5, 6, 3, 4, 7, 8}, 2, y);
  EXPECT_EQ(y, expected);
  reglu(std::vector<float>{1, 5, -2, 6, 3, 7, 4, 8}, 2, y, layout::interleaved);
  EXPECT_EQ(y, expected);
  std::vector<float> same_memory = a;
  reglu(same_memory, b, same_memory);
  EXPECT_EQ(same_memory, expected);
}

TEST(FormsHpp, BackwardGivesBothGradients) {
  const gate reglu{activation("relu")};
  const std::vector<double> a = {1, -2}, b = {5, 6}, grad = {10, 100};
  std::vector<double> da(2), db(2), both(4);
  reglu.backward(grad, a, b, da, db);
  EXPECT_EQ(da, (std::vector<double>{50, 0}));
  EXPECT_EQ(db, (std::vector<double>{10, 0}));
  reglu.backward(grad, std::vector<double>{5, 6, 1, -2}, 2, both, layout::halves_swapped);
  EXPECT_EQ(both, (std::vector<double>{10, 0, 50, 0}));
}

TEST(FormsHpp, LimitAndOffsetAreOptionsOfAGate) {
  const gate g = gate(activation("relu")).with_limit(7).with_offset(1);
  const std::vector<float> a = {1, 9}, b = {-9, 3};
  std::vector<float> y(2);
  g(a, b, y);
  EXPECT_EQ(y, (std::vector<float>{-6, 28}));
  EXPECT_THROW((void)g.with_limit(-1), error);
  EXPECT_THROW((void)g.with_offset(std::nan("")), error);
}

TEST(FormsHpp, FusedCallsTakeScaleBiasAndChains) {
  const std::vector<float> x = {1, -2, 3, 4}, bias = {1, -10};
  std::vector<float> y(4), y3(3);
  const fused<float> one({activation("relu")});
  one.with_scale(2).with_bias(bias)(x, y);
  EXPECT_EQ(y, (std::vector<float>{3, 0, 7, 0}));
  one.with_bias(bias).with_scale(bias).with_bias(1).with_scale(2)(std::vector<float>{1, -2, 3}, y3);
  EXPECT_EQ(y3, (std::vector<float>{3, 0, 7}));  // a number takes the place of channels
  const fused<float> two({activation("relu"), activation("elu").with("alpha", 2)});
  two(x, y);
  EXPECT_EQ(y, (std::vector<float>{1, 0, 3, 4}));
}

TEST(FormsHpp, SizesThatDoNotFitThrow) {
  const gate g{activation("relu")};
  std::vector<float> three(3), four(4), six(6);
  EXPECT_THROW(g(three, four, three), error);
  EXPECT_THROW(g(three, three, four), error);
  EXPECT_THROW(g(six, 2, three), error);
  EXPECT_THROW(g(six, 0, three), error);
  EXPECT_THROW(g(six, std::size_t{1} << 63, three), error);
  EXPECT_THROW(g.backward(three, three, three, three, four), error);
  const fused<float> f({activation("relu")});
  EXPECT_THROW(f(three, four), error);
  EXPECT_THROW(f.with_bias(four)(three, three), error);
}

}  // namespace
