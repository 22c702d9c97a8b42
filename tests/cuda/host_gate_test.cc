// SPDX-License-Identifier: Apache-2.0
// Gates as the device's threads compute them, walked through on the host, have the bits of rheo_run_gate():
// every activation, format, layout and direction.
#include <gtest/gtest.h>

#include <cstring>

#include "rheobase/forms.h"
#include "src/capi/call.h"
#include "src/cuda/launcher_list.h"
#include "tests/core/suite.h"
#include "tests/cuda/same16.h"

namespace rheo::test {
namespace {

RHEO_EACH_ACTIVATION(DeviceGates);

struct Numbers {
  double limit, offset;
};

// Arrays of a call: one for both factors, or two. They begin `offset` elements behind a multiple of 16 bytes.
template <class T>
class Array {
 public:
  Array(std::size_t size, std::size_t offset)
      : memory_((size + offset) * sizeof(T) / 16 + 2), offset_(offset) {}
  T* data() { return reinterpret_cast<T*>(memory_.data()) + offset_; }

 private:
  struct alignas(16) Unit {
    char bytes[16];
  };
  std::vector<Unit> memory_;
  std::size_t offset_;
};

template <class T>
struct Case {
  const Activation& activation;
  Format format;
  Values values;
  Numbers numbers;
  rheo_layout layout = RHEO_TWO_ARRAYS;
  std::int64_t width = 0;          // of a row in one array
  std::vector<T> a, b, grad = {};  // two arrays; else a holds both

  bool halves() const { return layout == RHEO_HALVES || layout == RHEO_HALVES_SWAPPED; }
  std::int64_t n() const { return static_cast<std::int64_t>(grad.size()); }

  // Those of the host's call: y, or da and db one after the other.
  std::vector<T> expected(rheo_role role) const {
    std::vector<T> first(role == RHEO_VALUE ? grad.size() : a.size()), second(b.size());
    const std::int64_t shape[] = {layout == RHEO_TWO_ARRAYS ? 1 : n() / width,
                                  layout == RHEO_TWO_ARRAYS ? n() : 2 * width};
    std::vector<rheo_parameter> given;
    for (std::size_t i = 0; i < activation.entry->info->parameters.size(); ++i)
      given.push_back({activation.entry->info->parameters[i].name, values[i]});
    rheo_gate g{};
    g.struct_size = sizeof g;
    g.role = role, g.layout = layout;
    g.format = static_cast<std::uint32_t>(format) + 1;
    g.rank = 2, g.shape = shape, g.threads = 1;
    g.parameters = given.data(), g.parameter_count = given.size();
    g.limit = numbers.limit, g.offset = numbers.offset;
    g.a = a.data(), g.b = b.empty() ? nullptr : b.data();
    if (role == RHEO_VALUE) {
      g.y = first.data();
    } else {
      g.grad = grad.data(), g.da = first.data(), g.db = b.empty() ? nullptr : second.data();
    }
    const auto* const handle = static_cast<const rheo_activation*>(&activation);
    if (rheo_run_gate(handle, &g) != RHEO_OK) throw std::runtime_error(rheo_last_error());
    if (role == RHEO_BACKWARD) first.insert(first.end(), second.begin(), second.end());
    return first;
  }
  // The threads' results, with arrays at such places; in place, gradients go where the factors are.
  std::vector<T> walked(rheo_role role, std::size_t offset = 0, bool in_place = false) const {
    double parameters[kMaxParameters + 1] = {};
    for (std::size_t i = 0; i < values.size(); ++i)
      parameters[i] =
          format == Format::kFloat64 ? values[i] : static_cast<double>(static_cast<float>(values[i]));
    Array<T> as(a.size(), offset), bs(b.size(), offset), gs(grad.size(), offset);
    std::copy(a.begin(), a.end(), as.data()), std::copy(b.begin(), b.end(), bs.data());
    std::copy(grad.begin(), grad.end(), gs.data());
    const std::size_t count = role == RHEO_VALUE ? grad.size() : a.size();
    Array<T> first(count, in_place ? 0 : offset), second(b.size(), in_place ? 0 : offset);
    T* const to = in_place && (role == RHEO_BACKWARD || !b.empty()) ? as.data() : first.data();
    T* const other = in_place ? bs.data() : second.data();
    GateRequest r{};
    r.format = format, r.n = n(), r.width = width;
    r.halves = halves(), r.interleaved = !halves() && layout != RHEO_TWO_ARRAYS;
    r.swapped = layout == RHEO_HALVES_SWAPPED || layout == RHEO_INTERLEAVED_SWAPPED;
    r.limit = numbers.limit == 0 ? kInfinity : rounded(numbers.limit), r.offset = rounded(numbers.offset);
    r.parameters = parameters, r.multiprocessors = 1;
    r.a = as.data(), r.b = b.empty() ? nullptr : bs.data();
    if (role == RHEO_VALUE) {
      r.y = to;
    } else {
      r.grad = gs.data(), r.da = to, r.db = b.empty() ? nullptr : other;
    }
    find_item(launcher_lists(), *activation.entry)->gate[role == RHEO_BACKWARD](r);
    std::vector<T> result(to, to + count);
    if (role == RHEO_BACKWARD) result.insert(result.end(), other, other + b.size());
    return result;
  }

