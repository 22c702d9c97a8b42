// SPDX-License-Identifier: Apache-2.0
// overlap_test.cc: in place is allowed, overlap is refused before anything is written, interleaving is
// neither.
#include "tests/capi/layout.h"

namespace rheo::test {
namespace {

// One block of memory in which a test places its operands.
template <class T>
struct Memory {
  std::vector<T> before = sample<T>(400), now = before;
  std::int64_t extent[2] = {100, 1};
  rheo_call c{};

  explicit Memory(rheo_role role = RHEO_VALUE) {
    c.struct_size = sizeof c;
    c.role = role;
    c.format = format_of<T>();
    c.rank = 1;
    c.shape = extent;
    c.x = now.data();
    c.y = now.data();
  }
  T* at(std::size_t offset) { return now.data() + offset; }
  void expect_refused(const rheo_activation* a, const char* input) {
    EXPECT_EQ(rheo_run(a, &c), RHEO_ERROR_OVERLAP) << rheo_last_error();
    EXPECT_NE(std::string(rheo_last_error()).find(input), std::string::npos) << rheo_last_error();
    EXPECT_TRUE(same_bits(now, before));
  }
};

TEST(InPlace, GivesTheBitsOfACallWithSeparateMemory) {
  for_everything([](const rheo_activation* a, rheo_role role, auto zero) {
    using T = decltype(zero);
    for (const std::size_t n : {1u, 17u, 5000u, 40000u}) {
      for (const bool over_grad : {false, true}) {
        if (over_grad && role != RHEO_BACKWARD) continue;
        Call<T> call(role, n);
        call.grad = sample<T>(n, 2), call.grad.resize(n);
        if (role == RHEO_BACKWARD) call.c.grad = call.grad.data();
        const std::vector<T> expected = plain_results(a, role, call.x, call.grad);
        std::vector<T>& output = over_grad ? call.grad : call.x;
        call.c.y = output.data();
        ASSERT_EQ(rheo_run(a, &call.c), RHEO_OK) << rheo_last_error();
        ASSERT_TRUE(same_bits(output, expected));
      }
    }
  });
}

TEST(InPlace, WorksWhereAllThreeOperandsAreTheSameMemory) {
  for (const std::string& name : names()) {
    Call<double> call(RHEO_BACKWARD, 3000);
    const std::vector<double> expected = plain_results(find(name), RHEO_BACKWARD, call.x, call.x);
    call.c.grad = call.c.y = call.x.data();
    ASSERT_EQ(rheo_run(find(name), &call.c), RHEO_OK) << rheo_last_error();
    ASSERT_TRUE(same_bits(call.x, expected)) << name;
  }
}

TEST(InPlace, WorksForEveryLayout) {
  const std::pair<Strides, Strides> layouts[] = {
      {{1000}, {-1}}, {{1000}, {2}}, {{30, 40}, {1, 30}}, {{9, 200}, {256, 1}}, {{40, 3, 20}, {-60, 20, -1}}};
  for (const auto& [shape, strides] : layouts) {
    const Layout layout = {shape, strides, strides, strides};
    for (const std::string& name : names()) {
      Scattered<float> x(shape, strides);
      x.fill(sample<float>(count_of(shape)));
      const std::vector<float> given = x.read();
      const rheo_call call = scattered_call(RHEO_VALUE, layout, x, x, x);
      ASSERT_EQ(rheo_run(find(name), &call), RHEO_OK) << rheo_last_error();
      ASSERT_TRUE(same_bits(x.read(), plain_results(find(name), RHEO_VALUE, given, given))) << name;
      ASSERT_TRUE(x.untouched_elsewhere());
    }
  }
}

TEST(Overlap, ShiftedByLessThanTheLengthIsRefused) {
  const rheo_activation* a = find(names().front());
  for (const std::size_t shift : {1u, 50u, 99u}) {
    Memory<float> forward, back;
    forward.c.y = forward.at(shift);
    forward.expect_refused(a, "x");
    back.c.x = back.at(shift);
    back.expect_refused(a, "x");
  }
}

TEST(Overlap, ShiftedByPartOfAnElementIsRefused) {
  const rheo_activation* a = find(names().front());
  Memory<double> memory;
  memory.c.y = reinterpret_cast<char*>(memory.now.data()) + 4;
  memory.expect_refused(a, "x");
  memory.c.y = reinterpret_cast<char*>(memory.at(99)) + 7;
  memory.expect_refused(a, "x");
}

TEST(Overlap, ShiftedByTheLengthIsAccepted) {
  for (const std::string& name : names()) {
    Memory<float> memory;
    memory.c.y = memory.at(100);
    ASSERT_EQ(rheo_run(find(name), &memory.c), RHEO_OK) << rheo_last_error();
    memory.c.x = memory.at(100), memory.c.y = memory.now.data();
    ASSERT_EQ(rheo_run(find(name), &memory.c), RHEO_OK) << rheo_last_error();
  }
}

TEST(Overlap, OfGradIsRefusedToo) {
  const rheo_activation* a = find(names().front());
  Memory<float> memory(RHEO_BACKWARD);
  memory.c.x = memory.at(200), memory.c.y = memory.now.data(), memory.c.grad = memory.at(1);
  memory.expect_refused(a, "grad");
  // x in place does not excuse grad.
  memory.c.x = memory.now.data();
  memory.expect_refused(a, "grad");
}

TEST(Overlap, BetweenXAndGradIsAccepted) {
  for (const std::string& name : names()) {
    Memory<float> memory(RHEO_BACKWARD);
    memory.c.grad = memory.at(3), memory.c.y = memory.at(200);
    const std::vector<float> x(memory.at(0), memory.at(100)), grad(memory.at(3), memory.at(103));
    ASSERT_EQ(rheo_run(find(name), &memory.c), RHEO_OK) << rheo_last_error();
    ASSERT_TRUE(
        same_bits({memory.at(200), memory.at(300)}, plain_results(find(name), RHEO_BACKWARD, x, grad)));
  }
}

TEST(Overlap, OfAReversedOutputIsRefused) {
  const rheo_activation* a = find(names().front());
  const std::int64_t back = -1;
  Memory<float> memory;
  memory.c.y = memory.at(99), memory.c.y_strides = &back;
  memory.expect_refused(a, "x");
  // From the same address, but to the other side: the first element alone is shared.
  memory.c.x = memory.c.y = memory.at(200);
  memory.expect_refused(a, "x");
}

TEST(Overlap, OfATransposedOutputIsRefused) {
  const rheo_activation* a = find(names().front());
  Memory<float> memory;
  const std::int64_t shape[] = {10, 10}, columns[] = {1, 10};
  memory.c.rank = 2, memory.c.shape = shape, memory.c.y_strides = columns;
  memory.expect_refused(a, "x");
}

TEST(Overlap, OfABroadcastInputWithItsOutputIsRefused) {
  const rheo_activation* a = find(names().front());
  const std::int64_t zero = 0;
  Memory<float> memory;
  memory.c.x_strides = &zero;
  memory.expect_refused(a, "x");
  memory.c.x = memory.at(57);
  memory.expect_refused(a, "x");
}

TEST(Overlap, OfTheOutputWithItselfIsRefused) {
  const rheo_activation* a = find(names().front());
  const std::int64_t zero = 0;
  Memory<float> memory;
  memory.c.x = memory.at(200), memory.c.y_strides = &zero;
  memory.expect_refused(a, "y");
  memory.c.x = memory.c.y;  // nor does being in place excuse it
  memory.c.x_strides = &zero;
  memory.expect_refused(a, "y");
  const std::int64_t shape[] = {10, 10};
  memory.c.rank = 2, memory.c.shape = shape, memory.c.x = memory.at(200), memory.c.x_strides = nullptr;
  for (const Strides& strides : {Strides{1, 1}, {9, 1}, {1, 0}, {-1, 1}, {3, -5}}) {
    memory.c.y = memory.at(100), memory.c.y_strides = strides.data();
    memory.expect_refused(a, "y");
  }
}

TEST(Overlap, OfASingleElementIsInPlaceWhateverTheStrides) {
  const std::int64_t one = 1, x_stride = 5, y_stride = -7;
  for (const std::string& name : names()) {
    Memory<float> memory;
    memory.c.shape = &one, memory.c.x_strides = &x_stride, memory.c.y_strides = &y_stride;
    EXPECT_EQ(rheo_run(find(name), &memory.c), RHEO_OK) << rheo_last_error();
  }
}

TEST(Interleaving, OfEvenAndOddElementsIsAccepted) {
  const std::int64_t two = 2;
  for (const std::string& name : names()) {
    Memory<float> memory;
    std::vector<float> x;
    for (std::size_t i = 0; i < 100; ++i) x.push_back(memory.before[2 * i]);
    memory.c.y = memory.at(1), memory.c.x_strides = &two, memory.c.y_strides = &two;
    ASSERT_EQ(rheo_run(find(name), &memory.c), RHEO_OK) << rheo_last_error();
    const std::vector<float> expected = plain_results(find(name), RHEO_VALUE, x, x);
    for (std::size_t i = 0; i < 100; ++i) {
      ASSERT_TRUE(same(*memory.at(2 * i), x[i])) << name;
      ASSERT_TRUE(same(*memory.at(2 * i + 1), expected[i])) << name;
    }
  }
}

TEST(Interleaving, OfColumnsOfOneMatrixIsAccepted) {
  const std::int64_t shape[] = {40, 3}, strides[] = {8, 1};
  const rheo_activation* a = find(names().front());
  Memory<float> memory;
  memory.c.rank = 2, memory.c.shape = shape, memory.c.x_strides = memory.c.y_strides = strides;
  memory.c.y = memory.at(4);
  EXPECT_EQ(rheo_run(a, &memory.c), RHEO_OK) << rheo_last_error();
  memory.c.y = memory.at(2);  // the third column of x is the first of y
  memory.now = memory.before;
  memory.c.x = memory.now.data(), memory.c.y = memory.at(2);
  memory.expect_refused(a, "x");
}

TEST(Interleaving, ThatIsOffByPartOfAnElementIsRefused) {
  const std::int64_t two = 2;
  const rheo_activation* a = find(names().front());
  Memory<double> memory;
  memory.c.x_strides = &two, memory.c.y_strides = &two;
  for (const int bytes : {4, 12}) {
    memory.c.y = reinterpret_cast<char*>(memory.now.data()) + bytes;
    memory.expect_refused(a, "x");
  }
}

}  // namespace
}  // namespace rheo::test
