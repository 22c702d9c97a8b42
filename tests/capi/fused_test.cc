// SPDX-License-Identifier: Apache-2.0
// fused_test.cc: actn(.. act1(scale x + bias)) through the C ABI.
#include <bit>
#include <functional>

#include "tests/capi/gate.h"

namespace rheo::test {
namespace {

// A contiguous fused call with memory of its own: rows x columns.
template <class T>
struct FusedCall {
  static constexpr std::int64_t kColumns = 40;
  std::vector<T> x, y, scales, biases;
  std::vector<rheo_stage> stages;
  std::int64_t shape[2];
  rheo_term scale{}, bias{};
  rheo_fused f{};

  FusedCall(rheo_format format, const std::vector<std::string>& acts, std::int64_t rows)
      : x(numbers<T>(format, static_cast<std::size_t>(rows * kColumns), 1)),
        y(x.size()),
        scales(numbers<T>(format, x.size(), 2)),
        biases(numbers<T>(format, x.size(), 3)),
        shape{rows, kColumns} {
    for (const std::string& name : acts) stages.push_back({find(name), nullptr, 0});
    f.struct_size = sizeof f, f.format = format;
    f.stages = stages.data(), f.stage_count = static_cast<std::uint32_t>(stages.size());
    f.rank = 2, f.shape = shape;
    f.x = x.data(), f.y = y.data();
    scale.data = scales.data(), bias.data = biases.data();
  }
  FusedCall(const FusedCall&) = delete;

  // One of each axis, as the terms' kinds ask for.
  void set(rheo_term_kind kind, std::int32_t axis) {
    scale.kind = bias.kind = kind, scale.axis = bias.axis = axis;
    f.scale = &scale, f.bias = &bias;
  }
  std::size_t place(std::size_t i) const {
    if (scale.kind == RHEO_ELEMENT) return i;
    return scale.axis == 0 || scale.axis == -2 ? i / kColumns : i % kColumns;
  }
  void run() { ASSERT_EQ(rheo_run_fused(&f), RHEO_OK) << rheo_last_error(); }
};

// The same step by step.
template <class T>
std::vector<T> separately(const std::vector<rheo_stage>& stages, std::vector<T> x) {
  for (const rheo_stage& s : stages) x = plain_results(s.activation, RHEO_VALUE, x, x);
  return x;
}

template <class T>
void check_terms(const std::string& name, rheo_format format) {
  for (const auto& [kind, axis] : {std::pair(RHEO_CHANNEL, 0), {RHEO_CHANNEL, -1}, {RHEO_ELEMENT, 0}}) {
    SCOPED_TRACE("kind " + std::to_string(kind) + ", axis " + std::to_string(axis));
    FusedCall<T> both(format, {name}, 100), scaled(format, {name}, 100), moved(format, {name}, 100);
    both.set(kind, axis), scaled.set(kind, axis), moved.set(kind, axis);
    scaled.f.bias = nullptr, moved.f.scale = nullptr;
    both.run(), scaled.run(), moved.run();
    std::vector<T> t[3] = {both.x, both.x, both.x};
    for (std::size_t i = 0; i < both.x.size(); ++i) {
      const T s = both.scales[both.place(i)], b = both.biases[both.place(i)];
      t[0][i] = std::fma(s, both.x[i], b), t[1][i] = s * both.x[i], t[2][i] = both.x[i] + b;
    }
    ASSERT_TRUE(same_bits(both.y, separately(both.stages, t[0])));
    ASSERT_TRUE(same_bits(scaled.y, separately(both.stages, t[1])));
    ASSERT_TRUE(same_bits(moved.y, separately(both.stages, t[2])));
  }
}

TEST(Fused, HasTheBitsOfTheActivationOfOneRoundedSum) {
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    check_terms<float>(name, RHEO_FLOAT32);
    check_terms<double>(name, RHEO_FLOAT64);
  }
}

template <class T>
void check_chain(const std::vector<std::string>& acts, rheo_format format) {
  FusedCall<T> call(format, acts, 100);
  call.run();
  EXPECT_TRUE(same_bits(call.y, separately(call.stages, call.x)));
  call.scale.kind = call.bias.kind = RHEO_NUMBER, call.scale.number = 0.3, call.bias.number = -1.7;
  call.f.scale = &call.scale, call.f.bias = &call.bias;
  call.run();
  std::vector<T> t = call.x;
  for (T& v : t) v = std::fma(static_cast<T>(0.3), v, static_cast<T>(-1.7));
  EXPECT_TRUE(same_bits(call.y, separately(call.stages, t)));
}

TEST(Fused, ChainsHaveTheBitsOfOneCallAfterTheOther) {
  const std::vector<std::string> all = names();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::vector<std::string> acts = {all[i], all[(i + 3) % all.size()], all[(i + 5) % all.size()]};
    SCOPED_TRACE(acts[0] + ", " + acts[1] + ", " + acts[2]);
    check_chain<float>(acts, RHEO_FLOAT32);
    check_chain<double>(acts, RHEO_FLOAT64);
  }
}

