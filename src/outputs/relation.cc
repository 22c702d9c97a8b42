// SPDX-License-Identifier: Apache-2.0
// relation.cc: guesses h in f' = h(f) piece by piece, from where values end and derivatives vanish, and keeps
// a guess only if float64's kernels agree with it at some hundred points of the piece, whose distances go
// through all exponents.
//
// A solution of f' = h(f) never turns, so an output tells its derivative wherever no two pieces share it.
#include "src/outputs/relation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "src/masks/slopes.h"

namespace rheo {

namespace {

using Limits = std::numeric_limits<double>;
constexpr double kEps = 0x1p-52;

constexpr const char* kNoRelation =
    "its derivative is no polynomial, square root or exponential of the output";
constexpr const char* kOverlap = "outputs of one of its parts are those of another, whose derivative differs";

struct Sample {
  double value, derivative;
};

// A part of the line between two places where f may change its formula.
struct Part {
  std::vector<Sample> samples;
  double low, high;  // outputs lie in [low, high]
  Piece piece;
  Link link;
  bool constant;  // the derivative is
};

double through(Link link, double q) {
  return link == Link::kProduct ? q : link == Link::kRoot ? std::sqrt(q) : -std::expm1(q);
}

double at(const Piece& p, Link link, double y) {
  const double first = std::fma(p.slope[0], y, p.offset[0]), second = std::fma(p.slope[1], y, p.offset[1]);
  return p.scale * through(link, first * second);
}

// Value and derivative are within an ulp, so h of a neighbour of the value is as good.
bool agrees(const Piece& piece, Link link, const Sample& s) {
  const double h = at(piece, link, s.value), step = 2 * kEps * std::fabs(s.value) + Limits::denorm_min();
  double allowed = 16 * kEps * std::fabs(s.derivative) + 4 * Limits::denorm_min();
  for (const double y : {s.value - step, s.value + step}) {
    const double beside = at(piece, link, y);
    if (std::isfinite(beside)) allowed += std::fabs(beside - h);
  }
  return std::fabs(h - s.derivative) <= allowed;
}

bool agrees(const Piece& piece, Link link, const std::vector<Sample>& samples) {
  return std::all_of(samples.begin(), samples.end(), [&](const Sample& s) { return agrees(piece, link, s); });
}

// The number of 24 bits that a result of rounding errors is next to, if it is so near.
double without_errors(double x) {
  int exponent = 0;
  const double rounded = std::ldexp(std::nearbyint(std::ldexp(std::frexp(x, &exponent), 24)), -24);
  const double near = std::ldexp(rounded, exponent);
  return std::fabs(near - x) <= 8 * kEps * std::fabs(x) ? near : x;
}

// What numbers that differ by rounding errors stand for.
std::optional<double> common(const std::vector<double>& numbers) {
  if (numbers.empty() || numbers.front() == 0) return std::nullopt;
  const double first = numbers.front();
  double sum = 0;  // of differences, which keep their digits
  for (const double v : numbers) {
    if (!(std::fabs(v - first) <= 0x1p-38 * std::fabs(first))) return std::nullopt;
    sum += v - first;
  }
  return without_errors(first + sum / static_cast<double>(numbers.size()));
}

// Whether y - root keeps its digits.
bool clear_of(double root, double y) {
  return std::fabs(y - root) >= 0.125 * std::max(std::fabs(y), std::fabs(root)) && std::fabs(y) < 1e100 &&
         std::fabs(y) > 1e-100;
}

Piece piece_of(double scale) { return {-kInfinity, scale, {0, 0}, {1, 1}}; }

Piece piece_of(double scale, const std::vector<double>& roots) {
  Piece piece = piece_of(scale);
  for (std::size_t i = 0; i < roots.size(); ++i) piece.slope[i] = 1, piece.offset[i] = -roots[i];
  return piece;
}

// f' = scale product(y - root), or its square root.
bool with_roots(Part& part, Link link, const std::vector<double>& roots) {
  std::vector<double> ratios;
  for (const Sample& s : part.samples) {
    const double power = link == Link::kRoot ? s.derivative * s.derivative : s.derivative;
    if (!std::all_of(roots.begin(), roots.end(), [&](double r) { return clear_of(r, s.value); })) continue;
    if (power == 0 || std::fabs(power) < 1e-200) continue;
    double ratio = power;
    for (const double root : roots) ratio /= s.value - root;
    ratios.push_back(ratio);
  }
  const std::optional<double> scale = common(ratios);
  if (!scale) return false;
  const double outer = link == Link::kRoot ? without_errors(std::sqrt(*scale)) : *scale;
  const Piece piece = piece_of(outer, roots);
  if (!agrees(piece, link, part.samples)) return false;
  part.piece = piece, part.link = link;
  return true;
}

// f' = scale (y - root) with a root that no limit tells.
bool with_unknown_root(Part& part) {
  const Sample* first = nullptr;
  for (const Sample& s : part.samples)
    if (s.derivative != 0 && (first == nullptr || std::fabs(s.derivative) < std::fabs(first->derivative)))
      first = &s;
  if (first == nullptr) return false;
  for (const Sample& s : part.samples) {
    const double ratio = s.derivative / first->derivative;
    if (!(ratio >= 2 && ratio <= 1e6)) continue;
    const double slope = (s.derivative - first->derivative) / (s.value - first->value);
    return with_roots(part, Link::kProduct, {without_errors(first->value - first->derivative / slope)});
  }
  return false;
}

// f' = top (1 - exp(k (y - root))).
bool with_exponential(Part& part, double root, double top) {
  std::vector<double> rates;
  for (const Sample& s : part.samples) {
    const double share = s.derivative / top;
    if (clear_of(root, s.value) && share > 1e-100 && share < 0.75)
      rates.push_back(std::log1p(-share) / (s.value - root));
  }
  const std::optional<double> rate = common(rates);
  if (!rate) return false;
  const Piece piece{-kInfinity, top, {*rate, 0}, {-*rate * root, 1}};
  if (!agrees(piece, Link::kExponential, part.samples)) return false;
  part.piece = piece, part.link = Link::kExponential;
  return true;
}

// Tries what there is, the simplest first.
bool solve(Part& part, const std::vector<double>& roots, const std::vector<double>& tops) {
  if (part.samples.empty()) return false;
  const double first = part.samples.front().derivative;
  part.constant = std::all_of(part.samples.begin(), part.samples.end(),
                              [first](const Sample& s) { return s.derivative == first; });
  if (part.constant) {
    part.piece = piece_of(first), part.link = Link::kProduct;
    return true;
  }
  for (const double root : roots)
    if (with_roots(part, Link::kProduct, {root})) return true;
  for (const double one : roots)
    for (const double other : roots)
      if (one <= other && with_roots(part, Link::kProduct, {one, other})) return true;
  if (with_unknown_root(part)) return true;
  for (const double root : roots) {
    if (with_roots(part, Link::kRoot, {root})) return true;
    for (const double top : tops)
      if (with_exponential(part, root, top)) return true;
  }
  return false;
}

// Numbers between a and b, one of which may be infinite, at distances from each of all sizes.
std::vector<double> inside(double a, double b) {
  std::vector<double> points;
  const auto add = [&](double x) {
    if (x > a && x < b) points.push_back(x);
  };
  double fraction = 0;
  for (int exponent = -1000; exponent < 1000; exponent += std::abs(exponent) < 48 ? 1 : 8) {
    fraction = std::fmod(fraction + 0.618, 1.0);
    const double distance = std::ldexp(1 + fraction, exponent);
    if (std::isfinite(a)) add(a + distance);
    if (std::isfinite(b)) add(b - distance);
  }
  if (std::isfinite(a) && std::isfinite(b))
    for (int i = 1; i < 64; ++i) add(a + (b - a) * i / 64);
  return points;
}

std::vector<Sample> samples_at(const Activation& a, const std::vector<double>& x, const double* parameters) {
  std::vector<double> values(x.size()), derivatives(x.size());
  a.kernel(Format::kFloat64, Role::kValue)(x.data(), nullptr, values.data(), x.size(), parameters);
  a.kernel(Format::kFloat64, Role::kDerivative)(x.data(), nullptr, derivatives.data(), x.size(), parameters);
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < x.size(); ++i) samples.push_back({values[i], derivatives[i]});
  return samples;
}

Sample sample_at(const Activation& a, double x, const double* parameters) {
  return samples_at(a, {x}, parameters).front();
}

// Where formulas change: at kinks, and mostly at 0 where the slope does not tell.
std::vector<double> joints_of(const Facts& facts) {
  std::vector<double> joints(facts.kinks.begin(), facts.kinks.end());
  joints.push_back(0);
  std::erase_if(joints, [](double x) { return !std::isfinite(x); });
  std::sort(joints.begin(), joints.end());
  joints.erase(std::unique(joints.begin(), joints.end()), joints.end());
  return joints;
}

struct Guesses {
  std::vector<double> roots, tops;  // outputs where f' may vanish; derivatives that h may approach
};

Guesses guesses_of(const Activation& a, const Facts& facts, const std::vector<double>& joints,
                   const double* parameters) {
  Guesses guesses;
  for (const Limit& end : {facts.left, facts.right}) {
    if (std::isfinite(end.value)) guesses.roots.push_back(end.value);
    if (std::isfinite(end.derivative) && end.derivative != 0) guesses.tops.push_back(end.derivative);
  }
  for (const double joint : joints) {
    const double value = sample_at(a, joint, parameters).value;
    if (std::isfinite(value)) guesses.roots.push_back(value);
  }
  for (double& root : guesses.roots) root += 0.0;  // not -0
  std::sort(guesses.roots.begin(), guesses.roots.end());
  guesses.roots.erase(std::unique(guesses.roots.begin(), guesses.roots.end()), guesses.roots.end());
  return guesses;
}

Part part_between(const Activation& a, const Facts& facts, double begin, double end,
                  const double* parameters) {
  Part part{};
  part.samples = samples_at(a, inside(begin, end), parameters);
  std::erase_if(part.samples,
                [](const Sample& s) { return !std::isfinite(s.value) || !std::isfinite(s.derivative); });
  const auto value_at = [&](double x) { return sample_at(a, x, parameters).value; };
  const double first = begin == -kInfinity ? facts.left.value : value_at(std::nextafter(begin, kInfinity)),
               last = end == kInfinity ? facts.right.value : value_at(std::nextafter(end, -kInfinity));
  part.low = std::min(first, last), part.high = std::max(first, last);
  return part;
}

bool same_piece(const Part& a, const Part& b) {
  if (a.link != b.link || a.constant != b.constant || a.piece.scale != b.piece.scale) return false;
  return std::equal(a.piece.slope, a.piece.slope + 2, b.piece.slope) &&
         std::equal(a.piece.offset, a.piece.offset + 2, b.piece.offset);
}

bool overlap(const Part& lower, const Part& upper, Format format) {
  const double end = rounded_to(format, lower.high), begin = rounded_to(format, upper.low);
  return !(end - begin <= 4 * kEps * std::fabs(begin));
}

// Parts from left to right, and above which output each begins.
struct Parts {
  Format format;
  std::vector<Part> parts;
  std::vector<double> bounds;
  std::optional<Link> link;  // of those whose derivative changes

