// SPDX-License-Identifier: Apache-2.0
// proof.cc: proofs as JSON.
#include "src/proofs/proof.h"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "src/proofs/digest.h"

namespace rheo::proofs {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

// JSON has no spelling for what is not finite.
Json number(double v) { return std::isfinite(v) ? Json(v) : Json(fmt::format("{}", v)); }

double number(const Json& v) {
  for (const double other : {HUGE_VAL, -HUGE_VAL, std::nan(""), -std::nan("")})
    if (v == number(other)) return other;
  return v.get<double>();
}

// Of a proof or of a renewal.
template <class R>
Json build_of(const R& r) {
  return {{"date", r.date}, {"compiler", r.compiler}, {"flags", r.flags}, {"target", r.target}};
}

template <class R>
void read_build(const Json& json, R& r) {
  r.date = json.at("date"), r.compiler = json.at("compiler");
  r.flags = json.at("flags"), r.target = json.at("target");
}

Json to_json(const RoleProof& r) {
  Json json{{"bound", r.bound},
            {"maximum", number(r.maximum)},
            {"at_most", number(r.at_most)},
            {"input", r.input},
            {"x", number(r.x)},
            {"result", number(r.result)},
            {"rounded_wrongly", r.rounded_wrongly},
            {"perhaps_wrongly", r.perhaps_wrongly},
            {"decided_by_balls", r.decided_by_balls}};
  if (r.descents >= 0) json["descents"] = r.descents;
  json["sources"] = r.sources;
  if (!r.truth.empty()) json["truth"] = r.truth;
  json.update(build_of(r));
  if (r.renewed) json["renewed"] = build_of(*r.renewed);
  json.update(Json{{"seconds", std::round(r.seconds * 10) / 10}, {"digest", r.digest}, {"chunks", r.chunks}});
  return json;
}

RoleProof from_json(const Json& json) {
  RoleProof r;
  r.bound = number(json.at("bound")), r.maximum = number(json.at("maximum"));
  r.at_most = number(json.at("at_most")), r.input = json.at("input");
  r.x = number(json.at("x")), r.result = number(json.at("result"));
  r.rounded_wrongly = json.at("rounded_wrongly"), r.perhaps_wrongly = json.at("perhaps_wrongly");
  r.decided_by_balls = json.at("decided_by_balls"), r.descents = json.value("descents", std::int64_t{-1});
  r.sources = json.at("sources"), r.truth = json.value("truth", "");
  read_build(json, r);
  if (json.contains("renewed")) read_build(json.at("renewed"), r.renewed.emplace());
  r.seconds = number(json.at("seconds"));
  r.digest = json.at("digest"), r.chunks = json.at("chunks").get<std::vector<std::string>>();
  return r;
}

Json to_json(const BackwardProof& r) {
  Json json{{"bound", r.bound},
            {"maximum", number(r.maximum)},
            {"x", number(r.x)},
            {"grad", number(r.grad)},
            {"result", number(r.result)},
            {"at_most", number(r.at_most)},
            {"decided_by_balls", r.decided_by_balls},
            {"sources", r.sources}};
  json.update(build_of(r));
  json["seconds"] = std::round(r.seconds * 10) / 10;
  return json;
}

BackwardProof backward_from_json(const Json& json) {
  BackwardProof r;
  r.bound = number(json.at("bound")), r.maximum = number(json.at("maximum"));
  r.x = number(json.at("x")), r.grad = number(json.at("grad")), r.result = number(json.at("result"));
  r.at_most = number(json.at("at_most")), r.decided_by_balls = json.at("decided_by_balls");
  r.sources = json.at("sources"), r.seconds = number(json.at("seconds"));
  read_build(json, r);
  return r;
}

Json to_json(const Proof16& r) {
  Json json{{"bound", r.bound}, {"maximum", number(r.maximum)}, {"input", r.input}, {"x", number(r.x)}};
  if (r.grad) json["grad"] = number(*r.grad);
  json.update(Json{{"rounded_wrongly", r.rounded_wrongly}, {"sources", r.sources}});
  if (!r.truth.empty()) json["truth"] = r.truth;
  json.update(build_of(r));
  if (r.renewed) json["renewed"] = build_of(*r.renewed);
  json["seconds"] = std::round(r.seconds * 10) / 10;
  if (!r.digest.empty()) json["digest"] = r.digest;
  return json;
}

Proof16 from_json16(const Json& json) {
  Proof16 r;
  r.bound = number(json.at("bound")), r.maximum = number(json.at("maximum"));
  r.input = json.at("input"), r.x = number(json.at("x"));
  if (json.contains("grad")) r.grad = number(json.at("grad"));
  r.rounded_wrongly = json.at("rounded_wrongly");
  r.sources = json.at("sources"), r.truth = json.value("truth", "");
  read_build(json, r);
  if (json.contains("renewed")) read_build(json.at("renewed"), r.renewed.emplace());
  r.seconds = number(json.at("seconds")), r.digest = json.value("digest", "");
  return r;
}

void read_formats16(const Json& json, Proof& proof) {
  for (std::size_t f = 0; f < kFormats16.size(); ++f) {
    if (!json.contains(kFormats16[f])) continue;
    const Json& roles = json.at(kFormats16[f]);
    for (std::size_t r = 0; r < kRoles16.size(); ++r)
      if (roles.contains(kRoles16[r])) proof.roles16[f][r] = from_json16(roles.at(kRoles16[r]));
  }
}

template <class R>
State state_of_held(const std::optional<R>& record, const std::string& sources) {
  if (!record) return State::kUnproven;
  if (record->sources != sources) return State::kOutdated;
  return record->holds() ? State::kProven : State::kBroken;
}

}  // namespace

