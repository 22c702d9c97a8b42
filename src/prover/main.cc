// SPDX-License-Identifier: Apache-2.0
// main.cc: the program rheobase-check. `rheobase check` runs it. Exit codes: 0 all hold, 1 a bound is broken,
// 2 wrong request.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "src/capi/call.h"
#include "src/core/describe.h"
#include "src/proofs/proof.h"
#include "src/prover/check.h"
#include "src/prover/forms.h"
#include "src/prover/prove.h"
#include "src/prover/request.h"
#include "src/random/registry.h"
#include "src/rows/registry.h"

namespace rheo::oracle {

namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::vector<std::string> names;
  std::string format = "all";
  std::vector<std::string> roles = {"all"};
  std::vector<std::string> settings;
  std::int64_t points = 6000;
  int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  bool json = false;
  bool exhaustive = false, status = false, again = false, forms = false, record = false;
  std::string source = RHEOBASE_SOURCE_DIR, proofs, failures;
};

constexpr const char* kFormatNames[] = {"float32", "float64"};
// Of a parameter's derivative: d/dalpha.
std::string role_name(const Request& q) {
  constexpr const char* kRoleNames[] = {"value", "derivative", "backward"};
  if (q.role != Role::kParameter) return kRoleNames[static_cast<int>(q.role)];
  return std::string("d/d").append(q.activation->entry->info->parameters[q.parameter].name);
}

std::vector<const Activation*> chosen(const Options& o) {
  std::vector<const Activation*> list;
  for (const std::string& name : o.names) {
    if (find_row_function(name) != nullptr || find_random_function(name) != nullptr)
      throw Failure{RHEO_ERROR_NAME,
                    fmt::format("{} is no function of one number; expected --forms {}", name, name)};
    list.push_back(&named_activation(name));
  }
  if (list.empty())
    for (const Activation& a : all_activations()) list.push_back(&a);
  return list;
}

std::string place(const Result& r, Role role) {
  std::string text = "x = " + number_text(r.at);
  if (role == Role::kBackward || role == Role::kParameter) text += ", grad = " + number_text(r.grad);
  return text;
}

void print_row(const Activation& a, const Request& q, const Result& r) {
  fmt::print("{:<16} {:<8} {:<11} {:>9.4f} ulp of {:<4} {:<6} {} points, {}\n", a.name,
             kFormatNames[static_cast<int>(q.format)], role_name(q), r.worst, number_text(r.bound),
             r.passed() ? "ok" : "BROKEN", r.points, place(r, q.role));
  if (r.different_bits > 0) fmt::print("    {} results differ between instruction sets\n", r.different_bits);
  if (!r.fault.empty()) fmt::print("    {}\n", r.fault);
  std::fflush(stdout);
}

Json row(const Activation& a, const Request& q, const Result& r) {
  Json targets = Json::array();
  for (const char* t : q.targets) targets.push_back(t);
  return {{"name", a.name},
          {"format", kFormatNames[static_cast<int>(q.format)]},
          {"role", role_name(q)},
          {"targets", targets},
          {"ulp", std::isfinite(r.worst) ? Json(r.worst) : Json("inf")},
          {"bound", r.bound},
          {"x", r.at},
          {"points", r.points},
          {"different_bits", r.different_bits},
          {"fault", r.fault},
          {"passed", r.passed()}};
}

