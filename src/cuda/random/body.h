// SPDX-License-Identifier: Apache-2.0
// body.h: what a thread computes of a few elements of a function that draws random numbers: the words
// of src/math/philox.h, and the formula on float64 (src/random/drawn-inl.h), rounded once.
#pragma once

#include <cstddef>
#include <cstdint>

#include "src/cuda/format.h"
#include "src/cuda/request.h"
#include "src/math/normal-inl.h"
#include "src/random/drawn-inl.h"

namespace rheo::one_lane {

// From and to float64, for each format's elements.
template <class F>
struct OfDoubles {
  static constexpr int kSize = F::kSize;
  HWY_INLINE static void widen(const Pack<typename F::T>& from, double* to) {
    typename F::Wide wide[kSize];
    F::widen(from, wide);
    for (int i = 0; i < kSize; ++i) to[i] = static_cast<double>(wide[i]);
  }
  HWY_INLINE static typename F::T narrow(double v) {
    if constexpr (requires { F::narrow(1.0F); }) {
      return F::narrow(rounded_to_odd(v));
    } else {
      return static_cast<typename F::T>(v);
    }
  }
};

// The words of kN elements from index `first` on, which may be below 0 where a pack begins before the array.
template <int kN>
HWY_INLINE void words_of(Stream stream, std::int64_t first, std::uint64_t which, std::uint32_t* words) {
  constexpr int kBlocks = (kN + 3 + 3) / 4;  // the first element may be the last one of its block
  std::uint32_t all[4 * kBlocks];
  const std::int64_t block = first >> 2;
  const int skipped = static_cast<int>(first & 3);
  for (int k = 0; k < kBlocks; ++k) {
    PhiloxWords four{};
    if (4 * k < skipped + kN) four = random_block(stream, static_cast<std::uint64_t>(block + k) | which);
    for (int i = 0; i < 4; ++i) all[4 * k + i] = four.word[i];
  }
  // Chosen, so that the words stay in registers.
  for (int i = 0; i < kN; ++i)
    words[i] = skipped == 0 ? all[i] : skipped == 1 ? all[i + 1] : skipped == 2 ? all[i + 2] : all[i + 3];
}

// One function in one role, in training or afterwards.
template <class TheFormat, class A, Role kRole, bool kTraining>
struct RandomBody {
  using Format = TheFormat;
  using T = typename Format::T;
  static constexpr int kSize = Format::kSize;
  static constexpr bool kHasGrad = kRole == Role::kBackward;

  Drawn<A, kRole, kTraining> drawn;
  Stream numbers;
  std::int64_t first;

  explicit RandomBody(const RandomRequest& r) : drawn(r.parameters), numbers(r.numbers), first(r.first) {}

  // Of a pack that begins at the call's element `at`.
  HWY_INLINE Pack<T> operator()(const Pack<T>& x, const Pack<T>& grad, std::int64_t at) const {
    using Convert = OfDoubles<Format>;
    double xs[kSize], grads[kSize], draws[kSize];
    Convert::widen(x, xs), Convert::widen(grad, grads);
    draw(at, draws);
    Pack<T> y;
    for (int i = 0; i < kSize; ++i)
      y.v[i] = Convert::narrow(drawn(One{xs[i]}, One{draws[i]}, One{grads[i]}).raw);
    return y;
  }

 private:
  using One = hn::Vec1<double>;

  HWY_INLINE void draw(std::int64_t at, double* draws) const {
    std::uint32_t words[kSize], second[kSize];
    if constexpr (!kTraining) {
      for (int i = 0; i < kSize; ++i) draws[i] = 1;
    } else if constexpr (A::info.draws == Draws::kUniform) {
      words_of<kSize>(numbers, first + at, 0, words);
      for (int i = 0; i < kSize; ++i) draws[i] = static_cast<double>(uniform_of(words[i]));
    } else {
      words_of<kSize>(numbers, first + at, 0, words);
      words_of<kSize>(numbers, first + at, kSecondWords, second);
      using Word = hn::Vec1<std::uint32_t>;
      for (int i = 0; i < kSize; ++i) draws[i] = normal_of(DD(), Word{words[i]}, Word{second[i]}).raw;
    }
  }
};

// The launchers of a file's functions: Start(request) is called with a body, and has the error.
template <class Start, class Format, class A, Role kRole>
void start_random(const RandomRequest& r, const Start& start) {
  if (r.training) return start(RandomBody<Format, A, kRole, true>(r));
  start(RandomBody<Format, A, kRole, false>(r));
}
template <class Start, class Format, class A>
void start_random(const RandomRequest& r, const Start& start) {
  if (r.backward) return start_random<Start, Format, A, Role::kBackward>(r, start);
  start_random<Start, Format, A, Role::kValue>(r, start);
}
template <class Start, class A>
int launch_random(const RandomRequest& r) {
  const Start start(r);
  if (r.format == Format::kFloat32) start_random<Start, Float32, A>(r, start);
  if (r.format == Format::kFloat64) start_random<Start, Float64Format, A>(r, start);
  if (r.format == Format::kBfloat16) start_random<Start, Bfloat16, A>(r, start);
  if (r.format == Format::kFloat16) start_random<Start, Float16, A>(r, start);
  return start.error;
}

template <class Start, class... A>
constexpr RandomLauncherList random_launchers(const char* file, Entries<A...>) {
  return {file, {launch_random<Start, A>...}};
}

}  // namespace rheo::one_lane
