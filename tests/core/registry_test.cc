// SPDX-License-Identifier: Apache-2.0
// registry_test.cc: names, aliases, and the suggestion for a name that is not known.
#include "src/core/registry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "src/core/names.h"

namespace rheo {
namespace {

TEST(Registry, IsSortedByNameWithoutRepetition) {
  const auto all = all_activations();
  ASSERT_FALSE(all.empty());
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_LT(std::string_view(all[i - 1].name), all[i].name);
}

TEST(Registry, FindsEveryNameAsItself) {
  for (const Activation& a : all_activations()) EXPECT_EQ(find_activation(a.name), &a) << a.name;
}

int times_listed(std::string_view wanted) {
  int times = 0;
  for (const Activation& a : all_activations()) {
    if (a.preset != nullptr) continue;
    for (const char* alias : a.entry->info->aliases) times += alias == wanted ? 1 : 0;
  }
  return times;
}

TEST(Registry, FindsAnActivationByEachOfItsAliases) {
  for (const Activation& a : all_activations()) {
    if (a.preset != nullptr) continue;
    for (const char* alias : a.entry->info->aliases) {
      if (times_listed(alias) > 1) continue;
      EXPECT_EQ(find_activation(alias), &a) << alias;
    }
  }
}

TEST(Registry, RefusesAnAliasOfSeveralActivationsAndListsThem) {
  int ambiguous = 0;
  for (const Activation& a : all_activations()) {
    if (a.preset != nullptr) continue;
    for (const char* alias : a.entry->info->aliases) {
      if (times_listed(alias) == 1) continue;
      ++ambiguous;
      EXPECT_EQ(find_activation(alias), nullptr) << alias;
      EXPECT_NE(name_error(alias).find("is ambiguous"), std::string::npos) << name_error(alias);
      EXPECT_NE(name_error(alias).find(a.name), std::string::npos) << name_error(alias);
    }
  }
  EXPECT_GT(ambiguous, 0);
}

TEST(Registry, FindsNamesInTheSpellingOfEveryFramework) {
  for (const char* name : {"LeakyReLU", "leaky-relu", "LEAKY_RELU", "Leaky Relu"})
    EXPECT_EQ(find_activation(name), find_activation("leaky_relu")) << name;
  for (const char* name : {"HardSigmoid", "hard_sigmoid", "Hardsigmoid"})
    EXPECT_EQ(find_activation(name), find_activation("hardsigmoid")) << name;
  EXPECT_EQ(find_activation("ThresholdedRelu"), find_activation("thresholded_relu"));
}

TEST(Registry, UsesNoNameTwice) {
  std::set<std::string> seen;
  for (const Activation& a : all_activations()) {
    EXPECT_TRUE(seen.insert(a.name).second) << a.name;
    if (a.preset != nullptr) continue;
    for (const char* alias : a.entry->info->aliases) EXPECT_EQ(seen.count(alias), 0U) << alias;
  }
}

TEST(Registry, UsesNoTorchNameTwiceWithoutAnArgumentThatChooses) {
  std::set<std::string> seen;
  for (const Activation& a : all_activations()) {
    if (a.preset != nullptr) continue;
    for (const TorchName& t : a.entry->info->torch) {
      const std::string key =
          std::string(t.module) + " " + t.function + " " + (t.choice != nullptr ? t.choice : "");
      EXPECT_TRUE(seen.insert(key).second) << key;
    }
  }
}

TEST(Registry, UsesNamesThatAreIdentifiersEverywhere) {
  for (const Activation& a : all_activations()) {
    const std::string_view name = a.name;
    EXPECT_TRUE(std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    })) << name;
    EXPECT_TRUE(name[0] >= 'a' && name[0] <= 'z') << name;
  }
}

TEST(Registry, FindsNothingByAnythingElse) {
  EXPECT_EQ(find_activation(""), nullptr);
  for (const Activation& a : all_activations()) {
    const std::string name = a.name;
    EXPECT_EQ(find_activation(name + '?'), nullptr);
    EXPECT_EQ(find_activation(name + '\0'), nullptr);
  }
}

std::size_t common(const std::string& a, const std::string& b) {
  std::map<char, int> letters;
  for (const char c : a) ++letters[c];
  return static_cast<std::size_t>(
      std::count_if(b.begin(), b.end(), [&](char c) { return letters[c]-- > 0; }));
}

TEST(Suggestion, IsTheNameItselfForItsOwnMisspelling) {
  for (const Activation& a : all_activations()) {
    const std::string name = a.name;
    // One letter doubled: the name is at distance 1, and what else is that near shares all but one of its
    // letters.
    const std::string doubled = name.substr(0, 1) + name, found = nearest_name(doubled);
    EXPECT_NE(find_activation(found), nullptr) << doubled;
    EXPECT_GE(common(found, doubled) + 1, doubled.size()) << doubled << " suggests " << found;
  }
}

TEST(Suggestion, IsEmptyWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("completely different"), "");
  EXPECT_EQ(nearest_name(std::string(1000, 'q')), "");
}

TEST(Suggestion, CountsInsertionsDeletionsAndSubstitutions) {
  const std::string_view words[] = {"threshold", "beta"};
  EXPECT_EQ(nearest_of("treshold", words), "threshold");
  EXPECT_EQ(nearest_of("thresholds", words), "threshold");
  EXPECT_EQ(nearest_of("thrashold", words), "threshold");
  EXPECT_EQ(nearest_of("bta", words), "beta");
  EXPECT_EQ(nearest_of("tau", words), "");
}

TEST(Suggestion, PrefersTheNearestAndThenTheFirst) {
  const std::string_view words[] = {"slope_a", "slope_b", "slopes"};
  EXPECT_EQ(nearest_of("slope_b", words), "slope_b");
  EXPECT_EQ(nearest_of("slope_c", words), "slope_a");
  EXPECT_EQ(nearest_of("slope", words), "slopes");
}

TEST(Suggestion, ToleratesAThirdOfALongWord) {
  const std::string_view words[] = {"abcdefghijkl"};
  EXPECT_EQ(nearest_of("abcdefghXXXX", words), "abcdefghijkl");
  EXPECT_EQ(nearest_of("abcdefgXXXXX", words), "");
}

}  // namespace
}  // namespace rheo
