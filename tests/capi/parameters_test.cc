// SPDX-License-Identifier: Apache-2.0
// parameters_test.cc: parameters by name, in their domains, rounded to the format.
#include "tests/capi/library.h"

namespace rheo::test {
namespace {

using Parameters = std::vector<rheo_parameter>;

template <class T>
rheo_status run(const rheo_activation* a, const Parameters& parameters, Call<T>& call) {
  call.c.parameters = parameters.data();
  call.c.parameter_count = parameters.size();
  return rheo_run(a, &call.c);
}

// Runs body(activation, its name, a parameter's name, its domain) for all parameters of all activations.
template <class Body>
void for_each_parameter(Body&& body) {
  int parameters = 0;
  for (const std::string& name : names()) {
    const nlohmann::json info = describe(find(name));
    for (const nlohmann::json& p : info["parameters"]) {
      SCOPED_TRACE(name + ", " + p["name"].get<std::string>());
      body(find(name), name, p["name"].get<std::string>(), p["domain"].get<std::string>());
      ++parameters;
    }
  }
  EXPECT_GT(parameters, 0);
}

template <class T>
void expect_refused(const rheo_activation* a, const std::string& name, const std::string& parameter,
                    double value, const std::string& shown) {
  Call<T> call(RHEO_VALUE, 8);
  EXPECT_EQ(run(a, {{parameter.c_str(), value}}, call), RHEO_ERROR_PARAMETER) << text(value);
  const std::string message = rheo_last_error();
  for (const std::string& part : {name, parameter, shown})
    EXPECT_NE(message.find(part), std::string::npos) << message << ", expected " << part;
  EXPECT_TRUE(call.untouched());
}

template <class T>
void expect_accepted(const rheo_activation* a, const std::string& parameter, double value) {
  Call<T> call(RHEO_VALUE, 8);
  if (run(a, {{parameter.c_str(), value}}, call) == RHEO_OK) return;
  // Alone it may be; with the others' defaults it need not: "...: min is 2, max is 1; expected min below
  // max".
  const std::string message = rheo_last_error();
  EXPECT_NE(message.find(" is "), message.rfind(" is ")) << text(value) << ": " << message;
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Parameters, NeverMayBeNan) {
  for_each_parameter([](auto* a, const auto& name, const auto& parameter, const auto&) {
    expect_refused<float>(a, name, parameter, std::nan(""), "nan");
    expect_refused<double>(a, name, parameter, -std::nan(""), "nan");
  });
}

TEST(Parameters, MayBeInfiniteWhereTheirDomainSaysSo) {
  for_each_parameter([](auto* a, const auto& name, const auto& parameter, const auto& domain) {
    for (const double v : {kInfinity, -kInfinity}) {
      const char* shown = v > 0 ? "inf" : "-inf";
      if (domain == "finite_or_infinite") {
        expect_accepted<float>(a, parameter, v);
        expect_accepted<double>(a, parameter, v);
      } else {
        expect_refused<float>(a, name, parameter, v, shown);
        expect_refused<double>(a, name, parameter, v, shown);
      }
    }
  });
}

TEST(Parameters, AreRefusedWhereTheFormatCannotHoldThem) {
  for_each_parameter([](auto* a, const auto& name, const auto& parameter, const auto&) {
    expect_refused<float>(a, name, parameter, 1e300, "1e+300");
    expect_refused<float>(a, name, parameter, 0x1.ffffffp127,
                          "e+38");                          // halfway to 2^128: rounds to infinity
    expect_accepted<float>(a, parameter, 0x1.fffffefp127);  // rounds to the largest float
    expect_accepted<double>(a, parameter, 1e300);
  });
}

TEST(Parameters, HaveTheSignThatTheirDomainAsksFor) {
  for_each_parameter([](auto* a, const auto& name, const auto& parameter, const auto& domain) {
    const bool positive = domain == "positive", nonzero = domain == "nonzero";
    for (const auto& [value, shown] : {std::pair(0.0, "0"), {-0.0, "0"}, {1e-300, "1e-300"}}) {
      // 1e-300 is 0 in float32, and the format's number counts.
      if (positive || nonzero) {
        expect_refused<float>(a, name, parameter, value, shown);
      } else {
        expect_accepted<float>(a, parameter, value);
      }
    }
    if (positive || domain == "nonnegative") {
      expect_refused<double>(a, name, parameter, -1, "-1");
      expect_refused<double>(a, name, parameter, -1e-300, "-1e-300");
    } else {
      expect_accepted<double>(a, parameter, -1);
      expect_accepted<double>(a, parameter, -1e-300);
    }
    expect_accepted<double>(a, parameter, 1e-300);
    expect_accepted<float>(a, parameter, 0x1p-149);
  });
}

TEST(Parameters, MayBeGivenOnce) {
  for_each_parameter([](auto* a, const auto&, const auto& parameter, const auto&) {
    Call<float> call(RHEO_VALUE, 8);
    EXPECT_EQ(run(a, {{parameter.c_str(), 1}, {parameter.c_str(), 1}}, call), RHEO_ERROR_PARAMETER);
    EXPECT_NE(std::string(rheo_last_error()).find(parameter + " is given twice"), std::string::npos);
    EXPECT_TRUE(call.untouched());
  });
}

TEST(Parameters, UnknownOnesAreRefusedWithAListOfThoseThatExist) {
  for (const std::string& name : names()) {
    Call<double> call(RHEO_VALUE, 8);
    EXPECT_EQ(run(find(name), {{"temperature", 1}}, call), RHEO_ERROR_NAME);
    const std::string message = rheo_last_error();
    EXPECT_NE(message.find("'temperature'"), std::string::npos) << message;
    EXPECT_NE(message.find(name), std::string::npos) << message;
    const nlohmann::json info = describe(find(name));  // kept: a loop over a temporary's member outlives it
    for (const nlohmann::json& p : info["parameters"])
      EXPECT_NE(message.find(p["name"].get<std::string>()), std::string::npos) << message;
    EXPECT_TRUE(call.untouched());
  }
}

TEST(Parameters, AreCheckedInEmptyCallsToo) {
  for_each_parameter([](auto* a, const auto&, const auto& parameter, const auto&) {
    Call<float> call(RHEO_VALUE, 0);
    EXPECT_EQ(run(a, {{parameter.c_str(), std::nan("")}}, call), RHEO_ERROR_PARAMETER);
    EXPECT_EQ(run(a, {{"temperature", 1}}, call), RHEO_ERROR_NAME);
  });
}

template <class T>
std::vector<T> results(const rheo_activation* a, rheo_role role, const Parameters& parameters) {
  Call<T> call(role, 2000);
  EXPECT_EQ(run(a, parameters, call), RHEO_OK) << rheo_last_error();
  return call.y;
}

TEST(Parameters, AtTheirDefaultsAreAsIfNotGiven) {
  for (const std::string& name : names()) {
    const nlohmann::json info = describe(find(name));
    std::vector<std::string> known;
    for (const nlohmann::json& p : info["parameters"]) known.push_back(p["name"]);
    Parameters parameters;  // in the opposite order of the file's
    for (std::size_t i = known.size(); i-- > 0;)
      parameters.push_back({known[i].c_str(), number(info["parameters"][i]["default"])});
    for (const rheo_role role : kAllRoles) {
      EXPECT_TRUE(
          same_bits(results<float>(find(name), role, parameters), results<float>(find(name), role, {})));
      EXPECT_TRUE(
          same_bits(results<double>(find(name), role, parameters), results<double>(find(name), role, {})));
    }
  }
}

TEST(Parameters, AreRoundedToTheFormatBeforeUse) {
  for_each_parameter([](auto* a, const auto&, const auto& parameter, const auto&) {
    const auto with = [&](double value) { return Parameters{{parameter.c_str(), value}}; };
    for (const rheo_role role : kAllRoles) {
      const double third = 1.0 / 3;
      EXPECT_TRUE(same_bits(results<float>(a, role, with(third)),
                            results<float>(a, role, with(double(float(third))))));
    }
  });
}

TEST(Parameters, ChangeTheResult) {
  for_each_parameter([](auto* a, const auto&, const auto& parameter, const auto&) {
    const auto with = [&](double value) { return Parameters{{parameter.c_str(), value}}; };
    EXPECT_FALSE(
        same_bits(results<double>(a, RHEO_VALUE, with(0.5)), results<double>(a, RHEO_VALUE, with(0.75))));
  });
}

TEST(Parameters, OfAPresetDifferFromItsActivationsOnlyInTheirDefaults) {
  int presets = 0;
  for (const std::string& name : names()) {
    const nlohmann::json info = describe(find(name));
    if (info["activation"] == info["name"]) continue;
    ++presets;
    std::vector<std::string> known;
    Parameters parameters;
    for (const nlohmann::json& p : info["parameters"]) known.push_back(p["name"]);
    for (std::size_t i = 0; i < known.size(); ++i)
      parameters.push_back({known[i].c_str(), number(info["parameters"][i]["default"])});
    const rheo_activation* base = find(info["activation"]);
    for (const rheo_role role : kAllRoles)
      EXPECT_TRUE(same_bits(results<double>(base, role, parameters), results<double>(find(name), role, {})))
          << name;
  }
  EXPECT_GT(presets, 0);
}

}  // namespace
}  // namespace rheo::test
