// SPDX-License-Identifier: Apache-2.0
// shape_test.cc: extremes, jumps and descents are searched for, not only sampled.
#include <numeric>

#include "tests/core/suite.h"

namespace rheo::test {
namespace {

RHEO_EACH_ACTIVATION(Shape);

// Numbers in order: neighbours differ by 1, both zeros are at 0.
template <class T>
std::int64_t place_of(T x) {
  const auto magnitude = static_cast<std::int64_t>(bits(std::abs(x)));
  return std::signbit(x) ? -magnitude : magnitude;
}

template <class T>
T number_at(std::int64_t place) {
  const T magnitude = std::bit_cast<T>(static_cast<Bits<T>>(place < 0 ? -place : place));
  return place < 0 ? -magnitude : magnitude;
}

template <class T>
T number_near(std::int64_t place, std::int64_t distance) {
  const std::int64_t last = place_of(std::numeric_limits<T>::max());
  std::int64_t at = 0;
  if (__builtin_add_overflow(place, distance, &at)) at = distance < 0 ? -last : last;
  return number_at<T>(std::clamp(at, -last, last));
}

// The farthest value that a search with shrinking steps finds from x: `sign` 1 climbs, -1 descends. It ends
// among neighbouring numbers, where a value that leaves the range by an ulp would be.
template <class T>
T farthest_from(const Function<T>& f, T x, T sign) {
  T best = f.value(x);
  for (int step = sizeof(T) == 4 ? 29 : 61; step >= 0; --step) {
    for (int round = 0; round < 3; ++round) {
      std::vector<T> points;
      for (std::int64_t i = -4; i <= 4; ++i)
        points.push_back(number_near<T>(place_of(x), i * (std::int64_t{1} << step) / 2));
      const std::vector<T> y = f.value(points);
      const T before = best;
      for (std::size_t i = 0; i < y.size(); ++i)
        if (sign * y[i] > sign * best) best = y[i], x = points[i];
      if (best == before) break;
    }
  }
  return best;
}

TEST_P(Shape, NoSearchForAnExtremeLeavesTheStatedRange) {
  for_all_settings(activation(), [](const auto& f, auto zero) {
    using T = decltype(zero);
    const Facts facts = f.facts();
    const auto low = static_cast<T>(facts.low), high = static_cast<T>(facts.high);
    std::vector<T> starts = finite(sample<T>(400, 5));
    const std::vector<T> y = f.value(starts);
    std::vector<std::size_t> order(starts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return y[a] < y[b]; });
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_GE(farthest_from<T>(f, starts[order[i]], -1), low) << "from " << text(starts[order[i]]);
      EXPECT_LE(farthest_from<T>(f, starts[order[order.size() - 1 - i]], 1), high);
    }
  });
}

// Where `y` jumps between neighbouring cells of a grid: each cell is halved towards its larger half until its
// ends are numbers of almost the same x.
struct Jump {
  double left, right, height;
};

template <class Evaluate>
std::vector<Jump> jumps(const std::vector<double>& grid, Evaluate&& evaluate) {
  std::vector<double> low(grid.begin(), grid.end() - 1), high(grid.begin() + 1, grid.end());
  std::vector<double> at_low = evaluate(low), at_high = evaluate(high);
  for (int halving = 0; halving < 44; ++halving) {
    std::vector<double> middle;
    for (std::size_t i = 0; i < low.size(); ++i) middle.push_back(low[i] + (high[i] - low[i]) / 2);
    const std::vector<double> y = evaluate(middle);
    for (std::size_t i = 0; i < low.size(); ++i) {
      const bool left = std::abs(y[i] - at_low[i]) > std::abs(at_high[i] - y[i]);
      (left ? high[i] : low[i]) = middle[i];
      (left ? at_high[i] : at_low[i]) = y[i];
    }
  }
  std::vector<Jump> found;
  for (std::size_t i = 0; i < low.size(); ++i) found.push_back({low[i], high[i], at_high[i] - at_low[i]});
  return found;
}

// Parameters whose kinks are apart and whose slopes are gentle enough to tell a jump from a steep place.
bool moderate(const Values& values) {
  return std::all_of(values.begin(), values.end(), [](double v) {
    return v == 0 || std::isinf(v) || (std::abs(v) > 0.1 && std::abs(v) < 30);
  });
}

bool stated(const Facts& facts, const Jump& jump) {
  return std::any_of(facts.kinks.begin(), facts.kinks.end(), [&](double kink) {
    const double slack = 1e-12 * (1 + std::abs(kink));
    return jump.left - slack <= kink && kink <= jump.right + slack;
  });
}

TEST_P(Shape, ValueAndDerivativeJumpAtStatedKinksAlone) {
  std::vector<double> grid;
  for (int i = -400; i <= 400; ++i) grid.push_back(i * 0.1 + 0.0123);
  for (const Values& values : settings<double>(activation())) {
    if (!moderate(values)) continue;
    SCOPED_TRACE(text(values));
    const Function<double> f(activation(), values);
    const auto check = [&](const std::vector<Jump>& found, const char* what) {
      for (const Jump& j : found)
        EXPECT_TRUE(std::abs(j.height) < 1e-6 || !(std::abs(j.height) > 0) || stated(f.facts(), j))
            << what << " jumps by " << j.height << " at " << text(j.right);
    };
    // An overflow is no jump, but has no height either.
    const auto bounded = [](std::vector<double> y) {
      for (double& v : y) v = std::clamp(v, -1e8, 1e8);
      return y;
    };
    const auto level = [&](auto result) {
      return [&bounded, result](const std::vector<double>& x) { return bounded(result(x)); };
    };
    check(jumps(grid, level([&](const auto& x) { return f.value(x); })), "the value");
    check(jumps(grid, level([&](const auto& x) { return f.derivative(x); })), "the derivative");
  }
}

