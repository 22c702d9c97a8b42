// SPDX-License-Identifier: Apache-2.0
// registry_test.cc: names, handles and descriptions as the C ABI hands them out.
#include <set>
#include <thread>

#include "tests/capi/library.h"

namespace rheo::test {
namespace {

TEST(Library, StatesItsVersions) {
  EXPECT_EQ(rheo_abi_version(), static_cast<std::uint32_t>(RHEO_ABI_VERSION));
  const std::string version = rheo_version();
  EXPECT_EQ(std::count(version.begin(), version.end(), '.'), 2) << version;
}

TEST(Library, ListsNamesSortedAndWithoutRepetition) {
  const std::vector<std::string> all = names();
  EXPECT_FALSE(all.empty());
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
}

TEST(Library, ListsTheSameMemoryEachTime) {
  const char *const *first = nullptr, *const *second = nullptr;
  size_t count = 0;
  EXPECT_EQ(rheo_names(&first, &count), RHEO_OK);
  EXPECT_EQ(rheo_names(&second, &count), RHEO_OK);
  EXPECT_EQ(first, second);
}

TEST(Library, GivesOneHandlePerNameAndItsAliases) {
  std::set<const rheo_activation*> handles;
  for (const std::string& name : names()) {
    EXPECT_TRUE(handles.insert(find(name)).second) << name;
    EXPECT_EQ(find(name), find(name));
    const nlohmann::json info = describe(find(name));  // kept: a loop over a temporary's member outlives it
    for (const nlohmann::json& alias : info["aliases"]) {
      const rheo_activation* found = nullptr;
      const rheo_status status = rheo_find(alias.get<std::string>().c_str(), &found);
      const bool ambiguous = std::string(rheo_last_error()).find("is ambiguous") != std::string::npos;
      EXPECT_TRUE(status == RHEO_OK ? found == find(name) : ambiguous) << alias << ": " << rheo_last_error();
    }
  }
}

TEST(Library, DescribesEveryNameWithAllFieldsOfDescribeMd) {
  for (const std::string& name : names()) {
    const nlohmann::json info = describe(find(name));
    for (const char* field :
         {"name", "activation", "file", "title", "summary", "formula", "trace", "parameters", "presets",
          "aliases", "torch", "bounds", "plain", "forms", "facts", "references"})
      EXPECT_TRUE(info.contains(field)) << name << ": " << field;
    EXPECT_EQ(info["name"], name);
    for (const char* field : {"kinks", "range", "limits", "odd", "monotone"})
      EXPECT_TRUE(info["facts"].contains(field)) << name << ": " << field;
    for (const nlohmann::json& t : info["torch"])
      for (const char* field :
           {"module", "function", "fixed", "defaults", "choice", "inplace", "ignores_arguments"})
        EXPECT_TRUE(t.contains(field)) << name << ": " << field;
  }
}

TEST(Library, DescribesNumbersThatAreNotFiniteAsStrings) {
  const auto number = [](const nlohmann::json& v) {
    return v.is_number() || v == "inf" || v == "-inf" || v == "nan";
  };
  for (const std::string& name : names()) {
    const nlohmann::json info = describe(find(name));
    for (const nlohmann::json& p : info["parameters"]) EXPECT_TRUE(number(p["default"])) << name;
    for (const char* side : {"left", "right"}) {
      EXPECT_TRUE(number(info["facts"]["limits"][side]["value"])) << name;
      EXPECT_TRUE(number(info["facts"]["limits"][side]["derivative"])) << name;
    }
    for (const nlohmann::json& end : info["facts"]["range"]) EXPECT_TRUE(number(end)) << name;
  }
}

TEST(Library, TracesRefersToEarlierStepsOnly) {
  for (const std::string& name : names()) {
    const nlohmann::json trace = describe(find(name))["trace"];
    ASSERT_FALSE(trace.empty()) << name;
    for (std::size_t i = 0; i < trace.size(); ++i) {
      EXPECT_TRUE(trace[i][0].is_string()) << name;
      for (const nlohmann::json& operand : trace[i])
        EXPECT_TRUE(operand.is_string() || operand.get<std::size_t>() < i) << name;
    }
  }
}

TEST(Library, NamesAnInstructionSetThatIsAvailable) {
  const char* target = nullptr;
  const char* const* list = nullptr;
  size_t count = 0;
  ASSERT_EQ(rheo_target(&target), RHEO_OK);
  ASSERT_EQ(rheo_targets(&list, &count), RHEO_OK);
  const std::set<std::string> all(list, list + count);
  EXPECT_EQ(all.count(target), 1u) << target;
}

TEST(Library, MayBeAskedByManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([] {
      for (const std::string& name : names()) {
        EXPECT_EQ(describe(find(name))["name"], name);
        const rheo_activation* found = nullptr;
        EXPECT_EQ(rheo_find("?", &found), RHEO_ERROR_NAME);
      }
    });
  }
  for (std::thread& t : threads) t.join();
}

}  // namespace
}  // namespace rheo::test
