// SPDX-License-Identifier: Apache-2.0
// proofs.cc: where proofs are, and what they say.
#include "src/cli/proofs.h"

#include <fmt/format.h>

#include <cstdlib>

#include "src/cli/library.h"
#include "src/proofs/sources.h"

namespace rheo::cli {

namespace {

namespace fs = std::filesystem;

// Whether the folder lies in a source tree whose kernels have changed since.
bool outdated(const fs::path& folder, const proofs::Proof& proof, const proofs::RoleProof& role) {
  const fs::path root = fs::absolute(folder).lexically_normal().parent_path();
  std::error_code error;
  if (!fs::exists(root / "activations" / (proof.file + ".h"), error)) return false;  // installed
  return proofs::source_hash(root, proof.file) != role.sources;
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
  for (const fs::path& folder : {installed, fs::path(RHEOBASE_SOURCE_PROOFS)})
    if (fs::is_directory(folder, error)) return folder;
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

std::string standing(const fs::path& folder, const std::optional<proofs::Proof>& proof, std::size_t role) {
  if (!proof) return "unproven";
  const std::optional<proofs::RoleProof>& found = proof->roles[role];
  if (!found) return "unproven";
  const proofs::RoleProof& r = *found;
  if (outdated(folder, *proof, r)) return "unproven: the sources have changed since";
  return fmt::format("proven, {:.6f} ulp at x = {} ({})", r.maximum, r.x, r.input);
}

}  // namespace rheo::cli
