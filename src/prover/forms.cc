// SPDX-License-Identifier: Apache-2.0
// forms.cc: digests of forms, made once for each instruction set.
#include "src/prover/forms.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "src/core/registry.h"
#include "src/proofs/forms/record.h"
#include "src/proofs/proof.h"

namespace rheo::oracle {

namespace {

std::vector<proofs::FormDigest> all_digests(const std::vector<std::string>& names) {
  std::vector<proofs::FormDigest> all;
  for (const proofs::Form& form : proofs::forms())
    for (proofs::FormDigest& digest : proofs::form_digests(form, names)) all.push_back(std::move(digest));
  return all;
}

// Of each digest, the instruction sets that have another one than the first.
using Others = std::map<std::string, std::vector<std::string>>;

void find_others(const std::string& target, const std::vector<proofs::FormDigest>& digests,
                 const std::vector<proofs::FormDigest>& first, Others& others) {
  for (std::size_t i = 0; i < digests.size(); ++i)
    if (digests[i].digest != first[i].digest) others[digests[i].key()].push_back(target);
}

std::optional<proofs::FormRecord> read(const FormsOptions& o) {
  try {
    return proofs::read_form_record(o.proofs);
  } catch (const proofs::RecordError& error) {
    if (!o.record) throw proofs::ProofError{error.message};
    return std::nullopt;  // corrupt, or of other calls: to be replaced
  }
}

void write(const FormsOptions& o, const std::vector<proofs::FormDigest>& digests) {
  const std::optional<proofs::FormRecord> before = read(o);
  const proofs::FormDifferences found =
      proofs::form_differences(before.value_or(proofs::FormRecord{}), digests);
  // A build with few activations must not forget the others.
  proofs::FormRecord record = before.value_or(proofs::FormRecord{});
  const std::size_t known = record.size();
  for (const proofs::FormDigest& d : digests) record[d.key()] = d.digest;
  try {
    proofs::write_form_record(o.proofs, record);
  } catch (const proofs::RecordError& error) {
    throw proofs::ProofError{error.message};
  }
  fmt::print("{}: {} changed, {} new, {} of others kept\n", (o.proofs / proofs::kFormRecord).string(),
             found.different.size(), record.size() - known, record.size() - digests.size());
}

proofs::FormRecord recorded(const FormsOptions& o) {
  const std::optional<proofs::FormRecord> record = read(o);
  if (!record)
    throw proofs::ProofError{
        fmt::format("there is no {}; --record makes it", (o.proofs / proofs::kFormRecord).string())};
  return *record;
}

// How many are not as recorded.
std::size_t compare(const FormsOptions& o, const std::vector<proofs::FormDigest>& digests) {
  const proofs::FormDifferences found = proofs::form_differences(recorded(o), digests);
  for (const proofs::FormDigest& d : found.different) fmt::print("{}: not as recorded\n", d.key());
  for (const proofs::FormDigest& d : found.missing) fmt::print("{}: no digest recorded\n", d.key());
  const std::size_t count = found.different.size() + found.missing.size();
  fmt::print("{} of {} as recorded\n", digests.size() - count, digests.size());
  return count;
}

// The same as JSON.
std::size_t print_json(const FormsOptions& o, const std::vector<proofs::FormDigest>& digests,
                       const Others& others) {
  const proofs::FormRecord record = recorded(o);
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  std::size_t count = 0;
  for (const proofs::FormDigest& d : digests) {
    const auto known = record.find(d.key());
    const char* const state = known == record.end()       ? "no digest"
                              : known->second == d.digest ? "same"
                                                          : "different";
    const auto other = others.find(d.key());
    if (known == record.end() || known->second != d.digest || other != others.end()) ++count;
    rows.push_back({{"name", d.name},
                    {"form", d.form},
                    {"format", d.format},
                    {"digest", d.digest},
                    {"state", state},
                    {"others", other == others.end() ? std::vector<std::string>() : other->second}});
  }
  fmt::print("{}\n", rows.dump(2));
  return count;
}

}  // namespace

int run_forms(const FormsOptions& o) {
  std::vector<proofs::FormDigest> first;
  Others others;
  for (const std::string& target : o.targets) {
    const auto start = std::chrono::steady_clock::now();
    if (o.targets.size() > 1) use_target(target);
    const std::vector<proofs::FormDigest> digests = all_digests(o.names);
    if (first.empty()) first = digests;
    find_others(target, digests, first, others);
    if (!o.json) {
      fmt::print("{:<8} {} digests, {:.1f} s\n", target, digests.size(),
                 std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
      std::fflush(stdout);
    }
  }
  for (const std::string& name : o.names) {
    if (std::none_of(first.begin(), first.end(), [&](const auto& digest) { return digest.name == name; }))
      throw proofs::ProofError{fmt::format("no form of '{}'; rheobase list --forms shows them", name)};
  }
  if (o.json) return print_json(o, first, others) == 0 ? 0 : 1;
  for (const auto& [key, targets] : others)
    for (const std::string& target : targets)
      fmt::print("{}: {} and {} differ\n", key, o.targets.front(), target);
  if (others.empty() && o.record) return write(o, first), 0;
  return compare(o, first) == 0 && others.empty() ? 0 : 1;
}

}  // namespace rheo::oracle
