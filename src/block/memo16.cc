// SPDX-License-Identifier: Apache-2.0
// memo16.cc: what is remembered, and results from it.
#include "src/block/memo16.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "src/core/format16.h"

namespace rheo {

namespace {

// Memory for all roles and gates of one function for each file of activations, in either format. A page that
// is never written to does not exist.
constexpr std::size_t kPlacesOfFile = 12, kPlaces = RHEO_ACTIVATION_FILES * kPlacesOfFile,
                      kPlaceSize = kInputs16 * sizeof(std::uint16_t);
alignas(64) std::byte room[kPlaces][kPlaceSize];
std::atomic<std::size_t> places_taken{0};

// So many places side by side; null when there are no more.
void* take_places(std::size_t count) {
  std::size_t first = places_taken.load(std::memory_order_relaxed);
  do {
    if (first + count > kPlaces) return nullptr;
  } while (!places_taken.compare_exchange_weak(first, first + count, std::memory_order_relaxed));
  return room[first];
}

enum class State : int {
  kFree,
  kClaimed,   // by a thread that writes
  kCounting,  // elements
  kReady,     // for good
  kRefused    // there is no memory; for good
};

// Parameters that have been seen. Others take their place until it is ready.
struct Set {
  std::atomic<State> state{State::kFree};
  std::atomic<std::uint64_t> parameters[kMaxParameters] = {};  // their bits: -0 is not 0
  std::atomic<std::uint32_t> count{0};
  Memo16 memo;

  bool holds(const double* given, std::size_t n) const {
    for (std::size_t i = 0; i < n; ++i)
      if (std::bit_cast<std::uint64_t>(given[i]) != parameters[i].load(std::memory_order_relaxed))
        return false;
    return true;
  }
  void write(const double* given, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i)
      parameters[i].store(std::bit_cast<std::uint64_t>(given[i]), std::memory_order_relaxed);
  }
  bool claim(State from) {
    return state.compare_exchange_strong(from, State::kClaimed, std::memory_order_acquire);
  }
};

// What is known of one kernel, which stands for a function, role and instruction set, in one format. A
// parameter that changes with each call uses up the sets, and no more than these.
struct Subject {
  static constexpr std::size_t kSets = 4;
  std::atomic<Kernel> kernel{nullptr};
  std::atomic<unsigned> next{0};
  Set sets[kSets];
};

constexpr std::size_t kSubjects = 256, kProbes = 8;
Subject subjects[kFormats16][kSubjects];

// The kernel's; null when there is no room for another one.
Subject* subject_of(Format format, Kernel kernel) {
  const auto address = reinterpret_cast<std::uintptr_t>(kernel);
  const std::size_t home = static_cast<std::size_t>((address >> 4) * 0x9E3779B97F4A7C15u >> 40);
  for (std::size_t k = 0; k < kProbes; ++k) {
    Subject& s = subjects[place16(format)][(home + k) % kSubjects];
    Kernel here = s.kernel.load(std::memory_order_relaxed);
    if (here == nullptr && s.kernel.compare_exchange_strong(here, kernel, std::memory_order_relaxed))
      return &s;
    if (here == kernel) return &s;
  }
  return nullptr;
}

// The set with these parameters, which may begin to count; null when all others stay.
Set* set_of(Subject& subject, const double* parameters, std::size_t n) {
  for (Set& set : subject.sets) {
    const State state = set.state.load(std::memory_order_acquire);
    if (state != State::kFree && state != State::kClaimed && set.holds(parameters, n)) return &set;
  }
  for (std::size_t k = 0; k < Subject::kSets; ++k) {
    Set& set = subject.sets[subject.next.fetch_add(1, std::memory_order_relaxed) % Subject::kSets];
    if (!set.claim(State::kFree) && !set.claim(State::kCounting)) continue;
    set.write(parameters, n), set.count.store(0, std::memory_order_relaxed);
    set.state.store(State::kCounting, std::memory_order_release);
    return &set;
  }
  return nullptr;
}

constexpr std::size_t kBlock = 512;

// What float32's kernel gives for so many inputs and gradients of 1 and -1, and float64's for 1.
struct Factors {
  float of_one[kBlock], of_minus_one[kBlock];
  double exact[kBlock];

