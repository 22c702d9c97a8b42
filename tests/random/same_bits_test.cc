// SPDX-License-Identifier: Apache-2.0
// same_bits_test.cc: an element's result depends on its place in the shape and on nothing else: not on
// layout, threads, pieces or instruction set.
#include <random>

#include "tests/random/random.h"

namespace rheo::test {
namespace {

// Runs body(name, role, zero of the format's type) for all there is.
template <class Body>
void for_all_random(Body&& body) {
  for (const std::string& name : random_names()) {
    for (const rheo_role role : kAllRoles) {
      SCOPED_TRACE(name + ", role " + std::to_string(role));
      body(name, role, 0.0F), body(name, role, 0.0), body(name, role, std::uint16_t{0});
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

// Bits of a 16-bit format are numbers for this test; others come from the sample of the other tests.
template <class T>
std::vector<T> inputs(std::size_t n, std::uint64_t seed) {
  if constexpr (sizeof(T) == 2) {
    std::vector<T> list;
    for (std::size_t i = 0; i < n; ++i) list.push_back(static_cast<T>(random_word({seed, 0}, i) % 0x7F80));
    return list;
  } else {
    std::vector<T> list = sample<T>(std::max<std::size_t>(n, 200), seed);
    list.resize(n);
    return list;
  }
}

template <class T>
bool bits_equal(const std::vector<T>& a, const std::vector<T>& b) {
  if constexpr (sizeof(T) == 2)
    return a == b;
  else
    return same_bits(a, b);
}

template <class T>
void expect_plain(const std::string& name, rheo_role role, const Layout& layout, int threads = 1) {
  const std::size_t n = count_of(layout.shape);
  Scattered<T> x(layout.shape, layout.x), grad(layout.shape, layout.grad), y(layout.shape, layout.y);
  x.fill(inputs<T>(n, 1)), grad.fill(inputs<T>(n, 2));
  const std::vector<T> given_x = x.read(), given_grad = grad.read();
  RandomCall<T> call(role, given_x);
  call.c.rank = static_cast<std::int32_t>(layout.shape.size()), call.c.shape = layout.shape.data();
  call.c.x = x.data(), call.c.x_strides = x.strides();
  if (role == RHEO_BACKWARD) call.c.grad = grad.data(), call.c.grad_strides = grad.strides();
  call.c.y = y.data(), call.c.y_strides = y.strides(), call.c.threads = threads;
  ASSERT_EQ(rheo_random_run(find_random(name), &call.c), RHEO_OK) << rheo_last_error();
  ASSERT_TRUE(bits_equal(y.read(), random_results(name, role, given_x, given_grad)));
  ASSERT_TRUE(bits_equal(x.read(), given_x));
  if constexpr (sizeof(T) > 2) {
    ASSERT_TRUE(y.untouched_elsewhere());
  }
}

TEST(RandomLayout, ChangesNoBit) {
  const Strides shape = {33, 70}, rows = {70, 1}, columns = {1, 33};
  const Layout layouts[] = {{shape, columns, columns, columns},
                            {shape, columns, rows, rows},
                            {shape, rows, rows, columns},
                            {{1100}, {-1}, {1}, {-2}},
                            {{20, 30}, {-30, 1}, {30, -1}, {-30, -1}},
                            {{300, 7}, {1, 0}, {0, 1}, {7, 1}},
                            {{9, 200}, {256, 1}, {200, 1}, {201, 1}},
                            {{90, 20}, {24, 1}, {24, 1}, {24, 1}},
                            {{3, 5, 7, 4}, {140, 1, 20, 5}, {140, 28, 4, 1}, {140, 1, 20, 5}},
                            {{1, 50, 1}, {1 << 20, 1, -99}, {0, 1, 0}, {0, 1, 7}}};
  for_all_random([&](const std::string& name, rheo_role role, auto zero) {
    for (const Layout& layout : layouts) expect_plain<decltype(zero)>(name, role, layout);
  });
}

TEST(RandomLayout, OfRandomShapesAndOrdersChangesNoBit) {
  std::mt19937_64 random(7);
  const std::vector<std::string> all = random_names();
  for (std::size_t round = 0; round < 600; ++round) {
    Layout layout;
    const std::size_t rank = random() % 5;
    for (std::size_t i = 0; i < rank; ++i)
      layout.shape.push_back(static_cast<std::int64_t>(random() % 12 + 1));
    for (Strides* strides : {&layout.x, &layout.grad, &layout.y}) {
      std::vector<std::size_t> order(rank);
      for (std::size_t i = 0; i < rank; ++i) order[i] = i;
      std::shuffle(order.begin(), order.end(), random);
      strides->resize(rank);
      std::int64_t next = 1;
      for (const std::size_t i : order) {
        (*strides)[i] = random() % 4 == 0 ? -next : next;
        next = next * layout.shape[i] + static_cast<std::int64_t>(random() % 3);
      }
    }
    SCOPED_TRACE("round " + std::to_string(round));
    expect_plain<float>(all[round % all.size()], kAllRoles[round % 3], layout);
    if (HasFatalFailure()) return;
  }
}

constexpr std::size_t kElements = 5 * 16384 + 4077;

TEST(RandomThreads, ChangeNoBit) {
  for_all_random([](const std::string& name, rheo_role role, auto zero) {
    using T = decltype(zero);
    RandomCall<T> call(role, inputs<T>(kElements, 1));
    call.c.threads = 1;
    const std::vector<T> expected = call.run(name);
    for (const int threads : {0, 2, 3, 7}) {
      std::fill(call.y.begin(), call.y.end(), T(0));
      call.c.threads = threads;
      ASSERT_TRUE(bits_equal(call.run(name), expected)) << threads << " threads";
    }
  });
}

TEST(RandomThreads, WalkStridesInPieces) {
  const Strides shape = {300, 300}, columns = {1, 300}, gaps = {301, 1};
  for (const std::string& name : random_names()) {
    expect_plain<float>(name, RHEO_BACKWARD, {shape, columns, gaps, gaps}, 4);
    expect_plain<float>(name, RHEO_BACKWARD, {shape, gaps, columns, columns}, 4);
  }
}

// Pieces of any size, each a call of its own that says where it begins.
TEST(RandomPieces, WithTheirFirstIndexGiveTheWhole) {
  for_all_random([](const std::string& name, rheo_role role, auto zero) {
    using T = decltype(zero);
    const std::vector<T> x = inputs<T>(3000, 1), grad = inputs<T>(3000, 2);
    const std::vector<T> whole = random_results(name, role, x, grad);
    std::mt19937_64 random(3);
    std::vector<T> joined;
    while (joined.size() < x.size()) {
      const auto begin = static_cast<std::ptrdiff_t>(joined.size());
      const auto end =
          std::min(begin + static_cast<std::ptrdiff_t>(random() % 700 + 1), std::ptrdiff_t{3000});
      const auto part = random_results<T>(name, role, {x.begin() + begin, x.begin() + end},
                                          {grad.begin() + begin, grad.begin() + end}, joined.size());
      joined.insert(joined.end(), part.begin(), part.end());
    }
    ASSERT_TRUE(bits_equal(joined, whole));
  });
}

// An executor that takes the pieces in reverse.
TEST(RandomPieces, OfAnExecutorGiveTheWhole) {
  const rheo_executor executor{[](void*, std::int64_t n, std::int64_t grain, rheo_task task, void* context) {
                                 for (std::int64_t at = (n - 1) / grain * grain; at >= 0; at -= grain)
                                   task(at, std::min(at + grain, n), context);
                               },
                               nullptr};
  for (const std::string& name : random_names()) {
    RandomCall<float> call(RHEO_VALUE, inputs<float>(kElements, 1));
    const std::vector<float> expected = call.run(name);
    std::fill(call.y.begin(), call.y.end(), 0.0F);
    call.c.executor = &executor;
    ASSERT_TRUE(same_bits(call.run(name), expected)) << name;
  }
}

TEST(RandomMemory, OfTheOutputMayBeThatOfAnInput) {
  for_all_random([](const std::string& name, rheo_role role, auto zero) {
    using T = decltype(zero);
    const std::vector<T> x = inputs<T>(3000, 1), grad = inputs<T>(3000, 2);
    const std::vector<T> expected = random_results(name, role, x, grad);
    RandomCall<T> call(role, x);
    call.grad = grad;
    if (role == RHEO_BACKWARD) call.c.grad = call.grad.data();
    call.c.y = role == RHEO_BACKWARD ? call.grad.data() : call.x.data();
    call.run(name);
    ASSERT_TRUE(bits_equal(role == RHEO_BACKWARD ? call.grad : call.x, expected));
  });
}

TEST(RandomSeed, OffsetAndFirstIndexEachChangeTheNumbers) {
  const std::vector<double> x(1000, -0.5);
  for (const std::string& name : random_names()) {
    RandomCall<double> plain(RHEO_VALUE, x), seed(RHEO_VALUE, x), offset(RHEO_VALUE, x), first(RHEO_VALUE, x);
    ++seed.c.seed, ++offset.c.offset, ++first.c.first;
    const std::vector<double> expected = plain.run(name);
    EXPECT_EQ(RandomCall<double>(RHEO_VALUE, x).run(name), expected);
    for (RandomCall<double>* other : {&seed, &offset, &first}) {
      other->run(name);
      std::size_t equal = 0;
      for (std::size_t i = 0; i < x.size(); ++i) equal += other->y[i] == expected[i] ? 1 : 0;
      EXPECT_LT(equal, 700U) << name;  // dropped or rectified elements are equal by chance
    }
    first.run(name);
    EXPECT_TRUE(std::equal(expected.begin() + 1, expected.end(), first.y.begin())) << name;
  }
}

TEST(RandomSeed, DoesNotMatterInEvaluation) {
  for (const std::string& name : random_names()) {
    RandomCall<float> one(RHEO_VALUE, inputs<float>(1000, 1)), other(RHEO_VALUE, inputs<float>(1000, 1));
    one.c.training = other.c.training = 0, other.c.seed = 1, other.c.offset = 2, other.c.first = 3;
    EXPECT_TRUE(same_bits(one.run(name), other.run(name))) << name;
  }
}

}  // namespace
}  // namespace rheo::test
