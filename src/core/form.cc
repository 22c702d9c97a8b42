// SPDX-License-Identifier: Apache-2.0
// form.cc: contiguous runs go straight to the body, others through blocks on the stack.
#include "src/core/form.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "src/core/memory.h"
#include "src/core/pool.h"
#include "src/core/run.h"

namespace rheo {

namespace {

constexpr std::int64_t kFormBlock = 1024;  // elements gathered at a time
constexpr std::int64_t kShortRun = 512;    // below it, gathering several runs beats a call for each

// Position in the dimensions, with each operand's offset in elements.
struct FormCursor {
  const Form& form;
  std::int64_t index[kMaxRank] = {};
  std::int64_t offset[kFormOperands] = {};

  FormCursor(const Form& f, std::int64_t position) : form(f) {
    for (std::size_t i = f.dimensions.size(); i-- > 0;) {
      const FormDimension& d = f.dimensions[i];
      index[i] = position % d.extent;
      position /= d.extent;
      for (int o = 0; o < f.count; ++o) offset[o] += index[i] * d.stride[o];
    }
  }
  // What is left of the innermost run.
  std::int64_t rest() const { return form.dimensions.back().extent - index[form.dimensions.size() - 1]; }
  char* at(int operand) const {
    return form.data[operand] + offset[operand] * static_cast<std::int64_t>(form.size[operand]);
  }
  // Moves by `step` elements within the innermost dimension, then carries.
  void advance(std::int64_t step) {
    std::size_t i = form.dimensions.size() - 1;
    index[i] += step;
    for (int o = 0; o < form.count; ++o) offset[o] += step * form.dimensions[i].stride[o];
    while (i > 0 && index[i] == form.dimensions[i].extent) {
      const FormDimension &inner = form.dimensions[i], &outer = form.dimensions[i - 1];
      for (int o = 0; o < form.count; ++o) offset[o] += outer.stride[o] - inner.extent * inner.stride[o];
      index[i] = 0;
      ++index[--i];
    }
  }
};

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
  FormCursor read(form, begin), write = read;
  const auto for_runs = [](FormCursor& cursor, std::int64_t count, auto&& move) {
    for (std::int64_t done = 0; done < count;) {
      const std::int64_t n = std::min(count - done, cursor.rest());
      move(cursor, done, n);
      cursor.advance(n);
      done += n;
    }
  };
  const auto inside = [&](int o, std::int64_t i) {
    return room[o] + i * static_cast<std::int64_t>(form.size[o]);
  };
  for (std::int64_t at = begin; at < end; at += kFormBlock) {
    const std::int64_t count = std::min(kFormBlock, end - at);
    for_runs(read, count, [&](const FormCursor& c, std::int64_t done, std::int64_t n) {
      for (int o = 0; o < inputs; ++o) copy(form.size[o], c.at(o), inner.stride[o], inside(o, done), 1, n);
    });
    form.body(form.self, operands, static_cast<std::size_t>(count));
    for_runs(write, count, [&](const FormCursor& c, std::int64_t done, std::int64_t n) {
      for (int o = inputs; o < form.count; ++o)
        copy(form.size[o], inside(o, done), 1, c.at(o), inner.stride[o], n);
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
  FormCursor c(form, begin);
  for (std::int64_t at = begin; at < end;) {
    const std::int64_t n = std::min(end - at, c.rest());
    void* operands[kFormOperands];
    for (int o = 0; o < form.count; ++o) operands[o] = c.at(o);
    form.body(form.self, operands, static_cast<std::size_t>(n));
    c.advance(n);
    at += n;
  }
}

bool mergeable(const FormDimension& outer, const FormDimension& inner, int count) {
  for (int o = 0; o < count; ++o)
    if (outer.stride[o] != inner.stride[o] * inner.extent) return false;
  return true;
}

}  // namespace

std::int64_t element_count(const std::vector<FormDimension>& dimensions) {
  std::int64_t n = 1;
  for (const FormDimension& d : dimensions)
    if (d.extent == 0) return 0;
  for (const FormDimension& d : dimensions)
    if (__builtin_mul_overflow(n, d.extent, &n)) return -1;
  return n;
}

void prepare_form(Form& form) {
  std::vector<FormDimension>& dims = form.dimensions;
  const int first = form.count - form.outputs;
  std::erase_if(dims, [](const FormDimension& d) { return d.extent == 1; });
  std::stable_sort(dims.begin(), dims.end(), [first](const FormDimension& a, const FormDimension& b) {
    return std::llabs(a.stride[first]) > std::llabs(b.stride[first]);
  });
  std::vector<FormDimension> merged;
  for (const FormDimension& d : dims) {
    if (!merged.empty() && mergeable(merged.back(), d, form.count)) {
      const std::int64_t extent = merged.back().extent * d.extent;
      merged.back() = d;
      merged.back().extent = extent;
    } else {
      merged.push_back(d);
    }
  }
  if (merged.empty()) merged.push_back({1, {1, 1, 1, 1, 1}});
  dims = std::move(merged);
  if (dims.size() > 1) return;
  for (int o = first; o < form.count; ++o)
    if (dims[0].stride[o] == 1)
      prefer_huge_pages(form.data[o], static_cast<std::size_t>(dims[0].extent) * form.size[o]);
}

void run_form(const Form& form, int threads) {
  const std::int64_t n = element_count(form.dimensions);
  const RangeTask task = [](std::int64_t begin, std::int64_t end, void* context) {
    run_form_range(*static_cast<const Form*>(context), begin, end);
  };
  run_in_pool(n < kParallel ? 1 : threads, n, kGrain, task, const_cast<Form*>(&form));
}

void run_form_range(const Form& form, std::int64_t begin, std::int64_t end) {
  const bool whole = form.dimensions.size() == 1;
  if (contiguous_inside(form) && (whole || form.dimensions.back().extent >= kShortRun))
    run_direct(form, begin, end);
  else
    run_blocks(form, begin, end);
}

}  // namespace rheo