  // Why the next one, which begins at the joint, cannot be added; else null.
  const char* add(Part part, const Sample& joint) {
    if (!part.constant && link.value_or(part.link) != part.link) return kNoRelation;
    if (!part.constant) link = part.link;
    if (parts.empty()) {
      bounds.push_back(-kInfinity);
      parts.push_back(std::move(part));
      return nullptr;
    }
    const bool of_last = agrees(parts.back().piece, parts.back().link, joint);
    if (!of_last && !agrees(part.piece, part.link, joint)) {
      // The joint has a derivative of its own.
      if (const char* why =
              add(Part{{}, joint.value, joint.value, piece_of(joint.derivative), {}, true}, joint))
        return why;
    } else if (same_piece(parts.back(), part)) {
      parts.back().low = std::min(parts.back().low, part.low);
      parts.back().high = std::max(parts.back().high, part.high);
      return nullptr;
    }
    if (overlap(parts.back(), part, format)) return kOverlap;
    bounds.push_back(bound_before(part, joint));
    parts.push_back(std::move(part));
    return nullptr;
  }
  // An output of many x goes to their part, and the joint's own to whom its derivative belongs.
  double bound_before(const Part& part, const Sample& joint) const {
    if (parts.back().low == parts.back().high) return rounded_to(format, parts.back().high);
    if (part.low == part.high) return std::nextafter(rounded_to(format, part.low), -kInfinity);
    const auto error = [&](const Part& of) {
      return std::fabs(at(of.piece, of.link, joint.value) - joint.derivative);
    };
    const double bound = rounded_to(format, joint.value);
    return error(parts.back()) <= error(part) ? bound : std::nextafter(bound, -kInfinity);
  }
};

// A derivative that is the same everywhere is its scale, whatever the link of the others.
Piece with_link(const Part& part, Link link) {
  Piece piece = part.piece;
  if (part.constant && link == Link::kExponential) piece.offset[0] = -800;  // 1 - exp(-800) is 1
  return piece;
}

}  // namespace