// One activation alone is rounded as by itself; with more, float32 stands between them.
TEST(Fused, In16BitFormatsOneStageHasTheBitsOfACallAlone) {
  for (const std::string& name : names()) {
    for (const rheo_format format : {RHEO_BFLOAT16, RHEO_FLOAT16}) {
      FusedCall<Bits16> call(format, {name}, 100);
      call.run();
      std::vector<Bits16> y(call.x.size());
      const auto n = static_cast<std::int64_t>(y.size());
      rheo_call c{};
      c.struct_size = sizeof c, c.role = RHEO_VALUE, c.format = format, c.rank = 1, c.shape = &n;
      c.x = call.x.data(), c.y = y.data();
      ASSERT_EQ(rheo_run(find(name), &c), RHEO_OK);
      ASSERT_EQ(call.y, y) << name << ", format " << format;
    }
  }
}

// Float32 terms, and those of the format, beside float32 all the way.
TEST(Fused, In16BitFormatsIsThatOfFloat32Rounded) {
  for (const rheo_format format : {RHEO_BFLOAT16, RHEO_FLOAT16}) {
    for (const bool wide_terms : {false, true}) {
      for (const std::int32_t axis : {0, 1}) {
        const std::vector<std::string> acts = {names()[0], names()[1]};
        FusedCall<Bits16> call(format, acts, 70);
        call.set(RHEO_CHANNEL, axis);
        const Format16 f = format16(format);
        std::vector<float> t, scales, biases;
        for (std::size_t i = 0; i < call.x.size(); ++i) {
          scales.push_back(static_cast<float>(widened(call.scales[i], f)) * (wide_terms ? 1.001F : 1));
          biases.push_back(static_cast<float>(widened(call.biases[i], f)) * (wide_terms ? 1.001F : 1));
        }
        for (std::size_t i = 0; i < call.x.size(); ++i)
          t.push_back(std::fma(scales[call.place(i)], static_cast<float>(widened(call.x[i], f)),
                               biases[call.place(i)]));
        if (wide_terms) {
          call.scale.data = scales.data(), call.bias.data = biases.data();
          call.scale.format = call.bias.format = RHEO_FLOAT32;
        }
        call.run();
        const std::vector<float> y = separately(call.stages, t);
        for (std::size_t i = 0; i < y.size(); ++i) {
          const Bits16 expected = narrowed(static_cast<double>(y[i]), f);
          const bool both_nan = std::isnan(y[i]) && std::isnan(widened(call.y[i], f));
          // Where float32 does not decide, the last stage is rounded from float64: a unit at most.
          ASSERT_TRUE(both_nan || std::abs(call.y[i] - expected) <= 1) << y[i] << ", element " << i;
        }
      }
    }
  }
}

