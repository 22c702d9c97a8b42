// SPDX-License-Identifier: Apache-2.0
// prove.cc: the proofs of all functions, one after the other.
#include "src/prover/prove.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "src/core/describe.h"
#include "src/proofs/digest.h"
#include "src/proofs/proof.h"
#include "src/proofs/sources.h"
#include "src/prover/exhaustive.h"
#include "src/prover/ledger.h"
#include "src/prover/progress.h"
#include "src/prover/renew.h"

namespace rheo::oracle {

namespace {

using proofs::Proof;
using proofs::RoleProof;
using proofs::State;

constexpr Role kRoles[] = {Role::kValue, Role::kDerivative};

void print_row(const std::string& title, const ExhaustiveResult& result) {
  const RoleProof& p = result.proof;
  fmt::print(
      "{:<28} {:.6f} ulp of {}, at x = {} ({}); wrongly rounded {}, near ties {}, to balls {}; {:.0f} s  "
      "{}\n",
      title, p.maximum, number_text(p.bound), number_text(p.x), p.input, p.rounded_wrongly, p.perhaps_wrongly,
      p.decided_by_balls, p.seconds, result.passed() ? "proven" : "BROKEN");
  if (p.at_most > p.bound && p.maximum <= p.bound)
    fmt::print("    some inputs may be {:.6f} ulp off\n", p.at_most);
  if (p.descents > 0) fmt::print("    {} descents of a monotone function\n", p.descents);
  if (!result.fault.empty()) fmt::print("    {}\n", result.fault);
  std::fflush(stdout);
}

// A line for each: what was proven, the input in hexadecimal.
void append_failures(const std::filesystem::path& path, const std::string& title,
                     const std::vector<float>& failures) {
  std::ofstream out(path, std::ios::app);
  for (const float x : failures) out << fmt::format("{} {:a}\n", title, x);
  if (!out.flush()) throw std::runtime_error(fmt::format("{} cannot be written", path.string()));
}

double bound_of(const Activation& a, std::size_t role) {
  const Bound& b = a.entry->info->float32;
  return role == 0 ? b.value : b.derivative;
}

// What is to be proven, or renewed.
struct Item {
  const Activation* activation;
  std::size_t role;  // in kRoles
  std::optional<RoleProof> record;
  std::string sources, truth;

