// SPDX-License-Identifier: Apache-2.0
// forms.cc: digests of forms, made once for each instruction set.
#include "src/prover/forms.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

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

// Digests that another instruction set has otherwise.
std::size_t print_differences(const std::string& target, const std::vector<proofs::FormDigest>& digests,
                              const std::string& first, const std::vector<proofs::FormDigest>& others) {
  std::size_t different = 0;
  for (std::size_t i = 0; i < digests.size(); ++i) {
    if (digests[i].digest == others[i].digest) continue;
    ++different;
    fmt::print("{}: {} and {} differ\n", digests[i].key(), first, target);
  }
  return different;
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

// How many are not as recorded.
std::size_t compare(const FormsOptions& o, const std::vector<proofs::FormDigest>& digests) {
  const std::optional<proofs::FormRecord> record = read(o);
  if (!record)
    throw proofs::ProofError{
        fmt::format("there is no {}; --record makes it", (o.proofs / proofs::kFormRecord).string())};
  const proofs::FormDifferences found = proofs::form_differences(*record, digests);
  for (const proofs::FormDigest& d : found.different) fmt::print("{}: not as recorded\n", d.key());
  for (const proofs::FormDigest& d : found.missing) fmt::print("{}: no digest recorded\n", d.key());
  const std::size_t count = found.different.size() + found.missing.size();
  fmt::print("{} of {} as recorded\n", digests.size() - count, digests.size());
  return count;
}

}  // namespace

int run_forms(const FormsOptions& o) {
  std::vector<proofs::FormDigest> first;
  std::size_t different = 0;
  for (const std::string& target : o.targets) {
    const auto start = std::chrono::steady_clock::now();
    if (o.targets.size() > 1) use_target(target);
    const std::vector<proofs::FormDigest> digests = all_digests(o.names);
    if (first.empty()) first = digests;
    different += print_differences(target, digests, o.targets.front(), first);
    fmt::print("{:<8} {} digests, {:.1f} s\n", target, digests.size(),
               std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    std::fflush(stdout);
  }
  if (first.empty()) throw proofs::ProofError{"these names have no form"};
  if (different == 0 && o.record) return write(o, first), 0;
  return different + compare(o, first) == 0 ? 0 : 1;
}

}  // namespace rheo::oracle
