// SPDX-License-Identifier: Apache-2.0
// truth.cc: raises the precision until a second derivative is known; calls the kernels.
#include "tests/second/truth.h"

#include <stdexcept>
#include <string>
#include <string_view>

#include "src/core/registry.h"
#include "src/math/format16.h"

namespace rheo::oracle {

namespace {

const SecondFormula& find(std::string_view name) {
  for (const SecondList* list : second_lists())
    for (std::size_t i = 0; i < list->count; ++i)
      if (list->items[i].name == name) return list->items[i];
  throw std::runtime_error("no formula " + std::string(name));
}

bool tiny(const Ball& ball) {
  Ball limit(1.0), size = ball;
  arb_mul_2exp_si(limit.get(), limit.get(), -2000);
  arb_abs(size.get(), size.get());
  return arb_lt(size.get(), limit.get()) != 0;
}

}  // namespace

Ball exact_second(const char* name, double x, const double* parameters) {
  const SecondFormula& formula = find(name);
  constexpr slong kFirst = 160, kLast = 160 << 8, kBits = 100;
  for (precision = kFirst; precision <= kLast; precision *= 2) {
    try {
      Ball result = formula.second(Ball(x), parameters);
      if (arb_is_zero(result.get()) != 0 || arb_rel_accuracy_bits(result.get()) >= kBits || tiny(result))
        return result;
    } catch (const Undecided&) {  // more bits will tell
    }
  }
  throw std::runtime_error(std::string(name) + ": no decision at x = " + std::to_string(x));
}

}  // namespace rheo::oracle

namespace rheo::test {

namespace {

template <class T, class To, class From>
std::vector<double> run(const Entry& entry, Format format, const std::vector<double>& x,
                        const std::vector<double>& grad, const double* p, To&& to, From&& from) {
  std::vector<T> in, g, out(x.size());
  for (const double v : x) in.push_back(to(v));
  for (const double v : grad) g.push_back(to(v));
  second_kernel(format, second_of(entry), in.data(), grad.empty() ? nullptr : g.data(), out.data(), in.size(),
                p);
  std::vector<double> result;
  for (const T v : out) result.push_back(from(v));
  return result;
}

}  // namespace

std::vector<double> second(const Entry& entry, Format format, const std::vector<double>& x,
                           const std::vector<double>& grad, const double* p) {
  const auto as_is = [](double v) { return v; };
  if (format == Format::kFloat64) return run<double>(entry, format, x, grad, p, as_is, as_is);
  if (format == Format::kFloat32)
    return run<float>(
        entry, format, x, grad, p, [](double v) { return static_cast<float>(v); },
        [](float v) { return static_cast<double>(v); });
  const Format16 layout = format == Format::kBfloat16 ? kBfloat16Format : kFloat16Format;
  return run<std::uint16_t>(
      entry, format, x, grad, p, [&](double v) { return narrowed(v, layout); },
      [&](std::uint16_t bits) { return widened(bits, layout); });
}

}  // namespace rheo::test
