// SPDX-License-Identifier: Apache-2.0
// proof.h: proofs/<name>.json, the result of `rheobase check --exhaustive` for one activation or preset.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rheo::proofs {

// When results were made again, by which kernels, and found to be those that had been proven.
struct Renewal {
  std::string date, compiler, flags, target;
};

// One role, over all float32 inputs.
struct RoleProof {
  double bound = 0;    // ulp, what the file promises
  double maximum = 0;  // ulp, the largest error found; exact, from balls
  double at_most = 0;  // ulp, what no input exceeds; larger than maximum by the first pass's margin at most
  std::string input;   // where: "0xc0b00000"
  double x = 0, result = 0;           // the same as numbers
  std::int64_t rounded_wrongly = 0;   // results that are certainly not the nearest float32
  std::int64_t perhaps_wrongly = 0;   // within the margin of a tie: not decided, as no bound depends on it
  std::int64_t decided_by_balls = 0;  // results whose bound or sign the first pass left open
  std::int64_t descents = -1;  // of a function stated to be monotone, from one input to the next; else -1
  std::string sources;         // hash of what the results depend on (sources.h), as of the last renewal
  std::string truth;           // hash of what they were compared with; "" in records from before it was kept
  std::string date, compiler, flags, target;  // of the proof, also where it was renewed
  std::optional<Renewal> renewed;
  double seconds = 0;
  std::string digest;               // of all results (digest.h)
  std::vector<std::string> chunks;  // and of the 256 chunks
};

// float32's backward, over all finite inputs.
struct BackwardProof {
  double bound = 0;    // ulp, half an ulp more than the derivative's
  double maximum = 0;  // ulp, the largest error of the products that were made; exact, from balls
  double x = 0, grad = 0, result = 0;  // where
  double at_most = 0;                  // ulp, what no gradient exceeds whose product is no subnormal number
  std::int64_t decided_by_balls = 0;   // derivatives that enclosures left unclear
  std::string sources;                 // as of a RoleProof
  std::string date, compiler, flags, target;
  double seconds = 0;

  bool holds() const { return at_most <= bound; }
};

// One role in a 16-bit format: value and derivative over all 65,536 inputs, backward over all 2^32 pairs of a
// gradient and an input.
struct Proof16 {
  double bound = 0;    // ulp; 0.5 means correctly rounded
  double maximum = 0;  // ulp, the largest error found
  std::string input;   // where: "0xc0b0"
  double x = 0;
  std::optional<double> grad;        // of backward
  std::int64_t rounded_wrongly = 0;  // results that are not the nearest number, or of two the even one
  std::string sources, truth;        // as of a RoleProof
  std::string date, compiler, flags, target;
  std::optional<Renewal> renewed;  // of backward: the others take no time
  double seconds = 0;
  std::string digest;  // of all results (digest.h); "" in records of backward from before it was kept

  bool holds() const { return grad ? maximum <= bound : rounded_wrongly == 0; }
};

inline constexpr double kBackwardBound16 = 0.505;
inline constexpr std::array<const char*, 2> kFormats16 = {"bfloat16", "float16"};
inline constexpr std::array<const char*, 3> kRoles16 = {"value", "derivative", "backward"};

inline constexpr std::array<const char*, 2> kProvenRoles = {"value", "derivative"};

enum class State {
  kUnproven,  // no result
  kOutdated,  // of other sources
  kBroken,    // of these, and does not hold
  kProven
};

// What the result of a role is worth for the present sources (sources.h) and bound.
State state_of(const std::optional<RoleProof>& role, const std::string& sources, double bound);

State state_of(const std::optional<Proof16>& role, const std::string& sources);

State state_of(const std::optional<BackwardProof>& backward, const std::string& sources);

// "unproven: older than its sources".
const char* text_of(State state);

struct Proof {
  std::string name, file;
  std::array<std::optional<RoleProof>, 2> roles = {};  // in the order of kProvenRoles
  std::optional<BackwardProof> backward = {};
  std::array<std::array<std::optional<Proof16>, 3>, 2> roles16 = {};  // of kFormats16 and kRoles16
};

// What is wrong with a proof file: one line that names it.
struct ProofError {
  std::string message;
};

// Null when there is no file. Throws ProofError when there is one that cannot be read, lacks a field, or
// whose digest does not belong to its chunks.
std::optional<Proof> read_proof(const std::filesystem::path& folder, const std::string& name);

// Replaces the file in one step: an interruption leaves the old one.
void write_proof(const std::filesystem::path& folder, const Proof& proof);

}  // namespace rheo::proofs
