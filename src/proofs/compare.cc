// SPDX-License-Identifier: Apache-2.0
// compare.cc: chunks to threads.
#include "src/proofs/compare.h"

#include <algorithm>
#include <atomic>
#include <mutex>

#include "src/proofs/parallel.h"

namespace rheo::proofs {

namespace {

std::string chunk_digest(const Results& results, int chunk, std::int64_t block) {
  std::vector<float> x(static_cast<std::size_t>(block)), y(x.size());
  ChunkDigest digest;
  const std::uint32_t start = static_cast<std::uint32_t>(chunk) << 24;
  for (std::int64_t done = 0; done < kChunkSize; done += block) {
    fill_inputs(start + static_cast<std::uint32_t>(done), x);
    results(x, y);
    digest.add(y);
  }
  return digest.text();
}

}  // namespace

std::vector<int> different_chunks(const std::vector<std::string>& recorded, int threads,
                                  const Results& results, const std::function<void(double done)>& progress,
                                  std::size_t enough, std::int64_t block) {
  std::vector<int> different;
  std::atomic<bool> known = false;
  std::mutex mutex;
  std::size_t done = 0;
  parallel(threads, recorded.size(), [&](std::size_t chunk) {
    if (known) return;
    const bool same = chunk_digest(results, static_cast<int>(chunk), block) == recorded[chunk];
    const std::lock_guard lock(mutex);
    if (!same) different.push_back(static_cast<int>(chunk));
    known = different.size() >= enough;
    if (progress) progress(static_cast<double>(++done) / static_cast<double>(recorded.size()));
  });
  std::sort(different.begin(), different.end());
  return different;
}

}  // namespace rheo::proofs
