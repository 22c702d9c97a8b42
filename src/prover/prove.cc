// SPDX-License-Identifier: Apache-2.0
// prove.cc: the proofs of all functions, one after the other.
#include "src/prover/prove.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "src/core/describe.h"
#include "src/proofs/proof.h"
#include "src/proofs/sources.h"
#include "src/prover/exhaustive.h"

namespace rheo::oracle {

namespace {

using Clock = std::chrono::steady_clock;
using proofs::Proof;
using proofs::RoleProof;
using proofs::State;

constexpr Role kRoles[] = {Role::kValue, Role::kDerivative};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// One line that is written over, on a terminal only.
class ProgressLine {
 public:
  ProgressLine(std::string title, std::size_t index, std::size_t count)
      : title_(std::move(title)), index_(index), count_(count) {}

  void operator()(double done) const {
    if (isatty(STDERR_FILENO) == 0) return;
    constexpr int kWidth = 30;
    const int filled = static_cast<int>(done * kWidth);
    const double left = done > 0 ? seconds_since(start_) * (1 - done) / done : 0;
    fmt::print(stderr, "\r[{}/{}] {:<28} [{:<{}}] {:3.0f} %, {:.0f} s left\033[K", index_, count_, title_,
               std::string(static_cast<std::size_t>(filled), '#'), kWidth, 100 * done, left);
    if (done >= 1) fmt::print(stderr, "\r\033[K");
    std::fflush(stderr);
  }

 private:
  std::string title_;
  std::size_t index_, count_;
  Clock::time_point start_ = Clock::now();
};

std::string today() {
  const std::time_t now = std::time(nullptr);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", std::gmtime(&now));
  return text;
}

void print_row(const std::string& title, const ExhaustiveResult& result) {
  const RoleProof& p = result.proof;
  fmt::print(
      "{:<28} {:.6f} ulp of {}, at x = {} ({}); wrongly rounded {}, near ties {}, to balls {}; {:.0f} s  "
      "{}\n",
      title, p.maximum, number_text(p.bound), number_text(p.x), p.input, p.rounded_wrongly, p.perhaps_wrongly,
      p.decided_by_balls, p.seconds, result.passed() ? "ok" : "BROKEN");
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

// A proof that was read, or none where the file cannot be: it will be replaced.
Proof known_proof(const ProveOptions& o, const Activation& a) {
  try {
    if (auto proof = proofs::read_proof(o.proofs, a.name)) return *proof;
  } catch (const proofs::ProofError& error) {
    fmt::print(stderr, "rheobase check: {}; proven again\n", error.message);
  }
  return {a.name, a.entry->file, {}};
}

double bound_of(const Activation& a, std::size_t role) {
  const Bound& b = a.entry->info->float32;
  return role == 0 ? b.value : b.derivative;
}

}  // namespace

int run_exhaustive(const ProveOptions& o) {
  struct Item {
    const Activation* activation;
    std::size_t role;
  };
  std::vector<Item> items;
  for (const Activation* a : o.activations) {
    const Proof known = known_proof(o, *a);
    const std::string sources = proofs::source_hash(o.source, a->entry->file);
    for (std::size_t r = 0; r < std::size(kRoles); ++r)
      if (o.again || state_of(known.roles[r], sources, bound_of(*a, r)) != State::kProven)
        items.push_back({a, r});
  }
  const auto start = Clock::now();
  int broken = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto [a, r] = items[i];
    const std::string title = std::string(a->name).append(" ").append(proofs::kProvenRoles[r]);
    const std::string sources = proofs::source_hash(o.source, a->entry->file);
    ExhaustiveResult result;
    try {
      result = prove({a, kRoles[r], o.threads, ProgressLine(title, i + 1, items.size())});
      print_row(title, result);
    } catch (const std::runtime_error& failure) {  // too much for balls; the others may hold
      result.fault = failure.what();
      fmt::print("{:<28} BROKEN: {}\n", title, result.fault);
    }
    if (!o.failures.empty()) append_failures(o.failures, title, result.failures);
    if (!result.passed()) {
      ++broken;  // and the file is left as it is: a result that does not hold is no proof
      continue;
    }
    std::string error;
    result.proof.sources = sources, result.proof.date = today();
    result.proof.compiler = RHEOBASE_COMPILER, result.proof.flags = RHEOBASE_FLAGS;
    result.proof.target = target_in_use(error);
    Proof proof = known_proof(o, *a);
    proof.roles[r] = std::move(result.proof);
    proofs::write_proof(o.proofs, proof);
  }
  const std::size_t skipped = o.activations.size() * std::size(kRoles) - items.size();
  fmt::print("{} of {} hold over all 2^32 inputs, {:.0f} s; {} were proven before\n",
             items.size() - static_cast<std::size_t>(broken), items.size(), seconds_since(start), skipped);
  return broken == 0 ? 0 : 1;
}

int run_status(const ProveOptions& o) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  int unproven = 0;
  for (const Activation* a : o.activations) {
    const auto proof = proofs::read_proof(o.proofs, a->name);
    const std::string sources = proofs::source_hash(o.source, a->entry->file);
    for (std::size_t r = 0; r < std::size(kRoles); ++r) {
      const std::optional<RoleProof> role = proof ? proof->roles[r] : std::nullopt;
      const State state = state_of(role, sources, bound_of(*a, r));
      unproven += state == State::kProven ? 0 : 1;
      if (o.json) {
        rows.push_back({{"name", a->name}, {"role", proofs::kProvenRoles[r]}, {"state", text_of(state)}});
        if (role) rows.back()["maximum"] = role->maximum;
      } else {
        fmt::print("{:<20} {:<11} {:<10}", a->name, proofs::kProvenRoles[r], text_of(state));
        if (role)
          fmt::print(" {:.6f} ulp at {} ({}), {}", role->maximum, number_text(role->x), role->input,
                     role->date);
        fmt::print("\n");
      }
    }
  }
  if (o.json) {
    fmt::print("{}\n", rows.dump(2));
  } else {
    fmt::print("{} of {} proven\n",
               o.activations.size() * std::size(kRoles) - static_cast<std::size_t>(unproven),
               o.activations.size() * std::size(kRoles));
  }
  return unproven == 0 ? 0 : 1;
}

}  // namespace rheo::oracle
