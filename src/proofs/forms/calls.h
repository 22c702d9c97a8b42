// SPDX-License-Identifier: Apache-2.0
// calls.h: what the calls behind the digests of forms are made of: arrays whose numbers follow from Philox
// and nothing else, and a hash of results.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "rheobase/rheobase.h"

namespace rheo::proofs {

struct NumberFormat {
  const char* name;
  std::uint32_t code;  // rheo_format
  std::size_t size;    // in bytes
  int exponents;       // numbers times 2 to the power of this and less are far from infinity
};
inline constexpr NumberFormat kNumberFormats[] = {{"float32", RHEO_FLOAT32, 4, 60},
                                                  {"float64", RHEO_FLOAT64, 8, 400},
                                                  {"bfloat16", RHEO_BFLOAT16, 2, 60},
                                                  {"float16", RHEO_FLOAT16, 2, 10}};

const NumberFormat& number_format(std::string_view name);

// Throws std::runtime_error with the library's message.
void require_ok(rheo_status status);

const rheo_activation* activation_named(const std::string& name);

// Names of its parameters, in order.
std::vector<std::string> parameters_of(const std::string& activation);

// What a function of the C ABI lists.
std::vector<std::string> names_of(rheo_status (*list)(const char* const**, size_t*));

// Numbers of one format. A seed that differs gives others.
class Numbers {
 public:
  Numbers(const NumberFormat& format, std::size_t count) : format_(&format), bytes_(count * format.size) {}

  // Zeros, infinities, NaN and the ends of the format first, then in turn any bits and a number of [-8, 8).
  static Numbers mixed(const NumberFormat& format, std::size_t count, std::uint64_t seed);
  // Numbers of [-spread, spread), finite.
  static Numbers ordinary(const NumberFormat& format, std::size_t count, std::uint64_t seed, double spread);
  // Numbers of [-8, 8) times a power of 2 out of a wide range, finite.
  static Numbers wide(const NumberFormat& format, std::size_t count, std::uint64_t seed);

  void set(std::size_t i, double value);  // rounded to the format
  std::size_t count() const { return bytes_.size() / format_->size; }
  const NumberFormat& format() const { return *format_; }
  unsigned char* at(std::size_t i) { return bytes_.data() + i * format_->size; }
  const unsigned char* at(std::size_t i) const { return bytes_.data() + i * format_->size; }
  void* data() { return bytes_.data(); }
  const void* data() const { return bytes_.data(); }

 private:
  const NumberFormat* format_;
  std::vector<unsigned char> bytes_;
};

// Sixteen hexadecimal digits for all results so far.
class Hash {
 public:
  Hash();
  void add(const Numbers& results);  // NaN is a class
  void add(const void* bytes, std::size_t count);
  std::string text() const;

 private:
  std::uint64_t state_;
};

}  // namespace rheo::proofs
