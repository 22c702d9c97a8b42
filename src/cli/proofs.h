// SPDX-License-Identifier: Apache-2.0
// proofs.h: the recorded proofs, as the program finds and shows them.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>

#include "src/cli/library.h"
#include "src/proofs/proof.h"

namespace rheo::cli {

// The folder that was given; else RHEOBASE_PROOFS; else share/rheobase/proofs of the installation; else that
// of the source tree this program was built from. Throws UserError where none of them is a folder.
std::filesystem::path proofs_folder(const std::string& given);

// The proof of that name, none where there is no file. Throws UserError where the file is corrupt.
std::optional<proofs::Proof> find_proof(const std::filesystem::path& folder, const std::string& name);

// Value and derivative in words: "proven, 0.500000 ulp at x = -3.7e-06 (0xb675cbfc)", or why not.
std::array<std::string, 2> standings(const std::filesystem::path& folder, const Json& info);

}  // namespace rheo::cli
