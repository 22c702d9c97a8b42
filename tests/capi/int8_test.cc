// SPDX-License-Identifier: Apache-2.0
// int8_test.cc: tables of 8-bit codes and arrays through them, by the C ABI and the C++ header.
#include "rheobase/int8.hpp"

#include <numeric>

#include "tests/capi/library.h"

namespace rheo::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

rheo_quantization quantization(std::uint32_t codes = RHEO_INT8, std::uint32_t convention = RHEO_TFLITE) {
  rheo_quantization q{};
  q.struct_size = sizeof q;
  q.codes = codes, q.convention = convention;
  q.in_scale = 0.05F, q.in_zero = 3;
  q.out_scale = 0.0625F, q.out_zero = 7;
  return q;
}

class Int8 : public testing::Test {
 protected:
  // Nothing may have been written.
  void expect(rheo_status status, const std::vector<std::string>& parts) {
    EXPECT_EQ(rheo_int8_table(activation, &q, table.data()), status) << rheo_last_error();
    for (const std::string& part : parts)
      EXPECT_NE(std::string(rheo_last_error()).find(part), std::string::npos) << rheo_last_error();
    EXPECT_EQ(table, Bytes(256, 0xA5));
  }
  void expect_apply(rheo_status status, const std::string& part) {
    EXPECT_EQ(status, wanted) << rheo_last_error();
    EXPECT_NE(std::string(rheo_last_error()).find(part), std::string::npos) << rheo_last_error();
  }

  const rheo_activation* activation = find("relu");
  rheo_quantization q = quantization();
  Bytes table = Bytes(256, 0xA5);
  rheo_status wanted = RHEO_OK;
};

TEST_F(Int8, TableOfEveryActivationIsThatOfItsFloat64ResultsRoundedTwice) {
  for (const std::string& name : names()) {
    for (const std::uint32_t codes : {RHEO_INT8, RHEO_UINT8}) {
      q = quantization(codes, RHEO_ONNX);
      ASSERT_EQ(rheo_int8_table(find(name), &q, table.data()), RHEO_OK) << rheo_last_error();
      const int low = codes == RHEO_INT8 ? -128 : 0;
      std::vector<double> x;
      for (int code = low; code < low + 256; ++code)
        x.push_back(static_cast<double>(q.in_scale * static_cast<float>(code - q.in_zero)));
      const std::vector<double> y = plain_results(find(name), RHEO_VALUE, x, x);
      for (int i = 0; i < 256; ++i) {
        const float scaled = std::nearbyint(static_cast<float>(y[static_cast<std::size_t>(i)]) / q.out_scale);
        const float code = std::clamp(scaled + 7, static_cast<float>(low), static_cast<float>(low + 255));
        ASSERT_EQ(table[static_cast<std::uint8_t>(low + i)],
                  static_cast<std::uint8_t>(static_cast<int>(code)))
            << name << " at code " << low + i;
      }
    }
  }
}

TEST_F(Int8, ParametersChangeTheTableAndAreRoundedToFloat32) {
  const rheo_activation* a = nullptr;
  std::string parameter;
  for (const std::string& name : names()) {
    const nlohmann::json list = describe(find(name))["parameters"];
    if (list.size() == 1 && list[0]["domain"] == "finite") a = find(name), parameter = list[0]["name"];
  }
  ASSERT_NE(a, nullptr);
  ASSERT_EQ(rheo_int8_table(a, &q, table.data()), RHEO_OK);
  const rheo_parameter given[] = {{parameter.c_str(), 0.3}},
                       rounded[] = {{parameter.c_str(), static_cast<double>(0.3F)}};
  Bytes other(256), same(256);
  q.parameters = given, q.parameter_count = 1;
  ASSERT_EQ(rheo_int8_table(a, &q, other.data()), RHEO_OK) << rheo_last_error();
  q.parameters = rounded;
  ASSERT_EQ(rheo_int8_table(a, &q, same.data()), RHEO_OK);
  EXPECT_NE(table, other);
  EXPECT_EQ(other, same);
}

TEST_F(Int8, NumbersThatOverflowFloat32AreTheLimits) {
  q.in_scale = std::numeric_limits<float>::max();
  ASSERT_EQ(rheo_int8_table(activation, &q, table.data()), RHEO_OK) << rheo_last_error();
  EXPECT_EQ(table[127], 127);
  EXPECT_EQ(table[3], 7);
  EXPECT_EQ(table[128], 7);
}

