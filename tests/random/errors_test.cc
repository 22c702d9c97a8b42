// SPDX-License-Identifier: Apache-2.0
// errors_test.cc: each wrong call gets its own code and one line that says what is wrong, and writes nothing.
#include <functional>

#include "tests/random/random.h"

namespace rheo::test {
namespace {

using Change = std::function<void(RandomCall<float>&)>;

void expect_error(rheo_status status, const std::string& message, const std::string& name,
                  const Change& change) {
  RandomCall<float> call(RHEO_BACKWARD, std::vector<float>(100, -1));
  change(call);
  EXPECT_EQ(rheo_random_run(find_random(name), &call.c), status) << message;
  EXPECT_EQ(std::string(rheo_last_error()).substr(0, message.size()), message) << rheo_last_error();
  for (const float y : call.y) EXPECT_TRUE(same(y, kCanary<float>)) << message;
}

Change with(const std::vector<rheo_parameter>& parameters) {
  return [parameters](RandomCall<float>& call) {
    call.parameters = parameters;
    call.c.parameters = call.parameters.data(), call.c.parameter_count = call.parameters.size();
  };
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

TEST(RandomErrors, NameParametersThatDoNotMakeSense) {
  const auto wrong = [](const std::string& message, const std::string& name,
                        const std::vector<rheo_parameter>& given) {
    expect_error(RHEO_ERROR_PARAMETER, message, name, with(given));
  };
  wrong("rrelu: lower is 0.5, upper is 0.25; expected lower not above upper", "rrelu",
        {{"lower", 0.5}, {"upper", 0.25}});
  wrong("rrelu: lower is nan; expected a number", "rrelu", {{"lower", kNan}});
  wrong("rrelu: upper is inf; expected a finite number", "rrelu", {{"upper", kInf}});
  wrong("rrelu: upper is given twice", "rrelu", {{"upper", 1}, {"upper", 1}});
  wrong("alpha_dropout: p is 1; expected p at least 0 and below 1", "alpha_dropout", {{"p", 1}});
  wrong("alpha_dropout: p is 1; expected p at least 0 and below 1", "alpha_dropout",
        {{"p", 1 - 1e-12}});  // as a float
  wrong("alpha_dropout: p is -0.125; expected p at least 0 and below 1", "alpha_dropout", {{"p", -0.125}});
  wrong("alpha_dropout: p is nan; expected a number", "alpha_dropout", {{"p", kNan}});
  wrong("noisy_relu: through_noise is 2; expected through_noise from 0 to 1", "noisy_relu",
        {{"through_noise", 2}});
  expect_error(RHEO_ERROR_NAME, "rrelu has no parameter 'slope'; it has lower, upper", "rrelu",
               with({{"slope", 1}}));
}

TEST(RandomErrors, NameFieldsOfTheCall) {
  const auto wrong = [](rheo_status status, const std::string& message, const Change& change) {
    for (const std::string& name : random_names()) expect_error(status, message, name, change);
  };
  wrong(RHEO_ERROR_UNSUPPORTED, "struct_size is 8; this library knows ",
        [](auto& k) { k.c.struct_size = 8; });
  wrong(RHEO_ERROR_UNSUPPORTED, "training is 2; expected 0 or 1", [](auto& k) { k.c.training = 2; });
  wrong(RHEO_ERROR_ROLE, "role is 4; expected RHEO_VALUE, RHEO_DERIVATIVE or RHEO_BACKWARD",
        [](auto& k) { k.c.role = RHEO_PARAMETER; });
  wrong(RHEO_ERROR_ROLE, "grad is given, but role is neither", [](auto& k) { k.c.role = RHEO_VALUE; });
  wrong(RHEO_ERROR_FORMAT, "format is 9; expected", [](auto& k) { k.c.format = 9; });
  wrong(RHEO_ERROR_THREADS, "threads is -1; expected 0 to 1024", [](auto& k) { k.c.threads = -1; });
  wrong(RHEO_ERROR_NULL, "x is null", [](auto& k) { k.c.x = nullptr; });
  wrong(RHEO_ERROR_NULL, "grad is null", [](auto& k) { k.c.grad = nullptr; });
  wrong(RHEO_ERROR_NULL, "shape is null", [](auto& k) { k.c.shape = nullptr; });
  wrong(RHEO_ERROR_NULL, "parameters is null",
        [](auto& k) { k.c.parameters = nullptr, k.c.parameter_count = 1; });
  wrong(RHEO_ERROR_SHAPE, "shape[0] is -5", [](auto& k) { k.extent = -5; });
  wrong(RHEO_ERROR_SHAPE, "rank is 65; expected 0 to 64", [](auto& k) { k.c.rank = 65; });
  wrong(RHEO_ERROR_OVERLAP, "y overlaps x without being the same memory",
        [](auto& k) { k.c.x = k.y.data() + 1, k.extent = 50; });
  wrong(RHEO_ERROR_SHAPE, "first is 9223372036854775807; the indices of 100 elements would reach 2^63",
        [](auto& k) { k.c.first = std::uint64_t(-1) / 2; });
}

TEST(RandomErrors, NameStridesThatPutTwoElementsInOnePlace) {
  const std::int64_t none = 0;
  expect_error(RHEO_ERROR_OVERLAP, "y overlaps itself", random_names().front(),
               [&](auto& k) { k.c.y_strides = &none; });
}

TEST(RandomErrors, SuggestTheNearestName) {
  const rheo_random* function = nullptr;
  EXPECT_EQ(rheo_random_find("rrelo", &function), RHEO_ERROR_NAME);
  EXPECT_STREQ(rheo_last_error(), "no function of random numbers named 'rrelo'; did you mean 'rrelu'?");
  EXPECT_EQ(rheo_random_find("x\ny", &function), RHEO_ERROR_NAME);
  EXPECT_STREQ(rheo_last_error(), "no function of random numbers named 'x?y'");
  EXPECT_EQ(rheo_random_find(nullptr, &function), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_random_find("rrelu", nullptr), RHEO_ERROR_NULL);
  EXPECT_EQ(rheo_random_run(nullptr, nullptr), RHEO_ERROR_NULL);
  EXPECT_STREQ(rheo_last_error(), "function is null");
}

TEST(RandomNames, AreFoundInAnySpelling) {
  EXPECT_EQ(find_random("AlphaDropout"), find_random("alpha_dropout"));
  EXPECT_EQ(random_names(), (std::vector<std::string>{"alpha_dropout", "noisy_relu", "rrelu"}));
}

TEST(RandomErrors, AreNoneOfAnEmptyCall) {
  for (const std::string& name : random_names()) {
    RandomCall<float> call(RHEO_VALUE, {});
    call.c.x = call.c.y = nullptr;
    EXPECT_EQ(rheo_random_run(find_random(name), &call.c), RHEO_OK) << rheo_last_error();
  }
}

}  // namespace
}  // namespace rheo::test