State state_of(const std::optional<RoleProof>& role, const std::string& sources, double bound) {
  if (!role) return State::kUnproven;
  if (role->sources != sources) return State::kOutdated;
  return role->at_most <= bound ? State::kProven : State::kBroken;
}

State state_of(const std::optional<Proof16>& role, const std::string& sources) {
  return state_of_held(role, sources);
}

State state_of(const std::optional<BackwardProof>& backward, const std::string& sources) {
  return state_of_held(backward, sources);
}

const char* text_of(State state) {
  switch (state) {
    case State::kOutdated:
      return "unproven: older than its sources";
    case State::kBroken:
      return "BROKEN";
    case State::kProven:
      return "proven";
    default:
      return "unproven";
  }
}

std::optional<Proof> read_proof(const fs::path& folder, const std::string& name) {
  const fs::path path = folder / (name + ".json");
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  try {
    std::ifstream in(path);
    if (!in || fs::is_directory(path, error))
      throw ProofError{fmt::format("{} cannot be read", path.string())};
    const Json json = Json::parse(in);
    Proof proof{json.at("name"), json.at("file")};
    if (json.contains("backward")) proof.backward = backward_from_json(json.at("backward"));
    read_formats16(json, proof);
    if (proof.name != name)
      throw ProofError{fmt::format("{} is about {}", path.string(), json.at("name").dump())};
    for (std::size_t i = 0; i < kProvenRoles.size(); ++i) {
      if (!json.contains(kProvenRoles[i])) continue;
      RoleProof role = from_json(json.at(kProvenRoles[i]));
      const bool whole =
          role.chunks.size() == kChunks && !role.digest.empty() && combined(role.chunks) == role.digest;
      if (!whole)
        throw ProofError{fmt::format("{}: the digest of {} does not belong to its chunks", path.string(),
                                     kProvenRoles[i])};
      proof.roles[i] = std::move(role);
    }
    return proof;
  } catch (const Json::exception& e) {
    throw ProofError{fmt::format("{} is no proof: {}", path.string(), e.what())};
  }
}

void write_proof(const fs::path& folder, const Proof& proof) {
  Json json{{"name", proof.name}, {"file", proof.file}};
  for (std::size_t i = 0; i < kProvenRoles.size(); ++i) {
    const std::optional<RoleProof>& role = proof.roles[i];
    if (role) json[kProvenRoles[i]] = to_json(*role);
  }
  if (proof.backward) json["backward"] = to_json(*proof.backward);
  for (std::size_t f = 0; f < kFormats16.size(); ++f)
    for (std::size_t r = 0; r < kRoles16.size(); ++r)
      if (const auto& role = proof.roles16[f][r]) json[kFormats16[f]][kRoles16[r]] = to_json(*role);
  const fs::path path = folder / (proof.name + ".json");
  fs::path draft = path;
  draft += ".new";
  std::error_code error;
  fs::create_directories(folder, error);
  {
    std::ofstream out(draft);
    out << json.dump(1) << "\n";
    if (!out.flush()) throw ProofError{fmt::format("{} cannot be written", draft.string())};
  }
  fs::rename(draft, path, error);
  if (error) throw ProofError{fmt::format("{} cannot be written: {}", path.string(), error.message())};
}

}  // namespace rheo::proofs
