// SPDX-License-Identifier: Apache-2.0
// proofs.cc: where proofs are, and what they say.
#include "src/cli/proofs.h"

#include <fmt/format.h>

#include <cstdlib>

#include "src/proofs/sources.h"

namespace rheo::cli {

namespace {

namespace fs = std::filesystem;

// Of the source tree that the folder lies in; "" for an installation, whose proofs came with it.
std::string sources_beside(const fs::path& folder, const std::string& file) {
  std::error_code error;
  const fs::path root = fs::weakly_canonical(folder, error).parent_path();
  return fs::exists(root / "activations" / (file + ".h"), error) ? proofs::source_hash32(root, file) : "";
}

}  // namespace

fs::path proofs_folder(const std::string& given) {
  std::error_code error;
  const char* variable = std::getenv("RHEOBASE_PROOFS");
  if (!given.empty() || variable != nullptr) {
    const char* source = given.empty() ? "RHEOBASE_PROOFS" : "--proofs";
    std::string path = given.empty() ? variable : given;
    if (!fs::is_directory(path, error))
      throw UserError{fmt::format("{} is '{}'; expected a folder", source, path)};
    return path;
  }
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const fs::path installed = self.parent_path().parent_path() / "share" / "rheobase" / "proofs";
  if (fs::is_directory(installed, error)) return installed;
  throw UserError{
      fmt::format("no proofs in {}; --proofs or RHEOBASE_PROOFS tells where they are", installed.string())};
}

std::optional<proofs::Proof> find_proof(const fs::path& folder, const std::string& name) {
  try {
    return proofs::read_proof(folder, name);
  } catch (const proofs::ProofError& error) {
    throw UserError{error.message};
  }
}

std::array<std::string, 2> standings(const fs::path& folder, const Json& info) {
  const std::optional<proofs::Proof> proof = find_proof(folder, info["name"]);
  const std::string sources = sources_beside(folder, info["file"]);
  std::array<std::string, 2> texts;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::optional<proofs::RoleProof> role = proof ? proof->roles[i] : std::nullopt;
    const double bound = info["bounds"]["float32"][proofs::kProvenRoles[i]];
    const proofs::State state =
        proofs::state_of(role, sources.empty() && role ? role->sources : sources, bound);
    texts[i] = proofs::text_of(state);
    if (role && state == proofs::State::kProven)
      texts[i] += fmt::format(", {:.6f} ulp at x = {} ({})", role->maximum, role->x, role->input);
  }
  return texts;
}

}  // namespace rheo::cli
