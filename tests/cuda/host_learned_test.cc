// SPDX-License-Identifier: Apache-2.0
// Calls whose parameters are arrays, as the device's threads compute them, walked through on the host: values
// and gradients have the bits of rheo_run() with each channel's numbers, and accumulators those of
// rheo_sums_add().
#include <gtest/gtest.h>

#include <limits>

#include "rheobase/sums.h"
#include "src/capi/call.h"
#include "src/cuda/launcher_list.h"
#include "src/cuda/learned/sums.h"
#include "src/sums/reduce.h"
#include "tests/core/suite.h"
#include "tests/cuda/same16.h"

namespace rheo::test {
namespace {

std::vector<const char*> names_with_parameters() {
  std::vector<const char*> names;
  for (const Activation& a : all_activations())
    if (a.entry->info->parameters.size() > 0) names.push_back(a.name);
  return names;
}

class DeviceLearned : public EachActivation {};
INSTANTIATE_TEST_SUITE_P(Registry, DeviceLearned, testing::ValuesIn(names_with_parameters()),
                         [](const auto& info) { return std::string(info.param); });

struct Shape {
  std::int64_t outer, channels, inner;
  std::int64_t count() const { return outer * channels * inner; }
};
// Channels side by side and apart, fewer and more than a block has threads, one alone, and long ones.
constexpr Shape kShapes[] = {{1, 1, 1},  {1, 1, 5001}, {301, 3, 1},  {40, 5, 7},
                             {9, 70, 1}, {2, 300, 2},  {2, 2, 2500}, {1000, 1, 1}};

template <class T>
std::vector<T> numbers(std::int64_t count, std::uint64_t seed) {
  if constexpr (sizeof(T) == 2) {
    std::vector<T> patterns;
    for (std::int64_t i = 0; i < count; ++i)
      patterns.push_back(static_cast<T>(static_cast<std::uint64_t>(i) * 40503 + seed * 977));
    return patterns;
  } else {
    return sample<T>(static_cast<std::size_t>(count), seed);
  }
}

// One call of an activation, whose parameter i of channel c is values[c][i].
template <class T>
struct Case {
  const Activation& activation;
  Format format;
  Shape shape;
  std::vector<Values> values;  // one for each channel, or one for all
  std::vector<T> x = numbers<T>(shape.count(), 1), grad = numbers<T>(shape.count(), 2);

  const Info& info() const { return *activation.entry->info; }
  const Values& of(std::int64_t channel) const {
    return values[values.size() == 1 ? 0 : static_cast<std::size_t>(channel)];
  }
  std::vector<rheo_parameter> given(std::int64_t channel) const {
    std::vector<rheo_parameter> list;
    for (std::size_t i = 0; i < info().parameters.size(); ++i)
      list.push_back({info().parameters[i].name, of(channel)[i]});
    return list;
  }
  const rheo_activation* handle() const { return static_cast<const rheo_activation*>(&activation); }

  std::uint32_t c_format() const { return static_cast<std::uint32_t>(format) + 1; }

  // run(call, channel, where it begins) for each channel: a call of one thread, but for what it is to do.
  template <class Call, class Run>
  void each_channel(bool has_grad, const Run& run) const {
    const std::int64_t extents[] = {shape.outer, shape.inner}, strides[] = {shape.channels * shape.inner, 1};
    for (std::int64_t c = 0; c < shape.channels; ++c) {
      const std::int64_t at = c * shape.inner;
      const auto parameters = given(c);
      Call call{};
      call.struct_size = sizeof call;
      call.threads = 1;
      call.parameters = parameters.data(), call.parameter_count = parameters.size();
      call.rank = 2, call.shape = extents;
      call.x_strides = call.grad_strides = strides;
      call.x = x.data() + at, call.grad = has_grad ? grad.data() + at : nullptr;
      if (run(call, c, at) != RHEO_OK) throw std::runtime_error(rheo_last_error());
    }
  }
  std::vector<T> expected(std::uint32_t role, std::size_t which, bool has_grad) const {
    std::vector<T> y(x.size());
    each_channel<rheo_call>(has_grad, [&](rheo_call& call, std::int64_t, std::int64_t at) {
      call.role = role, call.format = c_format();
      call.y_strides = call.x_strides, call.y = y.data() + at;
      if (role == RHEO_PARAMETER) call.with_respect_to = info().parameters[which].name;
      return rheo_run(handle(), &call);
    });
    return y;
  }
  std::vector<std::int64_t> expected_words(std::size_t which, bool has_grad, std::int64_t sums) const {
    const rheo_sums_form form{RHEO_SUMS_TERMS, c_format(), 1};
    std::size_t each = 0;
    rheo_sums_size(&form, &each, nullptr);
    std::vector<std::int64_t> words(each * static_cast<std::size_t>(sums));
    each_channel<rheo_sums_call>(has_grad, [&](rheo_sums_call& call, std::int64_t c, std::int64_t) {
      call.form = form, call.axis = -1, call.activation = handle();
      call.with_respect_to = info().parameters[which].name;
      call.workspace = words.data() + (sums == 1 ? 0 : static_cast<std::size_t>(c) * each), call.words = each;
      return rheo_sums_add(&call);
    });
    return words;
  }
};

// The same by a device's threads. Parameters are of Number, as they lie in memory.
template <class T, class Number>
class Walked {
 public:
  explicit Walked(const Case<T>& given, Format parameter_format) : case_(given), request_{} {
    request_.format = given.format, request_.parameter_format = parameter_format;
    request_.x = given.x.data();
    request_.outer = given.shape.outer, request_.channels = given.shape.channels;
    request_.inner = given.shape.inner, request_.multiprocessors = 1;
    for (std::size_t i = 0; i < given.info().parameters.size(); ++i) {
      for (const Values& v : given.values) arrays_[i].push_back(as_number(v[i], parameter_format));
      request_.parameters[i] = arrays_[i].data();
      request_.per_channel[i] = given.values.size() > 1;
    }
  }
  std::vector<T> map(LearnedLauncher launcher, bool has_grad) {
    std::vector<T> y(case_.x.size());
    request_.grad = has_grad ? case_.grad.data() : nullptr, request_.y = y.data();
    launcher(request_);
    return y;
  }
  std::vector<std::int64_t> sum(LearnedLauncher launcher, bool has_grad, std::int64_t sums) {
    const std::size_t each = SumForm{request_.format, false, 1}.added();
    std::vector<std::int64_t> words(each * static_cast<std::size_t>(sums));
    request_.grad = has_grad ? case_.grad.data() : nullptr, request_.y = nullptr;
    request_.words = words.data(), request_.sums = sums;
    launcher(request_);
    launch_carry(request_.format, words.data(), sums, nullptr);
    return words;
  }

