// SPDX-License-Identifier: Apache-2.0
// masks_test.cc: backward from a mask is backward from x, for all activations that can have one.
#include <cstring>

#include "src/core/registry.h"
#include "src/math/format16.h"
#include "tests/capi/layout.h"

namespace rheo::test {
namespace {

using Mask = std::vector<std::uint8_t>;
using Parameters = std::vector<rheo_parameter>;

std::size_t bytes_for(std::size_t n) {
  std::size_t bytes = 0;
  EXPECT_EQ(rheo_mask_size(static_cast<std::int64_t>(n), &bytes), RHEO_OK);
  return bytes;
}

bool supported(const rheo_activation* a, std::uint32_t format, const Parameters& parameters = {}) {
  std::int32_t yes = -1;
  EXPECT_EQ(rheo_mask_supported(a, format, parameters.data(), parameters.size(), &yes, nullptr), RHEO_OK)
      << rheo_last_error();
  return yes == 1;
}

// Numbers of T, which for 16 bits are just bits.
template <class T>
struct Data {
  std::uint32_t format;
  std::vector<T> x, grad;
};

template <class T>
bool is_nan(std::uint32_t format, T x) {
  if constexpr (sizeof(T) != 2) return std::isnan(x);
  return std::isnan(
      widened(static_cast<std::uint16_t>(x), format == RHEO_BFLOAT16 ? kBfloat16Format : kFloat16Format));
}

template <class T>
std::vector<T> run(const rheo_activation* a, rheo_role role, const Data<T>& data,
                   const Parameters& parameters) {
  const auto n = static_cast<std::int64_t>(data.x.size());
  std::vector<T> y(data.x.size());
  rheo_call call{};
  call.struct_size = sizeof call;
  call.role = static_cast<std::uint32_t>(role), call.format = data.format, call.rank = 1, call.shape = &n;
  call.parameters = parameters.data(), call.parameter_count = parameters.size();
  call.x = data.x.data(), call.grad = role == RHEO_BACKWARD ? data.grad.data() : nullptr, call.y = y.data();
  EXPECT_EQ(rheo_run(a, &call), RHEO_OK) << rheo_last_error();
  return y;
}

template <class T>
bool same_number(std::uint32_t format, T a, T b) {
  return is_nan(format, a) ? is_nan(format, b) : std::memcmp(&a, &b, sizeof(T)) == 0;
}

// Forward and backward with a mask give what they give without, NaN in x aside.
template <class T>
void expect_backward(const rheo_activation* a, const Data<T>& data, const Parameters& parameters,
                     int threads = 1) {
  const auto n = static_cast<std::int64_t>(data.x.size());
  std::vector<T> y(data.x.size()), dx(data.x.size());
  Mask mask(bytes_for(data.x.size()), 0xAA);
  rheo_call call{};
  call.struct_size = sizeof call;
  call.role = RHEO_VALUE, call.format = data.format, call.rank = 1, call.shape = &n, call.threads = threads;
  call.parameters = parameters.data(), call.parameter_count = parameters.size();
  call.x = data.x.data(), call.y = y.data();
  ASSERT_EQ(rheo_mask_forward(a, &call, mask.data(), mask.size()), RHEO_OK) << rheo_last_error();
  call.role = RHEO_BACKWARD, call.x = nullptr, call.grad = data.grad.data(), call.y = dx.data();
  ASSERT_EQ(rheo_mask_backward(a, &call, mask.data(), mask.size()), RHEO_OK) << rheo_last_error();
  const std::vector<T> value = run(a, RHEO_VALUE, data, parameters),
                       backward = run(a, RHEO_BACKWARD, data, parameters);
  for (std::size_t i = 0; i < y.size(); ++i) {
    ASSERT_TRUE(same_number(data.format, y[i], value[i])) << i;
    const bool nan = is_nan(data.format, data.x[i]);
    ASSERT_TRUE(nan ? (mask[i / 8] >> i % 8 & 1) == 1 : same_number(data.format, dx[i], backward[i])) << i;
  }
  ASSERT_TRUE(y.size() % 8 == 0 || mask.back() >> y.size() % 8 == 0);
}

// Numbers around `near`, besides the usual ones.
template <class T>
Data<T> points(std::size_t n, const std::vector<double>& near) {
  Data<T> data{static_cast<std::uint32_t>(format_of<T>()), sample<T>(n), sample<T>(n, 2)};
  for (const double place : near) {
    T above = static_cast<T>(place), below = above;
    for (int i = 0; i < 8; ++i) {
      data.x.push_back(above), data.x.push_back(below);
      above = next_above(above), below = next_below(below);
    }
  }
  data.grad.resize(data.x.size(), T(0.7));
  return data;
}

// All numbers of 16 bits, with a NaN gradient for some.
Data<std::uint16_t> all16(std::uint32_t format) {
  Data<std::uint16_t> data{format, {}, {}};
  for (unsigned i = 0; i < 65536; ++i) {
    data.x.push_back(static_cast<std::uint16_t>(i));
    data.grad.push_back(i % 97 == 0 ? 0x7FFF : static_cast<std::uint16_t>(i * 40503U));
  }
  return data;
}

// Values to try for a parameter: those that its domain allows.
std::vector<Parameters> settings_of(const rheo_activation* a, const nlohmann::json& description) {
  std::vector<Parameters> settings = {{}};
  for (const auto& p : description["parameters"]) {
    // The names have to outlive this.
    static std::vector<std::unique_ptr<std::string>> kept;
    kept.push_back(std::make_unique<std::string>(p["name"]));
    for (const double value : {-2.0, -0.3, 0.0, 1.0, 1.001, 5.0, 1e30, 1e-30}) {
      for (std::size_t i = 0, n = settings.size(); i < n && n < 60; ++i) {
        Parameters more = settings[i];
        more.push_back({kept.back()->c_str(), value});
        if (rheo_check_parameters(a, RHEO_FLOAT32, more.data(), more.size()) == RHEO_OK)
          settings.push_back(more);
      }
    }
  }
  return settings;
}

// Calls body(activation, parameters, places of interest) for all that can have a mask in float32.
template <class Body>
int for_masks(Body&& body) {
  int count = 0;
  for (const std::string& name : names()) {
    const rheo_activation* const a = find(name);
    for (const Parameters& parameters : settings_of(a, describe(a))) {
      std::vector<double> near = {0, -3, 3, 6};
      std::string trace = name;
      for (const rheo_parameter& p : parameters) {
        near.push_back(p.value), near.push_back(-p.value);
        trace += std::string(", ") + p.name + " " + std::to_string(p.value);
      }
      SCOPED_TRACE(trace);
      if (!supported(a, RHEO_FLOAT32, parameters)) continue;
      body(a, parameters, near);
      ++count;
      if (testing::Test::HasFatalFailure()) return count;
    }
  }
  return count;
}

TEST(Masks, GiveTheBitsOfBackwardForEveryActivationThatCanHaveOne) {
  const int count =
      for_masks([](const rheo_activation* a, const Parameters& parameters, const std::vector<double>& near) {
        expect_backward(a, points<float>(1000, near), parameters);
        if (supported(a, RHEO_FLOAT64, parameters))
          expect_backward(a, points<double>(1000, near), parameters);
      });
  EXPECT_GT(count, 0);
}

TEST(Masks, GiveTheBitsOfBackwardForAllNumbersOfSixteenBits) {
  for (const std::uint32_t format : {RHEO_BFLOAT16, RHEO_FLOAT16}) {
    const Data<std::uint16_t> data = all16(format);
    for (const std::string& name : names()) {
      SCOPED_TRACE(name);
      if (supported(find(name), format)) expect_backward(find(name), data, {});
      if (HasFatalFailure()) return;
    }
  }
}

TEST(Masks, GiveTheBitsOfBackwardAllOverFloat32) {
  // Every 65,537th number, NaNs included.
  Data<float> data{RHEO_FLOAT32, {}, {}};
  for (std::uint64_t i = 0; i < std::uint64_t{1} << 32; i += 65537) {
    data.x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(i)));
    data.grad.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(i * 2654435761U)));
  }
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    if (supported(find(name), RHEO_FLOAT32)) expect_backward(find(name), data, {}, 3);
    if (HasFatalFailure()) return;
  }
}