int Relation::factors() const {
  int most = 0;
  for (int i = 0; i < count; ++i)
    for (int k = 0; k < 2; ++k)
      if (pieces[i].slope[k] != 0 || pieces[i].offset[k] != 1) most = std::max(most, k + 1);
  return most;
}

Relation relation_of(const Activation& a, Format format, const double* parameters) {
  const Facts facts = a.entry->facts(parameters);
  const std::vector<double> joints = joints_of(facts);
  const Guesses guesses = guesses_of(a, facts, joints, parameters);
  Parts all{format, {}, {}, {}};
  for (std::size_t i = 0; i <= joints.size(); ++i) {
    const double begin = i == 0 ? -kInfinity : joints[i - 1],
                 end = i == joints.size() ? kInfinity : joints[i];
    Part part = part_between(a, facts, begin, end, parameters);
    if (!solve(part, guesses.roots, guesses.tops)) return {.missing = kNoRelation};
    const Sample joint = i == 0 ? Sample{} : sample_at(a, begin, parameters);
    if (const char* why = all.add(std::move(part), joint)) return {.missing = why};
  }
  Relation result{.link = all.link.value_or(Link::kProduct),
                  .low = std::max(facts.low, -Limits::max()),
                  .high = std::min(facts.high, Limits::max()),
                  .count = static_cast<int>(all.parts.size())};
  for (std::size_t i = 0; i < all.parts.size(); ++i) {
    result.pieces[i] = with_link(all.parts[i], result.link);
    result.pieces[i].above = all.bounds[i];
  }
  return result;
}

}  // namespace rheo
