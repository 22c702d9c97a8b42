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

// Of those of this source tree that are no scripts, so that no line of theirs says it.
struct Compiled {
  const char *verb, *meaning;
};
constexpr Compiled kCompiled[] = {
    {"analyze", "What functions are like, from their range to their effect in wide random layers"},
    {"check", "Compare kernels with ball arithmetic, or prove them over all inputs"},
    {"exact", "Exact results from ball arithmetic, for programs"},
};

bool runs(const fs::path& program) {
  return access(program.c_str(), X_OK) == 0 && !fs::is_directory(program);
}

// The programs of a verb, in the order in which they are tried.
std::vector<std::string> programs_of(const std::string& verb) {
  std::vector<std::string> list;
  for (const fs::path& folder : folders())
    if (const fs::path program = folder / (kPrefix + verb); runs(program)) list.push_back(program.string());
  return list;
}

}  // namespace

void run_external(const std::string& verb, const std::vector<std::string>& arguments) {
  if (!plain(verb)) return;
  for (const std::string& program : programs_of(verb)) {
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
      if (!name.starts_with(kPrefix)) continue;
      const std::string verb = name.substr(std::string_view(kPrefix).size());
      if (plain(verb) && runs(entry.path())) verbs.insert(verb);
    }
  }
  return {verbs.begin(), verbs.end()};
}

std::string external_meaning(const std::string& verb) {
  constexpr std::string_view kStart = "#!", kMeaning = "# Meaning: ";
  constexpr int kLines = 8;
  const std::vector<std::string> programs = programs_of(verb);
  if (programs.empty()) return "Not installed";
  std::ifstream file(programs.front());
  std::string line;
  for (int i = 0; i < kLines && std::getline(file, line); ++i) {
    if (i == 0 && !line.starts_with(kStart)) break;  // no script
    if (line.starts_with(kMeaning)) return line.substr(kMeaning.size());
  }
  for (const Compiled& known : kCompiled)
    if (verb == known.verb) return known.meaning;
  return "Runs " + fs::path(programs.front()).filename().string();
}

}  // namespace rheo::cli
