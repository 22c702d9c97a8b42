// SPDX-License-Identifier: Apache-2.0
// info.h: what an activation's file declares about itself, as compile-time data.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <limits>

#include "src/core/kernels.h"

namespace rheo {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A short list that a constant can hold.
template <class T, std::size_t N>
struct List {
  T items[N]{};
  std::size_t count = 0;

  constexpr List() = default;
  constexpr List(std::initializer_list<T> list) {
    for (const T& item : list) items[count++] = item;
  }
  constexpr const T* begin() const { return items; }
  constexpr const T* end() const { return items + count; }
  constexpr std::size_t size() const { return count; }
  constexpr const T& operator[](std::size_t i) const { return items[i]; }
};

// Which values of a parameter make sense; NaN never does.
enum class Domain {
  kFinite,
  kPositive,
  kNonnegative,
  kNonzero,
  kFiniteOrInfinite
};

struct Parameter {
  const char* name;
  double initial;  // the default
  const char* meaning;
  Domain domain = Domain::kFinite;
};

// A name of its own for fixed parameters, in the file's order of parameters.
struct Preset {
  const char* name;
  List<double, kMaxParameters> values;
  const char* summary;
};

struct Default {
  const char* parameter;
  double value;
};

// How torch.nn names it. Parameters that a preset fixes are no arguments.
struct TorchName {
  const char* module;
  const char* function;
  const char* preset = nullptr;                 // the name whose parameters it fixes
  List<Default, kMaxParameters> defaults = {};  // where torch's defaults differ from the file's
  const char* argument = nullptr;               // a string argument that chooses among activations, and
  const char* choice = nullptr;                 // its value for this one
  bool inplace = false;
  bool ignores_arguments = false;  // takes any arguments and ignores them
};

struct Reference {
  const char* text;
  const char* url;
};

// Largest error in ulp of the exact result.
struct Bound {
  double value, derivative;
};

struct Info {
  const char* name;
  const char* title;
  const char* summary;
  List<Parameter, kMaxParameters> parameters = {};
  List<Preset, 6> presets = {};
  List<const char*, 12> aliases = {};  // one that several activations list is ambiguous, and refused
  List<TorchName, 4> torch = {};
  Bound float32 = {1, 1};
  Bound float64 = {1, 1};
  List<Reference, 4> references = {};
};

// Value and derivative at an infinity.
struct Limit {
  double value, derivative;
};

// The derivative with respect to a parameter at -infinity and +infinity.
struct ParameterLimit {
  double left, right;
};

// What depends on the parameters. Values between representable numbers are given rounded.
struct Facts {
  Limit left, right;                          // at -infinity and +infinity
  double low = -kInfinity, high = kInfinity;  // every value lies in [low, high]
  List<double, 4> kinks = {};                 // where the derivative jumps
  bool odd = false;
  bool monotone = false;                                 // never decreases
  List<ParameterLimit, kMaxParameters> parameters = {};  // in the file's order
};

// Names a parameter by its place, for files that write its derivative down (activations/README.md).
template <std::size_t kParameter>
struct At {};

// The activations of one file, in the order in which they are listed.
template <class... A>
struct Entries {};

// The limit of c x at +infinity.
constexpr double times_infinity(double c) { return c > 0 ? kInfinity : c < 0 ? -kInfinity : 0; }

}  // namespace rheo