TEST(Masks, AreForDerivativesOfTwoValuesAlone) {
  // With default parameters, the derivative at many places has at most two values, or there is no mask.
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    Data<float> data = points<float>(3000, {});
    std::vector<float> slopes = run(find(name), RHEO_DERIVATIVE, data, {});
    std::erase_if(slopes, [](float v) { return std::isnan(v); });
    std::sort(slopes.begin(), slopes.end());
    const auto different = std::unique(slopes.begin(), slopes.end()) - slopes.begin();
    EXPECT_EQ(supported(find(name), RHEO_FLOAT32), different <= 2);
  }
}

TEST(Masks, TellTheirSlopesTheSteeperOneLast) {
  for_masks([](const rheo_activation* a, const Parameters& parameters, const std::vector<double>& near) {
    double slopes[2] = {NAN, NAN};
    std::int32_t yes = 0;
    ASSERT_EQ(rheo_mask_supported(a, RHEO_FLOAT32, parameters.data(), parameters.size(), &yes, slopes),
              RHEO_OK);
    ASSERT_LE(std::fabs(slopes[0]), std::fabs(slopes[1]));
    for (const float slope : run(a, RHEO_DERIVATIVE, points<float>(500, near), parameters)) {
      if (std::isnan(slope)) continue;
      ASSERT_TRUE(static_cast<double>(slope) == slopes[0] || static_cast<double>(slope) == slopes[1]);
    }
  });
}

