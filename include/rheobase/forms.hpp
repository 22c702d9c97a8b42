// SPDX-License-Identifier: Apache-2.0
// forms.hpp: gates and fused calls for C++20, over spans. Header-only, over the C ABI (forms.h).
//
//   rheobase::gate swiglu(rheobase::activation("silu"));
//   swiglu(a, b, y);                       // y[i] = silu(a[i]) b[i]
//   swiglu(packed, d, y);                  // rows of 2 d elements, a's half first
//   swiglu.backward(grad, a, b, da, db);
//   rheobase::fused<float> layer({rheobase::activation("gelu")});
//   layer.with_bias(bias)(x, y);           // y[i] = gelu(x[i] + bias[i % bias.size()])
//
// a, b, x, y and gradients are anything contiguous of float, or all of double, bfloat16 or float16.
// docs/forms.md says what is promised. All functions are safe to call from several threads at once.
#ifndef RHEOBASE_FORMS_HPP_
#define RHEOBASE_FORMS_HPP_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "rheobase/rheobase.hpp"

namespace rheobase {

// Where the two factors lie in an array that holds both (rheo_layout in forms.h).
enum class layout : std::uint32_t {
  halves = RHEO_HALVES,
  halves_swapped = RHEO_HALVES_SWAPPED,
  interleaved = RHEO_INTERLEAVED,
  interleaved_swapped = RHEO_INTERLEAVED_SWAPPED
};

namespace detail {

inline void check_extent(const char* name, std::size_t size, std::size_t expected) {
  if (size == expected) return;
  detail::raise(RHEO_ERROR_SHAPE, std::string(name) + " has " + std::to_string(size) +
                                      " elements; expected " + std::to_string(expected));
}

template <class Range>
concept contiguous = requires(const Range& range) {
  range.data();
  range.size();
};

// The type of a container's elements.
template <class Range>
using element = std::remove_cvref_t<decltype(*std::declval<const Range&>().data())>;

// Anything contiguous, as spans.
template <class Range>
std::span<const element<Range>> read(const Range& range) {
  return {range.data(), range.size()};
}
template <class Range>
auto written(Range&& range) {
  return std::span(range.data(), range.size());
}

}  // namespace detail

// act(a) b, and its gradients. Copies are cheap.
class gate {
 public:
  // Of an activation with its parameters and its number of threads; any activation has gates.
  explicit gate(activation act) : act_(std::move(act)) {}

  // The same with a held below the limit and b within [-limit, limit]; 0 takes it away. Throws error
  // (RHEO_ERROR_PARAMETER) when it is negative or not finite.
  [[nodiscard]] gate with_limit(double limit) const { return changed(limit, offset_); }
  // The same with b + offset in the place of b, after the limit. Throws error (RHEO_ERROR_PARAMETER) when it
  // is not finite.
  [[nodiscard]] gate with_offset(double offset) const { return changed(limit_, offset); }

  // y[i] = act(a[i]) b[i], rounded once. y may be a or b; any other overlap is an error. Throws error:
  // RHEO_ERROR_SHAPE when the sizes differ, RHEO_ERROR_OVERLAP, RHEO_ERROR_PARAMETER (see activation::with).
  template <detail::contiguous A, detail::contiguous B, class Y>
  void operator()(const A& a, const B& b, Y&& y) const {
    value(detail::read(a), detail::read(b), detail::written(y));
  }
  // The same of rows of 2 d elements that hold both, for rows of d results. Throws error (RHEO_ERROR_SHAPE)
  // when there are no whole rows.
  template <detail::contiguous Packed, class Y>
  void operator()(const Packed& packed, std::size_t d, Y&& y, layout order = layout::halves) const {
    packed_value(detail::read(packed), d, detail::written(y), order);
  }
  // da[i] = grad[i] b[i] act'(a[i]), db[i] = grad[i] act(a[i]). da may be any of the inputs, db may be b or
  // grad. Throws error as above.
  template <class G, detail::contiguous A, detail::contiguous B, class DA, class DB>
  void backward(const G& grad, const A& a, const B& b, DA&& da, DB&& db) const {
    gradients(detail::read(grad), detail::read(a), detail::read(b), detail::written(da), detail::written(db));
  }
  // Both gradients in rows of 2 d elements, as packed has its factors. Throws error as above.
  template <class G, detail::contiguous Packed, class D>
  void backward(const G& grad, const Packed& packed, std::size_t d, D&& dpacked,
                layout order = layout::halves) const {
    packed_gradients(detail::read(grad), detail::read(packed), d, detail::written(dpacked), order);
  }

