// SPDX-License-Identifier: Apache-2.0
// compare.h: results of today against recorded digests, for `rheobase verify` and for the renewal of proofs.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "src/proofs/digest.h"

namespace rheo::proofs {

// Fills y with the results for x. Called from several threads at once.
using Results = std::function<void(std::span<const float> x, std::span<float> y)>;

// The chunks, ascending, whose results have another digest than the recorded one. The walk ends when `enough`
// of them are known, though chunks that were begun by then count too. progress(share done), which may be
// empty, is called by one thread at a time. Results are asked for in blocks of so many, a power of two up to
// kChunkSize.
std::vector<int> different_chunks(const std::vector<std::string>& recorded, int threads,
                                  const Results& results, const std::function<void(double done)>& progress,
                                  std::size_t enough = kChunks, std::int64_t block = kBlock);

}  // namespace rheo::proofs
