// SPDX-License-Identifier: Apache-2.0
// room.h: memory for what is kept of rows between the passes, where the stack does not do.
#pragma once

#include <cstddef>
#include <new>

namespace rheo {

// So many numbers of float64, or none where they would not stay in a core's cache, or cannot be had: then
// elements are read and exponentials evaluated again, to the same results.
class RowRoom {
 public:
  static constexpr std::size_t kMost = 65536;

  explicit RowRoom(std::size_t count)
      : numbers_(count > 0 && count <= kMost
                     ? static_cast<double*>(::operator new(count * sizeof(double), kAlignment, std::nothrow))
                     : nullptr) {}
  ~RowRoom() { ::operator delete(numbers_, kAlignment, std::nothrow); }
  RowRoom(const RowRoom&) = delete;
  RowRoom& operator=(const RowRoom&) = delete;

  double* numbers() const { return numbers_; }

 private:
  static constexpr std::align_val_t kAlignment{64};
  double* numbers_;
};

}  // namespace rheo