 private:
  gate changed(double limit, double offset) const {
    gate result = *this;
    result.limit_ = limit, result.offset_ = offset;
    const std::int64_t none = 0;
    rheo_gate g = result.descriptor<double>(RHEO_VALUE, RHEO_TWO_ARRAYS, &none, 1);
    result.run(g);  // the library's own check, on no elements
    return result;
  }
  template <class T>
  rheo_gate descriptor(rheo_role role, std::uint32_t order, const std::int64_t* shape,
                       std::int32_t rank) const {
    rheo_gate g{};
    g.struct_size = sizeof g;
    g.role = static_cast<std::uint32_t>(role), g.format = detail::format_of<T>, g.layout = order;
    g.threads = act_.threads(), g.rank = rank, g.shape = shape;
    g.parameters = act_.parameters().data(), g.parameter_count = act_.parameters().size();
    g.limit = limit_, g.offset = offset_;
    return g;
  }
  void run(const rheo_gate& g) const { detail::check(rheo_run_gate(act_.handle(), &g)); }

  template <class T>
  void value(std::span<const T> a, std::span<const T> b, std::span<T> y) const {
    detail::check_extent("b", b.size(), a.size()), detail::check_extent("y", y.size(), a.size());
    const auto n = static_cast<std::int64_t>(a.size());
    rheo_gate g = descriptor<T>(RHEO_VALUE, RHEO_TWO_ARRAYS, &n, 1);
    g.a = a.data(), g.b = b.data(), g.y = y.data();
    run(g);
  }
  // The number of rows.
  static std::int64_t rows(std::size_t size, std::size_t d) {
    if (d == 0) detail::raise(RHEO_ERROR_SHAPE, "d is 0; expected at least 1");
    if (size % 2 != 0 || size / 2 % d != 0) {
      detail::raise(RHEO_ERROR_SHAPE, "what holds both factors has " + std::to_string(size) +
                                          " elements; expected rows of " + std::to_string(2 * d));
    }
    return static_cast<std::int64_t>(size / 2 / d);
  }
  template <class T>
  void packed_value(std::span<const T> packed, std::size_t d, std::span<T> y, layout order) const {
    const std::int64_t shape[] = {rows(packed.size(), d), static_cast<std::int64_t>(2 * d)};
    detail::check_extent("y", y.size(), packed.size() / 2);
    rheo_gate g = descriptor<T>(RHEO_VALUE, static_cast<std::uint32_t>(order), shape, 2);
    g.a = packed.data(), g.y = y.data();
    run(g);
  }
  template <class T>
  void gradients(std::span<const T> grad, std::span<const T> a, std::span<const T> b, std::span<T> da,
                 std::span<T> db) const {
    detail::check_extent("b", b.size(), a.size()), detail::check_extent("grad", grad.size(), a.size());
    detail::check_extent("da", da.size(), a.size()), detail::check_extent("db", db.size(), a.size());
    const auto n = static_cast<std::int64_t>(a.size());
    rheo_gate g = descriptor<T>(RHEO_BACKWARD, RHEO_TWO_ARRAYS, &n, 1);
    g.a = a.data(), g.b = b.data(), g.grad = grad.data(), g.da = da.data(), g.db = db.data();
    run(g);
  }
  template <class T>
  void packed_gradients(std::span<const T> grad, std::span<const T> packed, std::size_t d,
                        std::span<T> dpacked, layout order) const {
    const std::int64_t shape[] = {rows(packed.size(), d), static_cast<std::int64_t>(2 * d)};
    detail::check_extent("grad", grad.size(), packed.size() / 2);
    detail::check_extent("dpacked", dpacked.size(), packed.size());
    rheo_gate g = descriptor<T>(RHEO_BACKWARD, static_cast<std::uint32_t>(order), shape, 2);
    g.a = packed.data(), g.grad = grad.data(), g.da = dpacked.data();
    run(g);
  }