// Of many ties: x times 1.5 has one digit more than x.
TEST(Fused, In16BitFormatsTiesOfAnExactFunctionGoToTheEvenNumber) {
  for (const rheo_format format : {RHEO_BFLOAT16, RHEO_FLOAT16}) {
    FusedCall<Bits16> call(format, {"relu"}, 1600);
    for (std::size_t i = 0; i < call.x.size(); ++i) call.x[i] = static_cast<Bits16>(i);
    call.scale.kind = RHEO_NUMBER, call.scale.number = 1.5, call.f.scale = &call.scale;
    call.run();
    const Format16 f = format16(format);
    for (std::size_t i = 0; i < call.x.size(); ++i) {
      const double t = widened(call.x[i], f) * 1.5, y = widened(call.y[i], f);
      if (std::isnan(t)) {
        ASSERT_TRUE(std::isnan(y)) << "input " << call.x[i];
      } else {
        ASSERT_EQ(call.y[i], narrowed(t < 0 ? 0 : t, f)) << "input " << call.x[i] << ", format " << format;
      }
    }
  }
}

TEST(Fused, In16BitFormatsANaNOfAllOnesStaysNaN) {
  for (const rheo_format format : {RHEO_BFLOAT16, RHEO_FLOAT16}) {
    for (const std::uint32_t bits : {0xffffffffU, 0x7fffffffU, 0x7f800001U}) {
      FusedCall<Bits16> call(format, {"relu"}, 100);
      const std::vector<float> biases(FusedCall<Bits16>::kColumns, std::bit_cast<float>(bits));
      call.bias = {RHEO_CHANNEL, 1, RHEO_FLOAT32, 0, 0, biases.data(), nullptr}, call.f.bias = &call.bias;
      call.run();
      for (const Bits16 y : call.y) ASSERT_TRUE(std::isnan(widened(y, format16(format)))) << bits;
    }
  }
}

TEST(Fused, StridesThreadsAndPlacesGiveTheSameBits) {
  const std::vector<std::string> acts = {names()[0]};
  FusedCall<float> plain(RHEO_FLOAT32, acts, 3000), many(RHEO_FLOAT32, acts, 3000),
      strided(RHEO_FLOAT32, acts, 3000), in_x(RHEO_FLOAT32, acts, 3000), in_bias(RHEO_FLOAT32, acts, 3000);
  for (FusedCall<float>* call : {&plain, &many, &strided, &in_x, &in_bias}) call->set(RHEO_ELEMENT, 0);
  many.f.threads = 4;
  in_x.f.y = in_x.x.data(), in_bias.f.y = in_bias.biases.data();
  const std::int64_t backwards[] = {-40, -1};
  strided.f.y = strided.y.data() + strided.y.size() - 1, strided.f.y_strides = backwards;
  for (FusedCall<float>* call : {&plain, &many, &strided, &in_x, &in_bias}) call->run();
  std::reverse(strided.y.begin(), strided.y.end());
  EXPECT_TRUE(same_bits(many.y, plain.y));
  EXPECT_TRUE(same_bits(strided.y, plain.y));
  EXPECT_TRUE(same_bits(in_x.x, plain.y));
  EXPECT_TRUE(same_bits(in_bias.biases, plain.y));
}

TEST(Fused, WithoutABiasKeepsTheSignOfZero) {
  for (const std::string& name : names()) {
    FusedCall<float> call(RHEO_FLOAT32, {name}, 1);
    call.x.assign(call.x.size(), -0.0F);
    call.scale.kind = RHEO_NUMBER, call.scale.number = 3, call.f.scale = &call.scale;
    call.run();
    EXPECT_TRUE(same_bits(call.y, separately(call.stages, call.x))) << name;
  }
}

struct Wrong {
  const char* part;  // of the message
  rheo_status status;
  std::function<void(FusedCall<float>&)> change;
};

