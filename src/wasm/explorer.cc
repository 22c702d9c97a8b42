// SPDX-License-Identifier: Apache-2.0
// explorer.cc: what the explorer's page calls of the C ABI, with descriptors that JavaScript need not lay
// out.
//
// Memory is the caller's: texts are UTF-8, arrays lie together. A returned pointer to a text lives as long as
// the module; explorer_error's until the next call.
#include "include/rheobase/rheobase.h"
#include "src/math/format16.h"

#define RHEO_PAGE extern "C" __attribute__((used, visibility("default")))

namespace {

// All names as one text, one a line: what reads well in JavaScript.
const char* lines_of(const char* const* names, size_t count) {
  static char text[8192];
  char* at = text;
  for (size_t i = 0; i < count; ++i) {
    for (const char* c = names[i]; *c != 0 && at + 2 < text + sizeof text; ++c) *at++ = *c;
    if (at + 1 < text + sizeof text) *at++ = '\n';
  }
  *at = 0;
  return text;
}

}  // namespace

// The activations and presets, one a line.
RHEO_PAGE const char* explorer_names() {
  const char* const* names = nullptr;
  size_t count = 0;
  return rheo_names(&names, &count) == RHEO_OK ? lines_of(names, count) : nullptr;
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
  constexpr size_t kMost = 16;
  const rheo_activation* activation = nullptr;
  if (const rheo_status status = rheo_find(name, &activation); status != RHEO_OK) return status;
  if (count > kMost) return RHEO_ERROR_PARAMETER;
  rheo_parameter list[kMost];
  for (size_t i = 0; i < count; ++i) list[i] = {parameters[i], values[i]};
  const int64_t shape = n;
  rheo_call call{};
  call.struct_size = sizeof call;
  call.role = role, call.format = format;
  call.parameters = list, call.parameter_count = count;
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