// The first activation that can have a mask, whose slopes are 0 and 1.
const rheo_activation* rectifier() {
  for (const std::string& name : names()) {
    double slopes[2] = {NAN, NAN};
    std::int32_t yes = 0;
    EXPECT_EQ(rheo_mask_supported(find(name), RHEO_FLOAT32, nullptr, 0, &yes, slopes), RHEO_OK);
    if (yes == 1 && slopes[0] == 0 && slopes[1] == 1) return find(name);
  }
  ADD_FAILURE();
  return nullptr;
}

TEST(Masks, OfNaNGradientsOnTheDeadSideGiveZero) {
  const rheo_activation* const a = rectifier();
  Data<float> data{RHEO_FLOAT32, {-5, 1, -1e30F, 0.5F}, {NAN, NAN, -HUGE_VALF, 2}};
  expect_backward(a, data, {});
}

TEST(Masks, FollowTheIndicesWhateverTheStrides) {
  const rheo_activation* const a = rectifier();
  const Strides shape = {5, 7, 90};
  const std::vector<float> values = sample<float>(count_of(shape)),
                           gradients = sample<float>(count_of(shape), 2);
  Mask plain(bytes_for(count_of(shape)));
  std::vector<float> y(values.size()), dx(values.size());
  rheo_call call{};
  call.struct_size = sizeof call, call.role = RHEO_VALUE, call.format = RHEO_FLOAT32;
  call.rank = 3, call.shape = shape.data(), call.x = values.data(), call.y = y.data();
  ASSERT_EQ(rheo_mask_forward(a, &call, plain.data(), plain.size()), RHEO_OK) << rheo_last_error();
  for (const Strides& strides : {Strides{1, 5, 35}, {-630, 90, 1}, {1300, 180, 2}, {90, 450, -1}}) {
    Scattered<float> x(shape, strides), out(shape, {630, 1, 7}), grad(shape, {90, 450, 1}),
        back(shape, strides);
    x.fill(values), grad.fill(gradients);
    Mask mask(plain.size());
    rheo_call scattered = call;
    scattered.x = x.data(), scattered.x_strides = x.strides(), scattered.y = out.data(),
    scattered.y_strides = out.strides();
    ASSERT_EQ(rheo_mask_forward(a, &scattered, mask.data(), mask.size()), RHEO_OK) << rheo_last_error();
    ASSERT_EQ(mask, plain);
    ASSERT_TRUE(same_bits(out.read(), y) && out.untouched_elsewhere());
    scattered.role = RHEO_BACKWARD, scattered.x = nullptr, scattered.grad = grad.data(),
    scattered.grad_strides = grad.strides();
    scattered.y = back.data(), scattered.y_strides = back.strides();
    ASSERT_EQ(rheo_mask_backward(a, &scattered, mask.data(), mask.size()), RHEO_OK) << rheo_last_error();
    std::vector<float> expected = plain_results(a, RHEO_BACKWARD, values, gradients), found = back.read();
    for (std::size_t i = 0; i < found.size(); ++i)
      ASSERT_TRUE(std::isnan(values[i]) || same(found[i], expected[i])) << i;
    ASSERT_TRUE(back.untouched_elsewhere());
  }
}

TEST(Masks, AreTheSameOnEveryInstructionSetAndAnyThreads) {
  const rheo_activation* const a = rectifier();
  for (const char* target : available_targets()) {
    SCOPED_TRACE(target);
    ASSERT_TRUE(use_target(target));
    for (const std::size_t n : {1, 7, 8, 9, 63, 64, 65, 2047, 100003}) {
      Data<float> data{RHEO_FLOAT32, sample<float>(n + 200), sample<float>(n + 200, 2)};
      data.x.resize(n), data.grad.resize(n);
      expect_backward(a, data, {}, 4);
      Data<double> wide{RHEO_FLOAT64, sample<double>(n + 200), sample<double>(n + 200, 2)};
      wide.x.resize(n), wide.grad.resize(n);
      expect_backward(a, wide, {}, 4);
      if (HasFatalFailure()) break;
    }
    expect_backward(a, all16(RHEO_BFLOAT16), {}, 2), expect_backward(a, all16(RHEO_FLOAT16), {}, 2);
  }
  use_target(available_targets().front());
}

