// SPDX-License-Identifier: Apache-2.0
// random.h: functions that draw random numbers, by name. Made from the files in activations/random/ by the
// generated list_of_random.cc.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "src/core/random_kernels.h"

namespace rheo {

// One of them.
struct RandomEntry {
  const char* file;  // activations/random/<file>.h
  const RandomInfo* info;
  const RandomKernels* (*kernels)();  // of the instruction set in use, for all of the file's functions
  std::size_t index;                  // of this one among them
  const char* (*objection)(const double* parameters);  // what is expected of parameters, null when met

  RandomKernel kernel(Format format, Role role, bool training) const;
};

struct RandomList {
  RandomEntry items[8];
  std::size_t count;
};

// One list per file, from the generated list.
std::span<const RandomList* const> random_lists();

// Sorted by name.
std::span<const RandomEntry* const> all_random();

// Null when there is none. Where nothing has the very name, case, hyphens, spaces and underscores do not
// count.
const RandomEntry* find_random(std::string_view name);

// Why find_random found nothing: one line that suggests the nearest name.
std::string random_name_error(std::string_view name);

// All that its file declares, as one JSON object.
std::string describe(const RandomEntry& entry);

// Of the instruction set in use.
const NumberKernels& number_kernels();

}  // namespace rheo
