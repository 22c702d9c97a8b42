// SPDX-License-Identifier: Apache-2.0
// executor_test.cc: the caller's threads change no bit, however they take the pieces.
#include <atomic>
#include <functional>
#include <random>
#include <thread>

#include "tests/capi/layout.h"

namespace rheo::test {
namespace {

struct Piece {
  std::int64_t begin, end;
};

// An executor that hands the pieces to `work` and keeps what it was asked for.
struct Recorder {
  std::function<void(std::vector<Piece>, const std::function<void(Piece)>&)> work;
  std::size_t pieces_at_once = 1;  // how many grains go into a piece
  std::int64_t n = 0, grain = 0;
  int calls = 0;

  static void run(void* self, std::int64_t n, std::int64_t grain, rheo_task task, void* context) {
    auto& r = *static_cast<Recorder*>(self);
    r.n = n, r.grain = grain, ++r.calls;
    std::vector<Piece> pieces;
    const std::int64_t step = grain * static_cast<std::int64_t>(r.pieces_at_once);
    for (std::int64_t at = 0; at < n; at += step) pieces.push_back({at, std::min(at + step, n)});
    r.work(std::move(pieces), [&](Piece p) { task(p.begin, p.end, context); });
  }
  rheo_executor executor() { return {run, this}; }
};

using Work = decltype(Recorder::work);

const Work kReverse = [](std::vector<Piece> pieces, const auto& task) {
  std::for_each(pieces.rbegin(), pieces.rend(), task);
};

Work threads(unsigned count) {
  return [count](std::vector<Piece> pieces, const auto& task) {
    std::atomic<std::size_t> next = 0;
    std::vector<std::thread> pool;
    for (unsigned i = 0; i < count; ++i) {
      pool.emplace_back([&] {
        for (std::size_t at = 0; (at = next++) < pieces.size();) task(pieces[at]);
      });
    }
    for (std::thread& t : pool) t.join();
  };
}

constexpr std::size_t kElements = 3 * 16384 + 77;

template <class T>
void expect_plain_with(std::vector<Recorder> recorders, const rheo_activation* a, rheo_role role) {
  Call<T> call(role, kElements);
  const std::vector<T> expected = plain_results(a, role, call.x, call.grad);
  for (Recorder& recorder : recorders) {
    std::fill(call.y.begin(), call.y.end(), kCanary<T>);
    const rheo_executor executor = recorder.executor();
    call.c.executor = &executor;
    ASSERT_EQ(rheo_run(a, &call.c), RHEO_OK) << rheo_last_error();
    ASSERT_TRUE(same_bits(call.y, expected));
    ASSERT_EQ(recorder.n, static_cast<std::int64_t>(kElements));
    ASSERT_EQ(recorder.calls, 1);
  }
}

TEST(Executor, PiecesInReverseOrderGiveThePlainResults) {
  for_everything([](const rheo_activation* a, rheo_role role, auto zero) {
    expect_plain_with<decltype(zero)>({{kReverse}}, a, role);
  });
}

void expect_plain_with_up_to_16_threads(rheo_role role) {
  std::vector<Recorder> recorders;
  for (unsigned count = 1; count <= 16; ++count) recorders.push_back({threads(count)});
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    expect_plain_with<float>(recorders, find(name), role);
    expect_plain_with<double>({recorders[1], recorders[4], recorders[15]}, find(name), role);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(Executor, OneToSixteenThreadsGiveThePlainValues) { expect_plain_with_up_to_16_threads(RHEO_VALUE); }

TEST(Executor, OneToSixteenThreadsGiveThePlainDerivatives) {
  expect_plain_with_up_to_16_threads(RHEO_DERIVATIVE);
}

TEST(Executor, OneToSixteenThreadsGiveThePlainGradients) {
  expect_plain_with_up_to_16_threads(RHEO_BACKWARD);
}

TEST(Executor, PiecesOfSeveralGrainsGiveThePlainResults) {
  const rheo_activation* a = find(names().front());
  const std::vector<Recorder> recorders = {{kReverse, 2}, {kReverse, 3}, {kReverse, 100}};
  expect_plain_with<float>(recorders, a, RHEO_VALUE);
  expect_plain_with<double>(recorders, a, RHEO_BACKWARD);
}

TEST(Executor, IsNotAskedForAnEmptyCall) {
  Recorder recorder{kReverse};
  const rheo_executor executor = recorder.executor();
  Call<float> empty(RHEO_VALUE, 0);
  empty.c.executor = &executor;
  EXPECT_EQ(rheo_run(find(names().front()), &empty.c), RHEO_OK);
  EXPECT_EQ(recorder.calls, 0);
}

TEST(Executor, SplitsStridedCallsToo) {
  const Strides shape = {300, 200}, columns = {1, 300}, gaps = {201, 1};
  for (const std::string& name : names()) {
    for (const Layout& layout : {Layout{shape, columns, gaps, gaps}, Layout{shape, gaps, columns, columns}}) {
      Scattered<float> x(shape, layout.x), grad(shape, layout.grad), y(shape, layout.y);
      const std::vector<float> points = sample<float>(count_of(shape)),
                               gradients = sample<float>(count_of(shape), 2);
      x.fill(points), grad.fill(gradients);
      Recorder recorder{threads(4)};
      const rheo_executor executor = recorder.executor();
      rheo_call call = scattered_call(RHEO_BACKWARD, layout, x, grad, y);
      call.executor = &executor;
      ASSERT_EQ(rheo_run(find(name), &call), RHEO_OK) << rheo_last_error();
      ASSERT_EQ(recorder.calls, 1);
      ASSERT_TRUE(same_bits(y.read(), plain_results(find(name), RHEO_BACKWARD, points, gradients))) << name;
      ASSERT_TRUE(y.untouched_elsewhere());
    }
  }
}

TEST(Executor, WorksInPlace) {
  for (const std::string& name : names()) {
    Call<double> call(RHEO_VALUE, kElements);
    const std::vector<double> expected = plain_results(find(name), RHEO_VALUE, call.x, call.x);
    Recorder recorder{threads(3)};
    const rheo_executor executor = recorder.executor();
    call.c.executor = &executor, call.c.y = call.x.data();
    ASSERT_EQ(rheo_run(find(name), &call.c), RHEO_OK) << rheo_last_error();
    ASSERT_TRUE(same_bits(call.x, expected)) << name;
  }
}

TEST(Executor, IsNotAskedWhenTheCallIsWrong) {
  Recorder recorder{kReverse};
  const rheo_executor executor = recorder.executor();
  Call<float> call(RHEO_VALUE, kElements);
  call.c.executor = &executor, call.c.x = nullptr;
  EXPECT_EQ(rheo_run(find(names().front()), &call.c), RHEO_ERROR_NULL);
  EXPECT_EQ(recorder.calls, 0);
}

// Threads that share nothing but the library.
TEST(Executor, CallsFromManyThreadsAtOnceGiveThePlainResults) {
  const std::vector<std::string> all = names();
  std::vector<std::thread> pool;
  for (std::size_t i = 0; i < 8; ++i) {
    pool.emplace_back([&, i] {
      for (std::size_t k = 0; k < all.size(); ++k) {
        const rheo_activation* a = find(all[(i + k) % all.size()]);
        Call<float> call(RHEO_VALUE, 3000);
        EXPECT_EQ(rheo_run(a, &call.c), RHEO_OK);
        EXPECT_TRUE(same_bits(call.y, plain_results(a, RHEO_VALUE, call.x, call.grad)));
      }
    });
  }
  for (std::thread& t : pool) t.join();
}

}  // namespace
}  // namespace rheo::test
