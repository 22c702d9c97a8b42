// SPDX-License-Identifier: Apache-2.0
// registry.h: all activations by name. Made from the files in activations/ by the generated registry.cc.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/block/walk16.h"
#include "src/core/info.h"
#include "src/core/kernels.h"

namespace rheo {

class Trace;

// One activation.
struct Entry {
  const char* file;  // activations/<file>.h
  const Info* info;
  Facts (*facts)(const double* parameters);
  void (*record)(Trace& trace);  // the formula, step by step
  const Kernels* (*kernels)();   // of the instruction set in use, for all of the file's activations
  std::size_t index;             // of this one among them
  const char* (*objection)(
      const double* parameters);            // what is expected of parameters together, null when met
  void (*record_derivative)(Trace& trace);  // as the file writes it down; null where it does not
};

struct EntryList {
  Entry items[8];
  std::size_t count;
};

// A name that can be found: an activation, or a preset of one.
struct Activation {
  const char* name;
  const Entry* entry;
  const Preset* preset;  // null for the activation itself

  double initial(std::size_t parameter) const;
  const Kernel& kernel(Format format, Role role) const;  // of float32 or float64
  const Streamed& streamed(Role role) const;
  VariedKernel varied_kernel(Role role) const;  // of float32; null where there are no parameters
  const Kernel& parameter_kernel(Format format, std::size_t parameter) const;
  const Kernel& product_kernel(Format format) const;
  // At the default parameters, float32 itself evaluates the formula; and f(x) for its product with a factor.
  bool plain(Role role) const;
  bool plain_product() const;
  Kernels16 kernels16(Role role, Factors16 given = {}) const;
  Kernels16 parameter_kernels16(std::size_t parameter) const;
  Kernels16 product_kernels16(Factors16 given = {}) const;
};

// Sorted by name; presets included, aliases not.
std::span<const Activation> all_activations();

// By name or alias; null when there is none or several have that alias. Where nothing has the very name,
// case, hyphens, spaces and underscores do not count.
const Activation* find_activation(std::string_view name);

// Why find_activation found nothing: one line that suggests the nearest name, or lists those meant.
std::string name_error(std::string_view name);

// The known name or alias that is nearest to an unknown one, "" when none is near.
std::string nearest_name(std::string_view unknown);

// Names of the instruction sets that this machine can run, best first.
const std::vector<const char*>& available_targets();

// Switches all kernels to one of them, for developer tools; false when it is not available.
bool use_target(std::string_view name);

// Applies RHEOBASE_TARGET once; returns the name in use, or null with `error` set.
const char* target_in_use(std::string& error);

}  // namespace rheo