// The descents among the values of x, and where the first is. Of float32, which tables may evaluate, those by
// more than one number: smaller ones are counted in proofs.
template <class T>
struct Descents {
  std::int64_t count = 0;
  T first{};

  void count_in(const Function<T>& f, const std::vector<T>& x) {
    const std::vector<T> y = f.value(x);
    for (std::size_t i = 1; i < y.size(); ++i)
      if (y[i] < (sizeof(T) == 4 ? next_below(y[i - 1]) : y[i - 1]) && count++ == 0) first = x[i];
  }
};

TEST_P(Shape, AMonotoneFunctionHasNoDescentAmongFourMillionNumbersInOrder) {
  const Function<float> f(activation());
  if (!f.facts().monotone) GTEST_SKIP() << "not stated to be monotone";
  constexpr std::int64_t kStep = 1021, kChunk = 1 << 16;
  const std::int64_t last = place_of(std::numeric_limits<float>::max());
  Descents<float> descents;
  for (std::int64_t begin = -last; begin < last; begin += kChunk * kStep) {
    std::vector<float> x;
    for (std::int64_t at = begin; at <= std::min(begin + kChunk * kStep, last); at += kStep)
      x.push_back(number_at<float>(at));
    descents.count_in(f, x);
  }
  EXPECT_EQ(descents.count, 0) << "the first at " << text(descents.first);
}

// Where a value first equals its limit, the last steps up are a few ulp high and many numbers long.
TEST_P(Shape, AMonotoneFunctionHasNoDescentWhereItSaturates) {
  for_all_settings(activation(), [](const auto& f, auto zero) {
    using T = decltype(zero);
    const Facts facts = f.facts();
    if (!facts.monotone) return;
    const std::int64_t last = place_of(std::numeric_limits<T>::max());
    for (const double limit : {facts.left.value, facts.right.value}) {
      const bool left = limit == facts.left.value;
      std::int64_t inside = 0, outside = left ? -last : last;  // places; the value at `outside` is the limit
      if (f.value(number_at<T>(outside)) != static_cast<T>(limit)) continue;
      while (std::abs(outside - inside) > 1) {
        const std::int64_t middle = inside + (outside - inside) / 2;
        (f.value(number_at<T>(middle)) == static_cast<T>(limit) ? outside : inside) = middle;
      }
      std::vector<T> x;
      for (std::int64_t i = -1500; i <= 1500; ++i) x.push_back(number_near<T>(outside, i));
      Descents<T> descents;
      descents.count_in(f, x);
      EXPECT_EQ(descents.count, 0) << "the first at " << text(descents.first);
    }
  });
}

// A result may underflow, or be 0 by definition: either way it is the zero that the file states at that end.
// A parameter that is 0 makes zeros of its own, whose signs are nobody's statement.
TEST_P(Shape, AZeroHasTheSignOfTheZeroThatTheFileStatesAtThatEnd) {
  for_all_settings(activation(), [](const auto& f, auto zero) {
    using T = decltype(zero);
    const Facts facts = f.facts();
    if (std::count(f.parameters(), f.parameters() + f.parameter_count(), 0.0) > 0) return;
    const std::int64_t last = place_of(std::numeric_limits<T>::max());
    for (const double side : {-1.0, 1.0}) {
      const auto limit = static_cast<T>(side < 0 ? facts.left.value : facts.right.value);
      if (limit != 0) continue;
      for (std::int64_t at = last; at > last / 2; at -= last / 997) {
        const T x = number_at<T>(side < 0 ? -at : at), y = f.value(x);
        EXPECT_TRUE(y != 0 || same(y, limit)) << "f(" << text(x) << ") = " << text(y);
      }
    }
  });
}

// f'(x) comes as near to its limit as one likes, and stays there.
TEST_P(Shape, TheDerivativeTendsToItsStatedLimits) {
  for (const Values& values : settings<double>(activation())) {
    if (!moderate(values)) continue;
    SCOPED_TRACE(text(values));
    const Function<double> f(activation(), values);
    for (const double side : {-1.0, 1.0}) {
      const double limit = side < 0 ? f.facts().left.derivative : f.facts().right.derivative;
      for (const double x : {1e30, 1e100, 1e300}) {
        const double y = f.derivative(side * x);
        if (std::isinf(limit)) {
          EXPECT_GT(y * (limit > 0 ? 1 : -1), 1e29) << "f'(" << side * x << ") = " << text(y);
        } else {
          EXPECT_NEAR(y, limit, 1e-14 * (1 + std::abs(limit))) << "at " << side * x;
        }
      }
    }
  }
}

}  // namespace
}  // namespace rheo::test
