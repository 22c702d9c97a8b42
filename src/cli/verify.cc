// SPDX-License-Identifier: Apache-2.0
// verify.cc: `rheobase verify`, the digests of all 2^32 float32 results on this machine against the recorded
// ones.
#include <fmt/format.h>
#include <unistd.h>

#include <bit>
#include <cfenv>
#include <chrono>
#include <cstdio>
#include <functional>
#include <span>
#include <thread>

#include "src/cli/library.h"
#include "src/cli/proofs.h"
#include "src/cli/verbs.h"
#include "src/proofs/compare.h"

namespace rheo::cli {

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::vector<std::string> names;
  std::string role = "all", proofs;
  int threads = 0;
  bool json = false;
};

// One function and role.
struct Task {
  std::string name;
  const rheo_activation* activation;
  std::size_t role;  // in kProvenRoles
  std::optional<proofs::RoleProof> proof;
};

struct Outcome {
  std::vector<int> different;  // chunks, ascending
  double seconds = 0;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The host's settings of the floating-point unit that change results. A library that is loaded into the
// process may have left them so.
void check_environment() {
  volatile float smallest_normal = 0x1p-126F, subnormal = 0x1p-149F;
  const float half = smallest_normal * 0.5F;
  const float twice = subnormal * 2.0F;
  // Bits, as a comparison flushes too.
  if (std::bit_cast<std::uint32_t>(half) == 0)
    throw UserError{
        "flush-to-zero is switched on in this process: subnormal results are lost, so no digest can hold"};
  if (std::bit_cast<std::uint32_t>(twice) == 0)
    throw UserError{
        "denormals-are-zero is switched on in this process: subnormal inputs are lost, so no digest can "
        "hold"};
  if (std::fegetround() != FE_TONEAREST)
    throw UserError{"the rounding mode of this process is not to nearest, so no digest can hold"};
}

void run(const Task& task, std::span<const float> x, std::span<float> y) {
  const auto extent = static_cast<std::int64_t>(x.size());
  rheo_call call{};
  call.struct_size = sizeof call;
  call.role = task.role == 0 ? RHEO_VALUE : RHEO_DERIVATIVE;
  call.format = RHEO_FLOAT32;
  call.rank = 1, call.threads = 1, call.shape = &extent;
  call.x = x.data(), call.y = y.data();
  check(rheo_run(task.activation, &call));
}

Outcome compare(const Task& task, const proofs::RoleProof& proof, int threads,
                const std::function<void(double done)>& progress) {
  const auto start = Clock::now();
  const auto results = [&](std::span<const float> x, std::span<float> y) { run(task, x, y); };
  Outcome outcome{proofs::different_chunks(proof.chunks, threads, results, progress)};
  outcome.seconds = seconds_since(start);
  return outcome;
}

std::vector<Task> chosen(const Options& o, const std::filesystem::path& folder) {
  std::vector<Task> tasks;
  for (const std::string& word : o.names.empty() ? names() : o.names) {
    const rheo_activation* activation = find(word);
    const std::string name = describe(activation)["name"];
    const std::optional<proofs::Proof> proof = find_proof(folder, name);
    for (std::size_t r = 0; r < proofs::kProvenRoles.size(); ++r) {
      if (o.role != "all" && o.role != proofs::kProvenRoles[r]) continue;
      tasks.push_back({name, activation, r, proof ? proof->roles[r] : std::nullopt});
      if (!o.names.empty() && !tasks.back().proof)
        throw UserError{
            fmt::format("no digest of {} {} in {}", name, proofs::kProvenRoles[r], folder.string())};
    }
  }
  return tasks;
}

std::string verdict(const Task& task, const Outcome& outcome) {
  if (!task.proof) return "no digest";
  if (outcome.different.empty()) return "same";
  return fmt::format("DIFFERENT in {} of {} blocks, first in {}", outcome.different.size(), proofs::kChunks,
                     proofs::chunk_text(outcome.different.front()));
}

Json row(const Task& task, const Outcome& outcome) {
  Json json{{"name", task.name}, {"role", proofs::kProvenRoles[task.role]}};
  json["state"] = !task.proof ? "no digest" : outcome.different.empty() ? "same" : "different";
  if (task.proof) {
    json["seconds"] = outcome.seconds;
    json["different_blocks"] = outcome.different.size();
  }
  if (!outcome.different.empty()) {
    json["first_input"] =
        fmt::format("{:#010x}", static_cast<std::uint32_t>(outcome.different.front()) << 24);
  }
  return json;
}

// 0 when all are the same as recorded, otherwise 1.
int verify(const Options& o) {
  check_environment();
  const std::filesystem::path folder = proofs_folder(o.proofs);
  const std::vector<Task> tasks = chosen(o, folder);
  const int cpus = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const auto start = Clock::now();
  Json rows = Json::array();
  std::size_t same = 0;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const Task& task = tasks[i];
    const char* role = proofs::kProvenRoles[task.role];
    Outcome outcome;
    if (task.proof) {
      outcome = compare(task, *task.proof, o.threads != 0 ? o.threads : cpus, [&](double done) {
        if (terminal)
          fmt::print(stderr, "\r[{}/{}] {} {} {:3.0f} %\033[K\r", i + 1, tasks.size(), task.name, role,
                     100 * done);
      });
    }
    if (terminal) fmt::print(stderr, "\033[K");
    same += task.proof && outcome.different.empty() ? 1 : 0;
    if (o.json) {
      rows.push_back(row(task, outcome));
    } else {
      fmt::print("{:<20} {:<11} {:6.1f} s  {}\n", task.name, role, outcome.seconds, verdict(task, outcome));
      std::fflush(stdout);
    }
  }
  if (o.json) {
    fmt::print("{}\n", rows.dump(2));
  } else {
    fmt::print("{} of {} the same as recorded, in all 2^32 results; {:.1f} s\n", same, tasks.size(),
               seconds_since(start));
  }
  return same == tasks.size() ? 0 : 1;
}

}  // namespace

void add_verify(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand(
      "verify",
      "Compute all 2^32 float32 results on this machine and compare their digests with the recorded proofs:\n"
      "what was proven once holds here too. Exit codes: 0 the same, 1 something differs or has no digest,\n"
      "2 wrong request, corrupt proof, or a process that flushes subnormal numbers to zero.");
  auto options = std::make_shared<Options>();
  verb->add_option("NAME", options->names, "Activations, presets or aliases; all when none is given");
  verb->add_option("--role", options->role, "What of them")
      ->check(CLI::IsMember({"all", "value", "derivative"}))
      ->capture_default_str();
  verb->add_option("--proofs", options->proofs,
                   "Folder of the recorded proofs; default: RHEOBASE_PROOFS, or as installed");
  verb->add_option("--threads", options->threads, "Threads; default: as many as there are CPUs")
      ->check(CLI::Range(1, 1024));
  verb->add_flag("--json", options->json, "One JSON array");
  verb->footer(
      "RHEOBASE_TARGET=NAME verifies that instruction set.\n"
      "Examples:\n  rheobase verify\n  rheobase verify gelu --role value\n  RHEOBASE_TARGET=AVX2 rheobase "
      "verify tanh");
  verb->callback([options, &exit_code] { exit_code = verify(*options); });
}

}  // namespace rheo::cli
