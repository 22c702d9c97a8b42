// SPDX-License-Identifier: Apache-2.0
// function.h: what is analysed: a function of one real number with its first two derivatives.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "rheobase/rheobase.h"
#include "src/capi/failure.h"

namespace rheo::analysis {

struct Break;

using Real = std::function<double(double)>;

// What cannot be done.
using Error = Failure;
using rheo::require;

// A call that gave no finite number: NaN, an infinity, or an error of the user's own callable.
struct NotANumber {
  std::string message;
};

// The same function, which remembers its results.
Real cached(Real f);

struct Function {
  std::string name;
  bool registered = false;
  std::vector<std::pair<std::string, double>> parameters;  // all of them, defaults included
  Real value, derivative, second;
  // How many significant bits the value has: 2^-52 for float64, 2^-23 where all values are float32 numbers.
  double precision = 0x1p-52;
  // Results of absolute size below noise * scale are taken for 0; scale is the size of what is around.
  double derivative_noise = 0x1p-50, second_noise = 0x1p-48;
  // How far places where f, f' and f'' change their sign may be off, relative to max(1, |x|).
  double value_blur = 0, derivative_blur = 0, second_blur = 0;
  bool smallest_matters = true;         // a tiny result is not rounding: kernels have relative accuracy
  double low = -0x1p60, high = 0x1p60;  // where it was looked at
  std::string derivative_source;        // how derivatives were computed, for people
  std::vector<std::string> notes;
  std::shared_ptr<const std::vector<Break>> breaks;  // where they are known already, otherwise null
};

// A registered activation, or preset, by name or alias; its own float64 kernels. Throws Error.
Function registered(const std::string& name, const std::vector<std::pair<std::string, double>>& parameters);

// A callable of the user's; derivative may be empty. The callable may throw NotANumber. Evaluates it on a
// grid: throws Error where it has no number within [-16, 16]; beyond, the range shrinks to where it has.
Function from_callable(std::string name, const Real& value, const Real& derivative);

}  // namespace rheo::analysis
