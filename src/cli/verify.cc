// SPDX-License-Identifier: Apache-2.0
// verify.cc: `rheobase verify`, the digests of all results on this machine against the recorded ones: 2^32 of
// float32, 65,536 of 16-bit formats.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <bit>
#include <cfenv>
#include <chrono>
#include <cstdio>
#include <functional>
#include <numeric>
#include <span>
#include <thread>

#include "src/cli/device.h"
#include "src/cli/library.h"
#include "src/cli/proofs.h"
#include "src/cli/verbs.h"
#include "src/cli/verify_forms.h"
#include "src/math/format16.h"
#include "src/proofs/compare.h"

namespace rheo::cli {

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::vector<std::string> names;
  std::string role = "all", format = "all", device = "cpu", proofs;
  int threads = 0;
  bool forms = false, json = false;

  bool everything() const { return names.empty() && role == "all" && format == "all" && device == "cpu"; }
};

// One function, role and format.
struct Task {
  std::string name;
  const rheo_activation* activation;
  std::size_t role;  // in kProvenRoles
  std::string format = "float32";
  std::optional<proofs::RoleProof> proof = {};
  std::string digest16 = {};  // of a 16-bit format, "" when there is none

  bool recorded() const { return proof || !digest16.empty(); }
};

struct Outcome {
  std::vector<int> different;  // chunks, ascending; a 16-bit format is one
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

template <class T>
void run(const Task& task, std::span<const T> x, std::span<T> y) {
  const auto extent = static_cast<std::int64_t>(x.size());
  rheo_call call{};
  call.struct_size = sizeof call;
  call.role = task.role == 0 ? RHEO_VALUE : RHEO_DERIVATIVE;
  call.format = format_named(task.format);
  call.rank = 1, call.threads = 1, call.shape = &extent;
  call.x = x.data(), call.y = y.data();
  check(rheo_run(task.activation, &call));
}

constexpr std::int64_t kDeviceBlock = 1 << 20;  // results that a device makes at a time, per thread

Outcome compare(const Task& task, const Device* device, const proofs::RoleProof& proof, int threads,
                const std::function<void(double done)>& progress) {
  const auto start = Clock::now();
  const auto results = [&](std::span<const float> x, std::span<float> y) {
    if (device == nullptr) return run<float>(task, x, y);
    // The device makes its inputs itself: the bit patterns from the first one on, in order.
    device->run(task.name, task.role == 0 ? RHEO_VALUE : RHEO_DERIVATIVE, std::bit_cast<std::uint32_t>(x[0]),
                y);
  };
  Outcome outcome{proofs::different_chunks(proof.chunks, threads, results, progress, proofs::kChunks,
                                           device == nullptr ? proofs::kBlock : kDeviceBlock)};
  outcome.seconds = seconds_since(start);
  return outcome;
}

Outcome compare16(const Task& task) {
  const auto start = Clock::now();
  std::vector<std::uint16_t> x(std::size_t{1} << 16), y(x.size());
  std::iota(x.begin(), x.end(), std::uint16_t{0});
  run<std::uint16_t>(task, x, y);
  const Format16& format = format_named(task.format) == RHEO_BFLOAT16 ? kBfloat16Format : kFloat16Format;
  Outcome outcome;
  if (proofs::digest16(y, format.infinity) != task.digest16) outcome.different.push_back(0);
  outcome.seconds = seconds_since(start);
  return outcome;
}

// The tasks of a 16-bit format; those without a digest only where they are asked for by name.
void add16(const Options& o, const Task& task, std::size_t format, const std::optional<proofs::Proof>& proof,
           std::vector<Task>& tasks) {
  if (o.format != "all" && o.format != proofs::kFormats16[format]) return;
  Task narrow{task.name, task.activation, task.role, proofs::kFormats16[format]};
  const std::optional<proofs::Proof16> none;
  if (const auto& known = proof ? proof->roles16[format][task.role] : none) narrow.digest16 = known->digest;
  if (o.format == "all" && narrow.digest16.empty()) return;
  tasks.push_back(std::move(narrow));
}

std::vector<Task> chosen(const Options& o, const std::filesystem::path& folder) {
  std::vector<Task> tasks;
  for (const std::string& word : o.names.empty() ? names() : o.names) {
    const rheo_activation* activation = find(word);
    const std::string name = describe(activation)["name"];
    const std::optional<proofs::Proof> proof = find_proof(folder, name);
    for (std::size_t r = 0; r < proofs::kProvenRoles.size(); ++r) {
      if (o.role != "all" && o.role != proofs::kProvenRoles[r]) continue;
      const std::size_t before = tasks.size();
      const Task task{name, activation, r, "float32", proof ? proof->roles[r] : std::nullopt};
      if (o.format == "all" || o.format == task.format) tasks.push_back(task);
      for (std::size_t f = 0; f < proofs::kFormats16.size() && o.device == "cpu"; ++f)
        add16(o, task, f, proof, tasks);
      for (std::size_t i = before; i < tasks.size(); ++i)
        if (!o.names.empty() && !tasks[i].recorded())
          throw UserError{
              fmt::format("no digest of {} {} in {}", name, proofs::kProvenRoles[r], folder.string())};
    }
  }
  return tasks;
}

std::string verdict(const Task& task, const Outcome& outcome) {
  if (!task.recorded()) return "no digest";
  if (outcome.different.empty()) return "same";
  if (!task.proof) return "DIFFERENT";
  return fmt::format("DIFFERENT in {} of {} blocks, first in {}", outcome.different.size(), proofs::kChunks,
                     proofs::chunk_text(outcome.different.front()));
}

Json row(const Task& task, const Outcome& outcome) {
  Json json{{"name", task.name}, {"role", proofs::kProvenRoles[task.role]}, {"format", task.format}};
  json["state"] = !task.recorded() ? "no digest" : outcome.different.empty() ? "same" : "different";
  if (task.recorded()) {
    json["seconds"] = outcome.seconds;
    json["different_blocks"] = outcome.different.size();
  }
  if (task.proof && !outcome.different.empty()) {
    json["first_input"] =
        fmt::format("{:#010x}", static_cast<std::uint32_t>(outcome.different.front()) << 24);
  }
  return json;
}

// 0 when all are the same as recorded, otherwise 1.
int verify_only_forms(const Options& o) {
  check_environment();
  if (o.role != "all" || o.format != "all" || o.device != "cpu")
    throw UserError{"--forms is given with --role, --dtype or --device; expected names at most"};
  const FormsVerdict verdict = verify_forms(proofs_folder(o.proofs), o.names, true, o.json);
  if (o.json)
    fmt::print("{}\n", verdict.rows.dump(2));
  else
    fmt::print("{} of {} the same as recorded, on a fixed set of calls\n", verdict.same, verdict.all);
  return verdict.same == verdict.all ? 0 : 1;
}

// 0 when all are the same as recorded, otherwise 1.
int verify(const Options& o) {
  check_environment();
  const std::filesystem::path folder = proofs_folder(o.proofs);
  std::optional<Device> device;
  if (o.device != "cpu") {
    if (o.format != "all" && o.format != "float32")
      throw UserError{"--dtype is " + o.format + "; a device's results are verified in float32"};
    device.emplace();
    if (!o.json) fmt::print("on {}\n", device->name());
  }
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
      outcome = compare(task, device ? &*device : nullptr, *task.proof, o.threads != 0 ? o.threads : cpus,
                        [&](double done) {
                          if (terminal)
                            fmt::print(stderr, "\r[{}/{}] {} {} {:3.0f} %\033[K\r", i + 1, tasks.size(),
                                       task.name, role, 100 * done);
                        });
    }
    if (!task.digest16.empty()) outcome = compare16(task);
    if (terminal) fmt::print(stderr, "\033[K");
    same += task.recorded() && outcome.different.empty() ? 1 : 0;
    if (o.json) {
      rows.push_back(row(task, outcome));
    } else {
      fmt::print("{:<20} {:<11} {:<8} {:6.1f} s  {}\n", task.name, role, task.format, outcome.seconds,
                 verdict(task, outcome));
      std::fflush(stdout);
    }
  }
  FormsVerdict forms;
  if (o.everything()) forms = verify_forms(folder, {}, false, o.json);
  for (Json& one : forms.rows) rows.push_back(std::move(one));
  if (o.json) {
    fmt::print("{}\n", rows.dump(2));
  } else {
    fmt::print("{} of {} the same as recorded, in all results", same, tasks.size());
    if (forms.all > 0) fmt::print("; {} of {} of forms", forms.same, forms.all);
    fmt::print("; {:.1f} s\n", seconds_since(start));
  }
  return same == tasks.size() && forms.same == forms.all ? 0 : 1;
}

}  // namespace

