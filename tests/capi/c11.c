/* SPDX-License-Identifier: Apache-2.0
 * c11.c: rheobase.h serves plain C: a program as a C user would write it, compiled with all warnings as
 * errors.
 */
#include "rheobase/rheobase.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int failures = 0;

static void expect(int holds, const char* what) {
  if (holds) return;
  fprintf(stderr, "not true: %s (last error: \"%s\")\n", what, rheo_last_error());
  ++failures;
}

static void check_activation(const char* name) {
  const rheo_activation* activation = NULL;
  const char* json = NULL;
  const double x[3] = {-1.0, 0.0, 1.0};
  double y[3] = {0};
  const int64_t shape[1] = {3};
  rheo_call call = {0};
  expect(rheo_find(name, &activation) == RHEO_OK, "a listed name is found");
  expect(rheo_describe(activation, &json) == RHEO_OK && json[0] == '{', "its description is a JSON object");
  call.struct_size = sizeof call;
  call.role = RHEO_VALUE;
  call.format = RHEO_FLOAT64;
  call.rank = 1;
  call.shape = shape;
  call.x = x;
  call.y = y;
  expect(rheo_run(activation, &call) == RHEO_OK, "a plain call works");
  expect(isfinite(y[0]) && isfinite(y[1]) && isfinite(y[2]), "its results are finite");
  call.struct_size = 1;
  expect(rheo_run(activation, &call) == RHEO_ERROR_UNSUPPORTED, "a wrong descriptor is an error");
  expect(strlen(rheo_last_error()) > 0, "an error has a message");
}

int main(void) {
  const char* const* names = NULL;
  const char* target = NULL;
  size_t count = 0, i;
  expect(rheo_abi_version() == RHEO_ABI_VERSION, "header and library have one version");
  expect(strlen(rheo_version()) > 0, "the library has a version");
  expect(rheo_target(&target) == RHEO_OK && strlen(target) > 0, "an instruction set is in use");
  expect(rheo_names(&names, &count) == RHEO_OK && count > 0, "there are activations");
  for (i = 0; i < count; ++i) check_activation(names[i]);
  return failures == 0 ? 0 : 1;
}
