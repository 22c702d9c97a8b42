// SPDX-License-Identifier: Apache-2.0
// verify_forms.cc: every form's calls, made and compared.
#include "src/cli/verify_forms.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "src/cli/kinds.h"
#include "src/proofs/forms/record.h"

namespace rheo::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kAdvice = "in a clone, rheobase check --forms --record makes it anew";

std::optional<proofs::FormRecord> read_record(const std::filesystem::path& folder) {
  try {
    return proofs::read_form_record(folder);
  } catch (const proofs::RecordError& error) {
    throw UserError{fmt::format("{}; {}", error.message, kAdvice)};
  }
}

std::vector<proofs::FormDigest> digests_of(const proofs::Form& form, const std::vector<std::string>& names) {
  try {
    return proofs::form_digests(form, names);
  } catch (const std::runtime_error& error) {
    throw UserError{error.what()};
  }
}

const char* state_of(const proofs::FormDigest& digest, const proofs::FormRecord& record) {
  const auto known = record.find(digest.key());
  if (known == record.end()) return "no digest";
  return known->second == digest.digest ? "same" : "different";
}

void print_lines(const std::vector<proofs::FormDigest>& digests, const char* verdict) {
  for (const proofs::FormDigest& d : digests)
    fmt::print("  {:<18} {:<11} {:<8}           {}\n", d.name, d.form, d.format, verdict);
}

}  // namespace

FormsVerdict verify_forms(const std::filesystem::path& folder, const std::vector<std::string>& names,
                          bool required, bool quiet) {
  std::vector<std::string> known;
  for (const std::string& name : names) known.push_back(describe_any(name)["name"]);
  const std::optional<proofs::FormRecord> record = read_record(folder);
  FormsVerdict verdict;
  if (!record) {
    const std::string missing = fmt::format("no digest of forms: there is no {}; {}",
                                            (folder / proofs::kFormRecord).string(), kAdvice);
    if (required) throw UserError{missing};
    if (!quiet) fmt::print("{}\n", missing);
    verdict.all = 1;
    return verdict;
  }
  const bool terminal = isatty(STDERR_FILENO) != 0;
  for (const proofs::Form& form : proofs::forms()) {
    if (terminal) fmt::print(stderr, "\rforms: {}\033[K\r", form.name);
    const auto start = Clock::now();
    const std::vector<proofs::FormDigest> digests = digests_of(form, known);
    if (terminal) fmt::print(stderr, "\033[K");
    if (digests.empty()) continue;
    const proofs::FormDifferences found = proofs::form_differences(*record, digests);
    const std::size_t same = digests.size() - found.different.size() - found.missing.size();
    verdict.same += same, verdict.all += digests.size();
    for (const proofs::FormDigest& d : digests)
      verdict.rows.push_back(
          {{"name", d.name}, {"form", d.form}, {"format", d.format}, {"state", state_of(d, *record)}});
    if (quiet) continue;
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    fmt::print("{:<20} {:<11} {:<8} {:6.1f} s  {} of {} the same\n", "form", form.name, "all", seconds, same,
               digests.size());
    print_lines(found.different, "DIFFERENT"), print_lines(found.missing, "no digest");
    std::fflush(stdout);
  }
  return verdict;
}

}  // namespace rheo::cli
