// SPDX-License-Identifier: Apache-2.0
// capi_test.cc: the C ABI of the analysis: results as JSON, bad input as one line.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "rheobase/analysis.h"

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

rheo_analysis_options defaults() {
  rheo_analysis_options o;
  EXPECT_EQ(rheo_analysis_defaults(&o), RHEO_OK);
  return o;
}

int hyperbolic(double x, double* y, void* calls) {
  if (calls != nullptr) ++*static_cast<int*>(calls);
  *y = std::tanh(x);
  return 0;
}

rheo_analysis_function function_of(int (*value)(double, double*, void*)) {
  rheo_analysis_function f{};
  f.struct_size = sizeof f;
  f.name = "g";
  f.value = value;
  return f;
}

// The message of a call that has to fail with that status.
std::string refused(rheo_status status, rheo_status expected) {
  EXPECT_EQ(status, expected);
  const std::string message = rheo_analysis_last_error();
  EXPECT_FALSE(message.empty());
  EXPECT_EQ(message.find('\n'), std::string::npos);
  return message;
}

}  // namespace

TEST(AnalysisAbi, GivesOneJsonObject) {
  const char* text = nullptr;
  const rheo_parameter alpha{"alpha", 0.5};
  ASSERT_EQ(rheo_analyze("elu", &alpha, 1, nullptr, &text), RHEO_OK);
  EXPECT_STREQ(rheo_analysis_last_error(), "");
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["name"], "elu");
  EXPECT_EQ(json["parameters"]["alpha"], 0.5);
  EXPECT_EQ(json["range"]["low"]["value"], -0.5);
  EXPECT_EQ(json["range"]["high"]["value"], "inf");
  EXPECT_EQ(json["zeros"]["points"][0], 0.0);
}

TEST(AnalysisAbi, TakesFunctionsOfTheCaller) {
  const char* text = nullptr;
  int calls = 0;
  rheo_analysis_function f = function_of(hyperbolic);
  f.context = &calls;
  ASSERT_EQ(rheo_analyze_function(&f, nullptr, &text), RHEO_OK) << rheo_analysis_last_error();
  EXPECT_GT(calls, 1000);
  EXPECT_LT(calls, 200000);
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["name"], "g");
  EXPECT_EQ(json["kind"], "callable");
  EXPECT_EQ(json["symmetry"], "odd");
  f.derivative = [](double x, double* y, void*) {
    *y = 1 / (std::cosh(x) * std::cosh(x));
    return 0;
  };
  ASSERT_EQ(rheo_analyze_function(&f, nullptr, &text), RHEO_OK) << rheo_analysis_last_error();
  EXPECT_NEAR(nlohmann::json::parse(text)["lipschitz"]["value"]["constant"].get<double>(), 1, 1e-15);
}

TEST(AnalysisAbi, LooksOnlyAsFarAsTheFunctionHasResults) {
  const char* text = nullptr;
  const rheo_analysis_function f = function_of([](double x, double* y, void*) {
    *y = std::exp(x) / (1 + std::exp(x));  // NaN beyond 709
    return x < -1000 ? 1 : 0;
  });
  ASSERT_EQ(rheo_analyze_function(&f, nullptr, &text), RHEO_OK) << rheo_analysis_last_error();
  const auto json = nlohmann::json::parse(text);
  EXPECT_LT(json["method"]["looked"][1], 710);
  EXPECT_GE(json["method"]["looked"][0], -1000);
  EXPECT_EQ(json["method"]["notes"].size(), 2U);
  EXPECT_NEAR(json["limits"]["right"]["value"].get<double>(), 1, 1e-12);
}

