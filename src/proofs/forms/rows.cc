// SPDX-License-Identifier: Apache-2.0
// rows.cc: digests of functions of rows.
#include <cstdint>
#include <limits>

#include "src/proofs/forms/calls.h"
#include "src/proofs/forms/forms.h"

namespace rheo::proofs {

namespace {

constexpr std::int64_t kRows = 6;
// Short ones, around vectors, and around those at which exponentials are kept elsewhere or not at all.
constexpr std::int64_t kLengths[] = {1, 2, 7, 15, 16, 17, 33, 64, 100, 257, 1000, 4096, 4097, 9000};
constexpr std::int64_t kColumns = 84;  // which go through several panels at a time, and what is left
constexpr std::int64_t kColumnLengths[] = {50, 300};
constexpr double kSpreads[kRows] = {0.1, 3, 30, 1e4, 3, 3};

// The last two have an infinity that hides an element, and a NaN.
Numbers rows_of(const NumberFormat& format, std::int64_t length) {
  Numbers x(format, static_cast<std::size_t>(kRows * length));
  for (std::int64_t row = 0; row < kRows; ++row) {
    const Numbers part = Numbers::ordinary(format, static_cast<std::size_t>(length),
                                           static_cast<std::uint64_t>(row), kSpreads[row]);
    std::copy(part.at(0), part.at(part.count()), x.at(static_cast<std::size_t>(row * length)));
  }
  x.set(static_cast<std::size_t>(4 * length + length / 2), -std::numeric_limits<double>::infinity());
  x.set(static_cast<std::size_t>(5 * length + length / 3), std::numeric_limits<double>::quiet_NaN());
  return x;
}

struct Rows {
  const NumberFormat& format;
  const rheo_row_function* function;
  Hash& hash;

  rheo_rows_call call(rheo_role role, const std::int64_t* shape, Numbers& y) const {
    rheo_rows_call call{};
    call.struct_size = sizeof call, call.role = static_cast<std::uint32_t>(role), call.format = format.code;
    call.rank = 2, call.axis = 1, call.shape = shape, call.y = y.data();
    return call;
  }
  void run(const rheo_rows_call& call, const Numbers& y) const {
    require_ok(rheo_rows_run(function, &call));
    hash.add(y);
  }

  void add(std::int64_t length) const {
    const std::int64_t shape[] = {kRows, length}, turned[] = {length, kRows}, same_for_all[] = {0, 1};
    const Numbers x = rows_of(format, length), grad = Numbers::ordinary(format, x.count(), 7, 4),
                  mask = Numbers::ordinary(format, static_cast<std::size_t>(length), 8, 4);
    Numbers y(format, x.count()), dx(format, x.count());
    rheo_rows_call columns = call(RHEO_VALUE, turned, y);
    columns.axis = 0, columns.x = x.data();
    run(columns, y);
    rheo_rows_call masked = call(RHEO_VALUE, shape, y);
    masked.x = x.data(), masked.mask = mask.data(), masked.mask_strides = same_for_all, masked.scale = 0.375;
    run(masked, y);
    rheo_rows_call value = call(RHEO_VALUE, shape, y), back = call(RHEO_BACKWARD, shape, dx);
    value.x = x.data();
    run(value, y);
    back.grad = grad.data(), back.result = y.data();
    run(back, dx);
    back.result = nullptr, back.x = x.data(), back.scale = 0.375;
    run(back, dx);
  }
  void add_columns(std::int64_t length) const {
    const std::int64_t shape[] = {length, kColumns};
    const Numbers x = Numbers::ordinary(format, static_cast<std::size_t>(length * kColumns), 9, 4);
    Numbers y(format, x.count());
    rheo_rows_call columns = call(RHEO_VALUE, shape, y);
    columns.axis = 0, columns.x = x.data();
    run(columns, y);
  }
};

}  // namespace

std::string rows_digest(const std::string& name, const std::string& format) {
  Hash hash;
  const rheo_row_function* function = nullptr;
  require_ok(rheo_rows_find(name.c_str(), &function));
  const Rows rows{number_format(format), function, hash};
  for (const std::int64_t length : kLengths) rows.add(length);
  for (const std::int64_t length : kColumnLengths) rows.add_columns(length);
  return hash.text();
}

}  // namespace rheo::proofs
