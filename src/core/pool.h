// SPDX-License-Identifier: Apache-2.0
// pool.h: the default threads: started by the first call that needs them, asleep between calls, made anew
// after fork.
#pragma once

#include <cstdint>
#include <string>

namespace rheo {

inline constexpr int kMaxThreads = 1024;

// A part of the work: elements [begin, end).
using RangeTask = void (*)(std::int64_t begin, std::int64_t end, void* context);

// The number in `text`, 1 to kMaxThreads; 0 with `error` set when there is none.
int parse_threads(const char* text, std::string& error);

// RHEOBASE_NUM_THREADS, or the number of CPUs that this process may use; read once. 0 with `error` set when
// the variable holds nonsense.
int default_threads(std::string& error);

// Calls task on pieces that cover [0, n) once, whose bounds are multiples of grain (the last one ends at n),
// on the calling thread and up to threads - 1 others; returns when all are done. On the calling thread alone
// if that is one of the pool's own or inside such a call, if another caller has the pool, or if the system
// gives no more threads: so calls never nest, never wait for each other, and never fail.
// The task must not throw.
void run_in_pool(int threads, std::int64_t n, std::int64_t grain, RangeTask task, void* context);

}  // namespace rheo