  activation act_;
  double limit_ = 0, offset_ = 0;
};

// actn(.. act1(scale x + bias)) in one pass over memory. Refers to the channels that it was given. The last
// axis of x is that of the channels.
template <class T>
class fused {
 public:
  // Of 1 to 16 activations, the first one first; their number is checked by the call. It takes as many
  // threads as the first one.
  explicit fused(std::vector<activation> stages) : stages_(std::move(stages)) {}

  // The same of scale x: a number, or one for each channel. Channels are not copied, and have to outlive the
  // calls. Throws error (RHEO_ERROR_SHAPE) when there are none.
  [[nodiscard]] fused with_scale(double scale) const { return changed(&fused::scale_, number(scale)); }
  [[nodiscard]] fused with_scale(std::span<const T> scale) const {
    return changed(&fused::scale_, channels(scale));
  }
  // The same with a bias added after the scale. Otherwise as above.
  [[nodiscard]] fused with_bias(double bias) const { return changed(&fused::bias_, number(bias)); }
  [[nodiscard]] fused with_bias(std::span<const T> bias) const {
    return changed(&fused::bias_, channels(bias));
  }

  // y may be x. Throws error: RHEO_ERROR_SHAPE when the sizes differ, when x is not a multiple of the
  // channels, or when there are not 1 to 16 activations, RHEO_ERROR_OVERLAP, RHEO_ERROR_PARAMETER (see
  // activation::with).
  void operator()(std::span<const T> x, std::span<T> y) const {
    detail::check_extent("y", y.size(), x.size());
    const std::size_t channels = scale_.count != 0 ? scale_.count : bias_.count != 0 ? bias_.count : x.size();
    if (bias_.count != 0) detail::check_extent("bias", bias_.count, channels);
    if (channels == 0 || x.size() % channels != 0) {
      if (x.empty()) return;
      detail::raise(RHEO_ERROR_SHAPE, "x has " + std::to_string(x.size()) + " elements; expected rows of " +
                                          std::to_string(channels));
    }
    const std::int64_t shape[] = {static_cast<std::int64_t>(x.size() / channels),
                                  static_cast<std::int64_t>(channels)};
    std::vector<rheo_stage> stages;
    for (const activation& a : stages_)
      stages.push_back({a.handle(), a.parameters().data(), a.parameters().size()});
    rheo_fused f{};
    f.struct_size = sizeof f, f.format = detail::format_of<T>;
    f.threads = stages_.empty() ? 0 : stages_.front().threads();
    f.stages = stages.data(), f.stage_count = static_cast<std::uint32_t>(stages.size());
    f.rank = 2, f.shape = shape;
    f.scale = scale_.c.kind != 0 ? &scale_.c : nullptr, f.bias = bias_.c.kind != 0 ? &bias_.c : nullptr;
    f.x = x.data(), f.y = y.data();
    detail::check(rheo_run_fused(&f));
  }

 private:
  struct term {
    rheo_term c{};
    std::size_t count = 0;  // of channels; 0: it has none
  };
  static term number(double value) {
    term result;
    result.c.kind = RHEO_NUMBER, result.c.number = value;
    return result;
  }
  static term channels(std::span<const T> values) {
    if (values.empty()) detail::raise(RHEO_ERROR_SHAPE, "there are no channels");
    term result;
    result.c.kind = RHEO_CHANNEL, result.c.axis = -1, result.c.data = values.data();
    result.count = values.size();
    return result;
  }
  fused changed(term fused::* which, const term& value) const {
    fused result = *this;
    result.*which = value;
    return result;
  }

  std::vector<activation> stages_;
  term scale_, bias_;
};

}  // namespace rheobase

#endif  // RHEOBASE_FORMS_HPP_