void add_verify(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand(
      "verify",
      "Compute all 2^32 float32 and 65,536 16-bit results on this machine and compare their digests with the "
      "recorded proofs, then a fixed set of calls of every form:\n"
      "what was proven once holds here too. Exit codes: 0 the same, 1 something differs or has no digest,\n"
      "2 wrong request, corrupt proof, or a process that flushes subnormal numbers to zero.");
  auto options = std::make_shared<Options>();
  verb->add_option("NAME", options->names, "Activations, presets or aliases; all when none is given");
  verb->add_option("--role", options->role, "What of them")
      ->check(CLI::IsMember({"all", "value", "derivative"}))
      ->capture_default_str();
  verb->add_option("--dtype", options->format, "Format")
      ->check(CLI::IsMember({"all", "float32", "bfloat16", "float16"}))
      ->capture_default_str();
  verb->add_option("--device", options->device, "Where: cpu, or cuda (librheobase_cuda; float32)")
      ->check(CLI::IsMember({"cpu", "cuda"}))
      ->capture_default_str();
  verb->add_option("--proofs", options->proofs,
                   "Folder of the recorded proofs; default: RHEOBASE_PROOFS, or as installed");
  verb->add_option("--threads", options->threads, "Threads; default: as many as there are CPUs")
      ->check(CLI::Range(1, 1024));
  verb->add_flag("--forms", options->forms,
                 "The forms alone (gates, fused calls, masks, int8, rows, random numbers, sums, second "
                 "derivatives, backward from outputs): a second or two. Their digests are of a fixed set of "
                 "calls, not of all inputs");
  verb->add_flag("--json", options->json, "One JSON array");
  verb->footer(
      "RHEOBASE_TARGET=NAME verifies that instruction set.\n"
      "Examples:\n  rheobase verify\n  rheobase verify gelu --role value\n  rheobase verify --dtype "
      "bfloat16\n  RHEOBASE_TARGET=AVX2 rheobase "
      "verify tanh\n  rheobase verify --device cuda\n  rheobase verify --forms");
  verb->callback(
      [options, &exit_code] { exit_code = options->forms ? verify_only_forms(*options) : verify(*options); });
}

}  // namespace rheo::cli
