// SPDX-License-Identifier: Apache-2.0
// threads_test.cc: the library's own threads change no bit, and the caller decides how many there are.
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "tests/capi/layout.h"

namespace rheo::test {
namespace {

constexpr std::size_t kElements = 4 * 16384 + 4077;

std::ptrdiff_t threads_alive() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

// Runs the call and compares with the results of the calling thread alone.
template <class T>
void expect_same_on(const std::vector<int>& thread_counts, Call<T>& call, const rheo_activation* a) {
  call.c.threads = 1;
  ASSERT_EQ(rheo_run(a, &call.c), RHEO_OK) << rheo_last_error();
  const std::vector<T> expected = call.y;
  for (const int threads : thread_counts) {
    std::fill(call.y.begin(), call.y.end(), kCanary<T>);
    call.c.threads = threads;
    ASSERT_EQ(rheo_run(a, &call.c), RHEO_OK) << rheo_last_error();
    ASSERT_TRUE(same_bits(call.y, expected)) << threads << " threads";
  }
}

TEST(Threads, TwoToSixteenGiveTheResultsOfOne) {
  std::vector<int> counts;
  for (int threads = 2; threads <= 16; ++threads) counts.push_back(threads);
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    Call<float> call(RHEO_VALUE, kElements);
    expect_same_on(counts, call, find(name));
    if (HasFatalFailure()) return;
  }
}

TEST(Threads, GiveTheSameForEveryRoleAndFormat) {
  for_everything([](const rheo_activation* a, rheo_role role, auto zero) {
    Call<decltype(zero)> call(role, kElements);
    expect_same_on({0, 2, 5}, call, a);
  });
}

TEST(Threads, WalkStridesInPieces) {
  const Strides shape = {300, 300}, columns = {1, 300}, gaps = {301, 1};
  for (const std::string& name : names()) {
    for (const Layout& layout : {Layout{shape, columns, gaps, gaps}, Layout{shape, gaps, columns, columns}}) {
      Scattered<float> x(shape, layout.x), grad(shape, layout.grad), y(shape, layout.y);
      const std::vector<float> points = sample<float>(count_of(shape)),
                               gradients = sample<float>(count_of(shape), 2);
      x.fill(points), grad.fill(gradients);
      rheo_call call = scattered_call(RHEO_BACKWARD, layout, x, grad, y);
      call.threads = 4;
      ASSERT_EQ(rheo_run(find(name), &call), RHEO_OK) << rheo_last_error();
      ASSERT_TRUE(same_bits(y.read(), plain_results(find(name), RHEO_BACKWARD, points, gradients))) << name;
      ASSERT_TRUE(y.untouched_elsewhere());
    }
  }
}

TEST(Threads, WorkInPlace) {
  for (const std::string& name : names()) {
    Call<double> call(RHEO_VALUE, kElements);
    const std::vector<double> expected = plain_results(find(name), RHEO_VALUE, call.x, call.x);
    call.c.threads = 3, call.c.y = call.x.data();
    ASSERT_EQ(rheo_run(find(name), &call.c), RHEO_OK) << rheo_last_error();
    ASSERT_TRUE(same_bits(call.x, expected)) << name;
  }
}

TEST(Threads, OverlapIsRefusedForAnyNumber) {
  Call<float> call(RHEO_VALUE, kElements);
  call.c.threads = 4, call.c.y = call.x.data() + 1;
  EXPECT_EQ(rheo_run(find(names().front()), &call.c), RHEO_ERROR_OVERLAP);
}

TEST(Threads, OfManyCallersAtOnceGiveTheSame) {
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([i] {
      for (const std::string& name : names()) {
        Call<float> call(RHEO_VALUE, kElements);
        expect_same_on({0, 2 + i % 3}, call, find(name));
      }
    });
  }
  for (std::thread& t : callers) t.join();
}

// An executor whose pieces make calls of their own.
TEST(Threads, CallsFromAnExecutorsTaskGiveTheSame) {
  struct Nesting {
    std::vector<float> expected;
    bool same = true;
    static void run(void* self, std::int64_t n, std::int64_t, rheo_task task, void* context) {
      auto& nesting = *static_cast<Nesting*>(self);
      Call<float> inner(RHEO_VALUE, kElements);
      inner.c.threads = 4;
      nesting.same =
          rheo_run(find(names().front()), &inner.c) == RHEO_OK && same_bits(inner.y, nesting.expected);
      task(0, n, context);
    }
  } nesting;
  Call<float> outer(RHEO_VALUE, kElements);
  nesting.expected = plain_results(find(names().front()), RHEO_VALUE, outer.x, outer.x);
  const rheo_executor executor{Nesting::run, &nesting};
  outer.c.executor = &executor;
  ASSERT_EQ(rheo_run(find(names().front()), &outer.c), RHEO_OK);
  EXPECT_TRUE(nesting.same);
  EXPECT_TRUE(same_bits(outer.y, nesting.expected));
}

TEST(Threads, SmallCallsStartNone) {
  const std::ptrdiff_t before = threads_alive();
  Call<float> call(RHEO_VALUE, 65535);
  call.c.threads = 512;
  ASSERT_EQ(rheo_run(find(names().front()), &call.c), RHEO_OK);
  EXPECT_EQ(threads_alive(), before);
}

// The variable is read once a process, so each of these runs in a process of its own. It ends with the number
// of threads, or with 100 + the status.
class ThreadsVariable : public testing::Test {
 protected:
  void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
  [[noreturn]] static void run_with(const char* value, int threads) {
    setenv("RHEOBASE_NUM_THREADS", value, 1);
    const rheo_activation* activation = nullptr;
    const char* const* list = nullptr;
    size_t count = 0;
    rheo_status status = rheo_names(&list, &count);
    if (status == RHEO_OK) status = rheo_find(list[0], &activation);
    if (status == RHEO_OK) {
      Call<float> call(RHEO_VALUE, 16 * 65536);
      call.c.threads = threads;
      status = rheo_run(activation, &call.c);
    }
    std::fprintf(stderr, "%s\n", rheo_last_error());
    std::_Exit(status == RHEO_OK ? static_cast<int>(threads_alive()) : 100 + static_cast<int>(status));
  }
};

TEST_F(ThreadsVariable, SaysHowManyThereAre) {
  EXPECT_EXIT(run_with("3", 0), testing::ExitedWithCode(3), "");
  EXPECT_EXIT(run_with("1", 0), testing::ExitedWithCode(1), "");
}

TEST_F(ThreadsVariable, DoesNotCountForACallThatSaysItself) {
  EXPECT_EXIT(run_with("3", 2), testing::ExitedWithCode(2), "");
  EXPECT_EXIT(run_with("3", 5), testing::ExitedWithCode(5), "");
}

TEST_F(ThreadsVariable, EmptyIsAsIfItWereNotThere) {
  EXPECT_EXIT(run_with("", 2), testing::ExitedWithCode(2), "");
}

TEST_F(ThreadsVariable, NonsenseIsAnErrorOfTheFirstCall) {
  for (const char* value : {"0", "many", "1025", "-2"}) {
    EXPECT_EXIT(run_with(value, 0), testing::ExitedWithCode(100 + RHEO_ERROR_THREADS),
                "RHEOBASE_NUM_THREADS is '" + std::string(value) + "'; expected 1 to 1024");
  }
}

}  // namespace
}  // namespace rheo::test
