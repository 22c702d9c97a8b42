// SPDX-License-Identifier: Apache-2.0
// show.cc: `rheobase show NAME`, what its file declares.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "src/cli/forms.h"
#include "src/cli/kinds.h"
#include "src/cli/proofs.h"
#include "src/cli/verbs.h"

namespace rheo::cli {

namespace {

void print_parameters(const Json& info) {
  if (info["parameters"].empty()) return;
  fmt::print("\nParameters\n");
  for (const Json& p : info["parameters"]) {
    fmt::print("  {:<16} {:<8} {} ({})\n", p["name"].get<std::string>(), number_text(p["default"]),
               p["meaning"].get<std::string>(), p["domain"].get<std::string>());
  }
}

void print_facts(const Json& info) {
  const Json& f = info["facts"];
  const Json& left = f["limits"]["left"];
  const Json& right = f["limits"]["right"];
  fmt::print("\nFacts{}\n", info["parameters"].empty() ? "" : " (at these parameters)");
  fmt::print("  range      [{}, {}]\n", number_text(f["range"][0]), number_text(f["range"][1]));
  fmt::print("  at -inf    value {}, derivative {}\n", number_text(left["value"]),
             number_text(left["derivative"]));
  fmt::print("  at +inf    value {}, derivative {}\n", number_text(right["value"]),
             number_text(right["derivative"]));
  std::string kinks;
  for (const Json& k : f["kinks"]) kinks += (kinks.empty() ? "" : ", ") + number_text(k);
  fmt::print("  kinks      {}\n", kinks.empty() ? "none" : kinks);
  fmt::print("  monotone   {}\n", f["monotone"].get<std::string>());
  fmt::print("  odd        {}\n", f["odd"].get<bool>() ? "yes" : "no");
}

void print_proofs(const Json& info) {
  fmt::print("\nOver all 2^32 float32 inputs (rheobase verify {})\n", info["name"].get<std::string>());
  try {
    const auto texts = standings(proofs_folder(""), info);
    for (std::size_t i = 0; i < texts.size(); ++i)
      fmt::print("  {:<10} {}\n", proofs::kProvenRoles[i], texts[i]);
  } catch (const UserError& error) {  // a page without them is worth having
    fmt::print("  unknown: {}\n", error.message);
  }
}

void print_bounds(const Json& info) {
  fmt::print("\nLargest error (ulp)\n");
  for (const auto& [format, bound] : info["bounds"].items()) {
    fmt::print("  {:<10} value {}", format, number_text(bound["value"]));
    if (bound.contains("derivative")) fmt::print(", derivative {}", number_text(bound["derivative"]));
    fmt::print("\n");
  }
}

void print_forms(const Json& info) {
  fmt::print("\nForms\n");
  for (const auto& [form, meaning, reason] : forms_of(info))
    fmt::print("  {:<10} {}\n", form, meaning.empty() ? "none: " + reason : meaning);
}

void print_names(const Json& info) {
  std::string text;
  for (const Json& t : info["torch"]) {
    text += (text.empty() ? "" : ", ") + ("torch.nn." + t["module"].get<std::string>());
    if (!t["choice"].is_null()) {
      text += fmt::format("({}='{}')", t["choice"]["argument"].get<std::string>(),
                          t["choice"]["value"].get<std::string>());
    }
  }
  for (const Json& a : info["aliases"]) text += (text.empty() ? "" : ", ") + a.get<std::string>();
  if (info.contains("presets")) {
    for (const Json& p : info["presets"])
      text += (text.empty() ? "" : ", ") + p["name"].get<std::string>() + " (preset)";
  }
  if (!text.empty()) fmt::print("\nOther names\n  {}\n", text);
}

void print_page(const Json& info) {
  fmt::print("{}: {}\n", info["name"].get<std::string>(), info["title"].get<std::string>());
  fmt::print("  {}\n\n  f(x) = {}\n", info["summary"].get<std::string>(), info["formula"].get<std::string>());
  if (info.contains("parameters")) print_parameters(info);
  if (info.contains("facts")) print_facts(info);
  if (info.contains("bounds")) print_bounds(info);
  if (is_kind(info, "unary")) print_proofs(info);
  print_forms(info);
  print_names(info);
  if (!info["references"].empty()) fmt::print("\nReferences\n");
  for (const Json& r : info["references"]) {
    fmt::print("  {}\n  {}\n", r["text"].get<std::string>(), r["url"].get<std::string>());
  }
}

}  // namespace

void add_show(CLI::App& app) {
  CLI::App* verb =
      app.add_subcommand("show", "Formula, parameters, properties and error bounds of one function");
  struct Options {
    std::string name;
    bool json = false;
  };
  auto options = std::make_shared<Options>();
  verb->add_option("NAME", options->name, "Activation, preset, function of another kind, or alias")
      ->required();
  verb->add_flag("--json", options->json, "As one JSON object");
  verb->footer("Examples:\n  rheobase show elu\n  rheobase show silu --json");
  verb->callback([options] {
    const Json info = describe_any(options->name);
    if (options->json) {
      fmt::print("{}\n", info.dump(2));
    } else {
      print_page(info);
    }
  });
}

}  // namespace rheo::cli
