// SPDX-License-Identifier: Apache-2.0
// walk.h: what a thread does of a call whose parameters are arrays: it has one channel, reads that one's
// parameters, and goes through its elements.
//
// Elements are moved one by one, so that one kernel serves float32 and both 16-bit formats, whose numbers are
// float32 to it (Wide); float64 has another one.
#pragma once

#include <limits>

#include "src/cuda/learned/body.h"
#include "src/cuda/learned/columns.h"
#include "src/cuda/learned/terms.h"

namespace rheo::one_lane {

HWY_INLINE float widened_at(Format format, const void* data, std::int64_t at) {
  if (format == Format::kFloat32) return static_cast<const float*>(data)[at];
  const std::uint16_t bits = static_cast<const std::uint16_t*>(data)[at];
  return format == Format::kBfloat16 ? Bfloat16One::widen(bits) : Float16One::widen(bits);
}

// Arrays of a number each, or of one for each channel.
struct Parameters {
  const void* data[kMaxParameters];
  bool per_channel[kMaxParameters];
  Format format;

  explicit Parameters(const LearnedRequest& r) : format(r.parameter_format) {
    for (std::size_t i = 0; i < kMaxParameters; ++i)
      data[i] = r.parameters[i], per_channel[i] = r.per_channel[i];
  }
  HWY_INLINE double number(std::size_t i, std::int64_t channel) const {
    const std::int64_t at = per_channel[i] ? channel : 0;
    if (format == Format::kFloat64) return static_cast<const double*>(data[i])[at];
    return static_cast<double>(widened_at(format, data[i], at));
  }
};

struct LearnedArrays {
  const void *x, *grad;  // grad null: 1
  void* y;               // null: results are summed
  Format format;
  Columns columns;
  Share share;
  Parameters parameters;

  LearnedArrays(const LearnedRequest& r, std::int64_t threads, std::int64_t size, std::int64_t blocks)
      : x(r.x),
        grad(r.grad),
        y(r.y),
        format(r.format),
        columns(r),
        share(columns, threads, size, blocks),
        parameters(r) {}
};

// Elements that a thread evaluates side by side, and where they lie; 0 where there are none.
template <class Wide>
using SideBySide = std::conditional_t<sizeof(Wide) == 8, Doubles, Floats>;

template <class Wide>
struct Steps {
  static constexpr int kSize = SideBySide<Wide>::kN;
  Wide x[kSize], grad[kSize];
  std::int64_t place[kSize];

  HWY_INLINE Steps(const LearnedArrays& a, const Column& column, std::int64_t first) {
    RHEO_UNROLLED
    for (int i = 0; i < kSize; ++i) {
      place[i] = a.columns.place(column.position, first + i * column.between);
      x[i] = place[i] >= 0 ? number(a.format, a.x, place[i]) : Wide(0);
      grad[i] = a.grad != nullptr && place[i] >= 0 ? number(a.format, a.grad, place[i]) : Wide(1);
    }
  }

 private:
  HWY_INLINE static Wide number(Format format, const void* data, std::int64_t at) {
    if constexpr (sizeof(Wide) == 8) {
      return static_cast<const double*>(data)[at];
    } else {
      return widened_at(format, data, at);
    }
  }
};

// each(steps) for all steps of a column.
template <class Wide, class Each>
HWY_INLINE void for_steps(const LearnedArrays& a, const Column& column, const Each& each) {
  for (std::int64_t first = column.first; first < a.columns.steps(); first += column.turn)
    each(Steps<Wide>(a, column, first));
}

// What a thread knows of its channel.
template <class A>
struct Channel {
  double parameters[kMaxParameters] = {};
  bool nan = false;  // one of them is, and so are all results

