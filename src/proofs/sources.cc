// SPDX-License-Identifier: Apache-2.0
// sources.cc: strips comments and white space, then hashes.
#include "src/proofs/sources.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <vector>

#include "src/proofs/proof.h"

namespace rheo::proofs {

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in || fs::is_directory(path)) throw ProofError{fmt::format("{} cannot be read", path.string())};
  return {std::istreambuf_iterator<char>(in), {}};
}

// The end of the quoted text that begins at `at`, behind its closing quote.
std::size_t after_quoted(const std::string& s, std::size_t at) {
  const char quote = s[at++];
  while (at < s.size() && s[at] != quote) at += s[at] == '\\' ? 2 : 1;
  return std::min(at + 1, s.size());
}

bool part_of_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool part_of_operator(char c) {
  return std::string_view("+-*/%&|^!=<>:.#").find(c) != std::string_view::npos;
}

// Whether two characters with a gap between them would mean something else without it: `int x`, `- -x`.
bool would_join(char a, char b) {
  return (part_of_word(a) && part_of_word(b)) || (part_of_operator(a) && part_of_operator(b));
}

bool source(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".h" || extension == ".cc" || extension == ".in";
}

std::string hash_of(const fs::path& root, const std::vector<fs::path>& paths) {
  std::string all;
  for (const fs::path& path : paths)
    all += path.filename().string() + '\n' + essence(read(root / path)) + '\n';
  const XXH128_hash_t hash = XXH3_128bits(all.data(), all.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace

std::string essence(const std::string& s) {
  std::string result;
  bool gap = false, line_start = true, directive = false;
  const auto put = [&](std::string_view text) {
    if (line_start && text[0] == '#') {  // for the preprocessor, lines count
      directive = true;
      if (!result.empty() && result.back() != '\n') result += '\n';
    }
    if (gap && !result.empty() && would_join(result.back(), text[0])) result += ' ';
    gap = line_start = false;
    result += text;
  };
  for (std::size_t at = 0; at < s.size();) {
    const char c = s[at];
    // A quote inside a number (1'000) is a separator.
    const bool separator = c == '\'' && !gap && !result.empty() && part_of_word(result.back());
    if (s.compare(at, 2, "//") == 0) {
      at = std::min(s.find('\n', at), s.size()), gap = true;
    } else if (s.compare(at, 2, "/*") == 0) {
      const std::size_t end = s.find("*/", at + 2);
      at = end == std::string::npos ? s.size() : end + 2, gap = true;
    } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at, gap = true;
      if (c == '\n') line_start = true;
      if (c == '\n' && directive && result.back() != '\\') result += '\n', directive = false;
    } else if (c == '"' || (c == '\'' && !separator)) {
      const std::size_t end = after_quoted(s, at);
      put(std::string_view(s).substr(at, end - at));
      at = end;
    } else {
      put(std::string_view(s).substr(at++, 1));
    }
  }
  return result;
}

namespace {

// The headers and sources right inside a folder.
std::vector<fs::path> files_in(const fs::path& root, const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root / folder, error))
    if (source(entry.path())) paths.push_back(folder / entry.path().filename());
  if (error) throw ProofError{fmt::format("{} cannot be read", (root / folder).string())};
  return paths;
}

// What a file includes of src/math and src/block.
std::vector<fs::path> included(const std::string& code) {
  std::vector<fs::path> paths;
  constexpr std::string_view kInclude = "#include\"";
  for (std::size_t at = 0; (at = code.find(kInclude, at)) != std::string::npos;) {
    at += kInclude.size();
    const std::string path = code.substr(at, code.find('"', at) - at);
    if (path.starts_with("src/math/") || path.starts_with("src/block/")) paths.emplace_back(path);
  }
  return paths;
}

// The kernels' header, and all that it includes, directly or not.
std::vector<fs::path> kernel_files(const fs::path& root) {
  std::vector<fs::path> paths = {"src/block/block-inl.h"};
  for (std::size_t i = 0; i < paths.size(); ++i)
    for (const fs::path& path : included(essence(read(root / paths[i]))))
      if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
  return paths;
}

std::string hash_with(const fs::path& root, const std::string& file, std::vector<fs::path> paths) {
  const fs::path tables = fs::path("tables") / file;
  if (fs::exists(root / tables))
    for (fs::path& path : files_in(root, tables)) paths.push_back(std::move(path));
  std::sort(paths.begin(), paths.end());
  paths.insert(paths.begin(), fs::path("activations") / (file + ".h"));
  return hash_of(root, paths);
}

}  // namespace

std::string source_hash(const fs::path& root, const std::string& file) {
  std::vector<fs::path> paths;
  for (const char* folder : {"src/block", "src/math"})
    for (fs::path& path : files_in(root, folder)) paths.push_back(std::move(path));
  return hash_with(root, file, std::move(paths));
}

std::string source_hash32(const fs::path& root, const std::string& file) {
  std::vector<fs::path> paths = kernel_files(root);
  for (const char* chooses : {"src/block/kernel.cc.in", "src/block/kernels-inl.h"})
    paths.emplace_back(chooses);
  return hash_with(root, file, std::move(paths));
}

// All that a proof states (errors, signs, range, limits, oddness, descents) follows from the results' bits
// and from these:
// - the activation's file: formula, parameters, facts, bound;
// - what gives the file its meaning: defaults of its fields, exact constants, the rules of derivatives;
// - the prover's numbers (balls, enclosures, tails) and what it decides by them: a prover that was
//   corrected might have decided otherwise about the same results, which are then proven again in full.
// Tables, kernels and lanes are left out: they make results, and a digest speaks for those. So are the
// registry and the threads, which only bring things together, and Arb and the C library, which
// docs/accuracy.md names as what a proof rests on.
std::vector<fs::path> truth_files(const std::string& file) {
  std::vector<fs::path> paths = {fs::path("activations") / (file + ".h"), "src/core/info.h",
                                 "src/math/constant.h", "src/math/dual-inl.h"};
  for (const char* name : {"ball.h", "enclosure.h", "exhaustive.cc", "exhaustive.h", "oracle.cc",
                           "oracle.cc.in", "oracle.h", "scan.cc", "scan.h", "tail.h", "ulp.cc", "ulp.h"})
    paths.push_back(fs::path("src/prover") / name);
  return paths;
}

std::string truth_hash(const fs::path& root, const std::string& file) {
  return hash_of(root, truth_files(file));
}

}  // namespace rheo::proofs
