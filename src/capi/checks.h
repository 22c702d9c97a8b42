// SPDX-License-Identifier: Apache-2.0
// checks.h: what all forms of calls check in the same way, throwing Failure, and whose threads run them.
// Implemented in call.cc.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "src/capi/call.h"
#include "src/core/pool.h"
#include "src/core/run.h"

namespace rheo {

// A descriptor of this version, and its fields that no activation has to do with.
void check_version(const rheo_call& call);

// The parameter of that name.
std::size_t parameter_index(const char* function, const Parameters& list, const char* name);

// Dimensions, and each operand's strides: null for row-major contiguous.
std::vector<Dimension> read_shape(std::int32_t rank, const std::int64_t* shape,
                                  const std::int64_t* const (&strides)[kOperands]);

// The bytes that an operand touches, relative to its pointer. Throws beyond 2^61 bytes.
struct Extent {
  std::int64_t low = 0, high = 0;
};
Extent extent_of(const std::vector<Dimension>& dims, Operand operand, std::int64_t size);

// Whether two walks over overlapping bytes, b's first one `distance` bytes behind that of a, never meet: even
// and odd elements of one array, for example, or other columns of one matrix.
bool interleaved(std::vector<Dimension> dims, Operand a, Operand b, std::int64_t distance, std::int64_t size);

bool same_strides(const std::vector<Dimension>& dims, Operand a, Operand b);

// No two elements of y, which is called `name`, at one place.
void check_output(const std::vector<Dimension>& dims, const char* name = "y");

// The input is y's memory exactly, or they never meet.
void check_overlap(const std::vector<Dimension>& dims, Operand input, const char* data, const char* y,
                   std::int64_t size, const char* name);

// Whether a call has nothing but elements that lie together, too few for threads: what interpreters mostly
// call. For these the checks of memory come down to a few comparisons of Spans, and need no memory
// themselves. False as well where anything is wrong: the checks above find out what.
inline bool is_short(std::int32_t rank, const std::int64_t* shape, const rheo_executor* executor,
                     std::initializer_list<const std::int64_t*> strides) {
  if (rank != 1 || shape == nullptr || executor != nullptr) return false;
  const std::int64_t n = *shape;
  if (n < 1 || n >= kParallel) return false;
  return std::all_of(strides.begin(), strides.end(),
                     [n](const std::int64_t* stride) { return stride == nullptr || *stride == 1 || n == 1; });
}

// Memory of one operand of such a call. Sizes of numbers are powers of two: no division.
struct Span {
  Span(const void* memory, std::int64_t n, Format format)
      : begin(reinterpret_cast<std::uintptr_t>(memory)),
        end(begin + static_cast<std::uintptr_t>(n) * size_of(format)),
        usable(memory != nullptr && (begin & (size_of(format) - 1)) == 0) {}
  bool apart(const Span& other) const { return end <= other.begin || other.end <= begin; }
  bool same_or_apart(const Span& other) const { return begin == other.begin || apart(other); }

  std::uintptr_t begin, end;
  bool usable;
};

// What kFind says of an activation with these parameters. Finding out takes up to a millisecond, and calls
// come again and again with the same ones: each thread keeps the last answer, until it asks anew.
template <auto kFind>
const auto& remembered(const Activation& a, Format format, const std::vector<double>& parameters) {
  struct Known {
    const Activation* activation = nullptr;
    Format format = Format::kFloat32;
    std::vector<double> parameters;
    decltype(kFind(a, format, nullptr)) found{};
  };
  thread_local Known last;
  if (last.activation != &a || last.format != format || last.parameters != parameters)
    last = {&a, format, parameters, kFind(a, format, parameters.data())};
  return last.found;
}

// Runs task on pieces of [0, work), at multiples of the grain: on the caller's executor, if there is one, or
// the library's threads, which so few elements do not need.
inline void run_pieces(const rheo_executor* executor, std::int32_t threads, std::int64_t work,
                       std::int64_t elements, RangeTask task, void* context, std::int64_t grain = kGrain) {
  std::string error;  // was looked at when the call came in
  const int most = threads != 0 ? threads : default_threads(error);
  if (executor == nullptr) return run_in_pool(elements < kParallel ? 1 : most, work, grain, task, context);
  if (work <= grain) return task(0, work, context);
  executor->run(executor->self, work, grain, task, context);
}

}  // namespace rheo
