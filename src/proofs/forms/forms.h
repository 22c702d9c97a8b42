// SPDX-License-Identifier: Apache-2.0
// forms.h: digests of what every form gives for a fixed set of calls: what two machines have to agree on, as
// they have to in the digests of all results of values and derivatives (../digest.h).
//
// The calls are made through the C ABI alone: of each form, function and format several thousand elements,
// special values among them, in several layouts. A form is a row of forms() in forms.cc.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace rheo::proofs {

// Grows when the calls change, so that a record of others is known as such.
inline constexpr int kFormCalls = 3;

struct Form {
  const char* name;
  std::vector<std::string> (*names)();  // of functions, or of what else there is of this form
  std::span<const char* const> formats;
  std::string (*digest)(const std::string& name,
                        const std::string& format);  // "" where there is no such call
};

std::span<const Form> forms();

// One digest, and a line of the record: "gate tanh float32 0123456789abcdef".
struct FormDigest {
  std::string form, name, format, digest;

  std::string key() const { return form + " " + name + " " + format; }
};

// All digests of a form, or those of these names where there are any. Throws std::runtime_error with the
// library's message when a call fails.
std::vector<FormDigest> form_digests(const Form& form, const std::vector<std::string>& names = {});

// Of each form (gates.cc, codes.cc, rows.cc, ...).
std::string gate_digest(const std::string& name, const std::string& format);
std::string fused_digest(const std::string& name, const std::string& format);
std::string mask_digest(const std::string& name, const std::string& format);
std::string int8_digest(const std::string& name, const std::string& codes);
std::string rows_digest(const std::string& name, const std::string& format);
std::string random_digest(const std::string& name, const std::string& format);
std::string numbers_digest(const std::string& name, const std::string& format);
std::string sums_digest(const std::string& name, const std::string& format);
std::string gradient_digest(const std::string& name, const std::string& format);
std::string second_digest(const std::string& name, const std::string& format);
std::string output_digest(const std::string& name, const std::string& format);

}  // namespace rheo::proofs
