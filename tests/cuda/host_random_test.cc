// SPDX-License-Identifier: Apache-2.0
// Functions that draw random numbers as the device's threads compute them, walked through on the host, have
// the bits of rheo_random_run(): every function, format, role and setting of parameters.
#include <gtest/gtest.h>

#include <string>

#include "rheobase/random.h"
#include "src/core/format16.h"
#include "src/cuda/launcher_list.h"
#include "src/random/registry.h"
#include "tests/cuda/same16.h"

namespace rheo::test {
namespace {

class DeviceRandom : public testing::TestWithParam<const char*> {
 protected:
  const RandomEntry& entry() const { return *find_random_function(GetParam()); }
};

std::vector<const char*> random_names() {
  std::vector<const char*> names;
  for (const RandomEntry& entry : all_random_functions()) names.push_back(entry.info->name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Registry, DeviceRandom, testing::ValuesIn(random_names()),
                         [](const auto& info) { return std::string(info.param); });

// What all calls below have in common.
struct Draw {
  Format format;
  std::uint32_t role;
  bool training;
  std::vector<double> parameters;
  std::uint64_t first = 0;
  std::size_t offset = 0;  // of the arrays, behind a multiple of 16 bytes
};
constexpr Stream kStream{0x0123456789ABCDEF, 0xFEDCBA9876543210};

template <class T>
std::vector<T> expected(const RandomEntry& entry, const Draw& d, const std::vector<T>& x,
                        const std::vector<T>& grad) {
  const rheo_random* function = nullptr;
  if (rheo_random_find(entry.info->name, &function) != RHEO_OK) throw std::runtime_error(rheo_last_error());
  std::vector<T> y(x.size());
  std::vector<rheo_parameter> given;
  for (std::size_t i = 0; i < d.parameters.size(); ++i)
    given.push_back({entry.info->parameters[i].name, d.parameters[i]});
  const auto n = static_cast<std::int64_t>(x.size());
  rheo_random_call call{};
  call.struct_size = sizeof call;
  call.role = d.role, call.format = static_cast<std::uint32_t>(d.format) + 1, call.training = d.training;
  call.parameters = given.data(), call.parameter_count = given.size();
  call.rank = 1, call.shape = &n, call.threads = 1;
  call.x = x.data(), call.grad = d.role == RHEO_BACKWARD ? grad.data() : nullptr, call.y = y.data();
  call.seed = kStream.seed, call.offset = kStream.offset, call.first = d.first;
  if (rheo_random_run(function, &call) != RHEO_OK) throw std::runtime_error(rheo_last_error());
  return y;
}

template <class T>
std::vector<T> walked(const RandomEntry& entry, const Draw& d, const std::vector<T>& x,
                      const std::vector<T>& grad) {
  double parameters[kMaxParameters + 1] = {};
  for (std::size_t i = 0; i < d.parameters.size(); ++i) {
    const double given = d.parameters[i];
    parameters[i] = d.format == Format::kFloat64 ? given : static_cast<double>(static_cast<float>(given));
  }
  std::vector<T> memory(x.size() + 16 + d.offset);
  std::size_t begin = d.offset;
  while (reinterpret_cast<std::uintptr_t>(memory.data() + begin - d.offset) % 16 != 0) ++begin;
  T* const y = memory.data() + begin;
  RandomRequest r{};
  r.format = d.format, r.backward = d.role != RHEO_VALUE, r.training = d.training;
  r.x = x.data(), r.grad = d.role == RHEO_BACKWARD ? grad.data() : nullptr, r.y = y;
  r.n = static_cast<std::int64_t>(x.size());
  r.numbers = kStream, r.first = static_cast<std::int64_t>(d.first);
  r.parameters = parameters, r.multiprocessors = 1;
  (*find_item(random_launcher_lists(), entry))(r);
  return {y, y + x.size()};
}

template <class T>
void expect_same(const RandomEntry& entry, const Draw& d, const std::vector<T>& x,
                 const std::vector<T>& grad) {
  const std::vector<T> found = walked(entry, d, x, grad), right = expected(entry, d, x, grad);
  std::size_t different = 0, at = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (!same_number(d.format, found[i], right[i]) && different++ == 0) at = i;
  EXPECT_EQ(different, 0U) << "format " << static_cast<int>(d.format) << ", role " << d.role << ", training "
                           << d.training << ", first " << d.first << ", offset " << d.offset << ", element "
                           << at;
}

std::vector<double> defaults(const RandomEntry& entry) {
  std::vector<double> values;
  for (const Parameter& p : entry.info->parameters) values.push_back(p.initial);
  return values;
}

// All that the function may have, from a few numbers.
std::vector<std::vector<double>> settings(const RandomEntry& entry) {
  std::vector<std::vector<double>> all = {{}};
  for (std::size_t i = 0; i < entry.info->parameters.size(); ++i) {
    std::vector<std::vector<double>> longer;
    for (const auto& head : all) {
      for (const double v : {entry.info->parameters[i].initial, 0.0, 0.25, 0.999, 1.0, -2.0}) {
        longer.push_back(head);
        longer.back().push_back(v);
      }
    }
    all = std::move(longer);
  }
  std::erase_if(all, [&](std::vector<double> values) {
    values.resize(kMaxParameters);
    return entry.objection(values.data()) != nullptr;
  });
  return all;
}

template <class T>
void expect_all(const RandomEntry& entry, Format format, const std::vector<T>& x, const std::vector<T>& grad,
                const std::vector<double>& parameters) {
  for (const std::uint32_t role : {RHEO_VALUE, RHEO_DERIVATIVE, RHEO_BACKWARD})
    for (const bool training : {false, true})
      expect_same(entry, {format, role, training, parameters}, x, grad);
}

template <class T>
std::vector<T> shuffled(std::size_t count) {
  std::vector<T> points = sample<T>(count, 2);
  std::mt19937_64 random(3);
  std::shuffle(points.begin(), points.end(), random);
  return points;
}

TEST_P(DeviceRandom, GivesTheBitsOfVectorsInFloat32AndFloat64) {
  expect_all(entry(), Format::kFloat32, sample<float>(20000), shuffled<float>(20000), defaults(entry()));
  expect_all(entry(), Format::kFloat64, sample<double>(20000), shuffled<double>(20000), defaults(entry()));
}

TEST_P(DeviceRandom, RoundsTo16BitsAsVectorsDo) {
  std::vector<Bits16> x, grad;
  for (std::uint32_t i = 0; i < 4 * 65536; ++i)
    x.push_back(static_cast<Bits16>(i)), grad.push_back(static_cast<Bits16>(i * 40503 + 977));
  for (const Format format : {Format::kBfloat16, Format::kFloat16})
    expect_all(entry(), format, x, grad, defaults(entry()));
}

TEST_P(DeviceRandom, GivesTheBitsOfVectorsForOtherParameters) {
  for (const auto& parameters : settings(entry())) {
    expect_all(entry(), Format::kFloat32, sample<float>(300), shuffled<float>(300), parameters);
    expect_all(entry(), Format::kFloat64, sample<double>(300), shuffled<double>(300), parameters);
  }
}

// Packs meet the blocks of four words anywhere, and the carry between the halves of a block's number.
TEST_P(DeviceRandom, DrawsAnElementsNumbersWhereverItsPackBegins) {
  const std::vector<float> x = shuffled<float>(203);
  const std::vector<double> doubles(x.begin(), x.end());
  std::vector<Bits16> narrow;
  for (const float v : x) narrow.push_back(narrowed(static_cast<double>(v), kFloat16Format));
  for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3},
                                    (std::uint64_t{4} << 32) - 50, kMostIndices - 203}) {
    for (const std::size_t offset : {0, 1, 2, 3, 5}) {
      const auto draw = [&](Format format) {
        return Draw{format, RHEO_VALUE, true, defaults(entry()), first, offset};
      };
      expect_same(entry(), draw(Format::kFloat32), x, x);
      expect_same(entry(), draw(Format::kFloat64), doubles, doubles);
      expect_same(entry(), draw(Format::kFloat16), narrow, narrow);
    }
  }
}

}  // namespace
}  // namespace rheo::test
