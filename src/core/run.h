// SPDX-License-Identifier: Apache-2.0
// run.h: walks strided memory block by block and hands the blocks to a kernel, on whoever's threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "src/block/walk16.h"
#include "src/core/kernels.h"
#include "src/random/random.h"
#include "src/second/program.h"

namespace rheo {

inline constexpr int kMaxRank = 64;

// Work is split at multiples of so many elements, whatever the number of threads.
inline constexpr std::int64_t kGrain = 16384;

enum Operand {
  kX,
  kGrad,
  kY,
  kOperands
};

// One dimension: its extent, and each operand's stride in elements.
struct Dimension {
  std::int64_t extent;
  std::int64_t stride[kOperands];
};

// What is done with contiguous elements.
struct Work {
  Format format;
  Kernel kernel;                     // of float32 and float64
  Kernels16 kernels16 = {};          // of 16-bit formats
  decltype(&walk16) walk = nullptr;  // null for others
  RandomKernel random = nullptr;     // of functions that draw random numbers, of all formats
  Stream stream = {};                // what they draw from
  std::uint64_t first = 0;           // index of the first element
  SecondKernel second = nullptr;     // of second derivatives, of all formats
  const Program* program = nullptr;  // theirs
  VariedKernel varied = nullptr;     // of float32, where parameters have a value for each element
  Streamed streamed = {};            // kernel's way of writing more than caches hold, if it has one
};

// n elements that lie together, the first of which is number `at` of the call.
void run_contiguous(const Work& work, const double* parameters, std::int64_t at, const void* x,
                    const void* grad, void* y, std::int64_t n);

// A checked call.
struct Job {
  Work work;
  std::vector<Dimension> dimensions;  // outermost first
  const char* x;
  const char* grad;  // null unless backward
  char* y;
  const double* parameters;
  bool past_caches = false;  // by work.streamed
};

// Innermost runs of so many elements go to a kernel as they lie; of shorter ones, gathering several beats a
// call for each.
inline constexpr std::int64_t kDirectRun = 128;

// Whether a job's innermost runs are as kernels take them. Vector loads ask for the alignment of an element,
// which odd addresses do not have; blocks are copied byte by byte.
template <class J>
bool is_direct(const J& job) {
  const auto address = [](const char* p) { return reinterpret_cast<std::uintptr_t>(p); };
  const auto& inner = job.dimensions.back();
  const bool grad = job.grad == nullptr || inner.stride[kGrad] == 1;
  return inner.stride[kX] == 1 && inner.stride[kY] == 1 && grad &&
         (address(job.x) | address(job.grad) | address(job.y)) % size_of(job.work.format) == 0;
}

// Number of elements; -1 when it does not fit.
std::int64_t element_count(const std::vector<Dimension>& dimensions);

// Drops extents of 1, orders the dimensions as the output lies in memory and merges those that lie together,
// so that any dense layout becomes one flat dimension.
void simplify(std::vector<Dimension>& dimensions);

// The same in the given order, which is that of the elements' indices.
void merge(std::vector<Dimension>& dimensions);

// Calls of fewer elements stay on the calling thread.
inline constexpr std::int64_t kParallel = 65536;

// Prepares the memory of a simplified job's output, by its size.
void prepare_output(const Job& job);

// Whether a simplified job's output goes past the caches, by its size.
void choose_stores(Job& job);

// All of a simplified job, on up to `threads` of the library's threads.
void run_job(const Job& job, int threads);

// Elements [begin, end) in the order of the (simplified) dimensions, on the calling thread.
void run_range(const Job& job, std::int64_t begin, std::int64_t end);

}  // namespace rheo
