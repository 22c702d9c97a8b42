// SPDX-License-Identifier: Apache-2.0
// progress.h: how far a proof is.
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

namespace rheo::oracle {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// One line that is written over, on a terminal only.
class ProgressLine {
 public:
  ProgressLine(std::string title, std::size_t index, std::size_t count)
      : title_(std::move(title)), index_(index), count_(count) {}

  void operator()(double done) const {
    if (isatty(STDERR_FILENO) == 0) return;
    constexpr int kWidth = 30;
    const int filled = static_cast<int>(done * kWidth);
    const double left = done > 0 ? seconds_since(start_) * (1 - done) / done : 0;
    fmt::print(stderr, "\r[{}/{}] {:<36} [{:<{}}] {:3.0f} %, {:.0f} s left\033[K", index_, count_, title_,
               std::string(static_cast<std::size_t>(filled), '#'), kWidth, 100 * done, left);
    if (done >= 1) fmt::print(stderr, "\r\033[K");
    std::fflush(stderr);
  }

 private:
  std::string title_;
  std::size_t index_, count_;
  Clock::time_point start_ = Clock::now();
};

}  // namespace rheo::oracle
