// SPDX-License-Identifier: Apache-2.0
// sums_test.cc: sums are exact up to one rounding, and depend on nothing but their terms.
#include <cstring>

#include "src/core/registry.h"
#include "tests/sums/call.h"

namespace rheo::test {
namespace {

template <class T>
void expect_exact(const std::vector<T>& x) {
  SumsCall<T> call(RHEO_SUMS_TERMS, x);
  call.add();
  for (const std::uint32_t format : {RHEO_FLOAT32, RHEO_FLOAT64}) {
    const double expected = exact_sum(x, format);
    ASSERT_TRUE(same(call.sum(format), expected))
        << text(call.sum(format)) << ", expected " << text(expected) << ", " << x.size() << " terms";
  }
}

template <class T>
void expect_exact_everywhere() {
  for (const std::size_t n : {0, 1, 2, 15, 16, 17, 100, 2047, 2048, 2049, 5000, 70001}) {
    expect_exact(finite(sample<T>(n)));
    expect_exact(normal<T>(n)), expect_exact(normal<T>(n, 1e-6));
    expect_exact(cancelling<T>(n));
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(Sums, AreTheExactSumRoundedOnce) {
  expect_exact_everywhere<float>();
  expect_exact_everywhere<double>();
}

TEST(Sums, AreTheExactSumOnEveryInstructionSet) {
  for (const char* target : available_targets()) {
    SCOPED_TRACE(target);
    ASSERT_TRUE(use_target(target));
    expect_exact_everywhere<float>();
    expect_exact_everywhere<double>();
    SumsCall<double> call(RHEO_SUMS_STATISTICS, normal<double>(3000));
    ExactSum squares;
    for (const double v : call.x) squares.add_square(v);
    call.add();
    ASSERT_TRUE(same(call.statistics().sum_of_squares, squares.rounded(RHEO_FLOAT64)));
  }
  use_target(available_targets().front());
}

TEST(Sums, KeepWhatLargeNumbersWouldSwallow) {
  expect_exact<float>({1e38F, 0x1p-149F, -1e38F});
  expect_exact<float>({3e38F, 3e38F, 3e38F, -3e38F, -3e38F, -3e38F, 1e-45F});
  expect_exact<double>({1e308, 1e308, 0x1p-1074, -1e308, -1e308});
  SumsCall<float> call(RHEO_SUMS_TERMS, std::vector<float>{1e38F, 1e-45F, -1e38F});
  call.add();
  EXPECT_EQ(call.sum(RHEO_FLOAT32), 0x1p-149);
}

// As many large terms as a block has, and one whose only bit lies more and more of them below.
TEST(Sums, OfFullBlocksKeepTheLastBit) {
  for (int exponent = -30; exponent >= -149; --exponent) {
    for (const std::size_t n : {std::size_t{2048}, std::size_t{4096}}) {
      std::vector<float> x(n, 0x1.fffffep0F);
      x[n / 3] = std::ldexp(1.0F, exponent);
      SumsCall<float> call(RHEO_SUMS_TERMS, x);
      call.add();
      // Without the large ones, it is left over.
      call.x.assign(n, -0x1.fffffep0F), call.x[n / 3] = 0;
      call.c.x = call.x.data();
      call.add();
      ASSERT_EQ(call.sum(RHEO_FLOAT64), std::ldexp(1.0, exponent));
    }
  }
}

TEST(Sums, OfManyEqualTermsAreProducts) {
  constexpr std::size_t kTerms = std::size_t{1} << 24;
  for (const float v : {1 + 0x1p-23F, 0x1p-149F, -0x1.fffffep127F}) {
    SumsCall<float> call(RHEO_SUMS_TERMS, std::vector<float>(kTerms, v));
    call.add();
    EXPECT_EQ(call.sum(RHEO_FLOAT64), std::ldexp(static_cast<double>(v), 24));
  }
}

TEST(Sums, BeyondTheFormatAreInfinite) {
  SumsCall<float> call(RHEO_SUMS_TERMS, std::vector<float>{3e38F, 3e38F});
  call.add();
  EXPECT_EQ(call.sum(RHEO_FLOAT32), HUGE_VAL);
  EXPECT_EQ(call.sum(RHEO_FLOAT64), 2 * static_cast<double>(3e38F));
  SumsCall<double> wide(RHEO_SUMS_TERMS, std::vector<double>{-1.5e308, -1.5e308});
  wide.add();
  EXPECT_EQ(wide.sum(RHEO_FLOAT64), -HUGE_VAL);
}

TEST(Sums, OfNothingAndOfZerosArePlusZero) {
  SumsCall<float> call(RHEO_SUMS_TERMS, std::vector<float>{});
  EXPECT_TRUE(same(call.sum(RHEO_FLOAT32), 0.0));
  for (const std::vector<float>& x : {std::vector<float>{-0.0F}, {-0.0F, -0.0F}, {1, -1}, {-1, 1, -0.0F}}) {
    SumsCall<float> zeros(RHEO_SUMS_TERMS, x);
    zeros.add();
    EXPECT_TRUE(same(zeros.sum(RHEO_FLOAT32), 0.0));
  }
}

TEST(Sums, OfInfinitiesAndNaNAreWhatAddingGives) {
  constexpr float kInf = HUGE_VALF, kNaN = std::numeric_limits<float>::quiet_NaN();
  const std::pair<std::vector<float>, double> cases[] = {{{1, kInf, 2}, HUGE_VAL},
                                                         {{-kInf, 3e38F, 3e38F}, -HUGE_VAL},
                                                         {{kInf, -kInf}, NAN},
                                                         {{1, kNaN}, NAN},
                                                         {{kNaN, kInf}, NAN}};
  for (auto [x, expected] : cases) {
    for (const std::size_t padding : {0, 3000}) {
      x.resize(x.size() + padding, 1);
      SumsCall<float> call(RHEO_SUMS_TERMS, x);
      call.add();
      EXPECT_TRUE(same(call.sum(RHEO_FLOAT32), expected));
      EXPECT_TRUE(same(call.sum(RHEO_FLOAT64), expected));
    }
  }
}

// All words, not only the result.
template <class T>
void expect_same_in_any_order(rheo_sums_kind kind) {
  std::vector<T> x = sample<T>(4001);
  const Words expected = words_of(kind, x);
  std::mt19937_64 random(5);
  for (int i = 0; i < 5; ++i) {
    std::shuffle(x.begin(), x.end(), random);
    ASSERT_EQ(words_of(kind, x), expected);
  }
  for (const std::size_t chunk : {1000, 2048, 1, 37}) {
    SumsCall<T> call(kind, x);
    for (std::size_t at = 0; at < x.size(); at += chunk) {
      call.c.x = x.data() + at;
      call.extent = static_cast<std::int64_t>(std::min(chunk, x.size() - at));
      call.add();
    }
    ASSERT_EQ(call.workspace, expected) << "chunks of " << chunk;
  }
}

TEST(Sums, HaveTheSameWordsInAnyOrderAndAnyPieces) {
  for (const rheo_sums_kind kind : {RHEO_SUMS_TERMS, RHEO_SUMS_STATISTICS}) {
    expect_same_in_any_order<float>(kind);
    expect_same_in_any_order<double>(kind);
  }
}

TEST(Sums, HaveTheSameWordsOnAnyNumberOfThreads) {
  for (const rheo_sums_kind kind : {RHEO_SUMS_TERMS, RHEO_SUMS_STATISTICS}) {
    const std::vector<float> x = sample<float>(200001);
    SumsCall<float> one(kind, x);
    one.c.threads = 1;
    one.add();
    for (const int threads : {0, 2, 3, 8}) {
      SumsCall<float> call(kind, x);
      call.c.threads = threads;
      call.add();
      ASSERT_EQ(call.workspace, one.workspace) << threads << " threads";
    }
  }
}

// Pieces in reverse, each on its own.
void run_backwards(void* self, int64_t n, int64_t grain, rheo_task task, void* context) {
  ++*static_cast<int*>(self);
  for (std::int64_t at = (n - 1) / grain * grain; at >= 0; at -= grain)
    task(at, std::min(n, at + grain), context);
}

TEST(Sums, RunOnTheCallersExecutor) {
  int calls = 0;
  const rheo_executor executor{run_backwards, &calls};
  for (const std::int64_t channels : {1, 50}) {
    const std::vector<float> x = sample<float>(600000);
    SumsCall<float> call(RHEO_SUMS_STATISTICS, x), expected(RHEO_SUMS_STATISTICS, x);
    const std::int64_t shape[] = {12000, 50};
    for (SumsCall<float>* c : {&call, &expected}) {
      c->c.form.channels = channels, c->c.axis = channels > 1 ? 1 : -1, c->c.rank = 2, c->c.shape = shape;
      c->workspace = cleared(c->c.form), c->c.workspace = c->workspace.data(),
      c->c.words = c->workspace.size();
    }
    call.c.executor = &executor;
    call.add(), expected.add();
    EXPECT_EQ(call.workspace, expected.workspace);
  }
  EXPECT_EQ(calls, 2);
}

TEST(Sums, MergeInAnyTreeToTheSameWords) {
  for (const rheo_sums_kind kind : {RHEO_SUMS_TERMS, RHEO_SUMS_STATISTICS}) {
    const std::vector<double> x = sample<double>(3000);
    const Words expected = words_of(kind, x);
    const rheo_sums_form form{kind, RHEO_FLOAT64, 1};
    std::vector<Words> parts;
    for (std::size_t at = 0; at < x.size(); at += 300)
      parts.push_back(words_of(kind, std::vector<double>(x.begin() + static_cast<std::ptrdiff_t>(at),
                                                         x.begin() + static_cast<std::ptrdiff_t>(at + 300))));
    std::mt19937_64 random(6);
    while (parts.size() > 1) {
      std::shuffle(parts.begin(), parts.end(), random);
      ASSERT_EQ(rheo_sums_merge(&form, parts[0].data(), parts.back().data(), expected.size()), RHEO_OK);
      parts.pop_back();
    }
    ASSERT_EQ(parts[0], expected);
  }
}

// What torch.distributed.all_reduce does, first with SUM, then with MAX.
TEST(Sums, MergeByAddingWordsAndMaxima) {
  const rheo_sums_form form{RHEO_SUMS_STATISTICS, RHEO_FLOAT32, 1};
  std::size_t words = 0, added = 0;
  ASSERT_EQ(rheo_sums_size(&form, &words, &added), RHEO_OK);
  const std::vector<float> x = sample<float>(6000);
  Words all = cleared(form);
  for (std::size_t at = 0; at < x.size(); at += 100) {
    const Words part =
        words_of(RHEO_SUMS_STATISTICS, std::vector<float>(x.begin() + static_cast<std::ptrdiff_t>(at),
                                                          x.begin() + static_cast<std::ptrdiff_t>(at + 100)));
    for (std::size_t i = 0; i < words; ++i) all[i] = i < added ? all[i] + part[i] : std::max(all[i], part[i]);
  }
  SumsCall<float> read(RHEO_SUMS_STATISTICS, {}), expected(RHEO_SUMS_STATISTICS, x);
  read.c.workspace = all.data();
  expected.add();
  const rheo_statistics a = read.statistics(), b = expected.statistics();
  EXPECT_TRUE(same(a.mean, b.mean) && same(a.minimum, b.minimum) && a.zeros == b.zeros);
  Words merged = cleared(form);
  ASSERT_EQ(rheo_sums_merge(&form, merged.data(), all.data(), words), RHEO_OK);
  EXPECT_EQ(merged, expected.workspace);
}

TEST(Sums, OfUnalignedNumbersAreTheSame) {
  const std::vector<float> x = normal<float>(5000);
  std::vector<char> bytes(x.size() * sizeof(float) + 1);
  std::memcpy(bytes.data() + 1, x.data(), x.size() * sizeof(float));
  SumsCall<float> call(RHEO_SUMS_TERMS, x);
  call.c.x = bytes.data() + 1;
  call.add();
  EXPECT_EQ(call.workspace, words_of(RHEO_SUMS_TERMS, x));
}

}  // namespace
}  // namespace rheo::test
