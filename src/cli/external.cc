// SPDX-License-Identifier: Apache-2.0
// external.cc: verbs that other programs bring, as git does: `rheobase compare` runs `rheobase-compare`.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "src/cli/verbs.h"

namespace rheo::cli {

namespace {

namespace fs = std::filesystem;

// The folder of this program, that of what has started it inside a Python package
// (python/rheobase/_program.py), then those of PATH.
std::vector<fs::path> folders() {
  std::vector<fs::path> list;
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (!error) list.push_back(self.parent_path());
  if (const char* starter = std::getenv("RHEOBASE_VERBS"); starter != nullptr && *starter != '\0')
    list.emplace_back(starter);
  const char* path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const auto colon = rest.find(':');
    if (colon != 0) list.emplace_back(rest.substr(0, colon));
    rest = colon == std::string_view::npos ? "" : rest.substr(colon + 1);
  }
  return list;
}

bool plain(const std::string& verb) {
  return !verb.empty() && std::all_of(verb.begin(), verb.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
}

constexpr const char* kPrefix = "rheobase-";

// The first program of a verb; "" when there is none.
std::string program_of(const std::string& verb) {
  for (const fs::path& folder : folders()) {
    std::string program = (folder / (kPrefix + verb)).string();
    if (access(program.c_str(), X_OK) == 0 && !fs::is_directory(program)) return program;
  }
  return "";
}

}  // namespace

void run_external(const std::string& verb, const std::vector<std::string>& arguments) {
  if (!plain(verb)) return;
  for (const fs::path& folder : folders()) {
    const std::string program = (folder / (kPrefix + verb)).string();
    if (access(program.c_str(), X_OK) != 0 || fs::is_directory(program)) continue;
    std::vector<char*> argv{const_cast<char*>(program.c_str())};
    for (const std::string& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
    argv.push_back(nullptr);
    execv(program.c_str(), argv.data());
  }
}

std::vector<std::string> external_verbs() {
  std::set<std::string> verbs;
  for (const fs::path& folder : folders()) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(kPrefix) && access(entry.path().c_str(), X_OK) == 0) {
        verbs.insert(name.substr(std::string_view(kPrefix).size()));
      }
    }
  }
  return {verbs.begin(), verbs.end()};
}

std::string external_meaning(const std::string& verb) {
  constexpr std::string_view kStart = "#!", kMeaning = "# Meaning: ";
  constexpr int kLines = 8;
  std::ifstream file(program_of(verb));
  std::string line;
  for (int i = 0; i < kLines && std::getline(file, line); ++i) {
    if (i == 0 && !line.starts_with(kStart)) break;  // no script
    if (line.starts_with(kMeaning)) return line.substr(kMeaning.size());
  }
  return "";
}

}  // namespace rheo::cli
