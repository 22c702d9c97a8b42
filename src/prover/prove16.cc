// SPDX-License-Identifier: Apache-2.0
// prove16.cc: the proofs of 16-bit formats, one after the other. They take seconds, so none is renewed.
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
  std::size_t format, role;  // in the lists above
  std::string sources;

  std::string title() const {
    return fmt::format("{} {} {}", activation->name, kFormats16[format], kRoles16[role]);
  }
};

// Calls body(item, state) for all that is asked for.
template <class Body>
void each_item(const ProveOptions& o, Body&& body) {
  for (const Activation* a : o.activations) {
    const proofs::Proof known = known_proof(o, *a);
    const std::string sources = proofs::source_hash(o.source, a->entry->file);
    for (std::size_t f = 0; f < std::size(kFormats); ++f) {
      if (o.format != "all" && o.format != kFormats16[f]) continue;
      for (std::size_t r = 0; r < std::size(kRoles); ++r)
        if (o.wants(kRoles16[r])) body(Item{a, f, r, sources}, known.roles16[f][r]);
    }
  }
}

bool proven(const ProveOptions& o, const Item& item, std::size_t index, std::size_t count) {
  Result16 result;
  try {
    result = prove16({item.activation, kFormats[item.format], kRoles[item.role], o.threads,
                      ProgressLine("prove " + item.title(), index, count)});
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
  p.sources = item.sources;
  proofs::Proof proof = known_proof(o, *item.activation);
  proof.roles16[item.format][item.role] = p;
  proofs::write_proof(o.proofs, proof);
  return true;
}

}  // namespace

int run_exhaustive16(const ProveOptions& o) {
  std::vector<Item> items;
  std::size_t skipped = 0;
  each_item(o, [&](Item item, const std::optional<Proof16>& known) {
    if (!o.again && proofs::state_of(known, item.sources) == State::kProven) {
      ++skipped;
    } else {
      items.push_back(std::move(item));
    }
  });
  const auto start = Clock::now();
  std::size_t held = 0;
  for (std::size_t i = 0; i < items.size(); ++i) held += proven(o, items[i], i + 1, items.size()) ? 1 : 0;
  fmt::print("{} of {} hold in 16-bit formats, {:.0f} s; {} were proven before\n", held, items.size(),
             seconds_since(start), skipped);
  return held == items.size() ? 0 : 1;
}

int run_status16(const ProveOptions& o, nlohmann::ordered_json& rows) {
  int unproven = 0, all = 0;
  each_item(o, [&](const Item& item, const std::optional<Proof16>& known) {
    const State state = proofs::state_of(known, item.sources);
    ++all, unproven += state == State::kProven ? 0 : 1;
    if (o.json) {
      rows.push_back({{"name", item.activation->name},
                      {"format", kFormats16[item.format]},
                      {"role", kRoles16[item.role]},
                      {"state", text_of(state)}});
      if (known)
        rows.back()["maximum"] = known->maximum, rows.back()["rounded_wrongly"] = known->rounded_wrongly;
      return;
    }
    fmt::print("{:<20} {:<11} {:<10} {:<10}", item.activation->name, kRoles16[item.role],
               kFormats16[item.format], text_of(state));
    if (known)
      fmt::print(" {:.6f} ulp at {} ({}), wrongly rounded {}, {}", known->maximum, number_text(known->x),
                 known->input, known->rounded_wrongly, known->date);
    fmt::print("\n");
  });
  if (!o.json && all > 0) fmt::print("{} of {} proven in 16-bit formats\n", all - unproven, all);
  return unproven == 0 ? 0 : 1;
}

}  // namespace rheo::oracle
