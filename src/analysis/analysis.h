// SPDX-License-Identifier: Apache-2.0
// analysis.h: what rheobase finds out about a function of one real number; docs/analyze.md explains the
// fields.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/analysis/breaks.h"
#include "src/analysis/function.h"

namespace rheo::analysis {

struct Options {
  double low = -5, high = 5;        // the interval of shares
  double mean = 0, deviation = 1;   // the normal distribution of shares, sparsity and moments
  double sigma_w = 1, sigma_b = 0;  // standard deviations of weights (times sqrt(fan-in)) and biases
};

// Throws Error where an option makes no sense.
void check(const Options& options);

// A stretch of the line; the ends may be infinite.
struct Stretch {
  double from, to;
  int sign;  // of the quantity that was followed: -1, 0 or 1
};

// Where g is negative, zero and positive.
struct Signs {
  std::vector<Stretch> stretches;  // from -inf to inf, neighbours differ
  std::vector<double> touches;     // single zeros without a change of sign
};

// An end of the range.
struct Bound {
  double value;
  bool attained = false;
  double at = 0;  // where it is attained or approached; may be infinite
};

struct Extremum {
  double x, value;
  bool maximum, global;
  double to;  // the end of a plateau that starts at x; x itself where there is none
};

enum class Rate {
  kNone,
  kHard,
  kExponential,
  kAlgebraic
};

// What f does towards one infinity.
struct Side {
  double limit = 0;      // of the value; NaN where there is none
  double slope = 0;      // limit of f'; NaN where there is none
  double intercept = 0;  // limit of f(x) - slope x; NaN where there is none
  double order = 0;      // |f| grows as |x|^order, where the slope is infinite
  bool saturates = false;
  Rate rate = Rate::kNone;
  double speed = 0;  // exponential: |f'| ~ exp(-speed |x|^power); algebraic: |f - limit| ~ |x|^-power
  double power = 0;
  double hard_from = 0;      // hard: constant from here on
  double vanishes_from = 0;  // |f'| < 1e-3 from here on; NaN: nowhere
};

// A least upper bound of |g|: where it is attained or approached.
struct Supremum {
  double value, at;
};

struct Shares {
  double vanishing, exploding, zero;  // of |f'| < 1e-3, |f'| > 1e3, f = 0
};

// Under N(mean, deviation^2).
struct Moments {
  double mean, variance, second;  // of f; second is E f^2
  double slope, slope_second;     // E f', E f'^2
};

// A fixed point of q -> sigma_w^2 E f(sqrt(q) z)^2 + sigma_b^2.
struct FixedPoint {
  double q, slope, chi;  // slope of the map; chi = sigma_w^2 E f'(sqrt(q) z)^2
  bool stable;           // nearby q move towards it
};

struct Critical {
  double q, sigma_w, sigma_b;
};

// A fixed point of (mean, variance) -> (E f(z), Var f(z)), z ~ N(0, sigma_w^2 variance).
struct SelfNormal {
  double mean, variance, mean_slope, variance_slope;
  bool stable;
};

struct MeanField {
  std::vector<FixedPoint> fixed_points;
  bool every_q = false;  // the map is the identity
  std::vector<SelfNormal> self_normalising;
  bool every_variance = false;
  std::vector<Critical> at_sigma_b;  // on the edge of chaos, for the given sigma_b
  bool every_critical = false;       // at_sigma_b holds for every q
  std::vector<Critical> edge;        // on the edge of chaos, for some q
};

struct Analysis {
  std::string name;
  bool registered = false;
  std::vector<std::pair<std::string, double>> parameters;
  Options options;
  double looked_low, looked_high;
  std::string derivative_source;
  std::vector<std::string> notes;
  Bound low, high;
  Signs value, slope, curvature;
  std::vector<double> zeros;
  std::vector<Extremum> extrema;
  std::vector<Break> breaks;
  int smoothness = 0;  // -1: it jumps; 0, 1, 2: C0, C1, C2; 3: no break was found
  std::string monotone, convexity, symmetry;
  std::optional<double> centre;  // f(-x) + f(x) = 2 centre
  std::vector<double> inflections;
  Side left, right;
  Supremum lipschitz, lipschitz_slope;
  double standard_mean;  // under N(0, 1)
  Shares on_interval, under_normal;
  Moments moments;
  MeanField mean_field;
};

// Throws Error.
Analysis analyze(const Function& f, const Options& options);

// As one JSON object.
std::string to_json(const Analysis& analysis);

}  // namespace rheo::analysis
