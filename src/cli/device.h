// SPDX-License-Identifier: Apache-2.0
// device.h: the library of device kernels, looked for when it is asked for.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "rheobase/rheobase.h"

namespace rheo::cli {

// librheobase_cuda. Throws UserError where there is none, or no device.
class Device {
 public:
  Device();

  const std::string& name() const { return name_; }

  // y = f, or f', of the float32 numbers whose bits are first, first + 1, ... Throws UserError.
  void run(const std::string& activation, rheo_role role, std::uint32_t first, std::span<float> y) const;

 private:
  void* library_;
  std::string name_;
};

}  // namespace rheo::cli
