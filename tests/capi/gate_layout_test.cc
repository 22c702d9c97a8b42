// SPDX-License-Identifier: Apache-2.0
// gate_layout_test.cc: where a gate's arrays lie: layouts, strides, threads, the same memory; wrong calls.
#include <functional>

#include "tests/capi/gate.h"

namespace rheo::test {
namespace {

// rows x 2 d elements: where a's and b's element (row, i) lie.
struct Places {
  rheo_layout layout;
  std::size_t d;
  std::size_t a(std::size_t row, std::size_t i) const {
    const std::size_t at = row * 2 * d;
    if (layout == RHEO_HALVES) return at + i;
    if (layout == RHEO_HALVES_SWAPPED) return at + d + i;
    return at + 2 * i + (layout == RHEO_INTERLEAVED ? 0 : 1);
  }
  std::size_t b(std::size_t row, std::size_t i) const {
    const std::size_t at = row * 2 * d;
    if (layout == RHEO_HALVES) return at + d + i;
    if (layout == RHEO_HALVES_SWAPPED) return at + i;
    return at + 2 * i + (layout == RHEO_INTERLEAVED ? 1 : 0);
  }
};

template <class T>
std::vector<T> packed(const Places& places, const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<T> both(2 * a.size());
  for (std::size_t k = 0; k < a.size(); ++k) {
    both[places.a(k / places.d, k % places.d)] = a[k];
    both[places.b(k / places.d, k % places.d)] = b[k];
  }
  return both;
}

template <class T>
void check_packed(const rheo_activation* act, rheo_format format, rheo_layout layout, std::size_t rows,
                  std::size_t d) {
  const Places places{layout, d};
  const std::int64_t shape[] = {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(2 * d)};
  for (const rheo_role role : {RHEO_VALUE, RHEO_BACKWARD}) {
    GateCall<T> plain(format, role, rows * d), call(format, role, rows * d);
    plain.run(act);
    const std::vector<T> both = packed(places, call.a, call.b);
    std::vector<T> gradients(both.size());
    call.g.layout = layout, call.g.rank = 2, call.g.shape = shape;
    call.g.a = both.data(), call.g.b = nullptr, call.g.db = nullptr;
    if (role == RHEO_BACKWARD) call.g.da = gradients.data();
    call.run(act);
    if (role == RHEO_VALUE) {
      ASSERT_TRUE(same_numbers(call.y, plain.y));
    } else {
      ASSERT_TRUE(same_numbers(gradients, packed(places, plain.da, plain.db)));
      // In place: the gradients where the factors were.
      std::vector<T> memory = both;
      call.g.a = memory.data(), call.g.da = memory.data();
      call.run(act);
      ASSERT_TRUE(same_numbers(memory, gradients));
    }
  }
}

TEST(GateLayout, EachGivesTheBitsOfTwoArrays) {
  for_all_formats([](const rheo_activation* act, rheo_format format, auto zero) {
    using T = decltype(zero);
    for (const rheo_layout layout : kPacked) {
      SCOPED_TRACE("layout " + std::to_string(layout) + ", format " + std::to_string(format));
      for (const auto& [rows, d] : {std::pair<std::size_t, std::size_t>(1, 1), {3, 17}, {2, 700}, {40, 64}})
        check_packed<T>(act, format, layout, rows, d);
    }
  });
}

// Each element alone gives what it gives among others, wherever blocks, vectors and threads meet.
TEST(GateLayout, LengthsAndThreadsDoNotMatter) {
  for_all_formats([](const rheo_activation* act, rheo_format format, auto zero) {
    using T = decltype(zero);
    for (const rheo_role role : {RHEO_VALUE, RHEO_BACKWARD}) {
      constexpr std::size_t kMost = 3000;
      GateCall<T> whole(format, role, kMost);
      whole.run(act);
      for (const std::size_t n : {0, 1, 2, 15, 31, 33, 63, 65, 127, 1023, 1025, 2049}) {
        GateCall<T> part(format, role, kMost);
        part.extent = static_cast<std::int64_t>(n);
        part.run(act);
        for (const auto& [got, expected] :
             {std::pair(&part.y, &whole.y), {&part.da, &whole.da}, {&part.db, &whole.db}})
          for (std::size_t i = 0; i < kMost; ++i)
            ASSERT_TRUE(same((*got)[i], i < n ? (*expected)[i] : T(0))) << n << " elements, at " << i;
      }
    }
  });
  GateCall<float> one(RHEO_FLOAT32, RHEO_BACKWARD, 200000), many(RHEO_FLOAT32, RHEO_BACKWARD, 200000);
  one.g.threads = 1, many.g.threads = 4;
  one.run(find(names()[0])), many.run(find(names()[0]));
  EXPECT_TRUE(same_numbers(one.results(), many.results()));
}

TEST(GateLayout, AnExecutorIsGivenAllOfIt) {
  struct Count {
    std::int64_t elements = 0;
    static void run(void* self, std::int64_t n, std::int64_t grain, rheo_task task, void* context) {
      for (std::int64_t at = 0; at < n; at += grain) task(at, std::min(n, at + grain), context);
      static_cast<Count*>(self)->elements += n;
    }
  } count;
  const rheo_executor executor{Count::run, &count};
  GateCall<float> plain(RHEO_FLOAT32, RHEO_BACKWARD, 40000), call(RHEO_FLOAT32, RHEO_BACKWARD, 40000);
  call.g.executor = &executor;
  plain.run(find(names()[0])), call.run(find(names()[0]));
  EXPECT_EQ(count.elements, 40000);
  EXPECT_TRUE(same_numbers(call.results(), plain.results()));
}

// Columns, reversed order and repeated gradients.
TEST(GateLayout, StridesOfAnySignGiveTheSameBits) {
  for_all_formats([](const rheo_activation* act, rheo_format format, auto zero) {
    using T = decltype(zero);
    constexpr std::size_t kRows = 30, kColumns = 40, kCount = kRows * kColumns;
    GateCall<T> call(format, RHEO_BACKWARD, kCount);
    const T same_grad = call.grad[5];
    std::vector<T> at_b(kCount), da(kCount);
    for (std::size_t r = 0; r < kRows; ++r)
      for (std::size_t c = 0; c < kColumns; ++c) at_b[c * kRows + r] = call.b[r * kColumns + c];
    GateCall<T> plain(format, RHEO_BACKWARD, call.a, call.b, std::vector<T>(kCount, same_grad));
    plain.run(act);
    const std::int64_t shape[] = {kRows, kColumns}, transposed[] = {1, kRows}, none[] = {0, 0},
                       backwards[] = {-std::int64_t{kColumns}, -1};
    call.g.rank = 2, call.g.shape = shape;
    call.g.b = at_b.data(), call.g.b_strides = transposed;
    call.g.grad = &same_grad, call.g.grad_strides = none;
    call.g.da = da.data() + kCount - 1, call.g.da_strides = backwards;
    call.run(act);
    std::reverse(da.begin(), da.end());
    ASSERT_TRUE(same_numbers(da, plain.da));
    ASSERT_TRUE(same_numbers(call.db, plain.db));
  });
}

TEST(GateLayout, ResultsMayTakeThePlaceOfInputs) {
  for_all_formats([](const rheo_activation* act, rheo_format format, auto zero) {
    using T = decltype(zero);
    constexpr std::size_t kCount = 3000;
    GateCall<T> value(format, RHEO_VALUE, kCount), back(format, RHEO_BACKWARD, kCount);
    for (const double limit : {0.0, 3.0}) {
      value.g.limit = back.g.limit = limit;
      value.run(act), back.run(act);
      for (int in = 0; in < 2; ++in) {
        GateCall<T> call(format, RHEO_VALUE, kCount);
        call.g.limit = limit, call.g.y = in == 0 ? call.a.data() : call.b.data();
        call.run(act);
        ASSERT_TRUE(same_numbers(in == 0 ? call.a : call.b, value.y));
      }
      for (int in = 0; in < 6; ++in) {  // da in a, b or grad; db in b or grad
        GateCall<T> call(format, RHEO_BACKWARD, kCount);
        std::vector<T>* const inputs[] = {&call.a, &call.b, &call.grad};
        std::vector<T>*const da = inputs[in % 3], *const db = inputs[1 + in / 3];
        if (da == db) continue;
        call.g.limit = limit, call.g.da = da->data(), call.g.db = db->data();
        call.run(act);
        ASSERT_TRUE(same_numbers(*da, back.da)) << in;
        ASSERT_TRUE(same_numbers(*db, back.db)) << in;
      }
    }
  });
}

TEST(GateLayout, OddAddressesGiveTheSameBits) {
  for_all_formats([](const rheo_activation* act, rheo_format format, auto zero) {
    using T = decltype(zero);
    constexpr std::size_t kCount = 300;
    GateCall<T> plain(format, RHEO_VALUE, kCount), call(format, RHEO_VALUE, kCount);
    std::vector<char> a(sizeof(T) * kCount + 1);
    std::memcpy(a.data() + 1, call.a.data(), sizeof(T) * kCount);
    call.g.a = a.data() + 1;
    plain.run(act), call.run(act);
    ASSERT_TRUE(same_numbers(call.y, plain.y));
  });
}

struct Wrong {
  const char* part;  // of the message
  rheo_status status;
  std::function<void(GateCall<float>&)> change;
  rheo_role role = RHEO_BACKWARD;
};

TEST(GateErrors, EachIsOneLineThatNamesTheArgument) {
  static const std::int64_t odd[] = {4, 7}, even[] = {4, 8},
                            huge[] = {std::int64_t{1} << 40, std::int64_t{1} << 40}, negative[] = {-3},
                            zeros[] = {0, 0};
  static const rheo_executor nothing{nullptr, nullptr};
  static const rheo_parameter unknown{"no_such", 1};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto two = [](GateCall<float>& c, const std::int64_t* shape) {
    c.g.rank = 2, c.g.shape = shape, c.g.layout = RHEO_HALVES, c.g.b = c.g.db = nullptr;
  };
  const Wrong wrongs[] = {
      {"struct_size is 3", RHEO_ERROR_UNSUPPORTED, [](auto& c) { c.g.struct_size = 3; }},
      {"flags is 1", RHEO_ERROR_UNSUPPORTED, [](auto& c) { c.g.flags = 1; }},
      {"reserved is 1", RHEO_ERROR_UNSUPPORTED, [](auto& c) { c.g.reserved = 1; }},
      {"threads is -1", RHEO_ERROR_THREADS, [](auto& c) { c.g.threads = -1; }},
      {"format is 9", RHEO_ERROR_FORMAT, [](auto& c) { c.g.format = 9; }},
      {"role is 2", RHEO_ERROR_ROLE, [](auto& c) { c.g.role = RHEO_DERIVATIVE; }},
      {"layout is 0", RHEO_ERROR_SHAPE, [](auto& c) { c.g.layout = 0; }},
      {"y is given", RHEO_ERROR_ROLE, [](auto& c) { c.g.y = c.y.data(); }},
      {"grad, da or db is given", RHEO_ERROR_ROLE, [](auto& c) { c.g.db = c.db.data(); }, RHEO_VALUE},
      {"b, db or strides", RHEO_ERROR_SHAPE, [](auto& c) { c.g.layout = RHEO_INTERLEAVED; }},
      {"limit is nan", RHEO_ERROR_PARAMETER, [nan](auto& c) { c.g.limit = nan; }},
      {"limit is -7", RHEO_ERROR_PARAMETER, [](auto& c) { c.g.limit = -7; }},
      {"limit is inf", RHEO_ERROR_PARAMETER, [](auto& c) { c.g.limit = HUGE_VAL; }},
      {"limit is 1e-60", RHEO_ERROR_PARAMETER, [](auto& c) { c.g.limit = 1e-60; }},
      {"offset is nan", RHEO_ERROR_PARAMETER, [nan](auto& c) { c.g.offset = nan; }},
      {"offset is 1e+40", RHEO_ERROR_PARAMETER, [](auto& c) { c.g.offset = 1e40; }},
      {"parameters is null", RHEO_ERROR_NULL, [](auto& c) { c.g.parameter_count = 1; }},
      {"no_such", RHEO_ERROR_NAME, [](auto& c) { c.g.parameters = &unknown, c.g.parameter_count = 1; }},
      {"rank is 65", RHEO_ERROR_SHAPE, [](auto& c) { c.g.rank = 65; }},
      {"rank is 0", RHEO_ERROR_SHAPE, [two](auto& c) { two(c, even), c.g.rank = 0; }},
      {"shape is null", RHEO_ERROR_NULL, [](auto& c) { c.g.shape = nullptr; }},
      {"shape[0] is -3", RHEO_ERROR_SHAPE, [](auto& c) { c.g.shape = negative; }},
      {"shape[1] is 7; the last axis", RHEO_ERROR_SHAPE, [two](auto& c) { two(c, odd); }},
      {"shape has too many elements", RHEO_ERROR_SHAPE, [](auto& c) { c.g.rank = 2, c.g.shape = huge; }},
      {"a is null", RHEO_ERROR_NULL, [](auto& c) { c.g.a = nullptr; }},
      {"b is null", RHEO_ERROR_NULL, [](auto& c) { c.g.b = nullptr; }},
      {"grad is null", RHEO_ERROR_NULL, [](auto& c) { c.g.grad = nullptr; }},
      {"da is null", RHEO_ERROR_NULL, [](auto& c) { c.g.da = nullptr; }},
      {"db is null", RHEO_ERROR_NULL, [](auto& c) { c.g.db = nullptr; }},
      {"y is null", RHEO_ERROR_NULL, [](auto& c) { c.g.y = nullptr; }, RHEO_VALUE},
      {"executor->run is null", RHEO_ERROR_NULL, [](auto& c) { c.g.executor = &nothing; }},
      {"db is the same memory as a", RHEO_ERROR_OVERLAP, [](auto& c) { c.g.db = c.a.data(); }},
      {"db is the same memory as da", RHEO_ERROR_OVERLAP, [](auto& c) { c.g.db = c.da.data(); }},
      {"da overlaps b without", RHEO_ERROR_OVERLAP, [](auto& c) { c.g.da = c.b.data() + 1, c.extent -= 1; }},
      {"db overlaps da", RHEO_ERROR_OVERLAP, [](auto& c) { c.g.db = c.da.data() + 1, c.extent -= 1; }},
      {"y overlaps a without", RHEO_ERROR_OVERLAP, [](auto& c) { c.g.y = c.a.data() + 1, c.extent -= 1; },
       RHEO_VALUE},
      {"da overlaps itself", RHEO_ERROR_OVERLAP, [](auto& c) { c.g.da_strides = zeros; }},
  };
  for (const Wrong& wrong : wrongs) {
    SCOPED_TRACE(wrong.part);
    GateCall<float> call(RHEO_FLOAT32, wrong.role, 200);
    const auto all = [&] {
      std::vector<float> results = call.y;
      for (const auto* v : {&call.da, &call.db}) results.insert(results.end(), v->begin(), v->end());
      return results;
    };
    const std::vector<float> before = all();
    wrong.change(call);
    EXPECT_EQ(rheo_run_gate(find(names()[0]), &call.g), wrong.status);
    const std::string message = rheo_last_error();
    EXPECT_NE(message.find(wrong.part), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos);
    EXPECT_TRUE(same_numbers(all(), before));
  }
  GateCall<float> call(RHEO_FLOAT32, RHEO_VALUE, 10);
  EXPECT_EQ(rheo_run_gate(nullptr, &call.g), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_run_gate(find(names()[0]), nullptr), RHEO_ERROR_NULL);
}

}  // namespace
}  // namespace rheo::test
