// SPDX-License-Identifier: Apache-2.0
// gate.h: gates as their tests call them, in any format: numbers are bits in 16-bit formats.
#pragma once

#include <cmath>
#include <cstring>

#include "src/math/format16.h"
#include "tests/capi/library.h"

namespace rheo::test {

using Bits16 = std::uint16_t;

inline constexpr rheo_layout kPacked[] = {RHEO_HALVES, RHEO_HALVES_SWAPPED, RHEO_INTERLEAVED,
                                          RHEO_INTERLEAVED_SWAPPED};

inline bool same(Bits16 a, Bits16 b) { return a == b; }

inline Format16 format16(rheo_format format) {
  return format == RHEO_BFLOAT16 ? kBfloat16Format : kFloat16Format;
}

// Numbers of the format: landmarks and random ones, specials included.
template <class T>
std::vector<T> numbers(rheo_format format, std::size_t n, std::uint64_t seed) {
  if constexpr (sizeof(T) > 2) {
    std::vector<T> all = sample<T>(n, seed);
    std::shuffle(all.begin(), all.end(), std::mt19937_64(seed));
    all.resize(n);
    return all;
  } else {
    std::mt19937_64 random(seed);
    std::vector<T> all;
    while (all.size() < n) {
      all.push_back(static_cast<T>(random()));
      all.push_back(narrowed(static_cast<double>(random() >> 11) * 0x1p-53 * 16 - 8, format16(format)));
    }
    all.resize(n);
    // NaN is a class, and here bits are compared: one of its patterns.
    for (T& v : all)
      if (std::isnan(widened(v, format16(format)))) v = 0x7FC0;
    return all;
  }
}

// A contiguous gate of two arrays, with memory of its own.
template <class T>
struct GateCall {
  std::vector<T> a, b, grad, y, da, db;
  std::int64_t extent;
  rheo_gate g{};

  GateCall(rheo_format format, rheo_role role, std::size_t n)
      : GateCall(format, role, numbers<T>(format, n, 1), numbers<T>(format, n, 2), numbers<T>(format, n, 3)) {
  }
  GateCall(rheo_format format, rheo_role role, std::vector<T> as, std::vector<T> bs, std::vector<T> gs)
      : a(std::move(as)), b(std::move(bs)), grad(std::move(gs)), y(a.size()), da(a.size()), db(a.size()) {
    extent = static_cast<std::int64_t>(a.size());
    g.struct_size = sizeof g;
    g.role = role, g.format = format, g.layout = RHEO_TWO_ARRAYS;
    g.rank = 1, g.shape = &extent;
    g.a = a.data(), g.b = b.data();
    if (role == RHEO_VALUE) {
      g.y = y.data();
    } else {
      g.grad = grad.data(), g.da = da.data(), g.db = db.data();
    }
  }
  GateCall(const GateCall&) = delete;

  void run(const rheo_activation* act) { ASSERT_EQ(rheo_run_gate(act, &g), RHEO_OK) << rheo_last_error(); }
  // All results, one array after the other.
  std::vector<T> results() const {
    std::vector<T> all = g.role == RHEO_VALUE ? y : da;
    if (g.role == RHEO_BACKWARD) all.insert(all.end(), db.begin(), db.end());
    return all;
  }
};

template <class T>
testing::AssertionResult same_numbers(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) return testing::AssertionFailure() << "sizes " << a.size() << " and " << b.size();
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!same(a[i], b[i])) return testing::AssertionFailure() << "element " << i << " differs";
  return testing::AssertionSuccess();
}

// Runs body(activation, format, zero of the format's type) for all there is.
template <class Body>
void for_all_formats(Body&& body) {
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    body(find(name), RHEO_FLOAT32, 0.0F);
    body(find(name), RHEO_FLOAT64, 0.0);
    for (const rheo_format format : {RHEO_BFLOAT16, RHEO_FLOAT16}) body(find(name), format, Bits16{0});
    if (testing::Test::HasFatalFailure()) return;
  }
}

// The activation of doubles, with the parameters that the format rounds; limits at infinities included.
inline std::vector<double> act_of(const rheo_activation* act, const std::vector<double>& x, rheo_role role,
                                  bool rounded_parameters) {
  const nlohmann::json described = describe(act);
  std::vector<std::string> kept;
  std::vector<rheo_parameter> parameters;
  for (const auto& p : described.at("parameters")) {
    const double value = number(p.at("default"));
    kept.push_back(p.at("name"));
    parameters.push_back(
        {nullptr, rounded_parameters ? static_cast<double>(static_cast<float>(value)) : value});
  }
  for (std::size_t i = 0; i < kept.size(); ++i) parameters[i].name = kept[i].c_str();
  const auto n = static_cast<std::int64_t>(x.size());
  std::vector<double> y(x.size());
  rheo_call c{};
  c.struct_size = sizeof c, c.role = role, c.format = RHEO_FLOAT64, c.rank = 1, c.shape = &n;
  c.parameters = parameters.data(), c.parameter_count = parameters.size();
  c.x = x.data(), c.y = y.data();
  EXPECT_EQ(rheo_run(act, &c), RHEO_OK) << rheo_last_error();
  return y;
}

}  // namespace rheo::test
