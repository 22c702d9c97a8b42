// SPDX-License-Identifier: Apache-2.0
// calls.cc: numbers of Philox in every format, and their hash.
#include "src/proofs/forms/calls.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "src/math/format16.h"
#include "src/math/philox.h"
#include "src/proofs/forms/hash.h"

namespace rheo::proofs {

namespace {

static_assert(std::endian::native == std::endian::little);

Format16 layout_of(const NumberFormat& format) {
  return format.code == RHEO_BFLOAT16 ? kBfloat16Format : kFloat16Format;
}

// Exact in float64.
double number_of(std::uint32_t word, double spread) {
  return spread * (2 * static_cast<double>(uniform_of(word)) - 1);
}

// The text in quotes that begins at `at`, and the place behind it. Names have no escapes.
std::string quoted(const std::string& json, std::size_t& at) {
  const std::size_t end = json.find('"', at + 1);
  std::string text = json.substr(at + 1, end - at - 1);
  at = end + 1;
  return text;
}

// The bits behind an infinity's are those of NaN.
std::uint64_t infinity_of(const NumberFormat& format) {
  if (format.size == 2) return layout_of(format).infinity;
  return format.size == 4 ? 0x7F800000U : 0x7FF0000000000000U;
}

}  // namespace

const NumberFormat& number_format(std::string_view name) {
  for (const NumberFormat& format : kNumberFormats)
    if (name == format.name) return format;
  throw std::runtime_error("no format '" + std::string(name) + "'");
}

void require_ok(rheo_status status) {
  if (status != RHEO_OK) throw std::runtime_error(rheo_last_error());
}

const rheo_activation* activation_named(const std::string& name) {
  const rheo_activation* activation = nullptr;
  require_ok(rheo_find(name.c_str(), &activation));
  return activation;
}

// The array "parameters" of the description holds objects that begin with "name", whose other texts may have
// brackets and escapes.
std::vector<std::string> parameters_of(const std::string& activation) {
  const char* text = nullptr;
  require_ok(rheo_describe(activation_named(activation), &text));
  const std::string json = text, array = "\"parameters\": [", name = "{\"name\": ";
  std::vector<std::string> names;
  bool inside = false;  // of a text
  for (std::size_t at = json.find(array) + array.size(); at < json.size() && (inside || json[at] != ']');
       ++at) {
    if (inside && json[at] == '\\') {
      ++at;
    } else if (json[at] == '"') {
      inside = !inside;
    } else if (!inside && json.compare(at, name.size(), name) == 0) {
      at += name.size();
      names.push_back(quoted(json, at));
    }
  }
  return names;
}

std::vector<std::string> names_of(rheo_status (*list)(const char* const**, size_t*)) {
  const char* const* names = nullptr;
  size_t count = 0;
  require_ok(list(&names, &count));
  return {names, names + count};
}

void Numbers::set(std::size_t i, double value) {
  const auto single = static_cast<float>(value);
  if (format_->size == 8) {
    std::memcpy(at(i), &value, 8);
  } else if (format_->size == 4) {
    std::memcpy(at(i), &single, 4);
  } else {
    const std::uint16_t half = narrowed(value, layout_of(*format_));
    std::memcpy(at(i), &half, 2);
  }
}

Numbers Numbers::mixed(const NumberFormat& format, std::size_t count, std::uint64_t seed) {
  Numbers numbers(format, count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t bits = std::uint64_t{random_word({seed, 0}, i)} << 32 | random_word({seed, 1}, i);
    std::memcpy(numbers.at(i), &bits, format.size);
    if (i % 2 == 1) numbers.set(i, number_of(static_cast<std::uint32_t>(bits), 8));
  }
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::size_t i = 0;
  for (const double value : {0.0, kInfinity, 1.0, 0.5, 7.0, 1e-30, 5e-324}) {
    for (const double sign : {1.0, -1.0})
      if (i < count) numbers.set(i++, sign * value);
  }
  if (i < count) numbers.set(i, std::numeric_limits<double>::quiet_NaN());
  return numbers;
}

Numbers Numbers::ordinary(const NumberFormat& format, std::size_t count, std::uint64_t seed, double spread) {
  Numbers numbers(format, count);
  for (std::size_t i = 0; i < count; ++i) numbers.set(i, number_of(random_word({seed, 2}, i), spread));
  return numbers;
}

Numbers Numbers::wide(const NumberFormat& format, std::size_t count, std::uint64_t seed) {
  Numbers numbers(format, count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto choices = static_cast<std::uint32_t>(2 * format.exponents + 1);
    const int exponent = static_cast<int>(random_word({seed, 3}, i) % choices) - format.exponents;
    numbers.set(i, std::ldexp(number_of(random_word({seed, 4}, i), 8), exponent));
  }
  return numbers;
}

Hash::Hash() : state_(kHashStart) {}

void Hash::add(const void* bytes, std::size_t count) {
  const auto* byte = static_cast<const unsigned char*>(bytes);
  for (std::size_t i = 0; i < count; ++i) state_ = hash_byte(state_, byte[i]);
}

void Hash::add(const Numbers& results) {
  const std::size_t size = results.format().size;
  const std::uint64_t infinity = infinity_of(results.format());
  const std::uint64_t sign = std::uint64_t{1} << (8 * size - 1);
  for (std::size_t i = 0; i < results.count(); ++i) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, results.at(i), size);
    if ((bits & ~sign) > infinity) bits = infinity + 1;
    add(&bits, size);
  }
}

std::string Hash::text() const {
  std::string text(16, '0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = "0123456789abcdef"[state_ >> (60 - 4 * i) & 15];
  return text;
}

}  // namespace rheo::proofs
