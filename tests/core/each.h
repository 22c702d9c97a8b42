// SPDX-License-Identifier: Apache-2.0
// each.h: an activation as a function of numbers, and the settings of its parameters that are worth trying.
// Without GoogleTest, as the digest program is also built for other processors.
#pragma once

#include <limits>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "src/core/registry.h"
#include "tests/core/sample.h"

namespace rheo::test {

using Values = std::vector<double>;

inline Values initial_values(const Activation& a) {
  Values values;
  for (std::size_t i = 0; i < a.entry->info->parameters.size(); ++i) values.push_back(a.initial(i));
  return values;
}

inline std::string text(const Values& values) {
  std::string result = "(";
  for (const double v : values) result += (result.size() > 1 ? ", " : "") + text(v);
  return result + ")";
}

// One activation in the format of T with its parameters set. The block kernels are called directly.
template <class T>
class Function {
 public:
  static constexpr Format kFormat = sizeof(T) == 4 ? Format::kFloat32 : Format::kFloat64;

  Function(const Activation& a, Values values) : activation_(&a), values_(std::move(values)) {
    std::string error;
    if (target_in_use(error) == nullptr) throw std::runtime_error(error);
    for (double& v : values_) v = static_cast<double>(static_cast<T>(v));
    values_.resize(kMaxParameters + 1);
  }
  explicit Function(const Activation& a) : Function(a, initial_values(a)) {}

  std::vector<T> value(std::span<const T> x) const { return run(Role::kValue, x, {}); }
  std::vector<T> derivative(std::span<const T> x) const { return run(Role::kDerivative, x, {}); }
  std::vector<T> backward(std::span<const T> grad, std::span<const T> x) const {
    return run(Role::kBackward, x, grad);
  }
  // One gradient for all points.
  std::vector<T> backward(T grad, std::span<const T> x) const {
    return backward(std::vector<T>(x.size(), grad), x);
  }
  // With respect to the k-th parameter; times grad where there is one.
  std::vector<T> parameter(std::size_t k, std::span<const T> grad, std::span<const T> x) const {
    return run(Role::kParameter, x, grad, k);
  }
  std::vector<T> parameter(std::size_t k, std::span<const T> x) const {
    return parameter(k, std::span<const T>(), x);
  }
  std::vector<T> parameter(std::size_t k, T grad, std::span<const T> x) const {
    return parameter(k, std::vector<T>(x.size(), grad), x);
  }
  T value(T x) const { return value(std::span(&x, 1))[0]; }
  T derivative(T x) const { return derivative(std::span(&x, 1))[0]; }
  T backward(T grad, T x) const { return backward(std::span(&grad, 1), std::span(&x, 1))[0]; }

  Facts facts() const { return activation_->entry->facts(values_.data()); }
  const double* parameters() const { return values_.data(); }
  std::size_t parameter_count() const { return activation_->entry->info->parameters.size(); }

 private:
  std::vector<T> run(Role role, std::span<const T> x, std::span<const T> grad, std::size_t k = 0) const {
    std::vector<T> y(x.size());
    const void* g = grad.empty() ? nullptr : grad.data();
    const Kernel& kernel = role == Role::kParameter ? activation_->parameter_kernel(kFormat, k)
                                                    : activation_->kernel(kFormat, role);
    kernel(x.data(), g, y.data(), x.size(), values_.data());
    return y;
  }

  const Activation* activation_;
  Values values_;
};

inline bool allowed(Domain domain, double value, bool rounded_to_infinity) {
  if (rounded_to_infinity || std::isnan(value)) return false;
  if (std::isinf(value)) return domain == Domain::kFiniteOrInfinite;
  if (domain == Domain::kNonnegative) return value >= 0;
  return domain == Domain::kPositive ? value > 0 : domain != Domain::kNonzero || value != 0;
}

// Settings worth trying: negative, zero of both signs, above 1, tiny and huge, each where the domain and T
// allow it. A preset has its own one only, as its activation has all the others.
template <class T>
std::vector<Values> settings(const Activation& a) {
  using Limits = std::numeric_limits<T>;
  if (a.preset != nullptr) return {initial_values(a)};
  std::vector<Values> all = {{}};
  for (std::size_t i = 0; i < a.entry->info->parameters.size(); ++i) {
    std::set<std::pair<double, bool>> choices;  // with the sign of zero
    for (const double v : {a.initial(i), 0.0, -0.0, 0.25, 1.0, -1.0, 1.75, -3.0, 20.0, 1e-30, -1e-30, 1e30,
                           -1e30, double(Limits::denorm_min()), double(Limits::max()), -double(Limits::max()),
                           kInfinity, -kInfinity}) {
      const auto rounded = static_cast<double>(static_cast<T>(v));
      if (allowed(a.entry->info->parameters[i].domain, rounded, std::isinf(rounded) && !std::isinf(v)))
        choices.emplace(rounded, std::signbit(rounded));
    }
    std::vector<Values> longer;
    for (const Values& head : all)
      for (const auto& choice : choices) longer.push_back(head), longer.back().push_back(choice.first);
    all = std::move(longer);
  }
  std::erase_if(all, [&](Values values) {
    values.resize(kMaxParameters);
    return a.entry->objection(values.data()) != nullptr;
  });
  return all;
}

}  // namespace rheo::test
