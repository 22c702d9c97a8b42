// SPDX-License-Identifier: Apache-2.0
// page.cc: one analysis, as a page.
#include "src/analysis/program/page.h"

#include <fmt/format.h>

#include <cmath>

namespace rheo::analysis {

namespace {

void line(const char* name, const std::string& text) { fmt::print("  {:<15} {}\n", name, text); }

std::string joined(const std::vector<std::string>& parts, const char* none = "none") {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text.empty() ? none : text;
}

std::string word(const Json& value) { return value.get<std::string>(); }

std::string numbers(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& x : list) texts.push_back(short_number(x));
  if (texts.size() > 8) {
    const std::string more = fmt::format("... ({} in all)", texts.size());
    texts.resize(8), texts.push_back(more);
  }
  return joined(texts);
}

std::string range(const Json& r) {
  const auto place = [](const Json& bound) {
    if (bound["value"].is_string()) return std::string();
    return fmt::format("; {} {} at {}", short_number(bound["value"]),
                       bound["attained"].get<bool>() ? "attained" : "only approached",
                       short_number(bound["at"]));
  };
  return interval(r) + place(r["low"]) + place(r["high"]);
}

std::string zeros(const Json& z) {
  std::vector<std::string> texts;
  for (const Json& i : z["intervals"])
    texts.push_back(fmt::format("[{}, {}]", short_number(i[0]), short_number(i[1])));
  if (!z["points"].empty() || texts.empty()) texts.push_back(numbers(z["points"]));
  return joined(texts);
}

std::string extrema(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& e : list) {
    if (texts.size() == 6) {
      texts.push_back(fmt::format("... ({} in all)", list.size()));
      break;
    }
    const std::string place = e["x"] == e["to"]
                                  ? "at " + short_number(e["x"])
                                  : "from " + short_number(e["x"]) + " to " + short_number(e["to"]);
    texts.push_back(fmt::format("{} {} {}{}", word(e["kind"]), short_number(e["value"]), place,
                                e["global"].get<bool>() ? "" : " (local)"));
  }
  return joined(texts);
}

// "no: decreasing up to -0.75, increasing"
std::string intervals(const Json& property) {
  std::string kind = word(property["kind"]);
  const Json& list = property["intervals"];
  if (list.size() < 2) return kind;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i == 6 && list.size() > 7) {
      texts.push_back(fmt::format("... ({} intervals)", list.size()));
      break;
    }
    const bool last = i + 1 == list.size();
    texts.push_back(word(list[i]["kind"]) + (last ? " beyond" : " up to " + short_number(list[i]["to"])));
  }
  return kind + ": " + joined(texts);
}

std::string breaks(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& k : list) {
    const int order = k["order"].get<int>();
    const char* keys[] = {"value_jump", "slope_jump", "curvature_jump"};
    const char* names[] = {"f", "f'", "f''", "f'''"};
    texts.push_back(fmt::format("{} jumps at {}", names[order], short_number(k["x"])) +
                    (order < 3 ? " by " + short_number(k[keys[order]]) : ""));
  }
  return joined(texts);
}

std::string symmetry(const Json& a) {
  std::string kind = word(a["symmetry"]);
  if (kind == "none" && !a["centre"].is_null())
    return "about the point (0, " + short_number(a["centre"]) + ")";
  return kind;
}

std::string end(const Json& a, const char* side) {
  const Json &limit = a["limits"][side], &line = a["asymptotes"][side];
  std::string text = limit["value"].is_null() ? "f has no limit" : "f -> " + short_number(limit["value"]);
  text += limit["derivative"].is_null() ? ", f' has none" : ", f' -> " + short_number(limit["derivative"]);
  if (line.is_null() || line["slope"].get<double>() == 0) return text;
  const double intercept = line["intercept"].get<double>();
  const double slope = line["slope"].get<double>();
  return text + fmt::format("; asymptote {}x{}", slope == 1 ? "" : fmt::format("{:.6g} ", slope),
                            intercept == 0
                                ? ""
                                : fmt::format(" {} {:.6g}", intercept > 0 ? "+" : "-", std::abs(intercept)));
}

std::string saturation(const Json& side) {
  std::string text = side["saturates"].get<bool>() ? "saturates" : "does not saturate";
  if (!side["rate"].is_null()) {
    const std::string rate = word(side["rate"]);
    if (rate == "hard")
      text +=
          side["from"].is_string() ? ": constant" : ": constant from " + short_number(side["from"]) + " on";
    if (rate == "exponential") {
      const double power = side["power"].get<double>();
      text += fmt::format(": f' falls as exp(-{:.4g} {})", side["speed"].get<double>(),
                          power == 1 ? "|x|" : fmt::format("|x|^{:.3g}", power));
    }
    if (rate == "algebraic")
      text += fmt::format(": distance falls as |x|^-{:.4g}", side["power"].get<double>());
  }
  if (!side["vanishes_from"].is_null())
    text += "; |f'| < 0.001 from " + short_number(side["vanishes_from"]) + " on";
  return text;
}