TEST_F(Int8, NullPointersAreRefused) {
  EXPECT_EQ(rheo_int8_table(nullptr, &q, table.data()), RHEO_ERROR_NULL);
  EXPECT_STREQ(rheo_last_error(), "activation is null");
  EXPECT_EQ(rheo_int8_table(activation, nullptr, table.data()), RHEO_ERROR_NULL);
  EXPECT_STREQ(rheo_last_error(), "quantization is null");
  EXPECT_EQ(rheo_int8_table(activation, &q, nullptr), RHEO_ERROR_NULL);
  EXPECT_STREQ(rheo_last_error(), "table is null");
  q.parameter_count = 1;
  expect(RHEO_ERROR_NULL, {"parameters is null"});
}

TEST_F(Int8, ScalesThatAreNotPositiveAndFiniteAreRefused) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float scale : {0.0F, -0.0F, -1.0F, infinity, -infinity, std::nanf("")}) {
    q = quantization(), q.in_scale = scale;
    expect(RHEO_ERROR_PARAMETER, {"in_scale is ", "expected a positive finite number"});
    q = quantization(), q.out_scale = scale;
    expect(RHEO_ERROR_PARAMETER, {"out_scale is ", "expected a positive finite number"});
  }
  q = quantization(), q.out_scale = -0.5F;
  expect(RHEO_ERROR_PARAMETER, {"out_scale is -0.5;"});
}

TEST_F(Int8, ScaleWhoseReciprocalOverflowsIsRefusedUnlessItIsDividedBy) {
  q.out_scale = 0x1p-140F;
  expect(RHEO_ERROR_PARAMETER, {"out_scale is ", "reciprocal"});
  q.convention = RHEO_TORCH;
  expect(RHEO_ERROR_PARAMETER, {"out_scale is ", "reciprocal"});
  q.convention = RHEO_ONNX;
  EXPECT_EQ(rheo_int8_table(activation, &q, table.data()), RHEO_OK);
}

TEST_F(Int8, ZerosOutOfTheCodesRangeAreRefused) {
  for (const int zero : {-129, 128, 1 << 30}) {
    q = quantization(), q.in_zero = zero;
    expect(RHEO_ERROR_PARAMETER, {"in_zero is " + std::to_string(zero), "-128 to 127"});
  }
  for (const int zero : {-1, 256}) {
    q = quantization(RHEO_UINT8), q.out_zero = zero;
    expect(RHEO_ERROR_PARAMETER, {"out_zero is " + std::to_string(zero), "0 to 255"});
  }
}

TEST_F(Int8, UnknownCodesConventionsAndVersionsAreRefused) {
  q.codes = 3;
  expect(RHEO_ERROR_FORMAT, {"codes is 3", "RHEO_INT8 or RHEO_UINT8"});
  q = quantization(), q.convention = 0;
  expect(RHEO_ERROR_UNSUPPORTED, {"convention is 0", "RHEO_TFLITE, RHEO_ONNX or RHEO_TORCH"});
  q = quantization(), q.convention = 4;
  expect(RHEO_ERROR_UNSUPPORTED, {"convention is 4"});
  q = quantization(), q.flags = 1;
  expect(RHEO_ERROR_UNSUPPORTED, {"flags is 1"});
  q = quantization(), q.struct_size = 4;
  expect(RHEO_ERROR_UNSUPPORTED, {"struct_size is 4"});
}

TEST_F(Int8, UnknownParametersAreRefused) {
  const rheo_parameter given[] = {{"temperature", 1}};
  q.parameters = given, q.parameter_count = 1;
  expect(RHEO_ERROR_NAME, {"'temperature'"});
}

// 0x100 apart in value, so that a mistake shows.
struct Arrays {
  Bytes table, x, y;

  explicit Arrays(std::size_t n) : table(256), x(n), y(n, 0xA5) {
    for (std::size_t i = 0; i < 256; ++i) table[i] = static_cast<std::uint8_t>(i * 167 + 13);
    for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<std::uint8_t>((i * 40503u) >> 7);
  }
  Bytes expected() const {
    Bytes result(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) result[i] = table[x[i]];
    return result;
  }
};

