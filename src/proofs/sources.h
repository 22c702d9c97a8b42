// SPDX-License-Identifier: Apache-2.0
// sources.h: hashes of the source that a proof depends on: of what makes the results, and of what they are
// compared with. When the first changes, the proof counts as none; as long as the second is the same, the
// same results renew it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rheo::proofs {

// The text of C++ source without comments, with white space collapsed: what may change without a new proof is
// wording and layout.
std::string essence(const std::string& source);

// XXH3-128 of the essences of activations/<file>.h, what is in tables/<file>, and everything in src/math and
// src/block, in the order of their names: what results in 16-bit formats depend on. Throws ProofError when
// one cannot be read.
std::string source_hash(const std::filesystem::path& root, const std::string& file);

// The same without what float32's results do not depend on: of src/math and src/block only what the kernels
// of float32 and float64 include, and how an activation's are chosen.
std::string source_hash32(const std::filesystem::path& root, const std::string& file);

// The same of truth_files(file).
std::string truth_hash(const std::filesystem::path& root, const std::string& file);

// What a verdict about given results depends on, within the tree.
std::vector<std::filesystem::path> truth_files(const std::string& file);

}  // namespace rheo::proofs
