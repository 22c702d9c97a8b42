// SPDX-License-Identifier: Apache-2.0
// layout_test.cc: any layout gives the bits of the contiguous one and leaves all other memory alone.
#include "tests/capi/layout.h"

#include <random>

namespace rheo::test {
namespace {

void expect_all(const Layout& layout) {
  for_everything([&](const rheo_activation* a, rheo_role role, auto zero) {
    expect_plain_results<decltype(zero)>(a, role, layout);
  });
}

Layout everywhere(const Strides& shape, const Strides& strides) { return {shape, strides, strides, strides}; }

TEST(Layout, ContiguousRowsOfAnyRankGiveThePlainResults) {
  expect_all(everywhere({7, 5, 11}, contiguous_strides({7, 5, 11})));
  expect_all(everywhere({3, 1, 4, 1, 5}, contiguous_strides({3, 1, 4, 1, 5})));
}

TEST(Layout, NullStridesMeanContiguous) {
  const std::int64_t shape[] = {3, 67};
  for_everything([&](const rheo_activation* a, rheo_role role, auto zero) {
    Call<decltype(zero)> call(role, 201);
    call.c.rank = 2, call.c.shape = shape;
    ASSERT_EQ(rheo_run(a, &call.c), RHEO_OK) << rheo_last_error();
    ASSERT_TRUE(same_bits(call.y, plain_results(a, role, call.x, call.grad)));
  });
}

TEST(Layout, RankZeroIsOneElement) {
  for_everything([&](const rheo_activation* a, rheo_role role, auto zero) {
    using T = decltype(zero);
    Call<T> call(role, {T(0.75), T(0.25)});
    call.c.rank = 0, call.c.shape = nullptr;
    ASSERT_EQ(rheo_run(a, &call.c), RHEO_OK) << rheo_last_error();
    ASSERT_TRUE(same(call.y[0], plain_results<T>(a, role, {T(0.75)}, {T(0.5)})[0]));
    ASSERT_TRUE(same(call.y[1], kCanary<T>));
  });
}

TEST(Layout, TransposedOperandsGiveThePlainResults) {
  const Strides shape = {33, 70}, rows = {70, 1}, columns = {1, 33};
  expect_all({shape, columns, columns, columns});
  expect_all({shape, columns, rows, rows});
  expect_all({shape, rows, columns, columns});
  expect_all({shape, rows, rows, columns});
}

TEST(Layout, NegativeStridesGiveThePlainResults) {
  expect_all(everywhere({1100}, {-1}));
  expect_all({{1100}, {-1}, {1}, {1}});
  expect_all({{1100}, {1}, {-3}, {-2}});
  expect_all({{20, 30}, {-30, 1}, {30, -1}, {-30, -1}});
}

TEST(Layout, BroadcastInputsGiveThePlainResults) {
  expect_all({{1100}, {0}, {0}, {1}});
  expect_all({{1100}, {1}, {0}, {1}});
  expect_all({{300, 7}, {1, 0}, {0, 1}, {7, 1}});
  expect_all({{7, 300}, {0, 1}, {1, 0}, {300, 1}});
}

TEST(Layout, GapsGiveThePlainResults) {
  expect_all(everywhere({1100}, {3}));
  expect_all(everywhere({9, 200}, {256, 1}));  // long rows, straight from memory
  expect_all(everywhere({90, 20}, {24, 1}));   // short rows, gathered
  expect_all({{9, 200}, {256, 1}, {200, 1}, {201, 1}});
}

TEST(Layout, LargeStridesGiveThePlainResults) {
  expect_all(everywhere({40}, {5003}));
  expect_all({{40}, {-5003}, {4099}, {-8191}});
  expect_all({{3, 50}, {1 << 16, 1}, {0, 1021}, {1, -(1 << 12)}});
}

TEST(Layout, ExtentsOfOneMayHaveAnyStride) {
  expect_all({{1, 50, 1}, {1 << 20, 1, -99}, {0, 1, 0}, {0, 1, 7}});
}

TEST(Layout, SixtyFourDimensionsGiveThePlainResults) {
  Strides shape(64, 1);
  for (const std::size_t i : {0u, 13u, 31u, 32u, 50u, 63u}) shape[i] = 3;
  Strides strides = contiguous_strides(shape), gaps = strides;
  for (std::int64_t& s : gaps) s *= 2;
  expect_all({shape, strides, gaps, gaps});
}

TEST(Layout, EmptyShapesNeedNoPointersAndWriteNothing) {
  const std::vector<Strides> shapes = {
      {0}, {3, 0, 5}, {0, 0}, {std::int64_t{1} << 40, 0, std::int64_t{1} << 40}};
  for (const Strides& shape : shapes) {
    for_everything([&](const rheo_activation* a, rheo_role role, auto zero) {
      Call<decltype(zero)> call(role, 8);
      call.c.rank = static_cast<std::int32_t>(shape.size()), call.c.shape = shape.data();
      ASSERT_EQ(rheo_run(a, &call.c), RHEO_OK) << rheo_last_error();
      ASSERT_TRUE(call.untouched());
      call.c.x = call.c.grad = call.c.y = nullptr;
      ASSERT_EQ(rheo_run(a, &call.c), RHEO_OK) << rheo_last_error();
    });
  }
}

// A random layout whose output has room for each element: dimensions are packed in random order, with random
// gaps.
Layout random_layout(std::mt19937_64& random) {
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(high - low + 1));
  };
  const auto rank = static_cast<std::size_t>(pick(0, 5));
  Layout layout;
  for (std::size_t i = 0; i < rank; ++i)
    layout.shape.push_back(pick(0, 4) == 0 ? 1 : pick(1, rank > 3 ? 6 : 24));
  for (Strides* strides : {&layout.x, &layout.grad, &layout.y}) {
    std::vector<std::size_t> order(rank);
    for (std::size_t i = 0; i < rank; ++i) order[i] = i;
    if (pick(0, 1) == 0) std::shuffle(order.begin(), order.end(), random);
    strides->resize(rank);
    std::int64_t next = 1;
    for (const std::size_t i : order) {
      const bool broadcast = strides != &layout.y && pick(0, 7) == 0;
      (*strides)[i] = broadcast ? 0 : pick(0, 3) == 0 ? -next : next;
      if (!broadcast) next = next * layout.shape[i] + (pick(0, 3) == 0 ? pick(0, 5) : 0);
    }
  }
  return layout;
}

TEST(Layout, RandomOnesGiveThePlainResults) {
  std::mt19937_64 random(7);
  const std::vector<std::string> all = names();
  for (std::size_t round = 0; round < 3000; ++round) {
    const Layout layout = random_layout(random);
    const rheo_activation* a = find(all[round % all.size()]);
    const rheo_role role = kAllRoles[round % 3];
    SCOPED_TRACE("round " + std::to_string(round));
    expect_plain_results<float>(a, role, layout);
    expect_plain_results<double>(a, role, layout);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace rheo::test
