// SPDX-License-Identifier: Apache-2.0
// pool_test.cc: the library's threads, with kernels of the test's own, so that it builds quickly under the
// thread sanitizer too.
#include "src/core/pool.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cfenv>
#include <chrono>
#include <filesystem>
#include <thread>
#include <vector>

#include "src/core/run.h"

namespace rheo {
namespace {

#if defined(__SANITIZE_THREAD__)
constexpr bool kForks = false;  // it refuses new threads in the child of a program with threads
#else
constexpr bool kForks = true;
#endif

std::ptrdiff_t threads_alive() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

// Counts how often each element was visited.
struct Visits {
  explicit Visits(std::int64_t n) : count(static_cast<std::size_t>(n)) {}
  static void task(std::int64_t begin, std::int64_t end, void* self) {
    for (std::int64_t i = begin; i < end; ++i)
      ++static_cast<Visits*>(self)->count[static_cast<std::size_t>(i)];
  }
  bool all_once() const {
    return std::all_of(count.begin(), count.end(), [](int c) { return c == 1; });
  }
  std::vector<int> count;
};

bool visits_all_once(int threads, std::int64_t n, std::int64_t grain) {
  Visits visits(n);
  run_in_pool(threads, n, grain, Visits::task, &visits);
  return visits.all_once();
}

// Runs body in a forked child, which has ten seconds; true when it returned true.
template <class Body>
bool holds_in_child(Body&& body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(10);
    _exit(body() ? 0 : 1);
  }
  int status = -1;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(Pool, PiecesCoverEverythingOnce) {
  for (int threads = 1; threads <= 16; ++threads) {
    for (const std::int64_t n : {1, 2, 63, 64, 65, 1000, 4096, 64 * 16 * 16 + 1, 100003})
      ASSERT_TRUE(visits_all_once(threads, n, 64)) << threads << " threads, " << n << " elements";
  }
}

TEST(Pool, BoundsAreMultiplesOfTheGrain) {
  static std::atomic<bool> right = true;
  const RangeTask task = [](std::int64_t begin, std::int64_t end, void*) {
    if (begin % 100 != 0 || (end % 100 != 0 && end != 12345)) right = false;
  };
  for (const int threads : {1, 2, 3, 7}) run_in_pool(threads, 12345, 100, task, nullptr);
  EXPECT_TRUE(right);
}

TEST(Pool, HasNoMoreThreadsAtWorkThanAskedFor) {
  visits_all_once(8, 100000, 1000);  // there are eight from now on
  struct {
    std::atomic<int> now = 0, most = 0;
  } at_work;
  const RangeTask task = [](std::int64_t, std::int64_t, void* context) {
    auto& w = *static_cast<decltype(at_work)*>(context);
    int now = ++w.now;
    for (int most = w.most; now > most && !w.most.compare_exchange_weak(most, now);) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    --w.now;
  };
  run_in_pool(3, 60, 1, task, &at_work);
  EXPECT_LE(at_work.most, 3);
  EXPECT_GE(at_work.most, 2);  // sleeping leaves the processor to the others, however busy it is
}

// y = 3 x + grad.
void fake_kernel(const void* x, const void* grad, void* y, std::size_t n, const double*) {
  for (std::size_t i = 0; i < n; ++i) {
    const float g = grad != nullptr ? static_cast<const float*>(grad)[i] : 0.0F;
    static_cast<float*>(y)[i] = 3 * static_cast<const float*>(x)[i] + g;
  }
}

std::vector<float> ramp(std::size_t n) {
  std::vector<float> values(n);
  for (std::size_t i = 0; i < n; ++i) values[i] = static_cast<float>(i % 10007) * 0.25F - 1000;
  return values;
}

Job job_of(const std::vector<float>& x, const float* grad, std::vector<float>& y,
           std::vector<Dimension> dims) {
  return {{Format::kFloat32, fake_kernel},         std::move(dims),
          reinterpret_cast<const char*>(x.data()), reinterpret_cast<const char*>(grad),
          reinterpret_cast<char*>(y.data()),       nullptr};
}

TEST(Pool, JobsGiveTheSameOnOneToSixteenThreads) {
  const std::int64_t rows = 257, columns = 771;
  const std::vector<float> x = ramp(static_cast<std::size_t>(rows * columns)), grad(x.rbegin(), x.rend());
  const std::vector<std::vector<Dimension>> layouts = {
      {{rows * columns, {1, 1, 1}}},
      {{rows, {columns, 1, columns}}, {columns, {1, rows, 1}}},
      {{rows, {1, columns, columns}}, {columns, {rows, 1, 1}}},
      {{rows, {columns, columns, columns}}, {columns, {0, 1, 1}}},
  };
  for (const auto& dims : layouts) {
    std::vector<float> expected(x.size());
    run_range(job_of(x, grad.data(), expected, dims), 0, rows * columns);
    for (int threads = 1; threads <= 16; ++threads) {
      std::vector<float> y(x.size(), -1);
      run_job(job_of(x, grad.data(), y, dims), threads);
      ASSERT_EQ(y, expected) << threads << " threads";
    }
  }
}

TEST(Pool, JobsWorkInPlace) {
  const std::vector<float> x = ramp(200003);
  const auto n = static_cast<std::int64_t>(x.size());
  std::vector<float> expected(x.size());
  run_job(job_of(x, nullptr, expected, {{n, {1, 1, 1}}}), 1);
  for (const int threads : {2, 5}) {
    std::vector<float> y = x;
    run_job(job_of(y, nullptr, y, {{n, {1, 1, 1}}}), threads);
    EXPECT_EQ(y, expected);
  }
}

TEST(Pool, FewElementsStartNoThread) {
  const std::vector<float> x = ramp(kParallel);
  std::vector<float> y(x.size());
  const std::ptrdiff_t before = threads_alive();
  run_job(job_of(x, nullptr, y, {{kParallel - 1, {1, 1, 1}}}), 512);
  EXPECT_EQ(threads_alive(), before);
}

TEST(Pool, OneThreadStartsNoThread) {
  const std::ptrdiff_t before = threads_alive();
  EXPECT_TRUE(visits_all_once(1, 1 << 20, 64));
  EXPECT_EQ(threads_alive(), before);
}

TEST(Pool, KeepsItsThreads) {
  visits_all_once(5, 100000, 64);
  const std::ptrdiff_t before = threads_alive();
  EXPECT_GE(before, 5);
  for (int i = 0; i < 100; ++i) visits_all_once(2 + i % 4, 100000, 64);
  EXPECT_EQ(threads_alive(), before);
}

TEST(Pool, ThreadsRoundToNearestWhateverTheirFirstCallerDid) {
  static std::atomic<int> wrong;
  wrong = 0;
  std::fesetround(FE_UPWARD);
  visits_all_once(16, 100000, 64);  // starts threads
  std::fesetround(FE_TONEAREST);
  const RangeTask task = [](std::int64_t, std::int64_t, void*) {
    wrong += std::fegetround() != FE_TONEAREST;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // so that others have their turn
  };
  run_in_pool(16, 64, 1, task, nullptr);
  EXPECT_EQ(wrong, 0);
}

TEST(Pool, CallsWithinCallsStayOnTheirThread) {
  struct Nested {
    std::atomic<int> wrong = 0;
    static void task(std::int64_t, std::int64_t, void* self) {
      static thread_local std::thread::id here;
      here = std::this_thread::get_id();
      const RangeTask inner = [](std::int64_t begin, std::int64_t end, void* context) {
        if (here != std::this_thread::get_id() || begin != 0 || end != 100000)
          ++static_cast<Nested*>(context)->wrong;
      };
      run_in_pool(4, 100000, 64, inner, self);
    }
  } nested;
  run_in_pool(4, 1000, 1, Nested::task, &nested);
  EXPECT_EQ(nested.wrong, 0);
}

TEST(Pool, CallersAtOnceDoNotDisturbEachOther) {
  std::atomic<int> wrong = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 12; ++i) {
    callers.emplace_back([&wrong, i] {
      for (int k = 0; k < 200; ++k) wrong += !visits_all_once(2 + (i + k) % 7, 5000 + i * 100 + k, 64);
    });
  }
  for (std::thread& t : callers) t.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Pool, AForkedChildHasThreadsOfItsOwn) {
  if (!kForks) GTEST_SKIP() << "not under this sanitizer";
  ASSERT_TRUE(visits_all_once(4, 100000, 64));
  EXPECT_TRUE(holds_in_child([] {
    if (threads_alive() != 1 || !visits_all_once(4, 100000, 64) || threads_alive() != 4) return false;
    return holds_in_child([] { return visits_all_once(4, 100000, 64) && threads_alive() == 4; });
  }));
  EXPECT_TRUE(visits_all_once(4, 100000, 64));
}

TEST(Pool, AChildForkedDuringACallHasThreadsOfItsOwn) {
  if (!kForks) GTEST_SKIP() << "not under this sanitizer";
  std::atomic<bool> stop = false;
  std::thread other([&stop] {
    while (!stop) visits_all_once(4, 1 << 20, 64);
  });
  for (int i = 0; i < 20; ++i)
    EXPECT_TRUE(holds_in_child([] { return visits_all_once(4, 1 << 16, 64) && threads_alive() == 4; }));
  stop = true;
  other.join();
}

TEST(Pool, RefusedThreadsAreDoneWithout) {
  if (!kForks) GTEST_SKIP() << "not under this sanitizer";
  EXPECT_TRUE(holds_in_child([] {
    const rlimit none{0, 0};
    if (setrlimit(RLIMIT_NPROC, &none) != 0 || (getuid() == 0 && setuid(65534) != 0)) return false;
    return visits_all_once(4, 100000, 64) && threads_alive() == 1;
  }));
}

TEST(Pool, UsesNoProcessorTimeBetweenCalls) {
  visits_all_once(8, 1 << 20, 64);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // the last ones go to sleep
  const auto used = [] {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
  };
  const double before = used();
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  EXPECT_LT(used() - before, 0.04);  // one thread that spins would use 0.4
}

TEST(Pool, NumbersOfThreadsAreRead) {
  std::string error;
  EXPECT_EQ(parse_threads("1", error), 1);
  EXPECT_EQ(parse_threads("1024", error), 1024);
  EXPECT_EQ(error, "");
}

TEST(Pool, NonsenseForANumberOfThreadsIsAnErrorThatNamesIt) {
  for (const char* text :
       {"0", "-1", "1025", "99999999999999999999", "two", "2 ", " 2", "2.5", "+2", "0x2"}) {
    std::string error;
    EXPECT_EQ(parse_threads(text, error), 0) << text;
    EXPECT_EQ(error, "RHEOBASE_NUM_THREADS is '" + std::string(text) + "'; expected 1 to " +
                         std::to_string(kMaxThreads));
  }
}

}  // namespace
}  // namespace rheo
