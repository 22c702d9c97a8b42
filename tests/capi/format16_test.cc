// SPDX-License-Identifier: Apache-2.0
// format16_test.cc: 16-bit formats through the C ABI: layouts, places in memory, wrong calls.
#include <bit>
#include <cmath>
#include <cstring>

#include "tests/capi/library.h"

namespace rheo::test {
namespace {

using Bits16 = std::uint16_t;

constexpr rheo_format kNarrow[] = {RHEO_BFLOAT16, RHEO_FLOAT16};
// Numbers of either format: both signs, subnormal to large; no NaN.
constexpr Bits16 kFirst = 0x0100, kStep = 0x0151;

struct Call16 {
  std::vector<Bits16> x, grad, y;
  std::int64_t extent;
  rheo_call c{};

  Call16(rheo_format format, rheo_role role, std::size_t n) : x(n), grad(n), y(n, 0x1234) {
    for (std::size_t i = 0; i < n; ++i) {
      x[i] = static_cast<Bits16>((kFirst + i * kStep) & 0xbbff);
      grad[i] = static_cast<Bits16>((kFirst + i * 7 * kStep) & 0xbbff);
    }
    extent = static_cast<std::int64_t>(n);
    c.struct_size = sizeof c;
    c.role = role, c.format = format;
    c.rank = 1, c.shape = &extent;
    c.x = x.data(), c.y = y.data();
    c.grad = role == RHEO_BACKWARD ? grad.data() : nullptr;
  }
  Call16(const Call16&) = delete;
};

template <class Body>
void for_all16(Body&& body) {
  for (const std::string& name : names())
    for (const rheo_format format : kNarrow)
      for (const rheo_role role : kAllRoles) {
        SCOPED_TRACE(name + ", format " + std::to_string(format) + ", role " + std::to_string(role));
        body(find(name), format, role);
        if (testing::Test::HasFatalFailure()) return;
      }
}

TEST(Format16, StridesAndReversedOrderGiveTheSameBits) {
  constexpr std::size_t kCount = 700;
  for_all16([&](const rheo_activation* a, rheo_format format, rheo_role role) {
    Call16 plain(format, role, kCount);
    ASSERT_EQ(rheo_run(a, &plain.c), RHEO_OK) << rheo_last_error();
    Call16 backwards(format, role, kCount);
    const std::int64_t reversed = -1;
    backwards.c.x = backwards.x.data() + kCount - 1, backwards.c.x_strides = &reversed;
    backwards.c.y = backwards.y.data() + kCount - 1, backwards.c.y_strides = &reversed;
    if (role == RHEO_BACKWARD)
      backwards.c.grad = backwards.grad.data() + kCount - 1, backwards.c.grad_strides = &reversed;
    ASSERT_EQ(rheo_run(a, &backwards.c), RHEO_OK) << rheo_last_error();
    ASSERT_EQ(backwards.y, plain.y);
    Call16 in_place(format, role, kCount);
    in_place.c.y = in_place.x.data();
    ASSERT_EQ(rheo_run(a, &in_place.c), RHEO_OK) << rheo_last_error();
    ASSERT_EQ(in_place.x, plain.y);
  });
}

TEST(Format16, OddAddressesGiveTheSameBits) {
  constexpr std::size_t kCount = 300;
  for_all16([&](const rheo_activation* a, rheo_format format, rheo_role role) {
    Call16 plain(format, role, kCount);
    ASSERT_EQ(rheo_run(a, &plain.c), RHEO_OK) << rheo_last_error();
    std::vector<char> x(2 * kCount + 1), y(2 * kCount + 1);
    std::memcpy(x.data() + 1, plain.x.data(), 2 * kCount);
    plain.c.x = x.data() + 1, plain.c.y = y.data() + 1;
    ASSERT_EQ(rheo_run(a, &plain.c), RHEO_OK) << rheo_last_error();
    ASSERT_EQ(std::memcmp(y.data() + 1, plain.y.data(), 2 * kCount), 0);
  });
}

TEST(Format16, ThreadsGiveTheSameBits) {
  constexpr std::size_t kCount = 300001;
  for_all16([&](const rheo_activation* a, rheo_format format, rheo_role role) {
    Call16 one(format, role, kCount), several(format, role, kCount);
    one.c.threads = 1, several.c.threads = 5;
    ASSERT_EQ(rheo_run(a, &one.c), RHEO_OK) << rheo_last_error();
    ASSERT_EQ(rheo_run(a, &several.c), RHEO_OK) << rheo_last_error();
    ASSERT_EQ(one.y, several.y);
  });
}

TEST(Format16, DerivativesByParametersAreThoseOfFloat32Rounded) {
  for (const std::string& name : names()) {
    const rheo_activation* a = find(name);
    const nlohmann::json info = describe(a);  // kept: the loop outlives a temporary
    for (const auto& parameter : info["parameters"]) {
      const std::string which = parameter["name"];
      Call16 narrow(RHEO_BFLOAT16, RHEO_PARAMETER, 500);
      narrow.c.with_respect_to = which.c_str();
      ASSERT_EQ(rheo_run(a, &narrow.c), RHEO_OK) << rheo_last_error();
      std::vector<float> x, y(500);
      for (const Bits16 bits : narrow.x) x.push_back(std::bit_cast<float>(std::uint32_t{bits} << 16));
      rheo_call wide = narrow.c;
      wide.format = RHEO_FLOAT32, wide.x = x.data(), wide.y = y.data();
      ASSERT_EQ(rheo_run(a, &wide), RHEO_OK) << rheo_last_error();
      for (std::size_t i = 0; i < y.size(); ++i) {
        const auto found = std::bit_cast<float>(std::uint32_t{narrow.y[i]} << 16);
        ASSERT_LE(std::fabs(found - y[i]), std::fabs(y[i]) * 0x1.01p-8F + 0x1p-134F) << name << " " << x[i];
      }
    }
  }
}

TEST(Format16, WrongCallsAreRefused) {
  Call16 call(RHEO_BFLOAT16, RHEO_VALUE, 40);
  const rheo_activation* a = find(names().front());
  const auto expect = [&](rheo_status status, const char* part) {
    EXPECT_EQ(rheo_run(a, &call.c), status);
    EXPECT_NE(std::string(rheo_last_error()).find(part), std::string::npos) << rheo_last_error();
    EXPECT_TRUE(std::all_of(call.y.begin(), call.y.end(), [](Bits16 b) { return b == 0x1234; }));
  };
  call.c.format = 5;
  expect(RHEO_ERROR_FORMAT,
         "format is 5; expected RHEO_FLOAT32, RHEO_FLOAT64, RHEO_BFLOAT16 or RHEO_FLOAT16");
  call.c.format = RHEO_BFLOAT16;
  call.c.x = call.y.data() + 1, call.extent = 39;
  expect(RHEO_ERROR_OVERLAP, "y overlaps x");
  call.c.x = call.x.data(), call.c.role = RHEO_BACKWARD;
  expect(RHEO_ERROR_NULL, "grad is null");
}

// 1e39 is infinite in float32, to which parameters are rounded; bfloat16 data or not.
TEST(Format16, ParametersAreJudgedAsFloat32) {
  for (const std::string& name : names()) {
    const nlohmann::json info = describe(find(name));
    for (const auto& parameter : info["parameters"]) {
      const std::string which = parameter["name"];
      const rheo_parameter large{which.c_str(), 1e39};
      for (const rheo_format format : kNarrow)
        EXPECT_EQ(rheo_check_parameters(find(name), format, &large, 1), RHEO_ERROR_PARAMETER) << name;
    }
  }
}

}  // namespace
}  // namespace rheo::test
