// SPDX-License-Identifier: Apache-2.0
// sources.h: a hash of the source that a proof depends on. When it changes, the proof counts as none.
#pragma once

#include <filesystem>
#include <string>

namespace rheo::proofs {

// The text of C++ source without comments, with white space collapsed: what may change without a new proof is
// wording and layout.
std::string essence(const std::string& source);

// XXH3-128 of the essences of activations/<file>.h, tables/<file>.h where there is one, and everything in
// src/math and src/block, in the order of their names. Throws ProofError when one cannot be read.
std::string source_hash(const std::filesystem::path& root, const std::string& file);

}  // namespace rheo::proofs