  Factors(std::size_t first, Format format, const Kernels16& kernels, const double* parameters) {
    float x[kBlock], grad[kBlock];
    double wide[kBlock], ones[kBlock];
    for (std::size_t k = 0; k < kBlock; ++k) {
      wide[k] = widened(static_cast<std::uint16_t>(first + k), format16_of(format)), ones[k] = 1;
      x[k] = static_cast<float>(wide[k]);
    }
    std::fill_n(grad, kBlock, 1.0F), kernels.quick(x, grad, of_one, kBlock, parameters);
    std::fill_n(grad, kBlock, -1.0F), kernels.quick(x, grad, of_minus_one, kBlock, parameters);
    kernels.exact(wide, ones, exact, kBlock, parameters);
  }
  // What float64 has as 0, is 0 for the largest gradient, too.
  bool zero(std::size_t k) const { return of_one[k] == 0 && exact[k] == 0; }
  bool positive_zero(std::size_t k) const {
    return !std::signbit(of_one[k]) && !std::signbit(of_minus_one[k]);
  }
  // Whether a product is as precise as this factor, and of the same sign, too, if it is 0.
  bool held(std::size_t k, bool positive_zeros) const {
    const float size = std::fabs(of_one[k]);
    if (zero(k)) return positive_zeros || std::signbit(of_one[k]) != std::signbit(of_minus_one[k]);
    return size >= 0x1p-100F && size <= 0x1p100F;
  }
};

}  // namespace

std::size_t memo_size(const Kernels16& kernels) {
  return kInputs16 * (kernels.remembered == Remembered16::kFactors ? sizeof(float) : sizeof(std::uint16_t));
}

Memo16 memo_in(void* memory, Format format, const Kernels16& kernels, const double* parameters) {
  if (kernels.remembered == Remembered16::kResults) {
    auto* const results = static_cast<std::uint16_t*>(memory);
    std::iota(results, results + kInputs16, std::uint16_t{0});
    evaluate16(format, kernels, results, nullptr, results, kInputs16, parameters);
    return {.results = results};
  }
  auto* const factors = static_cast<float*>(memory);
  bool any_zeros = false, all_positive = true;
  const auto each_block = [&](auto&& body) {
    for (std::size_t first = 0; first < kInputs16; first += kBlock)
      body(factors + first, Factors(first, format, kernels, parameters));
  };
  each_block([&](float*, const Factors& found) {
    for (std::size_t k = 0; k < kBlock; ++k)
      if (found.zero(k)) any_zeros = true, all_positive = all_positive && found.positive_zero(k);
  });
  const bool positive_zeros = any_zeros && all_positive;
  each_block([&](float* to, const Factors& found) {
    for (std::size_t k = 0; k < kBlock; ++k)
      to[k] = found.held(k, positive_zeros) ? found.of_one[k] : std::numeric_limits<float>::quiet_NaN();
  });
  return {.factors = factors, .positive_zeros = positive_zeros};
}

const Memo16* memo_of(Format format, const Kernels16& kernels, const double* parameters, std::size_t n) {
  if (n < kMemoRun || kernels.remembered == Remembered16::kNothing) return nullptr;
  Subject* const subject = subject_of(format, kernels.quick);
  if (subject == nullptr) return nullptr;
  Set* const set = set_of(*subject, parameters, kernels.parameter_count);
  if (set == nullptr) return nullptr;
  // Once it is ready, its parameters are what they will always be.
  if (set->state.load(std::memory_order_acquire) == State::kReady)
    return set->holds(parameters, kernels.parameter_count) ? &set->memo : nullptr;
  const auto more = static_cast<std::uint32_t>(std::min<std::size_t>(n, kMemoAfter));
  if (set->count.fetch_add(more, std::memory_order_relaxed) < kMemoAfter) return nullptr;
  if (!set->claim(State::kCounting)) return nullptr;
  set->write(parameters, kernels.parameter_count);  // another call may have put its own there
  void* const memory = take_places(memo_size(kernels) / kPlaceSize);
  if (memory != nullptr) set->memo = memo_in(memory, format, kernels, parameters);
  set->state.store(memory != nullptr ? State::kReady : State::kRefused, std::memory_order_release);
  return memory != nullptr ? &set->memo : nullptr;
}

void walk16(Format format, const Kernels16& kernels, const void* x, const void* grad, void* y, std::size_t n,
            const double* parameters) {
  const Memo16* const memo = memo_of(format, kernels, parameters, n);
  if (memo == nullptr) return evaluate16(format, kernels, x, grad, y, n, parameters);
  recall16(*memo, format, kernels, x, grad, y, n, parameters);
}

}  // namespace rheo
