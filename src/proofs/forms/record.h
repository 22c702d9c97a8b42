// SPDX-License-Identifier: Apache-2.0
// record.h: proofs/forms.txt, the recorded digests of all forms: a line each, sorted, so that changes of
// different forms merge.
//
//   # calls 2
//   gate tanh float32 0123456789abcdef
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "src/proofs/forms/forms.h"

namespace rheo::proofs {

inline constexpr const char* kFormRecord = "forms.txt";

// What is wrong with the record: one line that names the file.
struct RecordError {
  std::string message;
};

// Digests by FormDigest::key().
using FormRecord = std::map<std::string, std::string>;

// None where there is no file. Throws RecordError when it cannot be read, has a line of another form, or is
// of other calls than kFormCalls.
std::optional<FormRecord> read_form_record(const std::filesystem::path& folder);

// Replaces the file in one step. Throws RecordError.
void write_form_record(const std::filesystem::path& folder, const FormRecord& record);

// Those whose digest is recorded otherwise, or not at all.
struct FormDifferences {
  std::vector<FormDigest> different, missing;
};
FormDifferences form_differences(const FormRecord& record, const std::vector<FormDigest>& digests);

}  // namespace rheo::proofs