TEST(AnalysisAbi, RefusesOptionsThatMakeNoSense) {
  const char* text = nullptr;
  const auto with = [&](auto change) {
    rheo_analysis_options o = defaults();
    change(o);
    return refused(rheo_analyze("relu", nullptr, 0, &o, &text), RHEO_ERROR_PARAMETER);
  };
  EXPECT_EQ(with([](auto& o) { o.low = kNaN; }),
            "interval is nan,5; expected two finite numbers, the first below the second");
  EXPECT_EQ(with([](auto& o) { o.low = 5; }),
            "interval is 5,5; expected two finite numbers, the first below the second");
  with([](auto& o) { o.high = kInfinity; });
  EXPECT_EQ(with([](auto& o) { o.mean = kNaN; }), "normal is nan,1; expected a finite mean");
  EXPECT_EQ(with([](auto& o) { o.deviation = 0; }),
            "normal is 0,0; expected a finite standard deviation greater than 0");
  with([](auto& o) { o.deviation = -1; });
  EXPECT_EQ(with([](auto& o) { o.sigma_w = 0; }), "sigma_w is 0; expected a finite number greater than 0");
  EXPECT_EQ(with([](auto& o) { o.sigma_b = -1; }), "sigma_b is -1; expected a finite number, 0 or greater");
}

TEST(AnalysisAbi, RefusesNamesAndParametersAsTheLibraryDoes) {
  const char* text = nullptr;
  EXPECT_NE(refused(rheo_analyze("gelo", nullptr, 0, nullptr, &text), RHEO_ERROR_NAME).find("'gelu'"),
            std::string::npos);
  const rheo_parameter unknown{"beta", 1}, bad{"alpha", kNaN};
  refused(rheo_analyze("elu", &unknown, 1, nullptr, &text), RHEO_ERROR_NAME);
  refused(rheo_analyze("elu", &bad, 1, nullptr, &text), RHEO_ERROR_PARAMETER);
  refused(rheo_analyze(nullptr, nullptr, 0, nullptr, &text), RHEO_ERROR_NULL);
  refused(rheo_analyze("elu", nullptr, 1, nullptr, &text), RHEO_ERROR_NULL);
  refused(rheo_analyze("elu", nullptr, 0, nullptr, nullptr), RHEO_ERROR_NULL);
  rheo_analysis_options newer = defaults();
  newer.struct_size += 8;
  refused(rheo_analyze("elu", nullptr, 0, &newer, &text), RHEO_ERROR_UNSUPPORTED);
}

TEST(AnalysisAbi, RefusesFunctionsWithoutNumbers) {
  const char* text = nullptr;
  const auto message = [&](int (*value)(double, double*, void*)) {
    const rheo_analysis_function f = function_of(value);
    return refused(rheo_analyze_function(&f, nullptr, &text), RHEO_ERROR_PARAMETER);
  };
  EXPECT_EQ(message([](double, double*, void*) { return 1; }),
            "g(0) failed; a finite number is needed everywhere in [-16, 16]");
  EXPECT_EQ(message([](double x, double* y, void*) { return *y = std::log(x), 0; }),
            "g(0) is -inf; a finite number is needed everywhere in [-16, 16]");
  EXPECT_NE(message([](double x, double* y, void*) {
              return *y = std::nearbyint(std::tanh(x) * 128) / 128, 0;
            }).find("bits"),
            std::string::npos);
  const rheo_analysis_function none = function_of(nullptr);
  refused(rheo_analyze_function(&none, nullptr, &text), RHEO_ERROR_NULL);
  refused(rheo_analyze_function(nullptr, nullptr, &text), RHEO_ERROR_NULL);
}

TEST(AnalysisAbi, KeepsTextsOfThreadsApart) {
  const char* mine = nullptr;
  ASSERT_EQ(rheo_analyze("tanh", nullptr, 0, nullptr, &mine), RHEO_OK);
  const std::string before = mine;
  std::thread([] {
    const char* theirs = nullptr;
    EXPECT_EQ(rheo_analyze("relu", nullptr, 0, nullptr, &theirs), RHEO_OK);
    EXPECT_EQ(rheo_analyze("nothing", nullptr, 0, nullptr, &theirs), RHEO_ERROR_NAME);
  }).join();
  EXPECT_EQ(mine, before);
  EXPECT_STREQ(rheo_analysis_last_error(), "");
}