TEST(FusedErrors, EachIsOneLineThatNamesTheArgument) {
  static const rheo_executor nothing{nullptr, nullptr};
  static const rheo_parameter unknown{"no_such", 1};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Wrong wrongs[] = {
      {"struct_size is 3", RHEO_ERROR_UNSUPPORTED, [](auto& c) { c.f.struct_size = 3; }},
      {"flags is 1", RHEO_ERROR_UNSUPPORTED, [](auto& c) { c.f.flags = 1; }},
      {"threads is 1025", RHEO_ERROR_THREADS, [](auto& c) { c.f.threads = 1025; }},
      {"format is 0", RHEO_ERROR_FORMAT, [](auto& c) { c.f.format = 0; }},
      {"stage_count is 0", RHEO_ERROR_SHAPE, [](auto& c) { c.f.stage_count = 0; }},
      {"stage_count is 17", RHEO_ERROR_SHAPE, [](auto& c) { c.f.stage_count = 17; }},
      {"stages is null", RHEO_ERROR_NULL, [](auto& c) { c.f.stages = nullptr; }},
      {"stages[0].activation is null", RHEO_ERROR_NULL, [](auto& c) { c.stages[0].activation = nullptr; }},
      {"stages[0].parameters is null", RHEO_ERROR_NULL, [](auto& c) { c.stages[0].parameter_count = 1; }},
      {"no_such", RHEO_ERROR_NAME,
       [](auto& c) { c.stages[0].parameters = &unknown, c.stages[0].parameter_count = 1; }},
      {"scale.kind is 7", RHEO_ERROR_SHAPE, [](auto& c) { c.scale.kind = 7; }},
      {"bias.reserved is 1", RHEO_ERROR_UNSUPPORTED, [](auto& c) { c.bias.reserved = 1; }},
      {"scale.axis is 2; expected -2 to 1", RHEO_ERROR_SHAPE, [](auto& c) { c.scale.axis = 2; }},
      {"bias.axis is -3", RHEO_ERROR_SHAPE, [](auto& c) { c.bias.axis = -3; }},
      {"bias.format is 2", RHEO_ERROR_FORMAT, [](auto& c) { c.bias.format = RHEO_FLOAT64; }},
      {"scale.format is 3", RHEO_ERROR_FORMAT, [](auto& c) { c.scale.format = RHEO_BFLOAT16; }},
      {"scale is nan", RHEO_ERROR_PARAMETER,
       [nan](auto& c) { c.scale.kind = RHEO_NUMBER, c.scale.number = nan; }},
      {"bias is 1e+39", RHEO_ERROR_PARAMETER,
       [](auto& c) { c.bias.kind = RHEO_NUMBER, c.bias.number = 1e39; }},
      {"rank is -1", RHEO_ERROR_SHAPE, [](auto& c) { c.f.rank = -1; }},
      {"shape is null", RHEO_ERROR_NULL, [](auto& c) { c.f.shape = nullptr; }},
      {"shape[1] is -1", RHEO_ERROR_SHAPE, [](auto& c) { c.shape[1] = -1; }},
      {"x is null", RHEO_ERROR_NULL, [](auto& c) { c.f.x = nullptr; }},
      {"y is null", RHEO_ERROR_NULL, [](auto& c) { c.f.y = nullptr; }},
      {"scale is null", RHEO_ERROR_NULL, [](auto& c) { c.scale.data = nullptr; }},
      {"bias is null", RHEO_ERROR_NULL, [](auto& c) { c.bias.data = nullptr; }},
      {"executor->run is null", RHEO_ERROR_NULL, [](auto& c) { c.f.executor = &nothing; }},
      {"y overlaps x without", RHEO_ERROR_OVERLAP, [](auto& c) { c.f.y = c.x.data() + 1, c.shape[0] -= 1; }},
      {"y overlaps bias", RHEO_ERROR_OVERLAP, [](auto& c) { c.f.y = c.biases.data(); }},
  };
  for (const Wrong& wrong : wrongs) {
    SCOPED_TRACE(wrong.part);
    FusedCall<float> call(RHEO_FLOAT32, {names()[0]}, 10);
    call.set(RHEO_CHANNEL, 1);
    const std::vector<float> before = call.y;
    wrong.change(call);
    EXPECT_EQ(rheo_run_fused(&call.f), wrong.status);
    const std::string message = rheo_last_error();
    EXPECT_NE(message.find(wrong.part), std::string::npos) << message;
    EXPECT_TRUE(same_numbers(call.y, before));
  }
  EXPECT_EQ(rheo_run_fused(nullptr), RHEO_ERROR_NULL);
}

}  // namespace
}  // namespace rheo::test
