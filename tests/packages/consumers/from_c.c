/* SPDX-License-Identifier: Apache-2.0
 * from_c.c: a user's program in C11. Argument: an activation. Prints the library's version and three values.
 */
#include <rheobase/rheobase.h>
#include <stdio.h>

int main(int argc, char** argv) {
  const float x[3] = {-1.0F, 0.0F, 2.0F};
  float y[3] = {0};
  const int64_t shape[1] = {3};
  const rheo_activation* activation = NULL;
  rheo_call call = {0};
  if (argc != 2 || rheo_find(argv[1], &activation) != RHEO_OK) {
    fprintf(stderr, "%s\n", rheo_last_error());
    return 2;
  }
  call.struct_size = sizeof call;
  call.role = RHEO_VALUE;
  call.format = RHEO_FLOAT32;
  call.rank = 1;
  call.shape = shape;
  call.x = x;
  call.y = y;
  if (rheo_run(activation, &call) != RHEO_OK) {
    fprintf(stderr, "%s\n", rheo_last_error());
    return 2;
  }
  printf("%s %.9g %.9g %.9g\n", rheo_version(), (double)y[0], (double)y[1], (double)y[2]);
  return 0;
}
