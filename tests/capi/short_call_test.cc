// SPDX-License-Identifier: Apache-2.0
// short_call_test.cc: a call of few elements that lie together is checked at less cost; nothing else is
// different.
#include <cmath>
#include <cstring>
#include <limits>

#include "tests/capi/library.h"

namespace rheo::test {
namespace {

// The same call in two dimensions, which takes the general way.
rheo_status run_long(const rheo_activation* a, rheo_call c, const std::int64_t (&shape)[2]) {
  c.rank = 2, c.shape = shape;
  return rheo_run(a, &c);
}

struct Bytes {
  std::vector<unsigned char> x, grad, y;
};

std::size_t size_of_format(rheo_format format) {
  return format == RHEO_FLOAT64 ? 8 : format == RHEO_FLOAT32 ? 4 : 2;
}

Bytes bytes_of(rheo_format format, std::size_t n) {
  const std::size_t size = size_of_format(format);
  Bytes b{std::vector<unsigned char>(n * size), std::vector<unsigned char>(n * size),
          std::vector<unsigned char>(n * size)};
  std::uint64_t state = 1;  // any bits are a number
  for (std::vector<unsigned char>* v : {&b.x, &b.grad}) {
    for (unsigned char& c : *v) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      c = static_cast<unsigned char>(state >> 56);
    }
  }
  return b;
}

rheo_call call_of(rheo_format format, rheo_role role, Bytes& b, const std::int64_t* n) {
  rheo_call c{};
  c.struct_size = sizeof c;
  c.role = role, c.format = format, c.rank = 1, c.shape = n;
  c.x = b.x.data(), c.y = b.y.data(), c.grad = role == RHEO_BACKWARD ? b.grad.data() : nullptr;
  return c;
}

// A value that no domain refuses, and that is nobody's default.
std::vector<rheo_parameter> other_parameters(const nlohmann::json& info) {
  std::vector<rheo_parameter> result;
  for (const auto& p : info.at("parameters"))
    result.push_back({p.at("name").get_ref<const std::string&>().c_str(),
                      result.empty() ? 1.25 : 2.75});  // ascending, for bounds
  return result;
}

TEST(ShortCalls, GiveTheBitsOfTheGeneralWay) {
  for (const std::string& name : names()) {
    const rheo_activation* a = find(name);
    const nlohmann::json info = describe(a);
    const std::vector<rheo_parameter> given = other_parameters(info);
    for (const rheo_format format : {RHEO_FLOAT32, RHEO_FLOAT64, RHEO_BFLOAT16, RHEO_FLOAT16}) {
      for (const rheo_role role : kAllRoles) {
        for (const std::int64_t n : {1, 2, 31, 700}) {
          for (std::size_t count = 0; count <= given.size(); ++count) {
            Bytes one = bytes_of(format, static_cast<std::size_t>(n)), other = one;
            rheo_call c = call_of(format, role, one, &n), d = call_of(format, role, other, &n);
            c.parameters = d.parameters = given.data(), c.parameter_count = d.parameter_count = count;
            const rheo_status status = rheo_run(a, &c);
            ASSERT_EQ(status, run_long(a, d, {1, n})) << name << ": " << rheo_last_error();
            ASSERT_EQ(one.y, other.y) << name << ", role " << role << ", format " << format << ", n " << n;
          }
        }
      }
    }
  }
}

TEST(ShortCalls, SayWhatTheGeneralWaySays) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  for (const std::string& name : names()) {
    const rheo_activation* a = find(name);
    const nlohmann::json info = describe(a);
    const std::vector<rheo_parameter> good = other_parameters(info);
    std::vector<std::vector<rheo_parameter>> bad = {{{"nothing", 1}}, {{nullptr, 1}}};
    if (!good.empty()) {
      bad.push_back({good[0], good[0]});
      bad.push_back({{good[0].name, kNan}});
      bad.push_back({{good[0].name, 1e300}});
      bad.push_back({{good[0].name, -std::numeric_limits<double>::infinity()}});
    }
    for (const auto& parameters : bad) {
      const std::int64_t n = 5;
      Bytes one = bytes_of(RHEO_FLOAT32, 5), other = one;
      rheo_call c = call_of(RHEO_FLOAT32, RHEO_VALUE, one, &n),
                d = call_of(RHEO_FLOAT32, RHEO_VALUE, other, &n);
      c.parameters = d.parameters = parameters.data(),
      c.parameter_count = d.parameter_count = parameters.size();
      const rheo_status status = rheo_run(a, &c);
      const std::string message = rheo_last_error();
      EXPECT_NE(status, RHEO_OK) << name;
      EXPECT_EQ(run_long(a, d, {1, n}), status) << name;
      EXPECT_EQ(rheo_last_error(), message);
      EXPECT_EQ(one.y, bytes_of(RHEO_FLOAT32, 5).y) << name << " wrote";
    }
  }
}

