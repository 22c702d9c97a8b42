// SPDX-License-Identifier: Apache-2.0
// form.cc: contiguous runs go straight to the body, others through blocks on the stack.
#include "src/core/form.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "src/core/cursor.h"
#include "src/core/memory.h"

namespace rheo {

namespace {

constexpr std::int64_t kFormBlock = 1024;  // elements gathered at a time
constexpr std::int64_t kShortRun = 512;    // below it, gathering several runs beats a call for each

using FormCursor = StridedCursor<FormDimension>;

char* at(const Form& form, const FormCursor& cursor, int operand) {
  return form.data[operand] + cursor.offset[operand] * static_cast<std::int64_t>(form.size[operand]);
}

// n elements of so many bytes, a stride apart on one side.
template <std::size_t kSize>
void copy_strided(const char* from, std::int64_t from_stride, char* to, std::int64_t to_stride,
                  std::int64_t n) {
  constexpr auto kStep = static_cast<std::int64_t>(kSize);
  if (from_stride == 1 && to_stride == 1) {
    std::memcpy(to, from, static_cast<std::size_t>(n) * kSize);
  } else if (from_stride == 2) {  // interleaved: known to the compiler, so that it makes vectors of it
    for (std::int64_t i = 0; i < n; ++i) std::memcpy(to + i * kStep, from + 2 * i * kStep, kSize);
  } else {
    for (std::int64_t i = 0; i < n; ++i)
      std::memcpy(to + i * to_stride * kStep, from + i * from_stride * kStep, kSize);
  }
}

void copy(std::size_t size, const char* from, std::int64_t from_stride, char* to, std::int64_t to_stride,
          std::int64_t n) {
  const auto run = size == 2 ? copy_strided<2> : size == 4 ? copy_strided<4> : copy_strided<8>;
  run(from, from_stride, to, to_stride, n);
}

void run_blocks(const Form& form, std::int64_t begin, std::int64_t end) {
  alignas(64) char room[kFormOperands][kFormBlock * sizeof(double)];
  void* operands[kFormOperands];
  for (int o = 0; o < form.count; ++o) operands[o] = room[o];
  const FormDimension& inner = form.dimensions.back();
  const int inputs = form.count - form.outputs;
  FormCursor read(form.dimensions, begin), write = read;
  const auto inside = [&](int o, std::int64_t i) {
    return room[o] + i * static_cast<std::int64_t>(form.size[o]);
  };
  for (std::int64_t first = begin; first < end; first += kFormBlock) {
    const std::int64_t count = std::min(kFormBlock, end - first);
    each_run(form.dimensions, read, count, [&](const FormCursor& c, std::int64_t done, std::int64_t n) {
      for (int o = 0; o < inputs; ++o)
        copy(form.size[o], at(form, c, o), inner.stride[o], inside(o, done), 1, n);
    });
    form.body(form.self, operands, static_cast<std::size_t>(count));
    each_run(form.dimensions, write, count, [&](const FormCursor& c, std::int64_t done, std::int64_t n) {
      for (int o = inputs; o < form.count; ++o)
        copy(form.size[o], inside(o, done), 1, at(form, c, o), inner.stride[o], n);
    });
  }
}

// Vector loads ask for the alignment of an element, which odd addresses do not have.
bool contiguous_inside(const Form& form) {
  for (int o = 0; o < form.count; ++o) {
    if (form.dimensions.back().stride[o] != 1) return false;
    if (reinterpret_cast<std::uintptr_t>(form.data[o]) % form.size[o] != 0) return false;
  }
  return true;
}

void run_direct(const Form& form, std::int64_t begin, std::int64_t end) {
  FormCursor c(form.dimensions, begin);
  for (std::int64_t first = begin; first < end;) {
    const std::int64_t n = std::min(end - first, c.rest(form.dimensions));
    void* operands[kFormOperands];
    for (int o = 0; o < form.count; ++o) operands[o] = at(form, c, o);
    form.body(form.self, operands, static_cast<std::size_t>(n));
    c.advance(form.dimensions, n);
    first += n;
  }
}

}  // namespace

std::int64_t element_count(const std::vector<FormDimension>& dimensions) {
  return product_of_extents(dimensions);
}

void prepare_form(Form& form) {
  std::vector<FormDimension>& dims = form.dimensions;
  const int first = form.count - form.outputs;
  std::stable_sort(dims.begin(), dims.end(), [first](const FormDimension& a, const FormDimension& b) {
    return std::llabs(a.stride[first]) > std::llabs(b.stride[first]);
  });
  merge_dimensions(dims);
  if (dims.size() > 1) return;
  for (int o = first; o < form.count; ++o)
    if (dims[0].stride[o] == 1)
      prefer_huge_pages(form.data[o], static_cast<std::size_t>(dims[0].extent) * form.size[o]);
}

void run_form(const Form& form, std::int64_t begin, std::int64_t end) {
  const bool whole = form.dimensions.size() == 1;
  if (contiguous_inside(form) && (whole || form.dimensions.back().extent >= kShortRun))
    run_direct(form, begin, end);
  else
    run_blocks(form, begin, end);
}

}  // namespace rheo
