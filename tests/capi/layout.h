// SPDX-License-Identifier: Apache-2.0
// layout.h: operands scattered over memory by strides, with canaries everywhere else.
#pragma once

#include "tests/capi/library.h"

namespace rheo::test {

using Strides = std::vector<std::int64_t>;

inline std::size_t count_of(const Strides& shape) {
  std::size_t n = 1;
  for (const std::int64_t extent : shape) n *= static_cast<std::size_t>(extent);
  return n;
}

inline Strides contiguous_strides(const Strides& shape) {
  Strides strides(shape.size());
  std::int64_t next = 1;
  for (std::size_t i = shape.size(); i-- > 0; next *= shape[i]) strides[i] = next;
  return strides;
}

// The offsets of all elements, in row-major order of the indices.
inline std::vector<std::int64_t> offsets_of(const Strides& shape, const Strides& strides) {
  std::vector<std::int64_t> offsets = {0};
  for (std::size_t i = 0; i < shape.size(); ++i) {
    std::vector<std::int64_t> next;
    for (const std::int64_t at : offsets)
      for (std::int64_t k = 0; k < shape[i]; ++k) next.push_back(at + k * strides[i]);
    offsets = std::move(next);
  }
  return offsets;
}

// Memory that holds an operand with these strides, and some more on both sides.
template <class T>
class Scattered {
 public:
  Scattered(const Strides& shape, const Strides& strides)
      : strides_(strides), offsets_(offsets_of(shape, strides)) {
    const auto [low, high] = std::minmax_element(offsets_.begin(), offsets_.end());
    origin_ = kMargin - (offsets_.empty() ? 0 : *low);
    memory_.assign(static_cast<std::size_t>(2 * kMargin + 1 + (offsets_.empty() ? 0 : *high - *low)),
                   kCanary<T>);
  }

  void fill(const std::vector<T>& values) {
    for (std::size_t i = 0; i < offsets_.size(); ++i) at(i) = values[i];
  }
  // Where strides of 0 or repeated offsets put several elements at one place, the last one counts.
  std::vector<T> read() {
    std::vector<T> values;
    for (std::size_t i = 0; i < offsets_.size(); ++i) values.push_back(at(i));
    return values;
  }
  bool untouched_elsewhere() {
    std::vector<T> rest = memory_;
    for (const std::int64_t offset : offsets_) rest[static_cast<std::size_t>(origin_ + offset)] = kCanary<T>;
    return std::all_of(rest.begin(), rest.end(), [](T v) { return same(v, kCanary<T>); });
  }
  T* data() { return memory_.data() + origin_; }
  const std::int64_t* strides() const { return strides_.data(); }

 private:
  static constexpr std::int64_t kMargin = 40;

  T& at(std::size_t i) { return memory_[static_cast<std::size_t>(origin_ + offsets_[i])]; }

  Strides strides_;
  std::vector<std::int64_t> offsets_;
  std::int64_t origin_;
  std::vector<T> memory_;
};

struct Layout {
  Strides shape, x, grad, y;
};

template <class T>
rheo_call scattered_call(rheo_role role, const Layout& layout, Scattered<T>& x, Scattered<T>& grad,
                         Scattered<T>& y) {
  rheo_call call{};
  call.struct_size = sizeof call;
  call.role = role;
  call.format = format_of<T>();
  call.rank = static_cast<std::int32_t>(layout.shape.size());
  call.shape = layout.shape.data();
  call.x = x.data(), call.x_strides = x.strides();
  if (role == RHEO_BACKWARD) call.grad = grad.data(), call.grad_strides = grad.strides();
  call.y = y.data(), call.y_strides = y.strides();
  return call;
}

// The call with this layout gives the bits of the plain contiguous one, reads its inputs without changing
// them, and writes nothing beside its output.
template <class T>
void expect_plain_results(const rheo_activation* a, rheo_role role, const Layout& layout) {
  const std::size_t n = count_of(layout.shape);
  Scattered<T> x(layout.shape, layout.x), grad(layout.shape, layout.grad), y(layout.shape, layout.y);
  x.fill(sample<T>(n + 200)), grad.fill(sample<T>(n + 200, 2));
  const std::vector<T> given_x = x.read(),
                       given_grad = grad.read();  // what a broadcast input holds in the end
  const rheo_call call = scattered_call(role, layout, x, grad, y);
  ASSERT_EQ(rheo_run(a, &call), RHEO_OK) << rheo_last_error();
  ASSERT_TRUE(same_bits(y.read(), plain_results(a, role, given_x, given_grad)));
  ASSERT_TRUE(y.untouched_elsewhere());
  ASSERT_TRUE(same_bits(x.read(), given_x) && x.untouched_elsewhere());
  ASSERT_TRUE(same_bits(grad.read(), given_grad) && grad.untouched_elsewhere());
}

}  // namespace rheo::test