int run(const Options& o) {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const std::vector<const char*>& targets = available_targets();
  std::string error;
  const char* forced = target_in_use(error);
  if (forced == nullptr) throw Failure{RHEO_ERROR_TARGET, error};
  const bool all_targets = std::getenv("RHEOBASE_TARGET") == nullptr;
  std::vector<Request> requests;
  for (const Activation* a : chosen(o)) {
    for (const Format format : {Format::kFloat32, Format::kFloat64}) {
      if (o.format != "all" && o.format != kFormatNames[static_cast<int>(format)]) continue;
      const std::vector<double> values = set_parameters(*a, o.settings, format);
      for (const Role role : {Role::kValue, Role::kDerivative, Role::kBackward}) {
        requests.push_back({a, format, role, values, all_targets ? targets : std::vector<const char*>{forced},
                            o.points, o.threads, 0});
      }
      for (std::size_t k = 0; k < a->entry->info->parameters.size(); ++k) {
        requests.push_back(requests.back());
        requests.back().role = Role::kParameter;
        requests.back().parameter = k;
      }
    }
  }
  Json rows = Json::array();
  int broken = 0;
  const auto start = std::chrono::steady_clock::now();
  if (!o.json) {
    std::string list;
    for (const char* t : requests.front().targets) list += std::string(" ") + t;
    fmt::print("instruction sets:{}\n", list);
  }
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const Request& q = requests[i];
    if (terminal) fmt::print(stderr, "\r[{}/{}] {} ...\033[K\r", i + 1, requests.size(), q.activation->name);
    const Result r = check(q);
    broken += r.passed() ? 0 : 1;
    if (o.json) {
      rows.push_back(row(*q.activation, q, r));
    } else {
      print_row(*q.activation, q, r);
    }
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (o.json) {
    fmt::print("{}\n", rows.dump(2));
  } else {
    fmt::print("{} of {} hold, {:.1f} s\n", requests.size() - static_cast<std::size_t>(broken),
               requests.size(), seconds);
  }
  return broken == 0 ? 0 : 1;
}

// Row functions and others are no activations: their names are looked up by the forms themselves.
int run_forms(const Options& o) {
  std::string error;
  const char* forced = target_in_use(error);
  if (forced == nullptr) throw Failure{RHEO_ERROR_TARGET, error};
  if (o.record && o.json)
    throw Failure{RHEO_ERROR_UNSUPPORTED, "--record is given with --json; expected one of them"};
  if (!o.settings.empty() || o.format != "all")
    throw Failure{RHEO_ERROR_UNSUPPORTED, "--forms is given with --set or --dtype; expected names at most"};
  const std::vector<const char*>& targets = available_targets();
  FormsOptions forms{o.names, {}, o.proofs.empty() ? o.source + "/proofs" : o.proofs, o.record, o.json};
  if (std::getenv("RHEOBASE_TARGET") == nullptr)
    forms.targets.assign(targets.begin(), targets.end());
  else
    forms.targets = {forced};
  return run_forms(forms);
}

