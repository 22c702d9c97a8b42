// SPDX-License-Identifier: Apache-2.0
// prove_backward.cc: the proofs of float32's backward, one after the other.
#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "src/core/describe.h"
#include "src/proofs/sources.h"
#include "src/prover/ledger.h"
#include "src/prover/products.h"
#include "src/prover/progress.h"
#include "src/prover/prove.h"

namespace rheo::oracle {

namespace {

using proofs::BackwardProof;
using proofs::State;

struct Item {
  const Activation* activation;
  std::string sources;
  std::optional<BackwardProof> record;

  State state() const { return proofs::state_of(record, sources); }
};

std::vector<Item> all_items(const ProveOptions& o) {
  std::vector<Item> items;
  if (!o.wants("backward")) return items;
  for (const Activation* a : o.activations)
    items.push_back({a, proofs::source_hash32(o.source, a->entry->file), known_proof(o, *a).backward});
  return items;
}

std::string text_of(const BackwardProof& p) {
  return fmt::format("{:.6f} ulp at x = {}, grad = {}; none above {:.6f}", p.maximum, number_text(p.x),
                     number_text(p.grad), p.at_most);
}

bool proven(const ProveOptions& o, const Item& item, Place place) {
  ProductsResult result;
  try {
    result = prove_products(
        *item.activation, o.threads,
        ProgressLine(fmt::format("prove {} backward", item.activation->name), place.index, place.count));
  } catch (const std::runtime_error& failure) {
    result.fault = failure.what();
  }
  BackwardProof& p = result.proof;
  fmt::print("{:<28} {}, of {}; to balls {}; {:.0f} s  {}\n",
             std::string(item.activation->name).append(" backward"), text_of(p), number_text(p.bound),
             p.decided_by_balls, p.seconds, result.passed() ? "proven" : "BROKEN");
  if (!result.fault.empty()) fmt::print("    {}\n", result.fault);
  std::fflush(stdout);
  if (!result.passed()) return false;  // no proof: the file is left as it is
  sign(p);
  p.sources = item.sources;
  // Into the file as it is now, which holds the other records too.
  proofs::Proof proof = known_proof(o, *item.activation);
  proof.backward = std::move(p);
  proofs::write_proof(o.proofs, proof);
  return true;
}

}  // namespace

int run_exhaustive_backward(const ProveOptions& o) {
  std::vector<Item> items;
  std::size_t before = 0;
  for (Item& item : all_items(o)) {
    const bool done = !o.again && item.state() == State::kProven;
    done ? void(++before) : items.push_back(std::move(item));
  }
  return settle(
      items, before, "for backward over all finite inputs", [](const Item&, Place) { return false; },
      [&](const Item& item, Place place) { return proven(o, item, place); });
}

int run_status_backward(const ProveOptions& o, nlohmann::ordered_json& rows) {
  std::size_t held = 0;
  const std::vector<Item> items = all_items(o);
  for (const Item& item : items) {
    const State state = item.state();
    held += state == State::kProven ? 1 : 0;
    const std::string known = item.record ? text_of(*item.record) + ", " + item.record->date : "";
    if (o.json) {
      rows.push_back({{"name", item.activation->name},
                      {"format", "float32"},
                      {"role", "backward"},
                      {"state", proofs::text_of(state)}});
      if (item.record)
        rows.back()["maximum"] = item.record->maximum, rows.back()["at_most"] = item.record->at_most;
    } else {
      fmt::print("{:<20} {:<11} {:<10} {}\n", item.activation->name, "backward", proofs::text_of(state),
                 known);
    }
  }
  if (!o.json && !items.empty()) fmt::print("{} of {} proven for backward\n", held, items.size());
  return held == items.size() ? 0 : 1;
}

}  // namespace rheo::oracle
