// SPDX-License-Identifier: Apache-2.0
// walk.cc: a block at a time: bits, then the value's kernel; or from bits the x that stands for each side,
// then backward's own kernel, whose results these are therefore.
#include "src/masks/walk.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "src/core/cursor.h"
#include "src/core/format16.h"
#include "src/masks/bits.h"
#include "src/sums/blocks.h"

namespace rheo {

namespace {

constexpr std::int64_t kBlock = 2048;  // elements; a multiple of 8
static_assert(kGrain % kBlock == 0 && kBlock <= static_cast<std::int64_t>(kSumBlock));

// Elements of one operand in row-major order, from and to a block.
template <class T>
class Stream {
 public:
  Stream(const std::vector<Dimension>& dims, Operand operand, std::int64_t begin)
      : dims_(dims), operand_(operand), cursor_(dims, begin) {}

  // The next n as they lie in memory, if they lie together; else null.
  template <class C>
  C* direct(C* data, std::int64_t n) const {
    C* const at = data + offset();
    const bool one_run = cursor_.rest(dims_) >= n && dims_.back().stride[operand_] == 1;
    return one_run && reinterpret_cast<std::uintptr_t>(at) % sizeof(T) == 0 ? at : nullptr;
  }
  void read(const char* data, std::int64_t n, T* to) {
    const std::int64_t stride = dims_.back().stride[operand_];
    each_run(dims_, cursor_, n, [&](const Cursor&, std::int64_t done, std::int64_t count) {
      gather(data + offset(), stride, count, to + done);
    });
  }
  void write(const T* from, std::int64_t n, char* data) {
    const std::int64_t stride = dims_.back().stride[operand_];
    each_run(dims_, cursor_, n, [&](const Cursor&, std::int64_t done, std::int64_t count) {
      scatter(from + done, count, stride, data + offset());
    });
  }
  void skip(std::int64_t n) {
    each_run(dims_, cursor_, n, [](const Cursor&, std::int64_t, std::int64_t) {});
  }

 private:
  std::int64_t offset() const { return cursor_.offset[operand_] * std::int64_t{sizeof(T)}; }

  const std::vector<Dimension>& dims_;
  Operand operand_;
  Cursor cursor_;
};

void evaluate(const Work& work, const void* x, const void* grad, void* y, std::int64_t n,
              const double* parameters) {
  const auto count = static_cast<std::size_t>(n);
  if (work.walk != nullptr) return work.walk(work.format, work.kernels16, x, grad, y, count, parameters);
  work.kernel(x, grad, y, count, parameters);
}

// The block's inputs, where they lie or gathered.
template <class T>
const T* input(Stream<T>& stream, const char* data, std::int64_t n, T* room) {
  const char* const there = stream.direct(data, n);
  if (there == nullptr) {
    stream.read(data, n, room);
    return room;
  }
  stream.skip(n);
  return reinterpret_cast<const T*>(there);
}

// Calls results(y) with where the block's n results are wanted, and puts them in their places.
template <class T, class Results>
void output(Stream<T>& stream, char* data, std::int64_t n, T* room, Results&& results) {
  char* const there = stream.direct(data, n);
  results(there != nullptr ? reinterpret_cast<T*>(there) : room);
  if (there == nullptr)
    stream.write(room, n, data);
  else
    stream.skip(n);
}

template <class T>
T number(Format format, double x) {
  if constexpr (std::is_same_v<T, std::uint16_t>) {
    return narrowed(x, format16_of(format));
  } else {
    return static_cast<T>(x);
  }
}

// The edges as numbers of T, or as places of 16-bit ones.
template <class T>
auto edges_of(Format format, const Edges<double>& given) {
  using Edge = std::conditional_t<std::is_same_v<T, std::uint16_t>, std::int16_t, T>;
  Edges<Edge> edges{given.first, given.count, {}};
  for (std::size_t k = 0; k < given.count; ++k) {
    if constexpr (std::is_same_v<T, std::uint16_t>)
      edges.at[k] = place16(number<T>(format, given.at[k]));
    else
      edges.at[k] = number<T>(format, given.at[k]);
  }
  return edges;
}

template <class T>
void forward(const Masked& call, std::int64_t begin, std::int64_t end) {
  const Job& job = call.job;
  const auto edges = edges_of<T>(job.work.format, call.slopes.edges);
  Stream<T> x_stream(job.dimensions, kX, begin), y_stream(job.dimensions, kY, begin);
  T x_room[kBlock], y_room[kBlock];
  std::uint8_t bits[kBlock / 8 + kBitsRoom];
  for (std::int64_t at = begin; at < end; at += kBlock) {
    const std::int64_t n = std::min(kBlock, end - at);
    const auto count = static_cast<std::size_t>(n);
    const T* const x = input(x_stream, job.x, n, x_room);
    if constexpr (std::is_same_v<T, std::uint16_t>)
      bits_of(x, count, edges, format16_of(job.work.format).infinity, bits);
    else
      bits_of(x, count, edges, bits);
    std::memcpy(call.mask + at / 8, bits, (count + 7) / 8);
    // x may be y.
    output(y_stream, job.y, n, y_room, [&](T* y) { evaluate(job.work, x, nullptr, y, n, job.parameters); });
  }
}

template <class T>
void backward(const Masked& call, std::int64_t begin, std::int64_t end) {
  const Job& job = call.job;
  Stream<T> grad_stream(job.dimensions, kGrad, begin), y_stream(job.dimensions, kY, begin);
  const T zero = number<T>(job.work.format, call.slopes.x[0]),
          one = number<T>(job.work.format, call.slopes.x[1]);
  T x[kBlock], grad_room[kBlock], y_room[kBlock];
  std::uint8_t bits[kBlock / 8 + kBitsRoom];
  for (std::int64_t at = begin; at < end; at += kBlock) {
    const std::int64_t n = std::min(kBlock, end - at);
    const T* const grad = input(grad_stream, job.grad, n, grad_room);
    std::memcpy(bits, call.given + at / 8, static_cast<std::size_t>(n + 7) / 8);
    numbers_of(bits, static_cast<std::size_t>(n), zero, one, x);
    output(y_stream, job.y, n, y_room, [&](T* y) { evaluate(job.work, x, grad, y, n, job.parameters); });
  }
}

}  // namespace

void run_forward(const Masked& call, std::int64_t begin, std::int64_t end) {
  const Format format = call.job.work.format;
  if (is16(format)) return forward<std::uint16_t>(call, begin, end);
  if (format == Format::kFloat32) return forward<float>(call, begin, end);
  forward<double>(call, begin, end);
}

void run_backward(const Masked& call, std::int64_t begin, std::int64_t end) {
  const Format format = call.job.work.format;
  if (is16(format)) return backward<std::uint16_t>(call, begin, end);
  if (format == Format::kFloat32) return backward<float>(call, begin, end);
  backward<double>(call, begin, end);
}

}  // namespace rheo