TEST(Masks, WorkInPlace) {
  const rheo_activation* const a = rectifier();
  Call<float> call(RHEO_VALUE, 5000);
  const std::vector<float> x = call.x, expected = plain_results(a, RHEO_VALUE, x, x);
  Mask mask(bytes_for(x.size()));
  call.c.y = call.x.data();
  ASSERT_EQ(rheo_mask_forward(a, &call.c, mask.data(), mask.size()), RHEO_OK) << rheo_last_error();
  EXPECT_TRUE(same_bits(call.x, expected));
  const std::vector<float> gradients = sample<float>(x.size(), 3),
                           backward = plain_results(a, RHEO_BACKWARD, x, gradients);
  call.grad = gradients;
  call.c.role = RHEO_BACKWARD, call.c.x = nullptr, call.c.grad = call.grad.data(),
  call.c.y = call.grad.data();
  ASSERT_EQ(rheo_mask_backward(a, &call.c, mask.data(), mask.size()), RHEO_OK) << rheo_last_error();
  for (std::size_t i = 0; i < x.size(); ++i)
    ASSERT_TRUE(std::isnan(x[i]) || same(call.grad[i], backward[i])) << i;
}

class MaskErrors : public testing::Test {
 protected:
  void expect(rheo_status status, const std::vector<std::string>& parts) {
    const Mask before = mask;
    EXPECT_EQ(rheo_mask_forward(a, &call.c, mask.data(), bytes), status) << rheo_last_error();
    const std::string message = rheo_last_error();
    for (const std::string& part : parts) EXPECT_NE(message.find(part), std::string::npos) << message;
    EXPECT_TRUE(call.untouched());
    EXPECT_EQ(mask, before);
  }

  const rheo_activation* a = rectifier();
  Call<float> call{RHEO_VALUE, 100};
  Mask mask = Mask(13, 0x55);
  std::size_t bytes = 13;
};

TEST_F(MaskErrors, CallOfTheFixtureIsRight) {
  EXPECT_EQ(rheo_mask_forward(a, &call.c, mask.data(), bytes), RHEO_OK) << rheo_last_error();
  EXPECT_FALSE(call.untouched());
}

TEST_F(MaskErrors, ActivationsOfMoreSlopesAreRefused) {
  for (const std::string& name : names()) {
    if (supported(find(name), RHEO_FLOAT32)) continue;
    a = find(name);
    return expect(RHEO_ERROR_UNSUPPORTED, {"two values", "mask"});
  }
}

TEST_F(MaskErrors, MasksOfAnotherSizeAreRefused) {
  bytes = 12;
  expect(RHEO_ERROR_WORKSPACE, {"bytes is 12", "13", "100 elements"});
}

TEST_F(MaskErrors, NumbersOfThreadsThatCannotBeAreRefused) {
  for (const int threads : {-1, 1025}) {
    call.c.threads = threads;
    expect(RHEO_ERROR_THREADS, {"threads is " + std::to_string(threads)});
  }
}

TEST_F(MaskErrors, OtherRolesAndOperandsAreRefused) {
  call.c.grad = call.grad.data();
  expect(RHEO_ERROR_ROLE, {"grad is given"});
  call.c.grad = nullptr, call.c.role = RHEO_DERIVATIVE;
  expect(RHEO_ERROR_ROLE, {"role is 2", "RHEO_VALUE"});
  call.c.role = RHEO_BACKWARD, call.c.grad = call.grad.data();
  EXPECT_EQ(rheo_mask_backward(a, &call.c, mask.data(), bytes), RHEO_ERROR_ROLE);  // x stands in the way
  EXPECT_TRUE(call.untouched());
}

TEST_F(MaskErrors, NullsAndOverlapsAreRefused) {
  EXPECT_EQ(rheo_mask_forward(a, &call.c, nullptr, bytes), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_mask_forward(nullptr, &call.c, mask.data(), bytes), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_mask_forward(a, nullptr, mask.data(), bytes), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_mask_supported(a, RHEO_FLOAT32, nullptr, 0, nullptr, nullptr), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_mask_size(5, nullptr), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_mask_size(-5, &bytes), RHEO_ERROR_SHAPE);
  EXPECT_EQ(rheo_mask_forward(a, &call.c, reinterpret_cast<std::uint8_t*>(call.y.data()), bytes),
            RHEO_ERROR_OVERLAP);
  EXPECT_EQ(rheo_mask_forward(a, &call.c, reinterpret_cast<std::uint8_t*>(call.x.data()), bytes),
            RHEO_ERROR_OVERLAP);
  call.c.y = call.x.data() + 1;
  EXPECT_EQ(rheo_mask_forward(a, &call.c, mask.data(), bytes), RHEO_ERROR_OVERLAP);
  EXPECT_TRUE(call.untouched());
}

}  // namespace
}  // namespace rheo::test
