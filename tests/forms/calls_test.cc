// SPDX-License-Identifier: Apache-2.0
// calls_test.cc: what the digests of forms are made of.
#include "src/proofs/forms/calls.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "src/proofs/forms/forms.h"

namespace rheo::proofs {
namespace {

constexpr const NumberFormat& kFloat32 = kNumberFormats[0];

float at(const Numbers& numbers, std::size_t i) {
  float value = 0;
  std::memcpy(&value, numbers.at(i), sizeof value);
  return value;
}

TEST(FormNumbers, HaveEverySpecialValueAndOrdinaryOnes) {
  const Numbers x = Numbers::mixed(kFloat32, 4097, 1);
  std::size_t nan = 0, infinite = 0, zero = 0, subnormal = 0, usual = 0;
  for (std::size_t i = 0; i < x.count(); ++i) {
    const int kind = std::fpclassify(at(x, i));
    nan += kind == FP_NAN ? 1 : 0, infinite += kind == FP_INFINITE ? 1 : 0, zero += kind == FP_ZERO ? 1 : 0;
    subnormal += kind == FP_SUBNORMAL ? 1 : 0, usual += std::fabs(at(x, i)) <= 8 ? 1 : 0;
  }
  EXPECT_GT(nan, 1U);
  EXPECT_GE(infinite, 2U);
  EXPECT_GE(zero, 4U);
  EXPECT_GT(subnormal, 0U);
  EXPECT_GT(usual, 2000U);
}

TEST(FormNumbers, AreFiniteWhereTheyAreSaidToBe) {
  for (const NumberFormat& format : kNumberFormats) {
    for (const Numbers& x : {Numbers::wide(format, 2000, 1), Numbers::ordinary(format, 2000, 2, 1e4)}) {
      Hash hash, with_nan;
      hash.add(x);
      Numbers changed = x;
      changed.set(1234, std::numeric_limits<double>::quiet_NaN());
      with_nan.add(changed);
      EXPECT_NE(hash.text(), with_nan.text()) << format.name;
    }
  }
  const Numbers x = Numbers::wide(kFloat32, 2000, 1);
  for (std::size_t i = 0; i < x.count(); ++i) ASSERT_TRUE(std::isfinite(at(x, i))) << i;
}

TEST(FormHash, TakesNanAsAClassAndTellsZerosApart) {
  const auto hash_of = [](std::uint32_t bits) {
    Numbers x(kFloat32, 1);
    std::memcpy(x.at(0), &bits, sizeof bits);
    Hash hash;
    hash.add(x);
    return hash.text();
  };
  EXPECT_EQ(hash_of(0x7FC00000U), hash_of(0xFFC12345U));
  EXPECT_NE(hash_of(0x7FC00000U), hash_of(0x7F800000U));
  EXPECT_NE(hash_of(0), hash_of(0x80000000U));
}

TEST(FormCalls, KnowTheParametersOfEveryActivation) {
  for (const std::string& name : names_of(rheo_names)) {
    const char* text = nullptr;
    require_ok(rheo_describe(activation_named(name), &text));
    std::vector<std::string> expected;
    const nlohmann::json info = nlohmann::json::parse(text);
    for (const nlohmann::json& p : info["parameters"]) expected.push_back(p["name"]);
    EXPECT_EQ(parameters_of(name), expected) << name;
  }
}

TEST(FormDigests, AreThereForEveryNameThatHasTheForm) {
  for (const Form& form : forms()) {
    std::set<std::string> names;
    for (const FormDigest& d : form_digests(form)) {
      EXPECT_EQ(d.digest.size(), 16U) << d.key();
      names.insert(d.name);
    }
    const bool of_some = std::set<std::string_view>{"mask", "gradient", "output"}.contains(form.name);
    EXPECT_TRUE(of_some || names.size() == form.names().size()) << form.name;
    EXPECT_FALSE(names.empty()) << form.name;
  }
}

TEST(FormDigests, ThrowTheLibrarysMessageForACallThatFails) {
  try {
    gate_digest("no such name", "float32");
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("no such name"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace rheo::proofs