 private:
  double rounded(double v) const {
    return format == Format::kFloat64 ? v : static_cast<double>(static_cast<float>(v));
  }
};

template <class T>
std::string shown(const Case<T>& c, std::size_t i) {
  const auto number = [&](const std::vector<T>& from) -> std::string {
    if (from.empty()) return "-";
    const T v = from[i % from.size()];
    if constexpr (sizeof(T) == 2) {
      return text(widened(v, format16_of(c.format)));
    } else {
      return text(v);
    }
  };
  return "a = " + number(c.a) + ", b = " + number(c.b) + ", grad = " + number(c.grad);
}

template <class T>
void expect_same(const Case<T>& c, const std::vector<T>& found, const std::vector<T>& expected,
                 const std::string& what) {
  ASSERT_EQ(found.size(), expected.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (same_number(c.format, found[i], expected[i])) continue;
    if (++different <= 3) ADD_FAILURE() << what << ", result " << i << " of " << shown(c, i);
  }
  EXPECT_EQ(different, 0U) << what << ", format " << static_cast<int>(c.format) << ", limit "
                           << c.numbers.limit << ", offset " << c.numbers.offset;
}

template <class T>
void expect_both_roles(const Case<T>& c) {
  expect_same(c, c.walked(RHEO_VALUE), c.expected(RHEO_VALUE), "the value");
  expect_same(c, c.walked(RHEO_BACKWARD), c.expected(RHEO_BACKWARD), "a gradient");
}

// No number meets the one at the same place of another sample.
template <class T>
std::vector<T> shuffled(std::vector<T> points, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::shuffle(points.begin(), points.end(), random);
  return points;
}

constexpr Numbers kNumbers[] = {{0, 0}, {7, 1}, {0, -0.25}};

template <class T>
void expect_floats(const Activation& a, const Values& values, std::size_t points) {
  const Format format = sizeof(T) == 4 ? Format::kFloat32 : Format::kFloat64;
  for (const Numbers numbers : kNumbers) {
    expect_both_roles<T>({a, format, values, numbers, RHEO_TWO_ARRAYS, 0, sample<T>(points),
                          shuffled(sample<T>(points, 2), 3), shuffled(sample<T>(points, 4), 5)});
  }
}

TEST_P(DeviceGates, GiveTheBitsOfVectorsInFloat32) {
  expect_floats<float>(activation(), initial_values(activation()), 20000);
}

TEST_P(DeviceGates, GiveTheBitsOfVectorsInFloat64) {
  expect_floats<double>(activation(), initial_values(activation()), 4000);
}

TEST_P(DeviceGates, GiveTheBitsOfVectorsForOtherParameters) {
  for (const Values& values : settings<float>(activation())) expect_floats<float>(activation(), values, 200);
  for (const Values& values : settings<double>(activation()))
    expect_floats<double>(activation(), values, 200);
}

// All patterns, with others as the second factor and as gradients.
TEST_P(DeviceGates, RoundTo16BitsAsVectorsDo) {
  std::vector<Bits16> a, b, grad;
  for (std::uint32_t i = 0; i < 65536; ++i) {
    a.push_back(static_cast<Bits16>(i)), b.push_back(static_cast<Bits16>(i * 40503 + 977));
    grad.push_back(static_cast<Bits16>(i * 25717 + 31337));
  }
  for (const Format format : {Format::kBfloat16, Format::kFloat16})
    for (const Numbers numbers : kNumbers)
      expect_both_roles<Bits16>(
          {activation(), format, initial_values(activation()), numbers, RHEO_TWO_ARRAYS, 0, a, b, grad});
}

template <class T>
void expect_layouts(const Activation& a, Format format, const std::vector<T>& points) {
  for (const rheo_layout layout :
       {RHEO_TWO_ARRAYS, RHEO_HALVES, RHEO_HALVES_SWAPPED, RHEO_INTERLEAVED, RHEO_INTERLEAVED_SWAPPED}) {
    for (const std::int64_t width : {1, 3, 8, 13, 32}) {
      SCOPED_TRACE("layout " + std::to_string(layout) + ", width " + std::to_string(width));
      const bool two = layout == RHEO_TWO_ARRAYS;
      const auto n = static_cast<std::size_t>(5 * width);
      const auto some = [&](std::size_t from, std::size_t count) {
        return std::vector<T>(points.begin() + static_cast<std::ptrdiff_t>(from),
                              points.begin() + static_cast<std::ptrdiff_t>(from + count));
      };
      const Case<T> c{a,           format, initial_values(a),        {7, 0.5},
                      layout,      width,  some(0, two ? n : 2 * n), two ? some(400, n) : std::vector<T>(),
                      some(800, n)};
      for (const rheo_role role : {RHEO_VALUE, RHEO_BACKWARD}) {
        const std::vector<T> expected = c.expected(role);
        for (const std::size_t offset : {0, 1, 4})
          expect_same(c, c.walked(role, offset), expected, "a result");
        expect_same(c, c.walked(role, 2, true), expected, "a result in place");
      }
    }
  }
}

TEST_P(DeviceGates, AreTheSameForEachLayoutLengthAndAlignment) {
  const std::vector<float> points = shuffled(sample<float>(1200), 6);
  const std::vector<double> doubles(points.begin(), points.end());
  std::vector<Bits16> narrow;
  for (const float p : points) narrow.push_back(narrowed(static_cast<double>(p), kBfloat16Format));
  expect_layouts(activation(), Format::kFloat32, points);
  expect_layouts(activation(), Format::kFloat64, doubles);
  expect_layouts(activation(), Format::kBfloat16, narrow);
  expect_layouts(activation(), Format::kFloat16, narrow);
}

}  // namespace
}  // namespace rheo::test