  std::string title() const {
    return std::string(activation->name).append(" ").append(proofs::kProvenRoles[role]);
  }
};

std::size_t wanted_count(const ProveOptions& o) {
  std::size_t roles = 0;
  for (const char* role : proofs::kProvenRoles) roles += o.wants(role) ? 1 : 0;
  return o.activations.size() * roles;
}

std::vector<Item> outstanding(const ProveOptions& o) {
  std::vector<Item> items;
  for (const Activation* a : o.activations) {
    const Proof known = known_proof(o, *a);
    const std::string sources = proofs::source_hash32(o.source, a->entry->file);
    const std::string truth = proofs::truth_hash(o.source, a->entry->file);
    for (std::size_t r = 0; r < std::size(kRoles); ++r)
      if (o.wants(proofs::kProvenRoles[r]) &&
          (o.again || state_of(known.roles[r], sources, bound_of(*a, r)) != State::kProven))
        items.push_back({a, r, known.roles[r], sources, truth});
  }
  return items;
}

ExhaustiveRequest request_for(const ProveOptions& o, const Item& item, const char* verb, Place place) {
  return {item.activation, kRoles[item.role], o.threads,
          ProgressLine(fmt::format("{} {}", verb, item.title()), place.index, place.count)};
}

// Into the file as it is now, which holds the other role too.
void keep(const ProveOptions& o, const Item& item, RoleProof record) {
  record.sources = item.sources, record.truth = item.truth;
  Proof proof = known_proof(o, *item.activation);
  proof.roles[item.role] = std::move(record);
  proofs::write_proof(o.proofs, proof);
}

// False where it has to be proven.
bool renewed(const ProveOptions& o, const Item& item, Place place) {
  const double bound = bound_of(*item.activation, item.role);
  if (o.again || !item.record || !renewable(*item.record, item.truth, bound)) return false;
  RoleProof record = *item.record;
  const auto start = Clock::now();
  const int different = different_chunk(request_for(o, item, "compare", place), record);
  if (different >= 0) {
    fmt::print("{:<28} differs from what was proven, in {}\n", item.title(), proofs::chunk_text(different));
    return false;
  }
  sign(record.renewed.emplace());
  fmt::print("{:<28} {:.6f} ulp of {}, at x = {} ({}); the same results as proven on {}; {:.0f} s  renewed\n",
             item.title(), record.maximum, number_text(record.bound), number_text(record.x), record.input,
             record.date, seconds_since(start));
  std::fflush(stdout);
  keep(o, item, std::move(record));
  return true;
}

bool proven(const ProveOptions& o, const Item& item, Place place) {
  ExhaustiveResult result;
  try {
    result = prove(request_for(o, item, "prove", place));
    print_row(item.title(), result);
  } catch (const std::runtime_error& failure) {  // too much for balls; the others may hold
    result.fault = failure.what();
    fmt::print("{:<28} BROKEN: {}\n", item.title(), result.fault);
  }
  if (!o.failures.empty()) append_failures(o.failures, item.title(), result.failures);
  // A result that does not hold is no proof: the file is left as it is.
  if (!result.passed()) return false;
  sign(result.proof);
  keep(o, item, std::move(result.proof));
  return true;
}

}  // namespace

int run_exhaustive(const ProveOptions& o) {
  const std::vector<Item> items = outstanding(o);
  return settle(
      items, wanted_count(o) - items.size(), "over all 2^32 inputs",
      [&](const Item& item, Place place) { return renewed(o, item, place); },
      [&](const Item& item, Place place) { return proven(o, item, place); });
}

int run_status(const ProveOptions& o) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  int unproven = 0;
  const bool wanted = o.format == "all" || o.format == "float32";
  for (const Activation* a : o.activations) {
    if (!wanted) break;
    const auto proof = proofs::read_proof(o.proofs, a->name);
    const std::string sources = proofs::source_hash32(o.source, a->entry->file);
    for (std::size_t r = 0; r < std::size(kRoles); ++r) {
      if (!o.wants(proofs::kProvenRoles[r])) continue;
      const std::optional<RoleProof> role = proof ? proof->roles[r] : std::nullopt;
      const State state = state_of(role, sources, bound_of(*a, r));
      unproven += state == State::kProven ? 0 : 1;
      if (o.json) {
        rows.push_back({{"name", a->name},
                        {"format", "float32"},
                        {"role", proofs::kProvenRoles[r]},
                        {"state", text_of(state)}});
        if (role) rows.back()["maximum"] = role->maximum;
        if (role && role->renewed) rows.back()["renewed"] = role->renewed->date;
      } else {
        fmt::print("{:<20} {:<11} {:<10}", a->name, proofs::kProvenRoles[r], text_of(state));
        if (role)
          fmt::print(" {:.6f} ulp at {} ({}), {}", role->maximum, number_text(role->x), role->input,
                     role->date);
        if (role && role->renewed) fmt::print(", renewed {}", role->renewed->date);
        fmt::print("\n");
      }
    }
  }
  if (!o.json && wanted && wanted_count(o) > 0) {
    fmt::print("{} of {} proven\n", wanted_count(o) - static_cast<std::size_t>(unproven), wanted_count(o));
  }
  const int code = std::max(unproven == 0 ? 0 : 1, wanted ? run_status_backward(o, rows) : 0);
  const int code16 = run_status16(o, rows);
  if (o.json) fmt::print("{}\n", rows.dump(2));
  return std::max(code, code16);
}

}  // namespace rheo::oracle
