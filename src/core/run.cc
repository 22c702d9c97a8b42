// SPDX-License-Identifier: Apache-2.0
// run.cc: strided walks. Contiguous runs go straight to the kernel, others through a block on the stack.
#include "src/core/run.h"

#include <algorithm>

#include "src/core/cursor.h"
#include "src/core/memory.h"
#include "src/core/pool.h"

namespace rheo {

namespace {

constexpr std::int64_t kBlock = 512;  // elements gathered at a time; three blocks of float64 fit in L1

// Fills a block from as many innermost runs as it takes, so that short rows cost no kernel call each.
template <class T>
void run_blocks(const Job& job, std::int64_t begin, std::int64_t end) {
  alignas(64) T x[kBlock], grad[kBlock], y[kBlock];
  Cursor read(job.dimensions, begin), write = read;
  for (std::int64_t at = begin; at < end; at += kBlock) {
    const std::int64_t count = std::min(kBlock, end - at);
    fetch(job, read, count, x, grad);
    run_contiguous(job.work, job.parameters, at, x, job.grad != nullptr ? grad : nullptr, y, count);
    put_back(job, write, count, y);
  }
}

// Innermost runs straight from and to the caller's memory.
void run_direct(const Job& job, std::int64_t begin, std::int64_t end) {
  const auto& dims = job.dimensions;
  const auto size = static_cast<std::int64_t>(size_of(job.work.format));
  Cursor c(dims, begin);
  for (std::int64_t at = begin; at < end;) {
    const std::int64_t n = std::min(end - at, c.rest(dims));
    run_contiguous(job.work, job.parameters, at, job.x + c.offset[kX] * size,
                   job.grad != nullptr ? job.grad + c.offset[kGrad] * size : nullptr,
                   job.y + c.offset[kY] * size, n);
    c.advance(dims, n);
    at += n;
  }
}

// Past the caches.
void run_streamed(const Job& job, std::int64_t begin, std::int64_t end) {
  const std::int64_t at = begin * static_cast<std::int64_t>(sizeof(float));
  job.work.streamed.kernel(job.x + at, job.grad != nullptr ? job.grad + at : nullptr, job.y + at,
                           static_cast<std::size_t>(end - begin), job.parameters);
}

}  // namespace

void run_contiguous(const Work& work, const double* parameters, std::int64_t at, const void* x,
                    const void* grad, void* y, std::int64_t n) {
  const auto count = static_cast<std::size_t>(n);
  if (work.random != nullptr)
    return work.random(x, grad, y, count, parameters, work.stream,
                       work.first + static_cast<std::uint64_t>(at));
  if (work.second != nullptr) return work.second(work.format, *work.program, x, grad, y, count, parameters);
  if (work.walk != nullptr) return work.walk(work.format, work.kernels16, x, grad, y, count, parameters);
  work.kernel(x, grad, y, count, parameters);
}

std::int64_t element_count(const std::vector<Dimension>& dimensions) {
  return product_of_extents(dimensions);
}

void simplify(std::vector<Dimension>& dims) { simplify_dimensions(dims); }

void merge(std::vector<Dimension>& dims) { merge_dimensions(dims); }

namespace {

// Bytes of an output that lies together; else 0.
std::size_t bytes_together(const Job& job) {
  const Dimension& inner = job.dimensions.back();
  if (job.dimensions.size() != 1 || inner.stride[kY] != 1) return 0;
  return static_cast<std::size_t>(inner.extent) * size_of(job.work.format);
}

}  // namespace

void prepare_output(const Job& job) { prefer_huge_pages(job.y, bytes_together(job)); }

void choose_stores(Job& job) {
  const bool apart = job.y != job.x && job.y != job.grad;
  const bool gains = apart && is_direct(job) && prefers_streaming(bytes_together(job));
  job.past_caches = gains && job.work.streamed.kernel != nullptr;
  job.work.kernels16.past_caches = gains;
}

void run_job(const Job& job, int threads) {
  const std::int64_t n = element_count(job.dimensions);
  const RangeTask task = [](std::int64_t begin, std::int64_t end, void* context) {
    run_range(*static_cast<const Job*>(context), begin, end);
  };
  run_in_pool(n < kParallel ? 1 : threads, n, kGrain, task, const_cast<Job*>(&job));
}

void run_range(const Job& job, std::int64_t begin, std::int64_t end) {
  const bool whole = job.dimensions.size() == 1;
  // Of a thread that does all, what takes long does not wait for memory.
  const bool alone = whole && end - begin == job.dimensions.back().extent;
  if (job.past_caches && (job.work.streamed.quick || !alone)) return run_streamed(job, begin, end);
  if (is_direct(job) && (whole || job.dimensions.back().extent >= kDirectRun)) {
    run_direct(job, begin, end);
  } else if (is16(job.work.format)) {
    run_blocks<std::uint16_t>(job, begin, end);
  } else if (job.work.format == Format::kFloat32) {
    run_blocks<float>(job, begin, end);
  } else {
    run_blocks<double>(job, begin, end);
  }
}

}  // namespace rheo
