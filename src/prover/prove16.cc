// SPDX-License-Identifier: Apache-2.0
// prove16.cc: the proofs of 16-bit formats, one after the other. Those of backward are renewed where only
// sources have changed (renew.h); the others take no time.
#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "src/core/describe.h"
#include "src/proofs/sources.h"
#include "src/prover/exhaustive16.h"
#include "src/prover/ledger.h"
#include "src/prover/progress.h"
#include "src/prover/prove.h"
#include "src/prover/renew.h"

namespace rheo::oracle {

namespace {

using proofs::kFormats16;
using proofs::kRoles16;
using proofs::Proof16;
using proofs::State;

constexpr Format kFormats[] = {Format::kBfloat16, Format::kFloat16};
constexpr Role kRoles[] = {Role::kValue, Role::kDerivative, Role::kBackward};

struct Item {
  const Activation* activation;
  std::size_t format, role;    // in the lists above
  std::string sources, truth;  // the latter of what is to be proven only
  std::optional<Proof16> record;

  std::string title() const {
    return fmt::format("{} {} {}", activation->name, kFormats16[format], kRoles16[role]);
  }
};

// Calls body(item) for all that is asked for.
template <class Body>
void each_item(const ProveOptions& o, Body&& body) {
  for (const Activation* a : o.activations) {
    const proofs::Proof known = known_proof(o, *a);
    const std::string sources = proofs::source_hash(o.source, a->entry->file);
    for (std::size_t f = 0; f < std::size(kFormats); ++f) {
      if (o.format != "all" && o.format != kFormats16[f]) continue;
      for (std::size_t r = 0; r < std::size(kRoles); ++r)
        if (o.wants(kRoles16[r])) body(Item{a, f, r, sources, {}, known.roles16[f][r]});
    }
  }
}

Request16 request_for(const ProveOptions& o, const Item& item, const char* verb, Place place) {
  return {item.activation, kFormats[item.format], kRoles[item.role], o.threads,
          ProgressLine(fmt::format("{} {}", verb, item.title()), place.index, place.count)};
}

// Into the file as it is now, which holds the other records too.
void keep(const ProveOptions& o, const Item& item, Proof16 record) {
  record.sources = item.sources, record.truth = item.truth;
  proofs::Proof proof = known_proof(o, *item.activation);
  proof.roles16[item.format][item.role] = std::move(record);
  proofs::write_proof(o.proofs, proof);
}

// False where it has to be proven.
bool renewed(const ProveOptions& o, const Item& item, Place place) {
  if (o.again || kRoles[item.role] != Role::kBackward || !item.record) return false;
  if (!renewable(*item.record, item.truth)) return false;
  const auto start = Clock::now();
  Proof16 record = *item.record;
  if (backward_digest(request_for(o, item, "compare", place)) != record.digest) {
    fmt::print("{:<36} differs from what was proven\n", item.title());
    return false;
  }
  sign(record.renewed.emplace());
  fmt::print("{:<36} {:.6f} ulp; the same results as proven on {}; {:.1f} s  renewed\n", item.title(),
             record.maximum, record.date, seconds_since(start));
  std::fflush(stdout);
  keep(o, item, std::move(record));
  return true;
}

bool proven(const ProveOptions& o, const Item& item, Place place) {
  Result16 result;
  try {
    result = prove16(request_for(o, item, "prove", place));
  } catch (const std::runtime_error& failure) {
    result.fault = failure.what();
  }
  Proof16& p = result.proof;
  fmt::print("{:<36} {:.6f} ulp, at x = {} ({})", item.title(), p.maximum, number_text(p.x), p.input);
  if (p.grad) fmt::print(", grad = {}", number_text(*p.grad));
  fmt::print("; wrongly rounded {}; {:.1f} s  {}\n", p.rounded_wrongly, p.seconds,
             result.passed() ? "proven" : "BROKEN");
  if (!result.fault.empty()) fmt::print("    {}\n", result.fault);
  std::fflush(stdout);
  if (!result.passed()) return false;  // no proof: the file is left as it is
  sign(p);
  keep(o, item, std::move(p));
  return true;
}

}  // namespace

int run_exhaustive16(const ProveOptions& o) {
  std::vector<Item> items;
  std::size_t before = 0;
  each_item(o, [&](Item item) {
    if (!o.again && proofs::state_of(item.record, item.sources) == State::kProven) {
      ++before;
      return;
    }
    const bool same = !items.empty() && items.back().activation == item.activation;
    item.truth = same ? items.back().truth : proofs::truth_hash(o.source, item.activation->entry->file);
    items.push_back(std::move(item));
  });
  return settle(
      items, before, "in 16-bit formats",
      [&](const Item& item, Place place) { return renewed(o, item, place); },
      [&](const Item& item, Place place) { return proven(o, item, place); });
}

int run_status16(const ProveOptions& o, nlohmann::ordered_json& rows) {
  int unproven = 0, all = 0;
  each_item(o, [&](const Item& item) {
    const std::optional<Proof16>& known = item.record;
    const State state = proofs::state_of(known, item.sources);
    ++all, unproven += state == State::kProven ? 0 : 1;
    if (o.json) {
      rows.push_back({{"name", item.activation->name},
                      {"format", kFormats16[item.format]},
                      {"role", kRoles16[item.role]},
                      {"state", text_of(state)}});
      if (known)
        rows.back()["maximum"] = known->maximum, rows.back()["rounded_wrongly"] = known->rounded_wrongly;
      if (known && known->renewed) rows.back()["renewed"] = known->renewed->date;
      return;
    }
    fmt::print("{:<20} {:<11} {:<10} {:<10}", item.activation->name, kRoles16[item.role],
               kFormats16[item.format], text_of(state));
    if (known)
      fmt::print(" {:.6f} ulp at {} ({}), wrongly rounded {}, {}", known->maximum, number_text(known->x),
                 known->input, known->rounded_wrongly, known->date);
    if (known && known->renewed) fmt::print(", renewed {}", known->renewed->date);
    fmt::print("\n");
  });
  if (!o.json && all > 0) fmt::print("{} of {} proven in 16-bit formats\n", all - unproven, all);
  return unproven == 0 ? 0 : 1;
}

}  // namespace rheo::oracle
