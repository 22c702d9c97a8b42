// SPDX-License-Identifier: Apache-2.0
// random.cc: digests of functions that draw random numbers, and of these.
#include <cstdint>

#include "src/proofs/forms/calls.h"
#include "src/proofs/forms/forms.h"

namespace rheo::proofs {

namespace {

constexpr std::int64_t kRows = 17, kColumns = 241, kCount = kRows * kColumns;
constexpr std::uint64_t kSeed = 11, kOffset = 12, kFirst = 13;

}  // namespace

std::string random_digest(const std::string& name, const std::string& format) {
  Hash hash;
  const NumberFormat& own = number_format(format);
  const rheo_random* function = nullptr;
  require_ok(rheo_random_find(name.c_str(), &function));
  const std::int64_t shape[] = {kRows, kColumns}, across[] = {1, kRows};
  const Numbers x = Numbers::mixed(own, kCount, 1), grad = Numbers::mixed(own, kCount, 2);
  Numbers y(own, kCount);
  rheo_random_call call{};
  call.struct_size = sizeof call, call.format = own.code, call.rank = 2, call.shape = shape;
  call.x = x.data(), call.y = y.data();
  call.seed = kSeed, call.offset = kOffset, call.first = kFirst;
  for (const std::uint32_t role : {RHEO_VALUE, RHEO_DERIVATIVE, RHEO_BACKWARD}) {
    call.role = role, call.grad = role == RHEO_BACKWARD ? grad.data() : nullptr;
    for (const std::uint32_t training : {0U, 1U}) {
      for (const bool columns : {false, true}) {
        call.training = training, call.x_strides = columns ? across : nullptr;
        require_ok(rheo_random_run(function, &call));
        hash.add(y);
      }
    }
  }
  return hash.text();
}

std::string numbers_digest(const std::string& name, const std::string&) {
  Hash hash;
  const std::uint32_t kind = name == "words" ? RHEO_WORDS : name == "uniforms" ? RHEO_UNIFORMS : RHEO_NORMALS;
  std::vector<unsigned char> numbers(static_cast<std::size_t>(kCount) * (kind == RHEO_WORDS ? 4 : 8));
  require_ok(rheo_random_numbers(kind, kSeed, kOffset, kFirst, numbers.data(), kCount));
  hash.add(numbers.data(), numbers.size());
  return hash.text();
}

}  // namespace rheo::proofs
