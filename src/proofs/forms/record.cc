// SPDX-License-Identifier: Apache-2.0
// record.cc: reads and writes the digests of forms.
#include "src/proofs/forms/record.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace rheo::proofs {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigits = 16;

bool is_digest(const std::string& text) {
  return text.size() == kDigits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string title() { return "# calls " + std::to_string(kFormCalls); }

}  // namespace

std::optional<FormRecord> read_form_record(const fs::path& folder) {
  const fs::path path = folder / kFormRecord;
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || !line.starts_with("# calls "))
    throw RecordError{path.string() + ": line 1 is not '" + title() + "'"};
  if (line != title()) {
    throw RecordError{path.string() + " is out of date: it has '" + line + "', this program makes '" +
                      title() + "'"};
  }
  FormRecord record;
  for (std::size_t number = 2; std::getline(file, line); ++number) {
    std::istringstream words(line);
    FormDigest entry;
    std::string more;
    const bool four = static_cast<bool>(words >> entry.form >> entry.name >> entry.format >> entry.digest);
    if (!four || words >> more || !is_digest(entry.digest) ||
        !record.emplace(entry.key(), entry.digest).second) {
      throw RecordError{path.string() + ": line " + std::to_string(number) + " is '" + line.substr(0, 80) +
                        "'; expected a form, a name and a format of its own, and " + std::to_string(kDigits) +
                        " hexadecimal digits"};
    }
  }
  if (file.bad()) throw RecordError{path.string() + ": cannot be read"};
  return record;
}

void write_form_record(const fs::path& folder, const FormRecord& record) {
  const fs::path path = folder / kFormRecord, draft = folder / (std::string(kFormRecord) + ".new");
  std::ofstream file(draft);
  file << title() << '\n';
  for (const auto& [key, digest] : record) file << key << ' ' << digest << '\n';
  file.close();
  std::error_code error;
  if (file) fs::rename(draft, path, error);
  if (!file || error) throw RecordError{path.string() + ": cannot be written"};
}

FormDifferences form_differences(const FormRecord& record, const std::vector<FormDigest>& digests) {
  FormDifferences differences;
  for (const FormDigest& digest : digests) {
    const auto known = record.find(digest.key());
    if (known == record.end()) {
      differences.missing.push_back(digest);
    } else if (known->second != digest.digest) {
      differences.different.push_back(digest);
    }
  }
  return differences;
}

}  // namespace rheo::proofs