 private:
  static Number as_number(double value, Format format) {
    if constexpr (sizeof(Number) == 2) return narrowed(value, format16_of(format));
    return static_cast<Number>(value);
  }
  const Case<T>& case_;
  LearnedRequest request_;
  std::vector<Number> arrays_[kMaxParameters];
};

template <class T>
void expect_same(const Case<T>& c, const std::vector<T>& found, const std::vector<T>& expected,
                 const char* what) {
  std::size_t different = 0;
  for (std::size_t i = 0; i < found.size(); ++i)
    if (!same_number(c.format, found[i], expected[i]) && different++ == 0)
      ADD_FAILURE() << what << " of element " << i << " of [" << c.shape.outer << "][" << c.shape.channels
                    << "][" << c.shape.inner << "]";
  EXPECT_EQ(different, 0U) << what;
}

template <class T, class Number>
void expect_all(const Case<T>& c, Format parameter_format) {
  const LearnedLaunchers& learned = find_item(launcher_lists(), *c.activation.entry)->learned;
  Walked<T, Number> walked(c, parameter_format);
  expect_same(c, walked.map(learned.value, false), c.expected(RHEO_VALUE, 0, false), "the value");
  expect_same(c, walked.map(learned.backward, true), c.expected(RHEO_BACKWARD, 0, true), "backward");
  for (std::size_t i = 0; i < c.info().parameters.size(); ++i) {
    SCOPED_TRACE(c.info().parameters[i].name);
    expect_same(c, walked.map(learned.term[i], true), c.expected(RHEO_PARAMETER, i, true), "the term");
    for (const std::int64_t sums : {std::int64_t{1}, c.shape.channels}) {
      const bool has_grad = sums == 1;
      EXPECT_EQ(walked.sum(learned.term[i], has_grad, sums), c.expected_words(i, has_grad, sums))
          << sums << " sums of [" << c.shape.outer << "][" << c.shape.channels << "][" << c.shape.inner
          << "]";
    }
  }
}

// A setting of the parameters for each channel, those of tables among them.
template <class T>
std::vector<Values> values_of_channels(const Activation& a, std::int64_t channels) {
  const std::vector<Values> all = settings<T>(a);
  std::vector<Values> values;
  for (std::int64_t c = 0; c < channels; ++c) values.push_back(all[static_cast<std::size_t>(c) % all.size()]);
  return values;
}

template <class T>
using Wide = std::conditional_t<sizeof(T) == 2, float, T>;

template <class T>
void expect_all_shapes(const Activation& a, Format format) {
  const Format of_parameters = is16(format) ? Format::kFloat32 : format;
  for (const Shape& shape : kShapes) {
    const std::vector<Values> values = values_of_channels<Wide<T>>(a, shape.channels);
    expect_all<T, Wide<T>>({a, format, shape, values}, of_parameters);
    if (testing::Test::HasFailure()) return;
  }
  for (const Values& values : settings<Wide<T>>(a))
    expect_all<T, Wide<T>>({a, format, {3, 4, 5}, {values}}, of_parameters);
}

TEST_P(DeviceLearned, HaveTheBitsOfCallsWithNumbersInFloat32) {
  expect_all_shapes<float>(activation(), Format::kFloat32);
}
TEST_P(DeviceLearned, HaveTheBitsOfCallsWithNumbersInFloat64) {
  expect_all_shapes<double>(activation(), Format::kFloat64);
}
TEST_P(DeviceLearned, HaveTheBitsOfCallsWithNumbersIn16Bits) {
  expect_all_shapes<Bits16>(activation(), Format::kBfloat16);
  expect_all_shapes<Bits16>(activation(), Format::kFloat16);
}

// Parameters of the data's own 16 bits are numbers as any others.
TEST_P(DeviceLearned, ReadParametersOf16Bits) {
  const Activation& a = activation();
  for (const Format format : {Format::kBfloat16, Format::kFloat16}) {
    Values rounded;
    for (const auto& p : a.entry->info->parameters)
      rounded.push_back(widened(narrowed(p.initial, format16_of(format)), format16_of(format)));
    expect_all<Bits16, Bits16>({a, format, {5, 3, 11}, {rounded}}, format);
  }
}

// A device meets NaN as a parameter, which a call with numbers refuses.
TEST_P(DeviceLearned, GiveNaNForAParameterThatIsNaN) {
  const Activation& a = activation();
  const LearnedLaunchers& learned = find_item(launcher_lists(), *a.entry)->learned;
  const Values nan(a.entry->info->parameters.size(), std::numeric_limits<double>::quiet_NaN());
  const Values defaults = settings<float>(a).front();
  Case<float> c{a, Format::kFloat32, {1, 2, 400}, {defaults, nan}};
  const auto y = Walked<float, float>(c, Format::kFloat32).map(learned.value, false);
  const auto expected =
      Case<float>{a, Format::kFloat32, {1, 2, 400}, {defaults}, c.x, c.grad}.expected(RHEO_VALUE, 0, false);
  for (std::size_t i = 0; i < 400; ++i) EXPECT_TRUE(same(y[i], expected[i])) << i;
  for (std::size_t i = 400; i < 800; ++i) EXPECT_TRUE(std::isnan(y[i])) << i;
}

// Results of a format; NaNs are all the same.
template <class T>
void expect_same_results(Format format, const void* found, const void* expected, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i)
    EXPECT_TRUE(same_number(format, static_cast<const T*>(found)[i], static_cast<const T*>(expected)[i]))
        << "sum " << i << " in format " << static_cast<int>(format);
}

template <class T>
void expect_plain_sums(Format format) {
  for (const Shape& shape : kShapes) {
    const std::vector<T> x = numbers<T>(shape.count(), 3);
    const rheo_sums_form form{RHEO_SUMS_TERMS, static_cast<std::uint32_t>(format) + 1, shape.channels};
    std::size_t size = 0;
    rheo_sums_size(&form, &size, nullptr);
    std::vector<std::int64_t> expected(size), words(size);
    const std::int64_t extents[] = {shape.outer, shape.channels, shape.inner};
    rheo_sums_call call{};
    call.struct_size = sizeof call;
    call.threads = 1, call.form = form;
    call.rank = 3, call.axis = 1, call.shape = extents;
    call.x = x.data(), call.workspace = expected.data(), call.words = size;
    ASSERT_EQ(rheo_sums_add(&call), RHEO_OK) << rheo_last_error();
    LearnedRequest request{};
    request.format = format, request.x = x.data();
    request.words = words.data(), request.sums = shape.channels;
    request.outer = shape.outer, request.channels = shape.channels, request.inner = shape.inner;
    launch_plain_sum(request);
    launch_carry(format, words.data(), shape.channels, nullptr);
    EXPECT_EQ(words, expected);
    for (const Format to : {Format::kFloat32, Format::kFloat64, Format::kBfloat16, Format::kFloat16}) {
      std::vector<double> found(static_cast<std::size_t>(shape.channels)), wanted(found);
      launch_finish(format, words.data(), shape.channels, to, found.data(), nullptr);
      const auto as = static_cast<std::uint32_t>(to) + 1;
      ASSERT_EQ(rheo_sums_finish(&form, expected.data(), size, as, wanted.data()), RHEO_OK);
      const auto compare = is16(to)                 ? expect_same_results<Bits16>
                           : to == Format::kFloat32 ? expect_same_results<float>
                                                    : expect_same_results<double>;
      compare(to, found.data(), wanted.data(), shape.channels);
    }
  }
}

TEST(DeviceSums, HaveTheWordsOfTheHost) {
  expect_plain_sums<float>(Format::kFloat32);
  expect_plain_sums<double>(Format::kFloat64);
  expect_plain_sums<Bits16>(Format::kBfloat16);
  expect_plain_sums<Bits16>(Format::kFloat16);
}

}  // namespace
}  // namespace rheo::test
