// SPDX-License-Identifier: Apache-2.0
// explorer.cc: what the explorer's page calls of the C ABI, with descriptors that JavaScript need not lay
// out.
//
// Memory is the caller's: texts are UTF-8, arrays lie together. A returned pointer to a text lives as long as
// the module; explorer_error's until the next call.
#include <string>
#include <vector>

#include "include/rheobase/rheobase.h"
#include "src/math/format16.h"

#define RHEO_PAGE extern "C" __attribute__((used, visibility("default")))

// The activations and presets, one a line: what reads well in JavaScript.
RHEO_PAGE const char* explorer_names() {
  static std::string lines;
  const char* const* names = nullptr;
  size_t count = 0;
  if (rheo_names(&names, &count) != RHEO_OK) return nullptr;
  lines.clear();
  for (size_t i = 0; i < count; ++i) lines += std::string(names[i]) + '\n';
  return lines.c_str();
}

// What rheo_describe says of one, or null: explorer_error tells why.
RHEO_PAGE const char* explorer_describe(const char* name) {
  const rheo_activation* activation = nullptr;
  const char* json = nullptr;
  if (rheo_find(name, &activation) != RHEO_OK || rheo_describe(activation, &json) != RHEO_OK) return nullptr;
  return json;
}

// One role of n numbers of a format, x to y; names and values of `count` parameters. Returns a rheo_status.
RHEO_PAGE int explorer_run(const char* name, uint32_t role, uint32_t format, const char* const* parameters,
                           const double* values, size_t count, const void* x, void* y, int32_t n) {
  const rheo_activation* activation = nullptr;
  if (const rheo_status status = rheo_find(name, &activation); status != RHEO_OK) return status;
  std::vector<rheo_parameter> list;
  for (size_t i = 0; i < count; ++i) list.push_back({parameters[i], values[i]});
  const int64_t shape = n;
  rheo_call call{};
  call.struct_size = sizeof call;
  call.role = role, call.format = format;
  call.parameters = list.data(), call.parameter_count = count;
  call.rank = 1, call.threads = 1, call.shape = &shape;
  call.x = x, call.y = y;
  return rheo_run(activation, &call);
}

// A number as the bits of a 16-bit format, rounded once; and back.
RHEO_PAGE uint32_t explorer_narrowed(uint32_t format, double value) {
  return rheo::narrowed(value, format == RHEO_FLOAT16 ? rheo::kFloat16Format : rheo::kBfloat16Format);
}
RHEO_PAGE double explorer_widened(uint32_t format, uint32_t bits) {
  return rheo::widened(static_cast<uint16_t>(bits),
                       format == RHEO_FLOAT16 ? rheo::kFloat16Format : rheo::kBfloat16Format);
}

RHEO_PAGE const char* explorer_error() { return rheo_last_error(); }