void print_gradients(const Json& a) {
  const Json &l = a["lipschitz"], &o = a["options"];
  const auto constant = [](const Json& c) {
    return short_number(c["constant"]) + " at " + short_number(c["at"]);
  };
  const auto share = [&](const char* key) {
    return fmt::format("{} of [{}, {}], {} under N({}, {}^2)", percent(a["shares"]["interval"][key]),
                       short_number(o["interval"][0]), short_number(o["interval"][1]),
                       percent(a["shares"]["normal"][key]), short_number(o["normal"][0]),
                       short_number(o["normal"][1]));
  };
  fmt::print("\nGradients\n");
  line("sup |f'|", constant(l["value"]) + "  (Lipschitz constant of f)");
  line("sup |f''|", constant(l["derivative"]) + "  (Lipschitz constant of f')");
  line("|f'| < 0.001", share("vanishing"));
  line("|f'| > 1000", share("exploding"));
}

void print_moments(const Json& a) {
  const Json &m = a["moments"], &o = a["options"];
  fmt::print("\nInputs x from N({}, {}^2)\n", short_number(o["normal"][0]), short_number(o["normal"][1]));
  line("f(x)", fmt::format("mean {}, variance {}, mean square {}", short_number(m["mean"]),
                           short_number(m["variance"]), short_number(m["second_moment"])));
  line("f'(x)", fmt::format("mean {}, mean square {}", short_number(m["derivative_mean"]),
                            short_number(m["derivative_second_moment"])));
  line("exact zeros", percent(a["sparsity"]));
  line("zero-centred", (a["zero_centred"].get<bool>() ? "yes" : "no") +
                           std::string(", mean under N(0, 1) is ") + short_number(a["standard_mean"]));
}

void print_layers(const Json& a) {
  const Json &field = a["mean_field"], &edge = a["edge_of_chaos"], &normal = a["self_normalising"];
  fmt::print("\nWide layers of random weights, sigma_w = {}, sigma_b = {}\n", short_number(field["sigma_w"]),
             short_number(field["sigma_b"]));
  std::vector<std::string> texts;
  for (const Json& p : field["fixed_points"]) {
    texts.push_back(fmt::format("q = {} ({}, chi {}: {})", short_number(p["q"]),
                                p["stable"].get<bool>() ? "stable" : "unstable", short_number(p["chi"]),
                                word(p["phase"])));
  }
  if (field["every_q"].get<bool>()) texts = {"every q"};
  line("variance map", "fixed points: " + joined(texts));
  texts.clear();
  for (const Json& p : edge["at_sigma_b"]) {
    texts.push_back(
        fmt::format("sigma_w = {} {}", short_number(p["sigma_w"]),
                    edge["every_q"].get<bool>() ? "for every q" : "at q = " + short_number(p["q"])));
  }
  line("edge of chaos", joined(texts, "none with this sigma_b"));
  texts.clear();
  for (const Json& p : normal["fixed_points"]) {
    texts.push_back(fmt::format("mean {}, variance {} ({})", short_number(p["mean"]),
                                short_number(p["variance"]),
                                p["stable"].get<bool>() ? "stable" : "unstable"));
  }
  if (normal["every_variance"].get<bool>()) texts = {"every variance"};
  line("fixed moments", joined(texts));
}

}  // namespace

std::string short_number(const Json& value) {
  if (value.is_null()) return "-";
  return value.is_string() ? value.get<std::string>() : fmt::format("{:.6g}", value.get<double>());
}

std::string percent(const Json& share) {
  return share.is_null() ? "-" : fmt::format("{:.4g} %", 100 * share.get<double>());
}

std::string interval(const Json& range) {
  const Json &low = range["low"], &high = range["high"];
  return fmt::format("{}{}, {}{}", low["attained"].get<bool>() ? "[" : "(", short_number(low["value"]),
                     short_number(high["value"]), high["attained"].get<bool>() ? "]" : ")");
}

void print_page(const Json& a) {
  std::string settings;
  for (const auto& [name, value] : a["parameters"].items())
    settings += fmt::format(" {}={}", name, short_number(value));
  fmt::print("{}{}\n\nShape\n", word(a["name"]), settings);
  line("range", range(a["range"]));
  line("zeros", zeros(a["zeros"]));
  line("extrema", extrema(a["extrema"]));
  line("monotone", intervals(a["monotone"]));
  line("convexity", intervals(a["convexity"]));
  line("inflections", numbers(a["convexity"]["inflections"]));
  line("smoothness", word(a["smoothness"]));
  line("breaks", breaks(a["breaks"]));
  line("symmetry", symmetry(a));
  fmt::print("\nEnds\n");
  line("towards -inf", end(a, "left"));
  line("", saturation(a["saturation"]["left"]));
  line("towards +inf", end(a, "right"));
  line("", saturation(a["saturation"]["right"]));
  print_gradients(a);
  print_moments(a);
  print_layers(a);
  for (const Json& note : a["method"]["notes"]) fmt::print("\nNote: {}\n", word(note));
}

}  // namespace rheo::analysis