  HWY_INLINE Channel(const LearnedArrays& a, std::int64_t channel) {
    for (std::size_t i = 0; i < A::info.parameters.size(); ++i) {
      parameters[i] = a.parameters.number(i, channel);
      nan = nan || parameters[i] != parameters[i];
    }
  }
};

// each(body, steps, results) for all steps of the column.
template <class A, class Task, class AllTables, class Wide, class Each>
HWY_INLINE void for_results(const LearnedArrays& a, const Column& column, const Each& each) {
  const Channel<A> channel(a, a.columns.channel(column.position));
  const auto evaluate = [&](const auto& body) {
    for_steps<Wide>(a, column, [&](const Steps<Wide>& s) {
      using Numbers = SideBySide<Wide>;
      Wide results[Numbers::kN];
      body(Numbers::load(s.x), Numbers::load(s.grad)).store(results);
      if (channel.nan) {
        RHEO_UNROLLED
        for (Wide& y : results) y = std::numeric_limits<Wide>::quiet_NaN();
      }
      each(body, s, results);
    });
  };
  if constexpr (sizeof(Wide) == 8) {
    with_body64<A, Task>(channel.parameters, evaluate);
  } else {
    with_body<A, Task, AllTables>(channel.parameters, evaluate);
  }
}

// Rounds a result to 16 bits.
template <class One, class Body>
HWY_INLINE std::uint16_t settled_one(const Body& body, float x, float grad, float result) {
  if (Sixteen<One>::template in_doubt<Body::kUnderflows>(result, grad, false))
    return decided(body.decider, x, grad, One::kFormat);
  return One::narrow(result);
}

template <class Body, class Wide>
HWY_INLINE void store_results(const LearnedArrays& a, const Body& body, const Steps<Wide>& s,
                              const Wide* results) {
  RHEO_UNROLLED
  for (int i = 0; i < s.kSize; ++i) {
    if (s.place[i] < 0) continue;
    if constexpr (sizeof(Wide) == 8) {
      static_cast<double*>(a.y)[s.place[i]] = results[i];
    } else if (a.format == Format::kFloat32) {
      static_cast<float*>(a.y)[s.place[i]] = results[i];
    } else {
      static_cast<std::uint16_t*>(a.y)[s.place[i]] =
          a.format == Format::kBfloat16 ? settled_one<Bfloat16One>(body, s.x[i], s.grad[i], results[i])
                                        : settled_one<Float16One>(body, s.x[i], s.grad[i], results[i]);
    }
  }
}

template <class A, class Task, class AllTables, class Wide>
HWY_INLINE void map_thread(const LearnedArrays& a, Thread thread) {
  const Column column(a.columns, a.share, thread, Steps<Wide>::kSize);
  if (!column.used) return;
  for_results<A, Task, AllTables, Wide>(a, column,
                                        [&](const auto& body, const Steps<Wide>& s, const Wide* results) {
                                          store_results(a, body, s, results);
                                        });
}

template <class Wide>
HWY_INLINE void add_results(const Steps<Wide>& s, const Wide* numbers, Terms<Wide>& terms) {
  RHEO_UNROLLED
  for (int i = 0; i < s.kSize; ++i)
    if (s.place[i] >= 0) terms.add(numbers[i]);
}

// Terms grad df/dp(x): stored or, rounded to float32 or float64, added to the thread's row.
template <class A, class Task, class AllTables, class Wide>
HWY_INLINE void term_thread(const LearnedArrays& a, Thread thread, Terms<Wide>& terms) {
  const Column column(a.columns, a.share, thread, Steps<Wide>::kSize);
  if (!column.used) return;
  for_results<A, Task, AllTables, Wide>(a, column,
                                        [&](const auto& body, const Steps<Wide>& s, const Wide* results) {
                                          if (a.y != nullptr) return store_results(a, body, s, results);
                                          add_results(s, results, terms);
                                        });
  if (a.y == nullptr) terms.carry();
}

// Adds x itself.
template <class Wide>
HWY_INLINE void plain_sum_thread(const LearnedArrays& a, Thread thread, Terms<Wide>& terms) {
  const Column column(a.columns, a.share, thread, Steps<Wide>::kSize);
  if (!column.used) return;
  for_steps<Wide>(a, column, [&](const Steps<Wide>& s) { add_results(s, s.x, terms); });
  terms.carry();
}

}  // namespace rheo::one_lane
