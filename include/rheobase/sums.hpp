// SPDX-License-Identifier: Apache-2.0
// sums.hpp: exact sums for C++20 (sums.h, docs/sums.md): gradients of parameters, and statistics.
//
//   rheobase::sums<float> gradient;                                    // of one channel
//   gradient.add(rheobase::activation("prelu"), "alpha", grad, x);     // as often as there are batches
//   gradient.merge(of_another_process);
//   float dalpha = gradient.result()[0];
//
//   rheobase::statistics<float> activity(64);                          // of 64 channels
//   activity.add(x);                                                   // rows of 64 numbers
//   double dead = double(activity.result()[0].zeros) / double(activity.result()[0].count);
#ifndef RHEOBASE_SUMS_HPP_
#define RHEOBASE_SUMS_HPP_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rheobase/rheobase.hpp"

namespace rheobase {

namespace detail {

// A workspace. Copies are independent; none may be used by several threads at once.
template <class T>
class workspace {
 public:
  // Of no terms. Throws error (RHEO_ERROR_SHAPE) when there is not one channel at least.
  workspace(rheo_sums_kind kind, std::int64_t channels)
      : form_{static_cast<std::uint32_t>(kind), static_cast<std::uint32_t>(format_of<T>), channels} {
    std::size_t count = 0;
    check(rheo_sums_size(&form_, &count, nullptr));
    words_.resize(count);
    clear();
  }

  // Back to no terms.
  void clear() { check(rheo_sums_clear(&form_, words_.data(), words_.size())); }

  // Adds what the other one has. Throws error (RHEO_ERROR_WORKSPACE) when it has another number of channels.
  void merge(const workspace& other) {
    if (this == &other) detail::raise(RHEO_ERROR_OVERLAP, "a workspace cannot be merged with itself");
    if (other.form_.channels != form_.channels) {
      detail::raise(RHEO_ERROR_WORKSPACE, "the other one has " + std::to_string(other.form_.channels) +
                                              " channels; expected " + std::to_string(form_.channels));
    }
    check(rheo_sums_merge(&form_, words_.data(), other.words_.data(), words_.size()));
  }

  // All there is, to send elsewhere: the first added() words are merged by adding, the others by the maximum.
  std::span<std::int64_t> words() noexcept { return words_; }
  std::span<const std::int64_t> words() const noexcept { return words_; }
  // How many of the words are merged by adding.
  std::size_t added() const {
    std::size_t count = 0, added = 0;
    check(rheo_sums_size(&form_, &count, &added));
    return added;
  }

 protected:
  // Elements in rows of all channels; of one channel, in one row.
  void add_rows(rheo_sums_call call, std::span<const T> x, std::span<const T> grad) {
    const auto n = static_cast<std::int64_t>(x.size());
    if (n % form_.channels != 0) {
      detail::raise(RHEO_ERROR_SHAPE, "x has " + std::to_string(n) + " elements; expected a multiple of " +
                                          std::to_string(form_.channels) + ", the number of channels");
    }
    if (!grad.empty() && grad.size() != x.size()) {
      detail::raise(RHEO_ERROR_SHAPE, "grad has " + std::to_string(grad.size()) + " elements; expected " +
                                          std::to_string(n) + ", as x has");
    }
    const std::int64_t shape[] = {n / form_.channels, form_.channels};
    call.struct_size = sizeof call;
    call.form = form_;
    call.rank = 2, call.axis = 1, call.shape = shape;
    call.x = x.data(), call.grad = grad.empty() ? nullptr : grad.data();
    call.workspace = words_.data(), call.words = words_.size();
    check(rheo_sums_add(&call));
  }

  rheo_sums_form form_;
  std::vector<std::int64_t> words_;
};

}  // namespace detail

// Sums of float, double, bfloat16 or float16, exact until result(). Several channels are the last dimension:
// x[row][channel]; rheobase.h takes any layout.
template <class T>
class sums : public detail::workspace<T> {
 public:
  // Of no terms, for so many channels. Throws error (RHEO_ERROR_SHAPE) when there is not one at least.
  explicit sums(std::int64_t channels = 1) : detail::workspace<T>(RHEO_SUMS_TERMS, channels) {}

  // Adds x. Throws error (RHEO_ERROR_SHAPE) when these are no whole rows.
  void add(std::span<const T> x) { this->add_rows({}, x, {}); }

  // Adds grad df/dp(x), each term rounded to float, or to double for those; p is the named parameter. An
  // empty grad stands for ones. Throws error: RHEO_ERROR_NAME when there is no such parameter, and as above.
  void add(const activation& f, std::string_view parameter, std::span<const T> grad, std::span<const T> x) {
    const std::string name = detail::c_string(parameter, RHEO_ERROR_NAME);
    rheo_sums_call call{};
    call.activation = f.handle();
    call.parameters = f.parameters().data(), call.parameter_count = f.parameters().size();
    call.with_respect_to = name.c_str(), call.threads = f.threads();
    this->add_rows(call, x, grad);
  }

  // The sums of each channel so far, rounded once: to double for those, else to float. More may be added
  // afterwards.
  auto result() const {
    using R = std::conditional_t<std::is_same_v<T, double>, double, float>;
    std::vector<R> values(static_cast<std::size_t>(this->form_.channels));
    detail::check(rheo_sums_finish(&this->form_, this->words_.data(), this->words_.size(),
                                   static_cast<std::uint32_t>(detail::format_of<R>), values.data()));
    return values;
  }
};

// Statistics of the same (rheo_statistics in sums.h).
template <class T>
class statistics : public detail::workspace<T> {
 public:
  // Of no elements, for so many channels. Throws error (RHEO_ERROR_SHAPE) when there is not one at least.
  explicit statistics(std::int64_t channels = 1) : detail::workspace<T>(RHEO_SUMS_STATISTICS, channels) {}

  // Counts and adds x. Throws error (RHEO_ERROR_SHAPE) when these are no whole rows.
  void add(std::span<const T> x) { this->add_rows({}, x, {}); }

  // Those of each channel, so far; more may be added afterwards.
  std::vector<rheo_statistics> result() const {
    std::vector<rheo_statistics> values(static_cast<std::size_t>(this->form_.channels));
    detail::check(
        rheo_sums_statistics(&this->form_, this->words_.data(), this->words_.size(), values.data()));
    return values;
  }
};

}  // namespace rheobase

#endif  // RHEOBASE_SUMS_HPP_
