// SPDX-License-Identifier: Apache-2.0
// channels_test.cc: sums per channel for any layout, and gradients of parameters for all activations.
#include "src/math/format16.h"
#include "tests/sums/call.h"

namespace rheo::test {
namespace {

// The channel of each element, in row-major order.
std::vector<std::size_t> channels_of(const Strides& shape, int axis) {
  Strides strides(shape.size(), 0);
  if (axis >= 0) strides[static_cast<std::size_t>(axis)] = 1;
  std::vector<std::size_t> channels;
  for (const std::int64_t at : offsets_of(shape, strides)) channels.push_back(static_cast<std::size_t>(at));
  return channels;
}

struct Summed {
  std::vector<double> sums;
  Words words;
};

// The call's sums, as float64.
Summed summed(rheo_sums_call call) {
  Summed result{{}, cleared(call.form)};
  call.workspace = result.words.data(), call.words = result.words.size();
  EXPECT_EQ(rheo_sums_add(&call), RHEO_OK) << rheo_last_error();
  result.sums.resize(static_cast<std::size_t>(call.form.channels));
  EXPECT_EQ(rheo_sums_finish(&call.form, call.workspace, call.words, RHEO_FLOAT64, result.sums.data()),
            RHEO_OK);
  return result;
}

template <class T>
std::vector<double> expected_sums(const std::vector<T>& terms, const Strides& shape, int axis) {
  const std::vector<std::size_t> channel = channels_of(shape, axis);
  std::vector<ExactSum> sums(axis < 0 ? 1 : static_cast<std::size_t>(shape[static_cast<std::size_t>(axis)]));
  for (std::size_t i = 0; i < terms.size(); ++i) sums[channel[i]].add(static_cast<double>(terms[i]));
  std::vector<double> result;
  for (const ExactSum& sum : sums) result.push_back(sum.rounded(RHEO_FLOAT64));
  return result;
}

rheo_sums_call call_of(std::uint32_t kind, std::uint32_t format, const Strides& shape, int axis) {
  rheo_sums_call call{};
  call.struct_size = sizeof call;
  call.form = {kind, format, axis < 0 ? 1 : shape[static_cast<std::size_t>(axis)]};
  call.rank = static_cast<std::int32_t>(shape.size());
  call.axis = axis;
  call.shape = shape.data();
  return call;
}

const std::vector<Layout> kLayouts = {
    {{3, 4, 5, 7}, {140, 35, 7, 1}, {140, 35, 7, 1}, {}},
    {{3, 4, 5, 7}, {1, 3, 12, 60}, {-1, 3, 12, 60}, {}},   // reversed, of which x counts
    {{3, 4, 5, 7}, {-400, 90, -17, 2}, {0, 1, 0, 4}, {}},  // gaps, backwards, broadcast
    {{3, 4, 5, 7}, {140, 1, 28, 4}, {140, 35, 7, 1}, {}},  // channels last
    {{300, 70}, {70, 1}, {1, 300}, {}},                    // more channels than a tile has
    {{2, 3, 3000}, {9000, 3000, 1}, {1, 2, 6}, {}},        // long runs
    {{5000, 3}, {3, 1}, {3, 1}, {}},                       // few channels, many rows
    {{9000}, {1}, {2}, {}},                                // a channel for each element
    {{6, 1, 700}, {700, 700, 1}, {0, 0, 0}, {}}};

template <class T>
void expect_channels(const Layout& layout) {
  Scattered<T> x(layout.shape, layout.x);
  x.fill(finite(sample<T>(2 * count_of(layout.shape) + 400)));
  const std::vector<T> values = x.read();
  for (int axis = -1; axis < static_cast<int>(layout.shape.size()); ++axis) {
    SCOPED_TRACE("axis " + std::to_string(axis));
    rheo_sums_call call = call_of(RHEO_SUMS_TERMS, format_of<T>(), layout.shape, axis);
    call.x = x.data(), call.x_strides = x.strides();
    const Summed one = summed(call);
    ASSERT_TRUE(same_bits(one.sums, expected_sums(values, layout.shape, axis)));
    call.threads = 3;
    ASSERT_EQ(summed(call).words, one.words);
  }
}

TEST(SumsOfChannels, AreExactForAnyLayoutAndAxis) {
  for (const Layout& layout : kLayouts) {
    SCOPED_TRACE("layout " + std::to_string(&layout - kLayouts.data()));
    expect_channels<float>(layout);
    expect_channels<double>(layout);
    if (HasFatalFailure()) return;
  }
}

TEST(SumsOfChannels, HaveTheWordsOfEachChannelAlone) {
  const Strides shape = {40, 6, 50};
  const std::vector<float> x = sample<float>(count_of(shape));
  for (const rheo_sums_kind kind : {RHEO_SUMS_TERMS, RHEO_SUMS_STATISTICS}) {
    rheo_sums_call call = call_of(kind, RHEO_FLOAT32, shape, 1);
    call.x = x.data();
    const Words all = summed(call).words;
    std::size_t words = 0, added = 0;
    const rheo_sums_form one{kind, RHEO_FLOAT32, 1};
    ASSERT_EQ(rheo_sums_size(&one, &words, &added), RHEO_OK);
    for (std::size_t c = 0; c < 6; ++c) {
      std::vector<float> own;
      for (std::size_t i = 0; i < x.size(); ++i)
        if (i / 50 % 6 == c) own.push_back(x[i]);
      const Words expected = words_of(kind, own);
      Words found(all.begin() + static_cast<std::ptrdiff_t>(c * added),
                  all.begin() + static_cast<std::ptrdiff_t>((c + 1) * added));
      for (std::size_t i = added; i < words; ++i)
        found.push_back(all[6 * added + c * (words - added) + i - added]);
      ASSERT_EQ(found, expected) << c;
    }
  }
}

// grad df/dp(x), as rheo_run gives it.
template <class T>
std::vector<T> terms_of(const rheo_activation* a, const char* parameter, std::vector<T> x,
                        std::vector<T> grad) {
  Call<T> call(RHEO_PARAMETER, std::move(x));
  call.grad = std::move(grad);
  call.c.grad = call.grad.empty() ? nullptr : call.grad.data();
  call.c.with_respect_to = parameter;
  EXPECT_EQ(rheo_run(a, &call.c), RHEO_OK) << rheo_last_error();
  return call.y;
}

// Calls body(activation, name of a parameter) for all there are.
template <class Body>
void for_parameters(Body&& body) {
  int count = 0;
  for (const std::string& name : names()) {
    const nlohmann::json description = describe(find(name));
    for (const auto& parameter : description["parameters"]) {
      const std::string of = parameter["name"];
      SCOPED_TRACE(name + ", " + of);
      body(find(name), of.c_str());
      ++count;
      if (testing::Test::HasFatalFailure()) return;
    }
  }
  EXPECT_GT(count, 0);
}

template <class T>
void expect_gradients(const rheo_activation* a, const char* parameter) {
  for (const std::size_t which : {0, 2, 3, 4}) {
    const Layout& layout = kLayouts[which];
    Scattered<T> x(layout.shape, layout.x), grad(layout.shape, layout.grad);
    x.fill(normal<T>(count_of(layout.shape))), grad.fill(normal<T>(count_of(layout.shape), 2, 9));
    for (const int axis : {-1, 0, 1}) {
      for (const bool with_grad : {false, true}) {
        rheo_sums_call call = call_of(RHEO_SUMS_TERMS, format_of<T>(), layout.shape, axis);
        call.x = x.data(), call.x_strides = x.strides();
        if (with_grad) call.grad = grad.data(), call.grad_strides = grad.strides();
        call.activation = a, call.with_respect_to = parameter;
        const auto terms = terms_of(a, parameter, x.read(), with_grad ? grad.read() : std::vector<T>{});
        ASSERT_TRUE(same_bits(summed(call).sums, expected_sums(terms, layout.shape, axis)))
            << "layout " << which << ", axis " << axis;
      }
    }
  }
}

TEST(GradientsOfParameters, AreExactSumsOfTheTermsForAllActivations) {
  for_parameters([](const rheo_activation* a, const char* parameter) {
    expect_gradients<float>(a, parameter);
    expect_gradients<double>(a, parameter);
  });
}

TEST(GradientsOfParameters, OfSixteenBitsHaveTermsOfFloat32) {
  const Strides shape = {50, 61};
  std::mt19937_64 random(8);
  for_parameters([&](const rheo_activation* a, const char* parameter) {
    for (const auto& [format, layout] :
         {std::pair{RHEO_BFLOAT16, kBfloat16Format}, std::pair{RHEO_FLOAT16, kFloat16Format}}) {
      std::vector<std::uint16_t> x, grad;
      for (std::size_t i = 0; i < count_of(shape); ++i) {
        x.push_back(narrowed(normal<double>(1, 2, random())[0], layout));
        grad.push_back(narrowed(normal<double>(1, 1, random())[0], layout));
      }
      x[7] = 1, grad[8] = 3;  // subnormal
      std::vector<float> wide_x, wide_grad;
      for (const std::uint16_t v : x) wide_x.push_back(static_cast<float>(widened(v, layout)));
      for (const std::uint16_t v : grad) wide_grad.push_back(static_cast<float>(widened(v, layout)));
      for (const int axis : {-1, 0, 1}) {
        rheo_sums_call call = call_of(RHEO_SUMS_TERMS, format, shape, axis);
        call.x = x.data(), call.grad = grad.data(), call.activation = a, call.with_respect_to = parameter;
        ASSERT_TRUE(same_bits(summed(call).sums,
                              expected_sums(terms_of(a, parameter, wide_x, wide_grad), shape, axis)));
      }
    }
  });
}

TEST(SumsOfChannels, AreRoundedOnceToSixteenBits) {
  const Strides shape = {1000, 100};
  for (const double deviation : {1.0, 1e-6, 1e36, 300.0}) {
    const std::vector<float> x = normal<float>(count_of(shape), deviation);
    rheo_sums_call call = call_of(RHEO_SUMS_TERMS, RHEO_FLOAT32, shape, 0);
    call.x = x.data();
    const Summed all = summed(call);
    for (const auto& [format, layout] :
         {std::pair{RHEO_BFLOAT16, kBfloat16Format}, std::pair{RHEO_FLOAT16, kFloat16Format}}) {
      std::vector<std::uint16_t> found(1000);
      ASSERT_EQ(rheo_sums_finish(&call.form, all.words.data(), all.words.size(), format, found.data()),
                RHEO_OK);
      for (std::size_t c = 0; c < 1000; ++c) {
        ExactSum sum;
        for (std::size_t i = 0; i < 100; ++i) sum.add(static_cast<double>(x[c * 100 + i]));
        ASSERT_EQ(widened(found[c], layout), sum.rounded(format)) << c;
      }
    }
  }
}

}  // namespace
}  // namespace rheo::test