int program(int argc, char** argv) {
  CLI::App app{
      "Compares kernels with ball arithmetic on a dense sample: the largest error in ulp of value, "
      "derivative and\n"
      "backward, where it is, and whether all instruction sets of this machine give the same bits.",
      "rheobase check"};
  Options o;
  app.add_option("NAME", o.names, "Activations, presets or aliases; all when none is given");
  app.add_option("--dtype", o.format, "Format")
      ->check(CLI::IsMember({"all", "float32", "float64", "bfloat16", "float16"}))
      ->capture_default_str();
  app.add_option("--set", o.settings, "PARAMETER=NUMBER for the named activations")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--points", o.points, "Random points in each sample")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{100000000}))
      ->capture_default_str();
  app.add_option("--threads", o.threads, "Threads for the oracle")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_flag("--json", o.json, "One JSON array, of --status and --forms too");
  app.footer(
      "RHEOBASE_TARGET=NAME checks that instruction set alone.\n"
      "Examples:\n  rheobase check\n  rheobase check gelu --points 100000\n  rheobase check elu --set "
      "alpha=0.5\n  rheobase check --exhaustive silu\n  rheobase check --exhaustive --dtype bfloat16 silu\n  "
      "rheobase check --status\n  rheobase check --forms");
  app.add_flag(
      "--exhaustive", o.exhaustive,
      "Prove value and derivative over all 2^32 float32 inputs, backward over these for any gradient, and "
      "16-bit formats over all inputs and all pairs of input and gradient, for default parameters; results "
      "go to proofs/. Where only sources have changed and no result has, a proof of another role than "
      "float32's backward is renewed. An interrupted run goes on where it was");
  CLI::Option* roles =
      app.add_option("--role", o.roles, "With --exhaustive or --status: which of them, separated by commas");
  roles->delimiter(',')
      ->allow_extra_args(false)  // a name may follow
      ->check(CLI::IsMember({"all", "value", "derivative", "backward"}))
      ->default_str("all");
  app.add_flag("--again", o.again,
               "With --exhaustive: prove in full, also what is proven already or could be renewed")
      ->needs("--exhaustive");
  app.add_flag("--status", o.status, "List what is proven; exit code 1 when something is not")
      ->excludes("--exhaustive");
  app.add_flag("--forms", o.forms,
               "Gates, fused calls, masks, int8, rows, random numbers, sums, second derivatives and backward "
               "from outputs: whether a fixed set of calls gives the same bits on all instruction sets of "
               "this machine, and those of proofs/forms.txt")
      ->excludes("--exhaustive")
      ->excludes("--status");
  app.add_flag("--record", o.record, "With --forms: write proofs/forms.txt, when all instruction sets agree")
      ->needs("--forms");
  app.add_option("--source", o.source, "Source tree, whose hash tells whether a proof is out of date")
      ->check(CLI::ExistingDirectory);
  app.add_option(
         "--failures", o.failures,
         "With --exhaustive: a file that gets a line for each input whose error is above the bound (or "
         "the thousand worst): name, role, input")
      ->needs("--exhaustive");
  app.add_option("--proofs", o.proofs, "Folder of the proofs; default: proofs in the source tree");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& e) {
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    throw Failure{RHEO_ERROR_UNSUPPORTED, e.what()};
  }
  if (!o.exhaustive && !o.status && roles->count() > 0)
    throw Failure{RHEO_ERROR_ROLE,
                  "--role is '" + o.roles.front() + "'; expected --exhaustive or --status with it"};
  if (o.forms) return run_forms(o);
  const bool of16 = o.format == "bfloat16" || o.format == "float16";
  if (!o.exhaustive && !o.status) {
    if (of16)
      throw Failure{RHEO_ERROR_FORMAT,
                    "--dtype is '" + o.format + "', which has no sample; expected --exhaustive"};
    return run(o);
  }
  if (o.format == "float64")
    throw Failure{RHEO_ERROR_FORMAT,
                  "--dtype is 'float64'; there are proofs of float32, bfloat16 and float16"};
  if (!o.settings.empty())
    throw Failure{RHEO_ERROR_PARAMETER,
                  "--set is '" + o.settings.front() + "'; proofs are of default parameters"};
  std::string error;
  if (target_in_use(error) == nullptr) throw Failure{RHEO_ERROR_TARGET, error};
  const std::filesystem::path proofs = o.proofs.empty() ? o.source + "/proofs" : o.proofs;
  const ProveOptions prove{chosen(o), o.source, proofs,   o.failures, o.threads,
                           o.again,   o.json,   o.format, o.roles};
  if (!o.exhaustive) return run_status(prove);
  int code = 0;
  if (o.format == "all" || o.format == "float32") {
    if (prove.wants("value") || prove.wants("derivative")) code = run_exhaustive(prove);
    if (prove.wants("backward")) code = std::max(code, run_exhaustive_backward(prove));
  }
  if (o.format != "float32") code = std::max(code, run_exhaustive16(prove));
  return code;
}

}  // namespace

}  // namespace rheo::oracle

int main(int argc, char** argv) {
  try {
    return rheo::oracle::program(argc, argv);
  } catch (const rheo::Failure& failure) {
    fmt::print(stderr, "rheobase check: {}\n", failure.message);
  } catch (const rheo::proofs::ProofError& error) {
    fmt::print(stderr, "rheobase check: {}\n", error.message);
  } catch (const std::exception& e) {
    fmt::print(stderr, "rheobase check: {}\n", e.what());
  }
  return 2;
}