TEST_F(Int8, ApplyGivesTheSameForAnyThreadsAndExecutorsAndInPlace) {
  struct Pieces {
    std::int64_t grain = 0;
    static void run(void* self, std::int64_t n, std::int64_t grain, rheo_task task, void* context) {
      static_cast<Pieces*>(self)->grain = grain;
      for (std::int64_t at = (n - 1) / grain * grain; at >= 0; at -= grain)
        task(at, std::min(at + grain, n), context);
    }
  } pieces;
  const rheo_executor executor{Pieces::run, &pieces};
  for (const std::size_t n :
       {std::size_t{0}, std::size_t{1}, std::size_t{1000}, std::size_t{5} * 65536 + 77}) {
    Arrays a(n);
    const auto size = static_cast<std::int64_t>(n);
    const Bytes wanted_bytes = a.expected();
    for (const std::int32_t threads : {0, 1, 2, 5}) {
      std::fill(a.y.begin(), a.y.end(), std::uint8_t{0xA5});
      ASSERT_EQ(rheo_int8_apply(a.table.data(), a.x.data(), a.y.data(), size, threads, nullptr), RHEO_OK);
      ASSERT_EQ(a.y, wanted_bytes) << threads << " threads";
    }
    std::fill(a.y.begin(), a.y.end(), std::uint8_t{0xA5});
    ASSERT_EQ(rheo_int8_apply(a.table.data(), a.x.data(), a.y.data(), size, 0, &executor), RHEO_OK);
    ASSERT_EQ(a.y, wanted_bytes);
    ASSERT_EQ(rheo_int8_apply(a.table.data(), a.x.data(), a.x.data(), size, 2, nullptr), RHEO_OK);
    ASSERT_EQ(a.x, wanted_bytes);
  }
  EXPECT_GT(pieces.grain, 0);
}

TEST_F(Int8, ApplyRefusesNullsLengthsThreadsAndOverlap) {
  Arrays a(300);
  std::uint8_t *t = a.table.data(), *x = a.x.data(), *y = a.y.data();
  wanted = RHEO_ERROR_NULL;
  expect_apply(rheo_int8_apply(nullptr, x, y, 8, 0, nullptr), "table is null");
  expect_apply(rheo_int8_apply(t, nullptr, y, 8, 0, nullptr), "x is null");
  expect_apply(rheo_int8_apply(t, x, nullptr, 8, 0, nullptr), "y is null");
  const rheo_executor none{nullptr, nullptr};
  expect_apply(rheo_int8_apply(t, x, y, 8, 0, &none), "executor->run is null");
  wanted = RHEO_ERROR_SHAPE;
  expect_apply(rheo_int8_apply(t, x, y, -1, 0, nullptr), "n is -1");
  expect_apply(rheo_int8_apply(t, x, y, std::numeric_limits<std::int64_t>::max(), 0, nullptr), "n is ");
  wanted = RHEO_ERROR_THREADS;
  expect_apply(rheo_int8_apply(t, x, y, 8, -1, nullptr), "threads is -1");
  expect_apply(rheo_int8_apply(t, x, y, 8, 1025, nullptr), "threads is 1025");
  wanted = RHEO_ERROR_OVERLAP;
  expect_apply(rheo_int8_apply(t, x, x + 1, 200, 0, nullptr), "y overlaps x");
  expect_apply(rheo_int8_apply(t, x + 199, x, 200, 0, nullptr), "y overlaps x");
  expect_apply(rheo_int8_apply(t, x, t + 255, 1, 0, nullptr), "y overlaps table");
  EXPECT_EQ(a.y, Bytes(300, 0xA5));
  EXPECT_EQ(rheo_int8_apply(t, x + 200, x, 100, 0, nullptr), RHEO_OK);
  EXPECT_EQ(rheo_int8_apply(t, nullptr, nullptr, 0, 0, nullptr), RHEO_OK);
}

TEST_F(Int8, HeaderForCppGivesTheSame) {
  const rheobase::activation f = rheobase::activation("leaky_relu").with("negative_slope", 0.25);
  const rheobase::int8_table made(f, {0.05F, 3}, {0.0625F, 7}, rheobase::convention::onnx);
  const rheo_parameter given[] = {{"negative_slope", 0.25}};
  q = quantization(RHEO_INT8, RHEO_ONNX);
  q.parameters = given, q.parameter_count = 1;
  ASSERT_EQ(rheo_int8_table(f.handle(), &q, table.data()), RHEO_OK);
  std::vector<std::int8_t> x(256), y(256);
  std::iota(x.begin(), x.end(), std::int8_t{-128});
  made(x, y);
  for (std::size_t i = 0; i < 256; ++i) {
    EXPECT_EQ(static_cast<std::uint8_t>(y[i]), table[static_cast<std::uint8_t>(x[i])]);
    EXPECT_EQ(made[x[i]], y[i]);
  }
  const rheobase::uint8_table unsigned_table(f, {0.05F, 128}, {0.0625F, 0});
  EXPECT_EQ(unsigned_table[128], 0);
  EXPECT_EQ(unsigned_table[255], 102);  // 127 * 0.05 / 0.0625 = 101.6
}

TEST_F(Int8, HeaderForCppThrows) {
  const rheobase::activation f("relu");
  EXPECT_THROW(rheobase::int8_table(f, {0.0F, 0}, {1.0F, 0}), rheobase::error);
  const rheobase::int8_table made(f, {1.0F, 0}, {1.0F, 0});
  std::vector<std::int8_t> x(4), y(5);
  EXPECT_THROW(made(x, y), rheobase::error);
}

}  // namespace
}  // namespace rheo::test