TEST(ShortCalls, AreRefusedWhereMemoryOverlapsOrIsMissing) {
  const rheo_activation* a = find(names().front());
  std::vector<float> memory(40, 0.5F);
  const std::int64_t n = 10;
  rheo_call c{};
  c.struct_size = sizeof c, c.role = RHEO_VALUE, c.format = RHEO_FLOAT32, c.rank = 1, c.shape = &n;
  c.x = memory.data(), c.y = memory.data() + 9;
  EXPECT_EQ(rheo_run(a, &c), RHEO_ERROR_OVERLAP);
  c.y = memory.data() + 10;
  EXPECT_EQ(rheo_run(a, &c), RHEO_OK) << rheo_last_error();
  c.x = nullptr;
  EXPECT_EQ(rheo_run(a, &c), RHEO_ERROR_NULL);
  c.x = memory.data(), c.grad = memory.data() + 20;
  EXPECT_EQ(rheo_run(a, &c), RHEO_ERROR_ROLE);
  c.role = RHEO_BACKWARD, c.grad = nullptr;
  EXPECT_EQ(rheo_run(a, &c), RHEO_ERROR_NULL);
  c.role = RHEO_VALUE, c.with_respect_to = "x";
  EXPECT_EQ(rheo_run(a, &c), RHEO_ERROR_ROLE);
}

rheo_gate gate_of(rheo_format format, rheo_role role, std::vector<Bytes>& memory, const std::int64_t* n) {
  rheo_gate g{};
  g.struct_size = sizeof g;
  g.role = role, g.format = format, g.layout = RHEO_TWO_ARRAYS, g.rank = 1, g.shape = n;
  g.a = memory[0].x.data(), g.b = memory[0].grad.data();
  if (role == RHEO_VALUE) {
    g.y = memory[0].y.data();
  } else {
    g.grad = memory[1].x.data(), g.da = memory[0].y.data(), g.db = memory[1].y.data();
  }
  return g;
}

TEST(ShortGates, GiveTheBitsOfTheGeneralWay) {
  for (const std::string& name : names()) {
    const rheo_activation* a = find(name);
    const nlohmann::json info = describe(a);
    const std::vector<rheo_parameter> given = other_parameters(info);
    for (const rheo_format format : {RHEO_FLOAT32, RHEO_FLOAT64, RHEO_BFLOAT16, RHEO_FLOAT16}) {
      for (const rheo_role role : {RHEO_VALUE, RHEO_BACKWARD}) {
        for (const std::int64_t n : {1, 31, 2500}) {
          for (const double limit : {0.0, 3.0}) {
            std::vector<Bytes> one(2, bytes_of(format, static_cast<std::size_t>(n))), other = one;
            rheo_gate g = gate_of(format, role, one, &n), h = gate_of(format, role, other, &n);
            g.limit = h.limit = limit, g.offset = h.offset = limit / 2;
            if (limit > 0) g.parameters = h.parameters = given.data(), g.parameter_count = given.size();
            h.parameter_count = g.parameter_count;
            const std::int64_t shape[] = {1, n};
            h.rank = 2, h.shape = shape;
            const rheo_status status = rheo_run_gate(a, &g);
            ASSERT_EQ(status, rheo_run_gate(a, &h)) << name << ": " << rheo_last_error();
            for (const int i : {0, 1})
              ASSERT_EQ(one[i].y, other[i].y) << name << ", format " << format << ", n " << n;
          }
        }
      }
    }
  }
}

TEST(ShortGates, SayWhatTheGeneralWaySays) {
  const rheo_activation* a = find(names().front());
  const std::int64_t n = 10, shape[] = {1, 10};
  const auto both = [&](rheo_role role, rheo_status expected, auto&& change) {
    std::vector<Bytes> memory(2, bytes_of(RHEO_FLOAT32, 20));
    rheo_gate g = gate_of(RHEO_FLOAT32, role, memory, &n);
    change(g);
    EXPECT_EQ(rheo_run_gate(a, &g), expected) << rheo_last_error();
    const std::string message = rheo_last_error();
    g.rank = 2, g.shape = shape;
    EXPECT_EQ(rheo_run_gate(a, &g), expected);
    EXPECT_EQ(rheo_last_error(), message);
  };
  const auto moved = [](const void* memory) {
    return const_cast<float*>(static_cast<const float*>(memory) + 1);
  };
  both(RHEO_VALUE, RHEO_OK, [](rheo_gate& g) { g.y = const_cast<void*>(g.b); });
  both(RHEO_VALUE, RHEO_ERROR_OVERLAP, [&](rheo_gate& g) { g.y = moved(g.b); });
  both(RHEO_VALUE, RHEO_ERROR_NULL, [](rheo_gate& g) { g.y = nullptr; });
  both(RHEO_VALUE, RHEO_ERROR_PARAMETER, [](rheo_gate& g) { g.limit = -1; });
  both(RHEO_VALUE, RHEO_ERROR_ROLE, [](rheo_gate& g) { g.grad = g.a; });
  both(RHEO_BACKWARD, RHEO_OK, [](rheo_gate& g) { g.da = const_cast<void*>(g.a); });
  both(RHEO_BACKWARD, RHEO_OK,
       [](rheo_gate& g) { g.da = const_cast<void*>(g.b), g.db = const_cast<void*>(g.grad); });
  both(RHEO_BACKWARD, RHEO_ERROR_OVERLAP, [](rheo_gate& g) { g.db = const_cast<void*>(g.a); });
  both(RHEO_BACKWARD, RHEO_ERROR_OVERLAP, [](rheo_gate& g) { g.db = g.da; });
  both(RHEO_BACKWARD, RHEO_ERROR_OVERLAP, [&](rheo_gate& g) { g.da = moved(g.db); });
  both(RHEO_BACKWARD, RHEO_ERROR_NULL, [](rheo_gate& g) { g.grad = nullptr; });
}

}  // namespace
}  // namespace rheo::test
